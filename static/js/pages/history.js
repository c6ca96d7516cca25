// Ticking all pictures of a page at once, and showing how many are ticked; whose days are meant.
import { startEveryPage } from "../every-page.js";
import { browserZone, showLocalTimes } from "../local-times.js";

function startSelection(selection) {
  const bar = selection.querySelector("[data-selection-bar]");
  const all = bar.querySelector("[data-tick-all] input");
  const count = bar.querySelector("[data-selection-count]");
  const ticks = [...selection.querySelectorAll("input[name=pk]")];
  const waiting = count.textContent;

  const showCount = () => {
    const ticked = ticks.filter((tick) => tick.checked).length;
    all.checked = ticked === ticks.length;
    all.indeterminate = ticked > 0 && !all.checked;
    count.textContent = ticked ? count.dataset.ticked.replace("%s", ticked) : waiting;
    for (const button of bar.querySelectorAll("button")) button.disabled = !ticked;
  };

  bar.querySelector("[data-tick-all]").hidden = false;
  all.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    showCount();
  });
  selection.addEventListener("change", showCount);
  // The browser's Back button brings the ticks back as they were.
  window.addEventListener("pageshow", showCount);
  showCount();
}

startEveryPage();
showLocalTimes(document.querySelector("[data-days-of]")?.dataset.daysOf);
// The days that are asked for next are those of this browser.
const zone = document.querySelector("[data-zone]");
if (zone) zone.value = browserZone() ?? zone.value;
// Of an empty history, nothing can be ticked.
const form = document.querySelector("[data-selection]");
if (form) startSelection(form);
