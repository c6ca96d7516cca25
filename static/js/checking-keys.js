// Keys for the picture that has the focus, and for nothing else on the page.

const STORE = "checking keys";
// By the letter, or by its place on keyboards that have no Latin letters.
const LETTERS = {
  a: "alternative",
  d: "doubtful",
  m: "magnify",
  n: "nothing",
  u: "unreadable",
  w: "whole",
  x: "not_asked",
};
const OTHERS = {
  ArrowDown: "next",
  ArrowUp: "previous",
  Enter: "confirm",
  Escape: "undo",
  PageDown: "next",
  PageUp: "previous",
  " ": "later",
};

// Calls act(name) for the keys that are pressed inside root while they are on; where act returns
// false, the key does what it always does.
export function listenToKeys(root, keys, act) {
  const isOn = keys.querySelector("[data-keys-on]");
  isOn.checked = localStorage.getItem(STORE) !== "off";
  const show = () => root.classList.toggle("has-keys", isOn.checked);
  isOn.addEventListener("change", () => {
    localStorage.setItem(STORE, isOn.checked ? "on" : "off");
    show();
  });
  keys.hidden = false;
  show();
  root.addEventListener("keydown", (event) => {
    if (!isOn.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (keys.contains(event.target)) return;
    const name = nameOf(event);
    if (name && act(name, event) !== false) event.preventDefault();
  });
}

function nameOf(event) {
  // A button that has the focus is pressed by these.
  const isPressed = event.target.closest("button, a, summary");
  if (isPressed && (event.key === "Enter" || event.key === " ")) return "";
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : letterAt(event);
  return OTHERS[event.key] ?? LETTERS[letter] ?? (/^[0-9]$/.test(event.key) ? "digit" : "");
}

function letterAt({ key, code }) {
  const isForeignLetter = /^\p{L}$/u.test(key) && /^Key[A-Z]$/.test(code);
  return isForeignLetter ? code.slice(3).toLowerCase() : "";
}
