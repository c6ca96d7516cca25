"""Checks and decodes one picture from a stranger, and encodes it again without metadata."""

import hashlib
import io
import logging
import threading
import warnings
from dataclasses import dataclass

import cv2
import numpy as np
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray
from PIL import Image

from mlmodel.picture.ink import WORKING_SIDE_PX
from recognizer import refusals
from recognizer.intake import heic
from recognizer.intake.brands import kind_by_brands
from recognizer.intake.crop import Crop
from recognizer.intake.decoder_errors import BOMB_ERRORS, DECODER_ERRORS
from recognizer.intake.deep_png import is_deep, stretch
from recognizer.intake.eight_bits import eight_bits
from recognizer.intake.frames import first_written_frame
from recognizer.intake.orientation import turn_of
from recognizer.intake.part_limits import has_one_scan, require_few_parts
from recognizer.intake.png_rows import require_all_rows

MIN_SIDE_PX = 8
MAX_SIDE_PX = 10_000
MAX_MEGAPIXELS = 16
# libjpeg decodes at half size for a quarter of the memory, so a JPEG may be larger. What is sold as
# a camera of 50 megapixels writes up to 51.2 (8192x6144 and 8256x6192, for two).
MAX_JPEG_MEGAPIXELS = 52
# A JPEG in several scans (progressive) is held in memory whole: 6 bytes a pixel.
MAX_PROGRESSIVE_MEGAPIXELS = 24
STORED_JPEG_QUALITY = 92
STRIP_ROWS = 128

# Above this, Pillow warns; above twice this, it refuses. Both are answered as TooManyPixels.
Image.MAX_IMAGE_PIXELS = MAX_JPEG_MEGAPIXELS * 1_000_000
warnings.simplefilter("error", Image.DecompressionBombWarning)
# Damaged metadata does no harm: all metadata is left out.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

# At DEBUG, Pillow logs the EXIF, which may name people and places.
logging.getLogger("PIL").setLevel(logging.INFO)

# A decoded picture of 16 megapixels takes up to 64 MB. Decoding one at a time per process keeps a
# worker small, and a single picture keeps a core busy anyway.
_ONE_DECODER = threading.Lock()

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
)
# Kept as JPEG: as PNG, a photograph takes ten times as much room.
_PHOTOS = {"JPEG", "HEIC"}
_AS_IT_IS = Crop()
_HINTS = (
    (b"\x89PNG", _("This PNG was damaged in transfer (its line endings were changed).")),
    (b"%PDF", _("This is a PDF, not a picture.")),
    (b"II*\x00", _("This is a TIFF picture.")),
    (b"MM\x00*", _("This is a TIFF picture.")),
    (b"PK\x03\x04", _("This is a ZIP archive, not a picture.")),
    (b"<svg", _("This is an SVG drawing.")),
    (b"<?xml", _("This is an XML file or an SVG drawing.")),
    (b"%!PS", _("This is a PostScript (EPS) file.")),
    (b"8BPS", _("This is a Photoshop file.")),
)
_HINTS_BY_BRAND = {
    "AVIF": _("This is an AVIF picture."),
    "HEIC": _(
        "This is a HEIC picture. To get a JPEG on an iPhone, tap Share, then Options, and choose "
        "Most Compatible; on other phones, choose JPEG in the camera's settings and take it again."
    ),
}


