// One picture and the field for its text. A digit that is marked is replaced by the one that is
// typed, so that no other digit changes its place.

const LETTER = /\p{L}/u;

// root is the card's element; sentences are those of the page, by their names.
export function createCard(root, sentences) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const form = part("answer");
  const input = form.elements.text;
  const proposed = input.value;
  const picture = root.querySelector("svg");
  const marks = [...(part("marks")?.children ?? [])];
  const edits = [];
  let before = input.value;
  let shownAt = 0;
  const card = {
    root,
    form,
    position: root.dataset.position,
    said: null,
    show,
    hide,
    text: () => input.value,
    // A text that was confirmed once more although it does not satisfy the rule.
    kept: "",
    mayBreakRule,
    changeBack,
    complaint,
    complain,
    markDoubtful,
    nextAlternative,
    magnify: () => toggle("magnify", (isOn) => root.classList.toggle("is-magnified", isOn)),
    showWhole: () => toggle("show-whole", (isOn) => look(isOn ? "whole" : "part")),
    typeDigit,
    seconds: () => (performance.now() - shownAt) / 1000,
  };

  // takesFocus: on a phone, the keyboard would cover the picture before anybody looked at it.
  function show(takesFocus) {
    root.inert = false;
    root.classList.remove("is-waiting");
    shownAt = performance.now();
    (takesFocus ? input : root).focus({ preventScroll: true });
    // All of it if there is room; else the picture, which comes first.
    const fits = root.offsetHeight <= window.innerHeight;
    root.scrollIntoView({ block: fits ? "nearest" : "start" });
    markDoubtful(false);
  }

  function hide() {
    root.inert = true;
    root.classList.add("is-waiting");
  }

  // Marks the first doubtful digit, or the one behind the caret; without any, the first character.
  function markDoubtful(behind = true) {
    const places = marks.flatMap((mark, place) => (mark.className ? [place] : []));
    const from = behind ? input.selectionStart : -1;
    mark(places.find((place) => place > from) ?? places[0] ?? (behind ? input.selectionStart : 0));
  }

  function mark(place) {
    if (!input.value) return;
    const at = Math.min(place, input.value.length);
    input.setSelectionRange(at, Math.min(at + 1, input.value.length));
    light();
  }

  function light() {
    for (const box of picture.querySelectorAll("[data-place]")) {
      const isIt = Number(box.dataset.place) === input.selectionStart;
      box.classList.toggle("is-current", isIt && input.value === proposed);
    }
  }

  function noteEdit() {
    edits.push(before);
    before = input.value;
    complain("");
    light();
    root.classList.toggle("is-changed", input.value !== proposed);
  }

  // Returns whether there was something to undo.
  function changeBack() {
    if (!edits.length) return false;
    input.value = before = edits.pop();
    complain("");
    root.classList.toggle("is-changed", input.value !== proposed);
    markDoubtful(false);
    return true;
  }

  function typeDigit(digit) {
    input.focus({ preventScroll: true });
    replaceMarked(digit);
  }

  // One marked digit gives way to what is typed, and the next one is marked.
  function replaceMarked(text) {
    const [start, end] = [input.selectionStart, input.selectionEnd];
    input.setRangeText(text, start, end, "end");
    if (end - start === 1) mark(start + text.length);
    noteEdit();
  }

  function replaceAt(place, value) {
    input.focus({ preventScroll: true });
    input.setSelectionRange(place, place + 1);
    replaceMarked(value);
  }

  // Puts the next of what else the marked digit may be in its place.
  function nextAlternative() {
    const place = input.selectionStart;
    const values = [...root.querySelectorAll(`[data-alternatives] [data-place="${place}"]`)];
    const all = [proposed[place], ...values.map((button) => button.dataset.value)];
    if (!values.length) return;
    const value = all[(all.indexOf(input.value[place]) + 1) % all.length];
    replaceAt(place, value);
    mark(place);
  }

  function complaint(say) {
    if (say !== "confirm") return "";
    if (LETTER.test(input.value)) return sentences.noLetters;
    const isEmpty = !input.value.trim() && !("mayBeEmpty" in root.dataset);
    return isEmpty ? sentences.nothingTyped : "";
  }

  // Whether the server has to be asked; what it proposed itself satisfies the rule.
  function mayBreakRule() {
    const isProposed = input.value === proposed && !("unmet" in root.dataset);
    return Boolean(root.dataset.rule && input.value) && !isProposed && input.value !== card.kept;
  }

  function complain(sentence) {
    const paragraph = document.createElement("p");
    paragraph.textContent = sentence;
    part("error").replaceChildren(...(sentence ? [paragraph] : []));
  }

  function toggle(name, change) {
    const button = part(name);
    if (!button) return;
    const isOn = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isOn));
    change(isOn);
  }

  function look(at) {
    picture.setAttribute("viewBox", picture.dataset[at]);
  }

  part("error").setAttribute("role", "alert");
  part("open-whole").hidden = true;
  for (const name of ["magnify", "show-whole"]) if (part(name)) part(name).hidden = false;
  part("magnify").addEventListener("click", card.magnify);
  part("show-whole")?.addEventListener("click", card.showWhole);
  for (const button of root.querySelectorAll("[data-alternatives] button")) {
    button.disabled = false;
    button.addEventListener("click", () => {
      replaceAt(Number(button.dataset.place), button.dataset.value);
    });
  }
  input.addEventListener("beforeinput", (event) => {
    const isOne = input.selectionEnd - input.selectionStart === 1;
    if (event.inputType !== "insertText" || event.data?.length !== 1 || !isOne) return;
    event.preventDefault();
    replaceMarked(event.data);
  });
  input.addEventListener("input", noteEdit);
  input.addEventListener("keyup", light);
  input.addEventListener("click", light);
  return card;
}
