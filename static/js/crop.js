// Turning and cropping a chosen picture. The server does both; this shows how the picture will be,
// and fills in the form's fields. Edges are shares of the turned picture.
const WHOLE = { left: 0, top: 0, right: 1, bottom: 1 };
// The least width and height of a crop.
const MIN_SHARE = 0.02;
// As large as any screen shows it.
const PREVIEW_SIDE_PX = 1600;

export function createCropTools(form) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  const picture = part("crop-picture");
  const image = part("preview-image");
  const edges = [...form.querySelectorAll("[data-edge]")];
  let file = null;
  let quarters = 0;
  let box = WHOLE;
  let corner = null;
  let turnedUrl = "";

  function begin(chosen) {
    file = chosen;
    quarters = 0;
    part("crop-panel").hidden = false;
    open(false);
    crop(WHOLE);
    URL.revokeObjectURL(turnedUrl);
  }

  // What this browser can't show can't be cropped.
  function giveUp() {
    image.hidden = part("crop-panel").hidden = true;
  }

  function crop(chosen) {
    box = chosen;
    part("turn").value = quarters || "";
    part("crop").value = isWhole(box) ? "" : asField(box);
    for (const input of edges) input.value = 100 * box[input.dataset.edge];
    const shown = part("crop-box");
    shown.hidden = isWhole(box) && part("crop-tools").hidden;
    shown.style.left = `${100 * box.left}%`;
    shown.style.top = `${100 * box.top}%`;
    shown.style.width = `${100 * (box.right - box.left)}%`;
    shown.style.height = `${100 * (box.bottom - box.top)}%`;
  }

  function open(isOpen) {
    part("crop-tools").hidden = !isOpen;
    part("crop-toggle").setAttribute("aria-expanded", String(isOpen));
    picture.classList.toggle("is-cropping", isOpen);
    crop(box);
  }

  async function turn(event) {
    const button = event.currentTarget;
    for (let left = Number(button.dataset.quarters); left; left -= 1) {
      quarters = (quarters + 1) % 4;
      box = turnedBox(box);
    }
    crop(box);
    await showTurned(quarters);
    part("status").textContent = button.dataset.done;
  }

  async function showTurned(wanted) {
    const blob = await turnedPicture(file, wanted);
    // Turned on meanwhile: that turn shows itself.
    if (wanted !== quarters) return;
    URL.revokeObjectURL(turnedUrl);
    image.src = turnedUrl = URL.createObjectURL(blob);
  }

  function moveEdge(event) {
    const { edge } = event.currentTarget.dataset;
    crop({ ...box, [edge]: boundedEdge(box, edge, event.currentTarget.value / 100) });
  }

  function startBox(event) {
    if (part("crop-tools").hidden) return;
    event.preventDefault();
    picture.setPointerCapture(event.pointerId);
    corner = placeOn(image, event);
  }

  function drawBox(event) {
    if (!corner) return;
    const drawn = boxBetween(corner, placeOn(image, event));
    if (drawn.right - drawn.left >= MIN_SHARE && drawn.bottom - drawn.top >= MIN_SHARE) {
      crop(drawn);
    }
  }

  picture.addEventListener("pointerdown", startBox);
  picture.addEventListener("pointermove", drawBox);
  for (const end of ["pointerup", "pointercancel"]) {
    picture.addEventListener(end, () => (corner = null));
  }
  for (const input of edges) input.addEventListener("input", moveEdge);
  for (const button of form.querySelectorAll("[data-quarters]")) {
    button.addEventListener("click", turn);
  }
  part("crop-toggle").addEventListener("click", () => open(part("crop-tools").hidden));
  part("crop-whole").addEventListener("click", () => crop(WHOLE));

  return {
    begin,
    giveUp,
    fields: () => ({ turn: part("turn").value, crop: part("crop").value }),
  };
}

function isWhole(box) {
  return Object.keys(WHOLE).every((edge) => box[edge] === WHOLE[edge]);
}

// As recognizer/intake/crop.py takes it.
function asField(box) {
  return [box.left, box.top, box.right, box.bottom].map((share) => share.toFixed(4)).join(",");
}

// By a quarter, clockwise, with the picture.
function turnedBox(box) {
  return { left: 1 - box.bottom, top: box.left, right: 1 - box.top, bottom: box.right };
}

// No edge passes the opposite one.
function boundedEdge(box, edge, share) {
  return {
    left: Math.min(share, box.right - MIN_SHARE),
    right: Math.max(share, box.left + MIN_SHARE),
    top: Math.min(share, box.bottom - MIN_SHARE),
    bottom: Math.max(share, box.top + MIN_SHARE),
  }[edge];
}

function boxBetween(corner, other) {
  return {
    left: Math.min(corner.x, other.x),
    top: Math.min(corner.y, other.y),
    right: Math.max(corner.x, other.x),
    bottom: Math.max(corner.y, other.y),
  };
}

// Where the pointer is on the image, or the image's nearest edge.
function placeOn(image, pointer) {
  const around = image.getBoundingClientRect();
  const share = (at, start, length) => Math.min(Math.max((at - start) / length, 0), 1);
  return {
    x: share(pointer.clientX, around.left, around.width),
    y: share(pointer.clientY, around.top, around.height),
  };
}

async function turnedPicture(file, quarters) {
  const upright = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, PREVIEW_SIDE_PX / Math.max(upright.width, upright.height));
  const [width, height] = [upright.width * scale, upright.height * scale];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = quarters % 2 ? [height, width] : [width, height];
  const pen = canvas.getContext("2d");
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.rotate((quarters * Math.PI) / 2);
  pen.drawImage(upright, -width / 2, -height / 2, width, height);
  upright.close();
  return new Promise((resolve) => canvas.toBlob(resolve));
}
