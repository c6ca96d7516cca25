"""Looks with what is written in them, cut from pictures a little off, as reading may cut them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmodel.lines.strips import Strip, cut_strips
from mlmodel.picture.ink import Ink, extract_ink
from mlmodel.picture.locate import locate
from mlmodel.second.alphabet import OTHER, classes_of
from mlmodel.second.look import HEIGHT_PX, Look, in_steps, look_along, look_around
from mlmodel.synthesis.photograph import Picture

# Standard deviations by which a look is off: of the logarithm of its scale, of its slope in rows
# per column, and of its place in pixels.
_LOG_SCALE, _SLOPE, _OFF_PX = 0.12, 0.02, 2.5
# A character can be read if this share of its height and width lies in the look. It belongs to
# another line if the share is at most the second one. A look with one in between is left out.
_READABLE, _FOREIGN = 0.6, 0.3
# A whole picture of a line is looked at with this share of its height left out or added.
_LEAST_WHOLE, _MOST_WHOLE = 0.85, 1.3


@dataclass(frozen=True)
class Sample:
    """A look, (48, width) float32 in -1..1, and the classes that are written in it."""

    pixels: NDArray[np.float32]
    classes: list[int]


def samples_of(picture: Picture, random: np.random.Generator) -> Iterator[Sample]:
    """The looks along the lines of a picture, without those that show parts of characters."""
    ink = extract_ink(picture.image)
    if picture.written is not None:
        look = _look_at_line(ink, random)
        if look is not None:
            yield Sample(look.pixels, classes_of(picture.written))
        return
    known = [(str(digit.value), digit.box) for digit in picture.digits]
    known += [(sign.character, sign.box) for sign in picture.signs]
    for strip in cut_strips(ink, locate(ink)):
        look = _look_off(ink, strip, random)
        written = _written_in(look, known, ink.scale)
        if written is not None:
            yield Sample(look.pixels, classes_of(written))


def _look_at_line(ink: Ink, random: np.random.Generator) -> Look | None:
    """A look along the line of a picture that has one, or at all of the picture, by chance.

    Returns:
        None where the line is not found as one.
    """
    if random.random() < 0.5:
        return _whole(ink, random)
    strips = cut_strips(ink, locate(ink))
    return _look_off(ink, strips[0], random) if len(strips) == 1 else None


def _look_off(ink: Ink, strip: Strip, random: np.random.Generator) -> Look:
    """The look along a strip, moved, turned and scaled a little."""
    exact = look_along(ink, strip)
    width = exact.pixels.shape[1]
    scale = float(np.exp(random.normal(0, _LOG_SCALE)))
    slope = random.normal(0, _SLOPE)
    turn = np.array([(1, -slope), (slope, 1)])
    off = random.normal(0, _OFF_PX, 2)
    middle = exact.to_working @ ((width - 1) / 2 + off[0], (HEIGHT_PX - 1) / 2 + off[1], 1)
    return look_around(ink, middle, exact.to_working[:, :2] @ turn * scale, in_steps(width / scale))


def _whole(ink: Ink, random: np.random.Generator) -> Look:
    height, width = ink.grey.shape
    scale = height * random.uniform(_LEAST_WHOLE, _MOST_WHOLE) / HEIGHT_PX
    middle = np.array([(width - 1) / 2, (height - 1) / 2 + scale * random.normal(0, _OFF_PX)])
    return look_around(ink, middle, np.eye(2) * scale, in_steps(width / scale))


Known = tuple[str, tuple[float, float, float, float]]


def _written_in(look: Look, known: list[Known], scale: float) -> str | None:
    """The characters in a look from left to right; None where one is there in part."""
    inverse = np.linalg.inv(np.vstack([look.to_working, (0, 0, 1)]))
    size = 1 / float(np.hypot(*look.to_working[:, 0]))
    width = look.pixels.shape[1]
    found = []
    for character, box in known:
        x, y, w, h = (value * scale for value in box)
        middle = inverse @ (x + w / 2, y + h / 2, 1)
        half_w, half_h = max(w * size / 2, 0.5), max(h * size / 2, 0.5)
        seen = _share_in(middle[0], half_w, width) * _share_in(middle[1], half_h, HEIGHT_PX)
        if seen <= _FOREIGN:
            continue
        if seen < _READABLE and character != OTHER:
            return None
        found.append((float(middle[0]), character))
    return "".join(character for _, character in sorted(found))


def _share_in(middle: float, half: float, length: float) -> float:
    """The share of middle - half .. middle + half that lies in 0 .. length."""
    return max(min(middle + half, length) - max(middle - half, 0), 0) / (2 * half)