@dataclass(frozen=True)
class CleanImage:
    """A picture as the rest of the program knows it.

    Attributes:
        pixels: for the reader; grey or RGB, uint8, upright, reduced if the picture is large (see
            reading_pixels).
        width, height: of the upright picture as it is stored, in its own pixels.
        encoded: the picture encoded again (JPEG if it came as JPEG or HEIC, otherwise PNG), no
            metadata.
        extension: "png" or "jpg", of `encoded`.
        sha256: of the original bytes.
        byte_size: of the original bytes.
        more_frames: whether the file held further frames that were left out.
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int
    encoded: bytes
    extension: str
    sha256: str
    byte_size: int
    more_frames: bool

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height


def clean(data: bytes, *, max_bytes: int, crop: Crop = _AS_IT_IS) -> CleanImage:
    """Check and decode one picture.

    Args:
        crop: the part of the upright picture to keep; the rest is dropped.

    Raises:
        Refusal: one of the named reasons in `recognizer.refusals`.
    """
    if not data:
        raise refusals.EmptyFile
    if len(data) > max_bytes:
        raise refusals.FileTooLarge(max_bytes)
    image_format = sniff(data)
    require_few_parts(data, image_format)
    with _ONE_DECODER:
        image, more_frames = _decode(data, image_format)
        image = _cropped(image, crop)
        encoded, extension = _jpeg(image) if image_format in _PHOTOS else _png(image)
        pixels = reading_pixels(image)
    return CleanImage(
        pixels=pixels,
        width=image.width,
        height=image.height,
        encoded=encoded,
        extension=extension,
        sha256=hashlib.sha256(data).hexdigest(),
        byte_size=len(data),
        more_frames=more_frames,
    )


def sniff(data: bytes) -> str:
    """The format by the first bytes; the name and the declared type are ignored."""
    for signature, image_format in _SIGNATURES:
        if data.startswith(signature):
            return image_format
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if kind := kind_by_brands(data):
        if kind == "HEIC" and settings.HEIC:
            return kind
        raise refusals.UnsupportedType(_HINTS_BY_BRAND[kind])
    for start, hint in _HINTS:
        if data.startswith(start):
            raise refusals.UnsupportedType(hint)
    raise refusals.UnsupportedType


def _decode(data: bytes, image_format: str) -> tuple[Image.Image, bool]:
    """The upright picture in grey or RGB, and whether there are more frames."""
    if image_format == "HEIC":
        return _decode_heic(data)
    try:
        return _decode_here(data, image_format)
    except BOMB_ERRORS:
        raise refusals.TooManyPixels(_megapixel_limit(data, image_format)) from None
    except DECODER_ERRORS:
        raise refusals.ImageDamaged from None


def _decode_heic(data: bytes) -> tuple[Image.Image, bool]:
    limit = MAX_JPEG_MEGAPIXELS
    picture = heic.decode(
        data, most_pixels=limit * 1_000_000, most_whole=MAX_MEGAPIXELS * 1_000_000
    )
    check_size(picture.size, limit)
    if picture.image is None:
        raise refusals.ImageDamaged
    # What the other process says is not trusted, either.
    check_size(picture.image.size, MAX_MEGAPIXELS)
    return picture.image, picture.more_frames


def _decode_here(data: bytes, image_format: str) -> tuple[Image.Image, bool]:
    with Image.open(io.BytesIO(data), formats=[image_format]) as opened:
        check_size(opened.size, _megapixel_limit(data, image_format))
        if image_format == "PNG":
            require_all_rows(data)
        if opened.width * opened.height > MAX_MEGAPIXELS * 1_000_000:
            opened.draft(opened.mode, (opened.width // 2, opened.height // 2))
        # Checked before loading, because the check makes Pillow leave the first frame of a GIF.
        more_frames = getattr(opened, "is_animated", False) and opened.format != "MPO"
        if more_frames and (number := first_written_frame(data, image_format)):
            opened.seek(number)
        opened.load()
        if image_format == "PNG" and is_deep(data) and not opened.tell():
            stretch(opened, data)
        return _upright(eight_bits(opened), opened.info.get("exif")), more_frames


def _cropped(image: Image.Image, crop: Crop) -> Image.Image:
    part = crop.apply(image)
    if min(part.size) < MIN_SIDE_PX:
        raise refusals.TooSmall(MIN_SIDE_PX)
    return part


def check_size(size: tuple[int, int], limit: int) -> None:
    """Refuse a picture of this width and height; the limit is in megapixels."""
    if min(size) < 1:
        raise refusals.ImageDamaged
    if size[0] * size[1] > limit * 1_000_000:
        raise refusals.TooManyPixels(limit)
    if max(size) > MAX_SIDE_PX:
        raise refusals.SideTooLong(MAX_SIDE_PX)
    if min(size) < MIN_SIDE_PX:
        raise refusals.TooSmall(MIN_SIDE_PX)


def _megapixel_limit(data: bytes, image_format: str) -> int:
    if image_format != "JPEG":
        return MAX_MEGAPIXELS
    return MAX_JPEG_MEGAPIXELS if has_one_scan(data) else MAX_PROGRESSIVE_MEGAPIXELS


def _upright(image: Image.Image, exif: bytes | None) -> Image.Image:
    """The picture turned by its EXIF; ImageOps.exif_transpose would fail on damaged metadata."""
    try:
        turn = turn_of(exif)
    except DECODER_ERRORS:
        return image
    return image if turn is None else image.transpose(turn)


def reading_pixels(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels for the reader: the picture, reduced where the reader would reduce it anyway.

    Args:
        image: upright, grey or RGB.

    Returns:
        (height, width) grey or (height, width, 3) RGB, uint8; means over whole squares of
        pixels when a side is at least twice as long as the reader's working size.
    """
    factor = max(image.size) // WORKING_SIDE_PX
    return _array(image.reduce(factor) if factor > 1 else image)


def _array(image: Image.Image, *, reverse_colors: bool = False) -> NDArray[np.uint8]:
    """The pixels, copied in strips: of the whole picture, Pillow would make two further copies."""
    shape = (image.height, image.width, 3)[: 2 if image.mode == "L" else 3]
    pixels = np.empty(shape, np.uint8)
    for top in range(0, image.height, STRIP_ROWS):
        bottom = min(top + STRIP_ROWS, image.height)
        strip = np.asarray(image.crop((0, top, image.width, bottom)))
        pixels[top:bottom] = strip[..., ::-1] if reverse_colors else strip
    return pixels


def _jpeg(image: Image.Image) -> tuple[bytes, str]:
    """The picture encoded again: no EXIF, comment, profile or trailing bytes survive."""
    image.info = {}
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=STORED_JPEG_QUALITY)
    return buffer.getvalue(), "jpg"


def _png(image: Image.Image) -> tuple[bytes, str]:
    """The picture encoded again from its pixels alone; OpenCV takes a third of Pillow's time."""
    # OpenCV expects blue first.
    _, encoded = cv2.imencode(".png", _array(image, reverse_colors=image.mode == "RGB"))
    return encoded.tobytes(), "png"
