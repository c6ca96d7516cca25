"""Training samples for the line reader: strips as reading cuts them, with what stands in them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmodel.ink import extract_ink
from mlmodel.locate import locate
from mlmodel.strips import STRIP_HEIGHT_PX, Strip, cut_strips
from mlmodel.synthesis.pictures import synthetic_picture
from mlmodel.synthesis.shapes import MnistShapes
from mlmodel.synthesis.sheet import KnownDigit, Picture

# A digit that reaches into a strip with this share of its height can be read ...
_READABLE = 0.6
# ... with less than this it is another line's; a strip with one in between is left out.
_FOREIGN = 0.3


@dataclass(frozen=True)
class Sample:
    """A strip and its digits.

    Attributes:
        pixels: (40, width) float32 in 0..1.
        values: (n,) int, 0..9, from left to right.
        boxes: (n, 4) float32, left, top, right, bottom in pixels of the strip.
    """

    pixels: NDArray[np.float32]
    values: NDArray[np.int_]
    boxes: NDArray[np.float32]


def samples(mnist: MnistShapes, seed: int, start: int = 0) -> Iterator[Sample]:
    """Samples without end; the seed and the number of the picture decide each."""
    number = start
    while True:
        random = np.random.default_rng([seed, number])
        number += 1
        picture = synthetic_picture(mnist, random)
        yield from samples_of(picture)


def samples_of(picture: Picture) -> Iterator[Sample]:
    """The strips that reading cuts from a picture, as far as their text is known."""
    ink = extract_ink(picture.image)
    for strip in cut_strips(ink, locate(ink)):
        sample = _label(strip, picture.digits, ink.scale)
        if sample is not None:
            yield sample


def _label(strip: Strip, digits: tuple[KnownDigit, ...], scale: float) -> Sample | None:
    inverse = np.linalg.inv(np.vstack([strip.to_working, (0, 0, 1)]))
    found = []
    width = strip.pixels.shape[1]
    for digit in digits:
        x, y, w, h = (value * scale for value in digit.box)
        middle = inverse @ (x + w / 2, y + h / 2, 1)
        size = 1 / np.hypot(*strip.to_working[:, 0])
        half_w, half_h = w * size / 2, h * size / 2
        box = middle[0] - half_w, middle[1] - half_h, middle[0] + half_w, middle[1] + half_h
        if not -half_w < middle[0] < width + half_w:
            continue
        seen = min(box[3], STRIP_HEIGHT_PX) - max(box[1], 0)
        seen = max(seen, 0) / (2 * half_h)
        seen *= max(min(box[2], width) - max(box[0], 0), 0) / (2 * half_w)
        if seen <= _FOREIGN:
            continue
        if seen < _READABLE or not 10 < 2 * half_h < 2 * STRIP_HEIGHT_PX:
            return None
        found.append((middle[0], digit.value, box))
    found.sort()
    return Sample(
        strip.pixels,
        np.array([value for _, value, _ in found], np.int_),
        np.array([box for _, _, box in found], np.float32).reshape(-1, 4),
    )
