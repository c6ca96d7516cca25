// Preview, clear, drop, paste, camera and drawing for the upload form, which works without them.
import { createCropTools } from "../crop.js";
import { createSheet } from "../draw.js";
import { startEveryPage } from "../every-page.js";
import { renewPage } from "../renew.js";
import { patiently, sendPicture, showWait } from "../send.js";
import { offerRetries, sendSeveral } from "../several.js";
import { readableSize } from "../sizes.js";
import { uprightPicture } from "../upright.js";

const form = document.querySelector("[data-upload-form]");
const input = form.querySelector("input[type=file]");
const source = form.querySelector("input[name=source]");
const part = (name) => form.querySelector(`[data-${name}]`);
const strokes = form.querySelector("input[name=strokes]");
const ways = [...form.querySelectorAll("[data-way]")];
const submit = part("submit");
const submitLabel = submit.textContent;
const cropTools = createCropTools(form);
const sheet = createSheet(part("draw"), () => showError(""));
let chosen = null;
let previewUrl = "";
let waiting = new AbortController();

function start() {
  form.classList.add("enhanced");
  part("drop-hint").hidden = false;
  part("camera").hidden = false;
  input.multiple = true;
  input.addEventListener("change", () => acceptFiles(input.files));
  input.addEventListener("cancel", () => input.removeAttribute("capture"));
  part("camera").addEventListener("click", takePhoto);
  part("clear").addEventListener("click", clear);
  part("reload").addEventListener("click", reload);
  part("ways").hidden = false;
  for (const button of ways) button.addEventListener("click", () => switchTo(button.dataset.way));
  form.addEventListener("submit", sendForm);
  offerRetries(form);
  document.addEventListener("dragover", (event) => dragging(event, true));
  document.addEventListener("dragleave", (event) => dragging(event, false));
  document.addEventListener("drop", dropped);
  document.addEventListener("paste", (event) => acceptFrom(event, event.clipboardData));
  // Coming back with the browser's Back button shows the page as it was left: reading.
  window.addEventListener("pageshow", showReady);
  show(input.files[0]);
}

// way is "picture" or "draw".
function switchTo(way) {
  waiting.abort();
  for (const button of ways) {
    button.setAttribute("aria-pressed", String(button.dataset.way === way));
  }
  const draws = way === "draw";
  part("drop-zone").hidden = draws;
  part("camera").hidden = draws || Boolean(input.files.length);
  part("clear").hidden = draws || !input.files.length;
  sheet.show(draws);
  showError("");
  announce(draws ? form.dataset.drawNow : "");
}

function isDrawing() {
  // As an attribute: Firefox before 119 has no property for it.
  const button = ways.find((way) => way.dataset.way === "draw");
  return button.getAttribute("aria-pressed") === "true";
}

function show(file) {
  waiting.abort();
  if (file && isDrawing()) switchTo("picture");
  source.value = file && input.hasAttribute("capture") ? "camera" : "file";
  input.removeAttribute("capture");
  chosen = file;
  part("empty").classList.toggle("visually-hidden", Boolean(file));
  part("preview").hidden = part("clear").hidden = !file;
  part("camera").hidden = Boolean(file);
  cropTools.begin(file);
  if (!file) return;
  showPreview(file);
  part("preview-name").textContent = file.name;
  part("preview-size").textContent = readableSize(file.size);
  showError(file.size > Number(form.dataset.maxBytes) ? form.dataset.tooLarge : "");
  if (!submit.disabled) announce(form.dataset.chosen.replace("%s", file.name));
}

async function showPreview(file) {
  const image = part("preview-image");
  image.hidden = true;
  const picture = await uprightPicture(file);
  // Another one was chosen meanwhile: that one shows itself.
  if (file !== chosen) return;
  if (picture !== file) cropTools.begin(picture);
  URL.revokeObjectURL(previewUrl);
  image.hidden = false;
  // A file that is no picture, or of a type that this browser can't show: its name must do.
  image.addEventListener("error", cropTools.giveUp, { once: true });
  image.src = previewUrl = URL.createObjectURL(picture);
}

function showError(sentence) {
  const paragraph = document.createElement("p");
  paragraph.textContent = sentence;
  part("errors").replaceChildren(...(sentence ? [paragraph] : []));
  part("reload").hidden = true;
  part("drop-zone").classList.toggle("is-invalid", Boolean(sentence));
  submit.disabled = Boolean(sentence);
}

function clear() {
  input.value = "";
  showError("");
  show();
  announce(form.dataset.cleared);
  input.focus();
}

function takePhoto() {
  input.setAttribute("capture", "environment");
  input.click();
}

function acceptFrom(event, transfer) {
  if (!transfer?.files.length) return;
  event.preventDefault();
  input.files = transfer.files;
  acceptFiles(transfer.files);
}

// One picture is shown first; several are sent at once.
async function acceptFiles(files) {
  if (files.length < 2) {
    show(files[0]);
    return;
  }
  const several = [...files];
  clear();
  switchTo("picture");
  announce("");
  await sendSeveral(form, several);
}

function dragging(event, over) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  part("drop-zone").classList.toggle("is-over", over);
}

function dropped(event) {
  dragging(event, false);
  acceptFrom(event, event.dataTransfer);
}

function sendForm(event) {
  strokes.value = isDrawing() ? sheet.strokes() : "";
  if (isDrawing() && sheet.isEmpty()) {
    event.preventDefault();
    showError(form.dataset.nothingDrawn);
    submit.disabled = false;
    return;
  }
  showReading();
  if (isDrawing()) sendChosen(null, { strokes: strokes.value });
  else if (input.files.length) sendChosen(input.files[0], cropTools.fields());
  else return;
  event.preventDefault();
}

// picture is null for a drawing.
async function sendChosen(picture, more) {
  const progress = part("progress");
  const key = form.querySelector("[name=key]").value;
  const fields = { source: source.value, key, ...more };
  const showProgress = (share) => (progress.value = share);
  const attempt = () => sendPicture(form, picture, fields, showProgress);
  // Whoever chooses another picture meanwhile wants this one no more.
  const { signal } = (waiting = new AbortController());
  progress.hidden = false;
  try {
    const answer = await patiently(attempt, (at) => showWait(form, at), signal);
    location.assign(answer.url);
  } catch (error) {
    showReady();
    if (!signal.aborted) showRefusal(error);
  }
  progress.hidden = true;
}

function showRefusal(error) {
  showError(error.message);
  submit.disabled = false;
  part("reload").hidden = !error.isStale;
}

// What a reload is for, without losing the picture.
async function reload() {
  submit.disabled = true;
  try {
    await renewPage(form.action);
    showError("");
    announce(form.dataset.reloaded);
    submit.focus();
  } catch {
    showError(form.dataset.unreachable);
    submit.disabled = false;
    part("reload").hidden = false;
  }
}

function showReading() {
  // After this turn: a button disabled at once would keep some browsers from sending the form.
  setTimeout(() => {
    submit.disabled = true;
    submit.textContent = submit.dataset.busy;
    submit.classList.add("is-busy");
    announce(form.dataset.reading);
  });
}

function showReady() {
  if (!submit.classList.contains("is-busy")) return;
  submit.disabled = false;
  submit.textContent = submitLabel;
  submit.classList.remove("is-busy");
  announce("");
}

function announce(sentence) {
  part("status").textContent = sentence;
}

startEveryPage();
start();
