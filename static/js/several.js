// Sends several pictures one by one, and shows in a card what came of each.
import { renewPage } from "./renew.js";
import { patiently, sendPicture, showWait } from "./send.js";

// Cards that were not sent; "Try all again" is for them.
const failed = new Set();
let lastRun = Promise.resolve();

// Shows a card for each picture, and sends them after those that are on their way.
export function sendSeveral(form, pictures) {
  const list = document.querySelector("[data-sent]");
  const cards = pictures.map((picture) => createCard(form, picture));
  list.hidden = false;
  list.prepend(...cards.map(({ root }) => root));
  return enqueue(form, cards);
}

// Lets "Try all again" do so.
export function offerRetries(form) {
  retryAllButton().addEventListener("click", () => enqueue(form, [...failed]));
}

function retryAllButton() {
  return document.querySelector("[data-retry-all]");
}

function enqueue(form, cards) {
  for (const card of cards) card.wait();
  showRetries();
  lastRun = lastRun.then(() => sendAll(form, cards));
  return lastRun;
}

// Once a refusal holds for all, the others are told it without being sent.
async function sendAll(form, cards) {
  if (cards.some((card) => card.refusal?.isStale)) await renewPage(form.action).catch(() => {});
  let refusalOfAll;
  for (const card of cards) {
    if (refusalOfAll) card.fail(refusalOfAll);
    else await card.send();
    if (card.refusal?.isOfAll) refusalOfAll = card.refusal;
    showRetries();
  }
}

// A single one has its own button.
function showRetries() {
  retryAllButton().hidden = failed.size < 2;
}

function createCard(form, picture) {
  const blank = document.querySelector("template[data-card]");
  const root = blank.content.firstElementChild.cloneNode(true);
  const part = (name) => root.querySelector(`[data-${name}]`);
  const fields = { source: "file", key: newKey() };
  const card = { root, wait, send, fail };
  part("name").textContent = picture.name;
  part("thumbnail").src = URL.createObjectURL(picture);
  part("thumbnail").addEventListener("error", (event) => event.target.remove(), { once: true });

  function wait() {
    failed.delete(card);
    part("error").hidden = part("retry").hidden = true;
    part("progress").hidden = false;
    part("progress").value = 0;
  }

  async function send() {
    const showProgress = (share) => (part("progress").value = share);
    const attempt = () => sendPicture(form, picture, fields, showProgress);
    card.refusal = undefined;
    try {
      succeed(await patiently(attempt, (at) => showWait(form, at)));
    } catch (refusal) {
      fail(refusal);
    }
  }

  function succeed(answer) {
    part("answer").textContent = [answer.text, answer.state_name, answer.confidence]
      .filter(Boolean)
      .join(" · ");
    part("answer").hidden = part("open").hidden = false;
    part("open").href = answer.url;
    part("progress").hidden = true;
  }

  function fail(refusal) {
    failed.add(card);
    card.refusal = refusal;
    part("error").textContent = refusal.message;
    part("error").hidden = part("retry").hidden = false;
    part("progress").hidden = true;
  }

  part("retry").addEventListener("click", () => enqueue(form, [card]));
  return card;
}

// A version 4 UUID; randomUUID is there on HTTPS and on this computer only.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
