// Sends answers in their order, each until the server took it. They are kept in the browser, so that
// neither a network that is away nor a closed page loses one; a key lets the server take each once.

// The last answer waits so long for somebody to take it back.
const HOLD_MS = 4000;
const FIRST_PAUSE_MS = 1000;
const MOST_PAUSE_MS = 15_000;
// What the server asks to be sent later: it is busy, or nobody is logged in.
const LATER = [401, 408, 425, 429];

// store is the name under which the browser keeps what is not sent. send(answer, isLast) resolves to
// a Response, or rejects where there is no network. onTaken(answer, response) and
// onRefused(answer, response) are called once for each; onUnsent(count, status) whenever that many
// could not be sent, with the server's status or 0.
export function createOutbox(store, { send, onTaken, onRefused, onUnsent }) {
  const name = `${store} ${newKey()}`;
  const waiting = adopt(store);
  let isHeld = false;
  let isSending = false;
  let holding = 0;
  let pause = FIRST_PAUSE_MS;
  let retrying = 0;

  function add(answer) {
    waiting.push(answer);
    isHeld = true;
    clearTimeout(holding);
    holding = setTimeout(release, HOLD_MS);
    keep();
    if (retrying) onUnsent(waiting.length, 0);
    flush();
  }

  // Returns the last answer if nobody has been told it yet.
  function takeBack() {
    if (!isHeld) return null;
    isHeld = false;
    const answer = waiting.pop();
    keep();
    return answer;
  }

  function release() {
    isHeld = false;
    return flush();
  }

  async function flush() {
    if (isSending || retrying) return;
    isSending = true;
    while (waiting.length > (isHeld ? 1 : 0)) {
      if (!(await sendFirst())) break;
    }
    isSending = false;
  }

  async function sendFirst() {
    const answer = waiting[0];
    const response = await send(answer, false).catch(() => null);
    if (!response || response.status >= 500 || LATER.includes(response.status)) {
      tryLater(response?.status ?? 0);
      return false;
    }
    pause = FIRST_PAUSE_MS;
    waiting.shift();
    keep();
    onUnsent(0, 200);
    if (response.ok) await onTaken(answer, response);
    else await onRefused(answer, response);
    return true;
  }

  function tryLater(status) {
    onUnsent(waiting.length, status);
    retrying = setTimeout(retry, pause);
    pause = Math.min(pause * 2, MOST_PAUSE_MS);
  }

  function retry() {
    clearTimeout(retrying);
    retrying = 0;
    flush();
  }

  function keep() {
    try {
      if (waiting.length) localStorage.setItem(name, JSON.stringify(waiting));
      else localStorage.removeItem(name);
    } catch {
      // A full or forbidden store: the page itself keeps them as long as it is open.
    }
  }

  // A page that is left sends what it has without waiting for the answer; the next page of this
  // user sends again what did not arrive.
  window.addEventListener("pagehide", () => {
    for (const answer of waiting) send(answer, true).catch(() => {});
  });
  window.addEventListener("online", retry);
  keep();
  flush();

  return { add, takeBack, release, unsent: () => [...waiting] };
}

// Answers that other pages of this user left unsent.
function adopt(store) {
  const found = [];
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(`${store} `)) continue;
      found.push(...JSON.parse(localStorage.getItem(name)));
      localStorage.removeItem(name);
    }
  } catch {
    // What can't be read can't be sent.
  }
  return found;
}

// A key that nobody else makes.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
