// Sends pictures one by one with their progress, and shows what came of each.

// What the server answered in place of a result: a sentence for people, and its name for scripts.
export class Refused extends Error {
  constructor(sentence, code = "") {
    super(sentence);
    this.code = code;
  }

  // The page is older than the token that the server knows: see renew.js.
  get isStale() {
    return this.code === "stale_token";
  }
}

// Resolves to the server's answer, or rejects with a Refused. Sends fields beside the picture,
// which is null for a drawing, and calls onProgress with the share that was sent, 0..1.
export function sendPicture(form, picture, fields, onProgress) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  if (picture) body.set("picture", picture);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = () => reject(new Refused(form.dataset.unreachable));
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("error", fail);
    request.addEventListener("load", () => {
      if (request.status === 201) resolve(request.response);
      else if (!request.response?.title) fail();
      else reject(new Refused(request.response.title, request.response.code));
    });
    request.send(body);
  });
}

// Shows a card for each picture, and sends one after the other.
export async function sendSeveral(form, pictures) {
  const list = document.querySelector("[data-sent]");
  const cards = pictures.map((picture) => createCard(form, picture));
  list.hidden = false;
  list.prepend(...cards.map(({ root }) => root));
  for (const { send } of cards) await send();
}

function createCard(form, picture) {
  const blank = document.querySelector("template[data-card]");
  const root = blank.content.firstElementChild.cloneNode(true);
  const part = (name) => root.querySelector(`[data-${name}]`);
  const fields = { source: "file", key: newKey() };
  part("name").textContent = picture.name;
  part("thumbnail").src = URL.createObjectURL(picture);
  part("thumbnail").addEventListener("error", (event) => event.target.remove(), { once: true });

  async function send() {
    part("error").hidden = part("retry").hidden = true;
    part("progress").hidden = false;
    try {
      const showProgress = (share) => (part("progress").value = share);
      const answer = await sendPicture(form, picture, fields, showProgress);
      part("answer").textContent = [answer.text, answer.state_name, answer.confidence]
        .filter(Boolean)
        .join(" · ");
      part("answer").hidden = part("open").hidden = false;
      part("open").href = answer.url;
    } catch (error) {
      part("error").textContent = error.message;
      part("error").hidden = part("retry").hidden = false;
    }
    part("progress").hidden = true;
  }

  part("retry").addEventListener("click", send);
  return { root, send };
}

// A version 4 UUID; randomUUID is there on HTTPS and on this computer only.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
