// Sends pictures one by one with their progress, and shows what came of each.
/* global cropping */
const sending = (() => {
  const form = document.querySelector("[data-upload-form]");
  const list = document.querySelector("[data-sent]");
  const blank = document.querySelector("template[data-card]");

  // A version 4 UUID; randomUUID is there on HTTPS and on this computer only.
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }

  // Resolves to the answer, or rejects with a sentence for people.
  function send(file, source, key, told, cropped = {}) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.set("source", source);
    body.set("key", key);
    body.set("picture", file);
    for (const [name, value] of Object.entries(cropped)) body.set(name, value);
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const failed = () => reject(new Error(form.dataset.unreachable));
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) told(event.loaded / event.total);
      });
      request.addEventListener("error", failed);
      request.addEventListener("load", () => {
        if (request.status === 201) resolve(request.response);
        else if (request.response?.title) reject(new Error(request.response.title));
        else failed();
      });
      request.send(body);
    });
  }

  function card(file) {
    const root = blank.content.firstElementChild.cloneNode(true);
    const part = (name) => root.querySelector(`[data-${name}]`);
    const key = newKey();
    part("name").textContent = file.name;
    part("thumbnail").src = URL.createObjectURL(file);
    part("thumbnail").addEventListener("error", (event) => event.target.remove(), { once: true });

    async function attempt() {
      part("error").hidden = part("retry").hidden = true;
      part("progress").hidden = false;
      try {
        const answer = await send(file, "file", key, (share) => (part("progress").value = share));
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

    part("retry").addEventListener("click", attempt);
    return { root, attempt };
  }

  return {
    one: (file, source, told) =>
      send(file, source, form.querySelector("[name=key]").value, told, cropping.fields()),
    async several(files) {
      list.hidden = false;
      const cards = [...files].map(card);
      list.prepend(...cards.map(({ root }) => root));
      for (const { attempt } of cards) await attempt();
    },
  };
})();
