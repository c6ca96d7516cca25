// Pointing at a box lights up its card and the other way round; the text can be copied, and what
// mattered is put into words.
import { startEveryPage } from "../every-page.js";
import { showLocalTimes } from "../local-times.js";

function light(event) {
  const number = event.target.closest?.("[data-digit]")?.dataset.digit;
  for (const element of document.querySelectorAll("[data-digit]")) {
    element.classList.toggle("is-lit", element.dataset.digit === number);
  }
}

async function copy(event) {
  const button = event.currentTarget;
  const label = button.textContent;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = label), 2000);
}

// Shows what mattered in a digit, in words, in place of the link that leads to them.
async function explain(event) {
  const link = event.currentTarget.querySelector("a");
  if (!link || !event.currentTarget.open) return;
  const options = { headers: { Accept: "application/json" } };
  const answer = await fetch(link.href, options).catch(() => null);
  if (answer?.ok) link.replaceWith((await answer.json()).sentence);
}

startEveryPage();
showLocalTimes();
for (const details of document.querySelectorAll("[data-mattered]")) {
  details.addEventListener("toggle", explain);
}
document.addEventListener("pointerover", light);
document.addEventListener("focusin", light);

// The clipboard is there on HTTPS and on this computer only.
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  button.hidden = false;
  button.addEventListener("click", copy);
}
