"""A decoded picture in grey or RGB with 8 bits, its transparent parts over paper."""

import math
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# As many pixels along the longer side show which tones a picture has.
_SAMPLES = 1000
# Strokes fill less of the box around them; a sheet with round or torn corners fills more.
_SHEET_SHARE = 0.7
# Ink differs from its paper by more grey levels than this, of 255.
_TWO_TONES = 64
# Tones of fewer pixels, in percent, are fringes.
_FRINGE_PERCENT = 0.2
_MIDDLE_TONE = 128
# Of a 16-bit value. Cameras and scanners write values of 10, 12 or 14 bits into 16 as they are.
DEPTHS = (8, 10, 12, 14, 16)


def eight_bits(image: Image.Image) -> Image.Image:
    """The picture in mode "L" or "RGB"; it may be the very same object."""
    if image.mode.startswith("I"):
        # Greys of 16 bits, which Pillow's own conversion would cut off at 255.
        greys = np.asarray(image)
        return Image.fromarray((greys >> (bits_used(int(greys.max())) - 8)).astype(np.uint8))
    if image.has_transparency_data:
        # Converting to the mode it already has would make another copy, of 64 MB at most.
        return _over_paper(image if image.mode == "RGBA" else image.convert("RGBA"), image.format)
    mode = "L" if image.mode in {"1", "L"} else "RGB"
    # Pillow copies even when the mode stays the same: 40 ms and 48 MB for 12 megapixels.
    return image if image.mode == mode else image.convert(mode)


def bits_used(greatest: int) -> int:
    """The depth, one of DEPTHS, of a picture whose greatest 16-bit value is this."""
    return next(depth for depth in DEPTHS if greatest < 1 << depth)


def _over_paper(image: Image.Image, image_format: str | None) -> Image.Image:
    least, most = cast("tuple[tuple[int, int], ...]", image.getextrema())[3]
    # Programs that know no transparency write zeros into a BMP's fourth byte.
    if least == 255 or (most == 0 and image_format == "BMP"):
        return image.convert("RGB")
    paper = Image.new("RGB", image.size, _paper_tone(image))
    paper.paste(image, mask=image)
    return paper


def _paper_tone(image: Image.Image) -> str:
    """White or black: what the ink stands out from.

    What can be seen is either strokes of one tone, or a sheet that holds ink and paper both: then
    most of it is paper, and what is around the sheet should look alike.
    """
    step = math.ceil(max(image.size) / _SAMPLES)
    size = math.ceil(image.width / step), math.ceil(image.height / step)
    sample = image.resize(size, Image.Resampling.NEAREST)
    alpha = np.asarray(sample.getchannel("A"))
    seen = alpha >= max(int(alpha.max()) / 2, 1)
    if not seen.any():
        return "white"
    tones = np.asarray(sample.convert("L"))[seen]
    faintest, strongest = np.percentile(tones, (_FRINGE_PERCENT, 100 - _FRINGE_PERCENT))
    is_sheet = strongest - faintest > _TWO_TONES and _share_of_box(seen) >= _SHEET_SHARE
    is_light = np.median(tones) >= _MIDDLE_TONE
    return "white" if is_light == is_sheet else "black"


def _share_of_box(seen: NDArray[np.bool_]) -> float:
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    return float(seen[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].mean())
