// A sheet of digits that were read as the same: a click marks what is odd, arrows move, a digit says
// what it is. The form works without this script; keys do nothing but in the digits' own fields.
import { startEveryPage } from "../every-page.js";

const NO_DIGIT = "-";

function start(form) {
  const fields = [...form.querySelectorAll("[data-crop] input")];
  const status = form.querySelector("[data-odd]");
  form.querySelector("[data-group-keys]").hidden = false;

  function show(field) {
    field.closest("[data-crop]").classList.toggle("is-odd", Boolean(field.value));
    const odd = fields.filter((one) => one.value).length;
    status.textContent = odd ? status.dataset.odd.replace("%s", odd) : "";
  }

  function write(field, text) {
    field.value = text;
    show(field);
    field.select();
  }

  function move(from, steps) {
    fields[fields.indexOf(from) + steps]?.focus();
  }

  // The nearest digit of the line above or below.
  function moveLine(from, lines) {
    const place = fields.indexOf(from);
    const { left, top } = from.getBoundingClientRect();
    const others = lines > 0 ? fields.slice(place + 1) : fields.slice(0, place).reverse();
    const line = others.find((other) => other.getBoundingClientRect().top !== top);
    if (!line) return;
    const height = line.getBoundingClientRect().top;
    const distance = (other) => Math.abs(other.getBoundingClientRect().left - left);
    others
      .filter((other) => other.getBoundingClientRect().top === height)
      .sort((one, other) => distance(one) - distance(other))[0]
      .focus();
  }

  const keys = {
    ArrowLeft: (field) => move(field, -1),
    ArrowRight: (field) => move(field, 1),
    ArrowUp: (field) => moveLine(field, -1),
    ArrowDown: (field) => moveLine(field, 1),
    Home: () => fields[0].focus(),
    End: () => fields.at(-1).focus(),
    Escape: (field) => write(field, ""),
    " ": (field) => write(field, field.value ? "" : NO_DIGIT),
  };

  function press(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (/^[0-9-]$/.test(key)) {
      write(target, key === target.placeholder ? "" : key);
    } else if (keys[key]) {
      keys[key](target);
    } else {
      return;
    }
    event.preventDefault();
  }

  for (const field of fields) {
    field.addEventListener("keydown", press);
    field.addEventListener("input", () => show(field));
    field.addEventListener("focus", () => field.select());
    // The picture marks; the field beside it is there to type in.
    field.closest("[data-crop]").querySelector("img").addEventListener("click", (event) => {
      event.preventDefault();
      field.focus();
      write(field, field.value ? "" : NO_DIGIT);
    });
  }
  // One sheet is sent once.
  form.addEventListener("submit", () => {
    form.querySelector("[type=submit]").disabled = true;
  });
  window.addEventListener("pageshow", () => {
    form.querySelector("[type=submit]").disabled = false;
  });
  if (matchMedia("(pointer: fine)").matches) fields[0].focus();
}

startEveryPage();
const form = document.querySelector("[data-sheet]");
if (form) start(form);
