// Gives files to a batch: a new one, which is made first, or one that takes more.
import { createQueue } from "../batch-queue.js";
import { chosenFiles, droppedFiles } from "../dropped-files.js";
import { startEveryPage } from "../every-page.js";
import { persistently, post, showWait } from "../send.js";
import { readableSize } from "../sizes.js";

const form = document.querySelector("[data-batch-form]");
const input = form.querySelector("[name=pictures]");
const folderInput = form.querySelector("[data-folder-input]");
const part = (name) => document.querySelector(`[data-${name}]`);
const words = form.dataset;
const queue = createQueue(form, {
  keys: new Set(JSON.parse(words.keys ?? "[]")),
  nextNumber: Number(words.nextNumber ?? 0),
  changed: show,
  showWait: (at) => showWait(form, at),
});
// Where the batch is, once it is made, and whether these files are all.
let batch = words.filesAddress ? { files: words.filesAddress, close: words.closeAddress } : null;
let chosen = [];
let isSending = false;
let isAll = true;
let isLeaving = false;

function start() {
  part("folder").hidden = !("webkitdirectory" in folderInput);
  part("choose-folder").addEventListener("click", () => folderInput.click());
  for (const each of [input, folderInput]) {
    each.addEventListener("change", () => {
      accept(chosenFiles(each.files));
      // What is chosen is kept here, and the same may be chosen again.
      each.value = "";
    });
  }
  part("clear").addEventListener("click", clear);
  document.addEventListener("dragover", (event) => dragging(event, true));
  document.addEventListener("dragleave", (event) => dragging(event, false));
  document.addEventListener("drop", drop);
  form.addEventListener("submit", submit);
  part("retry-all").addEventListener("click", () => queue.retry(queue.inState("failed")));
  part("close").addEventListener("click", closeBatch);
  window.addEventListener("beforeunload", (event) => {
    if (isSending && !isLeaving && queue.inState("waiting", "sending").length) event.preventDefault();
  });
}

function accept(files) {
  showError("");
  if (isSending) {
    queue.add(files);
    return;
  }
  chosen = [...chosen, ...files];
  showChosen();
}

function clear() {
  chosen = [];
  showChosen();
  input.focus();
}

function dragging(event, over) {
  if (!event.dataTransfer?.types.includes("Files")) return false;
  event.preventDefault();
  part("drop-zone").classList.toggle("is-over", over);
  return true;
}

async function drop(event) {
  if (!dragging(event, false)) return;
  try {
    accept(await droppedFiles(event.dataTransfer));
  } catch {
    showError(words.unreadable);
  }
}

async function submit(event) {
  event.preventDefault();
  if (!chosen.length) {
    showError(words.nothingChosen);
    return;
  }
  isAll = !event.submitter?.matches("[data-more]");
  setBusy(true);
  try {
    batch ??= await persistently(openBatch, (at) => showWait(form, at));
  } catch (refusal) {
    showError(refusal.message);
    setBusy(false);
    return;
  }
  isSending = true;
  // Reloaded, the page goes on with this batch and does not make another.
  history.replaceState(null, "", batch.files);
  part("sending").hidden = false;
  part("chosen-bar").hidden = true;
  form.classList.add("is-sending");
  part("sending").querySelector("h2").focus();
  queue.start(batch.files);
  queue.add(chosen);
}

function openBatch() {
  const fields = Object.fromEntries(new FormData(form));
  delete fields.pictures;
  return post(form, form.action, fields);
}

// After this turn: a button disabled at once would keep some browsers from sending the form.
function setBusy(isBusy) {
  setTimeout(() => {
    for (const button of form.querySelectorAll("[type=submit]")) button.disabled = isBusy;
  });
}

function show() {
  const sum = (entries, name) => entries.reduce((total, entry) => total + entry[name], 0);
  const { entries } = queue;
  const bytes = entries.reduce((total, { file }) => total + file.size, 0);
  const loaded = sum(entries, "loaded");
  const sent = queue.inState("sent").length;
  part("progress").value = bytes ? loaded / bytes : 0;
  part("progress-text").textContent = filled(
    words.sent, count(sent), count(entries.length), readableSize(loaded), readableSize(bytes),
  );
  const isDone = isSending && !queue.inState("waiting", "sending").length;
  showFailed(queue.inState("failed"), isDone);
  if (isDone && sent === entries.length) finish();
}

function showFailed(failed, isDone) {
  part("retry-all").hidden = failed.length < 2;
  part("close").hidden = !isDone || !failed.length;
  const sentence = failed.length ? words.notSent.replace("%s", count(failed.length)) : "";
  if (part("unsent-count").textContent !== sentence) part("unsent-count").textContent = sentence;
  const rows = new Map([...part("unsent").children].map((row) => [row.dataset.number, row]));
  for (const entry of failed) {
    const row = rows.get(String(entry.number)) ?? rowOf(entry);
    row.querySelector("[data-error]").textContent = entry.refusal.message;
    rows.delete(String(entry.number));
    if (!row.isConnected) part("unsent").append(row);
  }
  for (const row of rows.values()) row.remove();
}

function rowOf(entry) {
  const blank = document.querySelector("template[data-unsent-file]");
  const row = blank.content.firstElementChild.cloneNode(true);
  row.dataset.number = entry.number;
  row.querySelector("[data-name]").textContent = entry.path;
  row.querySelector("[data-retry]").addEventListener("click", () => queue.retry([entry]));
  return row;
}

async function finish() {
  if (isLeaving) return;
  if (isAll) await closeBatch();
  else leave(batch.files.replace(/files\/$/, ""));
}

async function closeBatch() {
  if (isLeaving) return;
  isLeaving = true;
  try {
    const { url } = await persistently(() => post(form, batch.close, {}), (at) => showWait(form, at));
    leave(url);
  } catch (refusal) {
    isLeaving = false;
    showError(refusal.message);
    part("close").hidden = false;
  }
}

function leave(address) {
  isLeaving = true;
  location.assign(address);
}

function showChosen() {
  const bytes = chosen.reduce((total, [file]) => total + file.size, 0);
  const sentence = filled(words.chosen, count(chosen.length), readableSize(bytes));
  part("chosen-bar").hidden = !chosen.length;
  part("chosen-files").textContent = sentence;
  part("status").textContent = chosen.length ? sentence : "";
}

function showError(sentence) {
  const paragraph = document.createElement("p");
  paragraph.textContent = sentence;
  part("errors").replaceChildren(...(sentence ? [paragraph] : []));
}

// %1, %2 ... in a sentence of the page stand for these values.
function filled(sentence, ...values) {
  return sentence.replace(/%([1-9])/g, (_all, number) => values[number - 1]);
}

function count(number) {
  return new Intl.NumberFormat(document.documentElement.lang).format(number);
}

startEveryPage();
start();
