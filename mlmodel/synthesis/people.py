"""Characters and numbers of real people, drawn from the strokes of their pens."""

from collections import defaultdict
from collections.abc import Iterable

import cv2
import numpy as np

from mlmodel.handwriting.strokes import Drawn
from mlmodel.synthesis.shapes import Grey, Shape, as_grey, crop_to_ink, describe, draw_curve

# Single characters are drawn at this size, like those of fonts.
_CHARACTER_PX = 64
_LEAST_STROKE_PX = 1.5
_MARGIN_PX = 8
# Half of the letters are of the person; the others are of fonts, which have more scripts.
_OWN_LETTERS = 0.5
_ONE_DIGIT_SHARE = 0.3  # of whole numbers have one digit


class Person:
    """Somebody's characters."""

    def __init__(self, digits: Iterable[Drawn], letters: Iterable[Drawn]) -> None:
        self._digits: defaultdict[int, list[Drawn]] = defaultdict(list)
        for drawn in digits:
            self._digits[int(drawn.label)].append(drawn)
        self._letters = list(letters)

    def digit(self, value: int, stroke: float, random: np.random.Generator) -> Shape | None:
        """A digit of this person; None where the person wrote none of this value.

        Args:
            stroke: the wanted width of strokes, in digit heights.
        """
        return _chosen(self._digits[value], value, stroke, random)

    def letter(self, stroke: float, random: np.random.Generator) -> Shape | None:
        """A letter or a sign of this person; None where there is none, and half of the times."""
        if random.random() >= _OWN_LETTERS:
            return None
        return _chosen(self._letters, None, stroke, random)


def _chosen(
    drawn: list[Drawn], value: int | None, stroke: float, random: np.random.Generator
) -> Shape | None:
    if not drawn:
        return None
    one = drawn[int(random.integers(len(drawn)))]
    grey = drawn_grey(one, _CHARACTER_PX, max(stroke * _CHARACTER_PX, _LEAST_STROKE_PX))
    return describe(crop_to_ink(grey), value)


class People:
    """Some people, and the whole numbers that they or others wrote."""

    def __init__(
        self, digits: Iterable[Drawn], letters: Iterable[Drawn], numbers: Iterable[Drawn]
    ) -> None:
        of_writer: dict[str, tuple[list[Drawn], list[Drawn]]] = defaultdict(lambda: ([], []))
        self._digits = list(digits)
        for kind, drawn in ((0, self._digits), (1, letters)):
            for one in drawn:
                of_writer[one.writer][kind].append(one)
        self._persons = [Person(*of_writer[writer]) for writer in sorted(of_writer)]
        self._numbers = list(numbers)

    def person(self, random: np.random.Generator) -> Person:
        """One of them."""
        return self._persons[int(random.integers(len(self._persons)))]

    def number(self, random: np.random.Generator) -> Drawn:
        """One of the whole numbers, or now and then a single digit."""
        of = self._digits if random.random() < _ONE_DIGIT_SHARE else self._numbers
        return of[int(random.integers(len(of)))]


def drawn_grey(drawn: Drawn, height_px: float, stroke_px: float) -> Grey:
    """The ink of strokes: (height, width) float32 in 0..1, with a margin of paper.

    Args:
        height_px: the pixels of one height, the unit of `drawn`.
        stroke_px: the width of the pen.
    """
    every = np.vstack(drawn.strokes)
    low = every.min(axis=0)
    pad = _MARGIN_PX + round(stroke_px)
    width, height = (round(side * height_px) + 2 * pad for side in drawn.size)
    canvas = np.zeros((height, width), np.uint8)
    for stroke in drawn.strokes:
        points = (stroke - low) * height_px + pad
        if len(points) == 1:  # a point is a stroke that does not move
            points = np.vstack([points, points + 0.5])
        draw_curve(canvas, points, stroke_px)
    return as_grey(np.asarray(cv2.GaussianBlur(canvas, (0, 0), 0.6), np.uint8))
