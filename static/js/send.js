// Sends a picture with its progress, and again where the server asks for a moment.

// The minute's limit asks for 60 s at most, and a full disk for 30; a day's is not worth the wait.
const MOST_WAIT_S = 90;
const MOST_WAITS = 5;
// A connection that is lost is tried for about two minutes, while a train goes through a tunnel.
const MOST_TRIES = 9;
const MOST_PAUSE_S = 30;
// Refusals that every further picture would meet as well.
const OF_ALL = [
  ...["too_many_uploads", "stale_token", "unknown_origin"],
  ...["batch_closed", "batch_full", "batch_gone", "signed_out"],
];

// What the server answered in place of a result: a sentence for people, its name for scripts, and
// after how many seconds another try is worth it; 0 where it does not say.
export class Refused extends Error {
  constructor(sentence, code = "", retryAfterS = 0) {
    super(sentence);
    this.code = code;
    this.retryAfterS = retryAfterS;
  }

  get isWorthWaiting() {
    return this.retryAfterS > 0 && this.retryAfterS <= MOST_WAIT_S;
  }

  // Nobody answered, or somebody on the way who is not the server.
  get isOfNetwork() {
    return !this.code;
  }

  get isOfAll() {
    return OF_ALL.includes(this.code);
  }

  // The page is older than the token that the server knows: see renew.js.
  get isStale() {
    return this.code === "stale_token";
  }
}

// Resolves to the server's answer, or rejects with a Refused. Sends fields beside the picture,
// which is null for a drawing, and calls onProgress with the share that was sent, 0..1.
export function sendPicture(form, picture, fields, onProgress) {
  const all = picture ? { ...fields, picture } : fields;
  return post(form, form.action, all, onProgress);
}

// The same for any fields, whose values are texts or files, and any address that answers in JSON.
// The form gives its token, and the sentence for a server that is away.
export function post(form, address, fields, onProgress = () => {}) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = () => reject(new Refused(form.dataset.unreachable));
    const refuse = ({ title, code }) => {
      reject(new Refused(title, code, Number(request.getResponseHeader("Retry-After")) || 0));
    };
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("error", fail);
    request.addEventListener("load", () => {
      if (request.status < 300 && request.response) resolve(request.response);
      else if (!request.response?.title) fail();
      else refuse(request.response);
    });
    request.send(body);
  });
}

// Resolves to what attempt resolves to. Where that rejects with a Refused that is worth waiting for,
// calls showWait with the Date of the next try, and with nothing once it begins. A signal that is
// aborted ends the wait, and the refusal stands.
export async function patiently(attempt, showWait, signal) {
  for (let waits = 0; ; waits++) {
    try {
      return await attempt();
    } catch (error) {
      if (!error.isWorthWaiting || waits === MOST_WAITS) throw error;
      showWait(new Date(Date.now() + error.retryAfterS * 1000));
      await pause(error.retryAfterS, signal);
      showWait();
      if (signal?.aborted) throw error;
    }
  }
}

// Resolves to what attempt resolves to; tries again, ever later, while the server does not answer.
export async function persistently(attempt, showWait) {
  for (let tries = 1; ; tries++) {
    try {
      return await patiently(attempt, showWait);
    } catch (error) {
      if (!error.isOfNetwork || tries === MOST_TRIES) throw error;
      await pause(Math.min(2 ** (tries - 1), MOST_PAUSE_S));
    }
  }
}

function pause(seconds, signal) {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", resolve, { once: true });
    setTimeout(resolve, seconds * 1000);
  });
}

// Says in the page's own words when it goes on by itself, or nothing where at is missing.
export function showWait(form, at) {
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const sentence = at ? form.dataset.waiting.replace("%s", clock.format(at)) : "";
  document.querySelector("[data-wait]").textContent = sentence;
}
