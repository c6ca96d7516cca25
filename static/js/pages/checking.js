// Checking one picture after the other without waiting for the server: the next ones are loaded
// ahead, and answers are sent behind. Without this script, every answer loads the next page.
import { createCard } from "../checking-card.js";
import { listenToKeys } from "../checking-keys.js";
import { startEveryPage } from "../every-page.js";
import { createOutbox, newKey } from "../outbox.js";
import { renewPage } from "../renew.js";

// Pictures that are loaded behind the one that is shown.
const AHEAD = 2;
// Answered pictures to which one can go back.
const BEHIND = 20;
// Somebody who does something keeps their pictures; who went away loses them to others.
const KEEP_EVERY_MS = 40_000;
const TRY_AGAIN_MS = 3000;

const JSON_ONLY = { Accept: "application/json" };

function start(root) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const sentences = root.dataset;
  const cards = [];
  // Only where there is a keyboard at once.
  const takesFocus = matchMedia("(pointer: fine)").matches;
  let current = null;
  let isFetching = false;
  let asksAgain = false;
  let isAtEnd = false;
  let isAsking = false;
  let isActive = false;

  const outbox = createOutbox(sentences.store, {
    send,
    onTaken: noteTaken,
    onRefused: showRefusal,
    onUnsent: showUnsent,
  });

  function adopt(element) {
    const card = createCard(element, sentences);
    cards.push(card);
    card.form.addEventListener("submit", (event) => {
      event.preventDefault();
      say(event.submitter?.value ?? "confirm");
    });
    return card;
  }

  function show(card) {
    current?.hide();
    current = card;
    showPlace();
    card?.show(takesFocus);
  }

  // Without a card, one is on its way, or there is none.
  function showPlace() {
    part("done").hidden = Boolean(current) || !isAtEnd;
    part("loading").hidden = Boolean(current) || isAtEnd;
  }

  function waiting() {
    return cards.filter((card) => !card.said);
  }

  async function say(what) {
    const card = current;
    if (!card || isAsking) return;
    const complaint = card.complaint(what) || (what === "confirm" && (await askRule(card))) || "";
    card.complain(complaint);
    if (!complaint && card === current) accept(card, what);
  }

  // Why the rule is broken, once for each text: who confirms it again means it. Without an answer,
  // the server says so when it gets the text.
  async function askRule(card) {
    if (!card.mayBreakRule()) return "";
    const text = card.text();
    isAsking = true;
    const query = new URLSearchParams({ text });
    const answer = await fetch(`${card.root.dataset.rule}?${query}`, { headers: JSON_ONLY })
      .then((response) => response.json())
      .catch(() => ({ why: "" }));
    isAsking = false;
    if (answer.why) card.kept = text;
    return answer.why;
  }

  function accept(card, what) {
    const text = what === "confirm" ? card.text() : "";
    const isSame = card.said && card.said.say === what && card.said.text === text;
    if (!isSame) {
      card.said = { position: card.position, say: what, text, keep: card.kept, key: newKey() };
      card.said.seconds = card.seconds().toFixed(2);
      outbox.add(card.said);
    }
    if (what === "later") forget(card);
    hideRefusal();
    announce(what === "later" ? sentences.later : sentences.said.replace("%s", text || labelOf(what)));
    forward(card);
  }

  function labelOf(what) {
    return part("cards").querySelector(`button[value="${what}"]`).firstChild.textContent.trim();
  }

  async function noteTaken(answer, response) {
    showProgress(await response.json());
    if (!isPutOff(answer)) return;
    // What was put off may be all that is left, and who asks just now does not hear of it.
    isAtEnd = false;
    if (isFetching) asksAgain = true;
    else fetchMore();
  }

  function isPutOff(answer) {
    return answer.say === "later";
  }

  // A picture that is put off comes again, with a card of its own.
  function forget(card) {
    cards.splice(cards.indexOf(card), 1);
    if (card !== current) card.root.remove();
  }

  // The next picture that waits; behind the last of them, the first.
  function forward(from) {
    const place = cards.indexOf(from);
    const others = waiting().filter((card) => card !== from);
    const next = others.find((card) => cards.indexOf(card) > place) ?? others[0] ?? null;
    show(next);
    if (!cards.includes(from)) from.root.remove();
    if (outbox.unsent().some(isPutOff)) isAtEnd = false;
    fetchMore();
    if (next) return;
    if (!isAtEnd) outbox.release();
    showEnd();
  }

  function move(steps) {
    const card = cards[(current ? cards.indexOf(current) : cards.length) + steps];
    if (!card) return;
    show(card);
    if (card.said) announce(sentences.alreadySent);
  }

  function undo() {
    if (current?.changeBack()) return;
    const answer = outbox.takeBack();
    const card = answer && cards.find((one) => one.position === answer.position);
    if (card) {
      card.said = null;
      show(card);
      announce(sentences.takenBack);
    } else if (answer) {
      // It was put off: without the answer, it comes again as it was.
      announce(sentences.takenBack);
      isAtEnd = false;
      fetchMore();
    } else {
      const last = cards.filter((one) => one.said && one !== current).at(-1);
      if (last) show(last);
      announce(last ? sentences.alreadySent : sentences.nothingBack);
    }
  }

  async function fetchMore() {
    const most = AHEAD - waiting().filter((card) => card !== current).length;
    if (isFetching || most <= 0 || isAtEnd) return;
    isFetching = true;
    const found = await fetchNext(most);
    isFetching = false;
    if (!found) {
      setTimeout(fetchMore, TRY_AGAIN_MS);
      if (!current) announce(sentences.noMore);
      return;
    }
    isAtEnd = !found.cards.length && !asksAgain && !outbox.unsent().some(isPutOff);
    for (const { position, html } of found.cards) {
      // Somebody wants it to be asked about again.
      const earlier = cards.find((card) => card.position === String(position));
      if (earlier) forget(earlier);
      append(html);
    }
    showProgress(found);
    if (found.sentence) refuse(found.sentence);
    if (!current && waiting().length) show(waiting()[0]);
    else showEnd();
    if (asksAgain) setTimeout(fetchMore);
    asksAgain = false;
  }

  // most: how many pictures more; 0 only keeps those that are there.
  async function fetchNext(most) {
    const query = new URLSearchParams({ most });
    // The server does not know yet what is on its way to it.
    const held = [...waiting(), ...outbox.unsent()];
    for (const { position } of held) query.append("held", position);
    try {
      const answer = await fetch(`${sentences.next}?${query}`, { headers: JSON_ONLY });
      if (answer.status === 404) return { cards: [], sentence: sentences.gone };
      if (answer.status === 401) showUnsent(1, 401);
      else if (!outbox.unsent().length) showUnsent(0, 200);
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  function append(html) {
    const blank = new DOMParser().parseFromString(html, "text/html");
    const element = document.adoptNode(blank.querySelector("[data-card]"));
    part("cards").append(element);
    adopt(element).hide();
    const gone = cards.filter((card) => card.said && card !== current).slice(0, -BEHIND);
    for (const card of gone) forget(card);
  }

  async function send(answer, isLast) {
    const response = await post(answer, isLast);
    const refusal = response.status === 403 ? await response.clone().json().catch(() => ({})) : {};
    if (refusal.code !== "stale_token") return response;
    await renewPage(location.pathname);
    return post(answer, isLast);
  }

  function post(answer, keepalive) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", root.querySelector("[name=csrfmiddlewaretoken]").value);
    for (const [name, value] of Object.entries(answer)) body.set(name, value);
    const { pathname } = location;
    return fetch(pathname, { method: "POST", body, headers: JSON_ONLY, keepalive });
  }

  function showProgress({ progress }) {
    if (progress) document.querySelector("[data-progress]").innerHTML = progress;
  }

  async function showRefusal(answer, response) {
    const { title, code } = await response.json().catch(() => ({ title: sentences.gone }));
    const card = cards.find((one) => one.position === answer.position);
    const isWrong = response.status === 400 && card;
    refuse(`${answer.text} – ${title}`);
    if (!card) return;
    if (isWrong) {
      // It comes again after the picture that is before the person's eyes.
      card.said = null;
      card.complain(title);
      if (code === "unfit") card.kept = answer.text;
      if (!current) show(card);
    } else if (card !== current) forget(card);
  }

  function refuse(sentence) {
    part("refused").textContent = sentence;
    part("refused").hidden = false;
  }

  function hideRefusal() {
    part("refused").hidden = true;
  }

  function showUnsent(count, status) {
    const note = part("unsent-note");
    note.hidden = !count;
    note.textContent =
      status === 401 ? sentences.signedOut : sentences.unsent.replace("%s", count);
  }

  function showEnd() {
    showPlace();
    if (current || !isAtEnd) return;
    part("done-why").hidden = true;
    part("done").focus();
  }

  function announce(sentence) {
    part("status").textContent = sentence;
  }

  function act(name, event) {
    isActive = true;
    if (name === "undo") return undo();
    if (name === "next") return move(1);
    if (name === "previous") return move(-1);
    if (!current) return false;
    if (name === "digit") {
      if (event.target === current.form.elements.text) return false;
      return current.typeDigit(event.key);
    }
    if (name === "alternative") return current.nextAlternative();
    if (name === "doubtful") return current.markDoubtful();
    if (name === "magnify") return current.magnify();
    if (name === "whole") return current.showWhole();
    return say(name);
  }

  listenToKeys(root, part("keys"), act);
  root.addEventListener("pointerdown", () => (isActive = true));
  setInterval(() => {
    if (isActive && current) fetchNext(0);
    isActive = false;
  }, KEEP_EVERY_MS);
  show(adopt(root.querySelector("[data-card]")));
  fetchMore();
}

// Where nothing is left to check, answers may be left that another page could not send.
function sendWhatIsLeft(root) {
  createOutbox(root.dataset.store, {
    send(answer, keepalive) {
      const body = new FormData(root.querySelector("form"));
      for (const [name, value] of Object.entries(answer)) body.set(name, value);
      return fetch(location.pathname, { method: "POST", body, headers: JSON_ONLY, keepalive });
    },
    onTaken() {},
    onRefused() {},
    onUnsent() {},
  });
}

startEveryPage();
const checking = document.querySelector("[data-checking]");
const checkedAll = document.querySelector("[data-checked-all]");
if (checking) start(checking);
if (checkedAll) sendWhatIsLeft(checkedAll);
