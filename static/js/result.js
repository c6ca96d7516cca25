// Pointing at a box lights up its card and the other way round; the text can be copied.
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

document.addEventListener("pointerover", light);
document.addEventListener("focusin", light);

// The clipboard is there on HTTPS and on this computer only.
const button = document.querySelector("[data-copy]");
if (button && navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", copy);
}
