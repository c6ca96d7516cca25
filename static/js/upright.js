// A WebP as the server will read it: turned by its EXIF. Browsers differ: most show it as its
// pixels lie. What else they show, they turn as the server does.

// As large as any screen shows it.
const PREVIEW_SIDE_PX = 1600;
const ORIENTATION = 0x0112;
// Numbers of 16 and of 32 bits, in EXIF.
const SHORT = 3;
const LONG = 4;
const HAS_EXIF = 0x08;

// A file that can be shown: the one given, or a drawing of it that is upright.
export async function uprightPicture(file) {
  if (!isWebp(new DataView(await file.slice(0, 12).arrayBuffer()))) return file;
  const webp = new DataView(await file.arrayBuffer());
  try {
    const orientation = takeOrientation(webp);
    return orientation > 1 && orientation < 9 ? await drawn(webp, orientation) : file;
  } catch {
    // Damaged: shown as far as the browser can.
    return file;
  }
}

function isWebp(start) {
  return start.byteLength === 12 && textAt(start, 0) === "RIFF" && textAt(start, 8) === "WEBP";
}

// Sets the orientation to upright, so that no browser turns the picture as well.
function takeOrientation(webp) {
  const place = placeOfOrientation(webp);
  if (!place) return 1;
  const { at, isLong, isLittle } = place;
  const orientation = isLong ? webp.getUint32(at, isLittle) : webp.getUint16(at, isLittle);
  if (isLong) webp.setUint32(at, 1, isLittle);
  else webp.setUint16(at, 1, isLittle);
  return orientation;
}

function placeOfOrientation(webp) {
  let tiff = startOfExif(webp);
  if (!tiff) return null;
  while (textAt(webp, tiff) === "Exif") tiff += 6;
  const isLittle = textAt(webp, tiff).startsWith("II");
  const list = tiff + webp.getUint32(tiff + 4, isLittle);
  const count = webp.getUint16(list, isLittle);
  for (let entry = list + 2; entry < list + 2 + 12 * count; entry += 12) {
    if (webp.getUint16(entry, isLittle) !== ORIENTATION) continue;
    const type = webp.getUint16(entry + 2, isLittle);
    if (type !== SHORT && type !== LONG) return null;
    return { at: entry + 8, isLong: type === LONG, isLittle };
  }
  return null;
}

// Where the first chunk with EXIF begins to count; 0 if the file says that it has none.
function startOfExif(webp) {
  if (textAt(webp, 12) !== "VP8X" || !(webp.getUint8(20) & HAS_EXIF)) return 0;
  let chunk = 12;
  while (chunk + 8 <= webp.byteLength) {
    if (textAt(webp, chunk) === "EXIF") return chunk + 8;
    const size = webp.getUint32(chunk + 4, true);
    // Chunks begin at even places.
    chunk += 8 + size + (size % 2);
  }
  return 0;
}

function textAt(data, at) {
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => data.getUint8(at + offset)));
}

async function drawn(webp, orientation) {
  const lying = await createImageBitmap(new Blob([webp], { type: "image/webp" }));
  const scale = Math.min(1, PREVIEW_SIDE_PX / Math.max(lying.width, lying.height));
  const [width, height] = [lying.width * scale, lying.height * scale];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = orientation > 4 ? [height, width] : [width, height];
  const pen = canvas.getContext("2d");
  pen.setTransform(...transform(orientation, width, height));
  pen.drawImage(lying, 0, 0, width, height);
  lying.close();
  return new Promise((resolve) => canvas.toBlob(resolve));
}

// As recognizer/intake/orientation.py turns it.
function transform(orientation, width, height) {
  return {
    2: [-1, 0, 0, 1, width, 0],
    3: [-1, 0, 0, -1, width, height],
    4: [1, 0, 0, -1, 0, height],
    5: [0, 1, 1, 0, 0, 0],
    6: [0, 1, -1, 0, height, 0],
    7: [0, -1, -1, 0, height, width],
    8: [0, -1, 1, 0, 0, width],
  }[orientation];
}
