"""Colours of 16 bits, of which Pillow keeps the upper 8: too few where values use 10 or 12."""

import io
from collections.abc import Iterable
from typing import cast

from PIL import Image, ImageChops

from recognizer.intake.eight_bits import bits_used

# Of the header, which follows the signature: the bits of each value, and the colour type.
_DEPTH_AT, _COLOR_TYPE_AT = 24, 25
_GREY_WITH_ALPHA = 4
_COLOR_TYPES = {2, _GREY_WITH_ALPHA, 6}
STRIP_ROWS = 128


def is_deep(png: bytes) -> bool:
    """Whether the picture has colours or transparency with 16 bits each."""
    return png[_DEPTH_AT] == 16 and png[_COLOR_TYPE_AT] in _COLOR_TYPES


def stretch(image: Image.Image, png: bytes) -> None:
    """Stretch the values by the bits they really use, so that 10-bit white is white.

    Args:
        image: the decoded first picture, RGB or RGBA, which is changed.
        png: the file that it came from, for the lower 8 bits of each value.
    """
    extrema = cast("tuple[tuple[int, int], ...]", image.getextrema())
    greatest = [most for _, most in extrema]
    # Colours belong together; transparency is counted apart, as 16 bits may be used for it alone.
    depths = [bits_used(max(greatest[:3]) << 8)] * 3 + [
        bits_used(most << 8) for most in greatest[3:]
    ]
    if all(depth == 16 for depth in depths):
        return
    lower = _lower_bytes(png)
    for top in range(0, image.height, STRIP_ROWS):
        rows = (0, top, image.width, min(top + STRIP_ROWS, image.height))
        upper_bands, lower_bands = image.crop(rows).split(), _bands(lower.crop(rows), png)
        bands = map(_joined, upper_bands, lower_bands, depths)
        image.paste(Image.merge(image.mode, list(bands)), rows)


def _lower_bytes(png: bytes) -> Image.Image:
    """The picture decoded once more for the other half of each value.

    Pillow's decoder takes the upper byte of "16B" values and would take the second one of "16L".
    Grey with transparency is taken as it is, as four bytes.
    """
    with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
        opened.tile = [tile._replace(args=_other_half(str(tile.args))) for tile in opened.tile]
        opened.load()
        return opened


def _other_half(raw_mode: str) -> str:
    return "RGBA" if raw_mode == "LA;16B" else raw_mode.replace("16B", "16L")


def _bands(lower: Image.Image, png: bytes) -> Iterable[Image.Image]:
    bands = lower.split()
    if png[_COLOR_TYPE_AT] == _GREY_WITH_ALPHA:
        _, grey, _, alpha = bands
        return grey, grey, grey, alpha
    return bands


def _joined(upper: Image.Image, lower: Image.Image, depth: int) -> Image.Image:
    """The upper 8 of a value's lowest `depth` bits."""
    return ImageChops.add(
        upper.point(lambda value: value << (16 - depth) & 255),
        lower.point(lambda value: value >> (depth - 8)),
    )
