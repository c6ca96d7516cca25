// Shows how far a batch is while it is read, without reloading the page.
import { showLocalTimes } from "./local-times.js";

const EVERY_S = 2;
const IDLE_EVERY_S = 10;
const MOST_PAUSE_S = 60;
// The list of pictures is renewed less often than the numbers.
const LIST_EVERY_S = 8;
// What is read out is told at each of so many parts.
const TOLD_PARTS = 4;

export async function watchBatch(root) {
  root.querySelector("[data-look-again]")?.remove();
  const announce = createAnnouncer(root);
  const list = createList();
  for (let pauseS = EVERY_S; ; ) {
    await pause(pauseS);
    const status = await ask(root.dataset.address);
    if (status === null) return;
    if (status === undefined) {
      pauseS = Math.min(pauseS * 2, MOST_PAUSE_S);
      continue;
    }
    root.querySelector("[data-progress]").innerHTML = status.html;
    announce(status);
    await list.renew(status);
    if (status.is_over) return;
    pauseS = status.is_busy ? EVERY_S : IDLE_EVERY_S;
  }
}

// The status; undefined while the server does not give it, and null if it never will.
async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (answer.ok) return await answer.json();
    return answer.status < 500 && answer.status !== 429 ? null : undefined;
  } catch {
    return undefined;
  }
}

// While nobody looks at the page, nothing is asked.
async function pause(seconds) {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  if (!document.hidden) return;
  await new Promise((resolve) => {
    document.addEventListener("visibilitychange", resolve, { once: true });
  });
}

// Tells screen readers now and then: every two seconds would be a nuisance.
function createAnnouncer(root) {
  const place = document.querySelector("[data-announce]");
  let told;
  return ({ stage, done, total }) => {
    const part = total ? Math.floor((done / total) * TOLD_PARTS) : 0;
    const now = `${stage} ${part}`;
    // Of a short batch, the first status may be the last one.
    if ((told !== undefined || stage === "finished") && told !== now) {
      const { finished, done: sentence } = root.dataset;
      const numbers = sentence.replace("%1", done).replace("%2", total);
      place.textContent = stage === "finished" ? finished : numbers;
    }
    told = now;
  };
}

// Renews the pictures, and what can be done with the batch, from a new copy of the page.
function createList() {
  let shown;
  let renewed = Date.now();
  return {
    async renew({ done, stage, is_over: isOver }) {
      const now = `${done} ${stage}`;
      shown ??= now;
      const isDue = Date.now() - renewed >= LIST_EVERY_S * 1000;
      if (!isOver && (shown === now || !isDue)) return;
      if (await renewParts(isOver)) shown = now;
      renewed = Date.now();
    },
  };
}

async function renewParts(isOver) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const name of isOver ? ["data-pictures", "data-batch-actions"] : ["data-pictures"]) {
    const place = document.querySelector(`[${name}]`);
    // Nobody loses the place where they are typing or reading.
    if (place.contains(document.activeElement)) continue;
    place.replaceWith(fresh.querySelector(`[${name}]`));
  }
  showLocalTimes();
  return true;
}
