// A sheet to draw digits on with a pen, a mouse or a finger. Strokes are scaled with the sheet, so
// that they stay whole when it changes its size or the phone is turned.
import SignaturePad from "../vendor/signature_pad-5.1.4/signature_pad.min.js";

// root holds the sheet, its pens and its buttons; onChange is called when something else is drawn.
export function createSheet(root, onChange) {
  const canvas = root.querySelector("[data-sheet]");
  const undoButton = root.querySelector("[data-undo]");
  const wipeButton = root.querySelector("[data-wipe]");
  const pens = [...root.querySelectorAll("[data-pen]")];
  const pad = new SignaturePad(canvas, { penColor: "#111", backgroundColor: "#fff", throttle: 0 });
  let width = 0;

  function usePen() {
    const chosen = Number(pens.find((pen) => pen.checked).value);
    pad.minWidth = pad.maxWidth = chosen / 2;
    pad.dotSize = chosen / 2;
  }

  // Called whenever the sheet may have another size: what was drawn is scaled with it.
  function fit() {
    if (!canvas.clientWidth || canvas.clientWidth === width) return;
    const scale = width ? canvas.clientWidth / width : 1;
    const drawn = pad.toData();
    for (const group of drawn) {
      for (const name of ["minWidth", "maxWidth", "dotSize"]) group[name] *= scale;
      for (const point of group.points) {
        point.x *= scale;
        point.y *= scale;
      }
    }
    width = canvas.clientWidth;
    const density = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = width * density;
    canvas.height = canvas.clientHeight * density;
    canvas.getContext("2d").scale(density, density);
    pad.clear();
    pad.fromData(drawn);
  }

  function reportChange() {
    undoButton.disabled = wipeButton.disabled = pad.isEmpty();
    onChange();
  }

  function undo() {
    pad.fromData(pad.toData().slice(0, -1));
    reportChange();
  }

  function wipe() {
    pad.clear();
    reportChange();
  }

  pad.addEventListener("endStroke", reportChange);
  undoButton.addEventListener("click", undo);
  wipeButton.addEventListener("click", wipe);
  for (const pen of pens) pen.addEventListener("change", usePen);
  new ResizeObserver(fit).observe(canvas);
  usePen();

  return {
    show(visible) {
      root.hidden = !visible;
      fit();
    },
    isEmpty: () => pad.isEmpty(),
    // What the server renders: see recognizer/intake/drawing.py.
    strokes() {
      fit();
      const tenth = (number) => Math.round(number * 10) / 10;
      return JSON.stringify({
        width: canvas.clientWidth,
        height: canvas.clientHeight,
        strokes: pad.toData().map((group) => ({
          width: tenth(group.maxWidth * 2),
          points: group.points.map((point) => [tenth(point.x), tenth(point.y)]),
        })),
      });
    },
  };
}
