"""Characters as a hand writes them: shapes bent and slanted, with strokes of another width."""

from dataclasses import replace

import cv2
import numpy as np

from mlmodel.synthesis.allographs import draw_digit
from mlmodel.synthesis.fonts import digits_of
from mlmodel.synthesis.hands import Hand
from mlmodel.synthesis.people import Person
from mlmodel.synthesis.shapes import Grey, MnistShapes, Shape, as_grey, font_shape, letter

# MNIST's digits are about 20 pixels high, with strokes of 2 to 4.
MNIST_HEIGHT_PX = 20
# How far a shape is bent: the standard deviation of the pulls at 4 x 4 knots, in heights of the
# canvas. People bend less; but with half as much, steadier hands and less faint ink, a network read
# 73 % of the amounts at best, and 97.1 % of USPS (docs/training.md).
_BEND = 0.035
# A 1 is bent by a share of that, 0..1: a random number to this power, so that many are as straight
# as a ruling. The power was 1 at first.
_STRAIGHT_ONES = 2
# A shape of a real person is bent by this share of it, so that no two are the same.
_OWN_BEND = 0.3
_TURN = 0.05  # standard deviation, in radians
_LOG_ASPECT = 0.1  # standard deviation of the aspect's logarithm from character to character
_SKEW, _MOST_SKEW = 0.12, 0.3  # standard deviation and bound: one half longer than the other
_MOST_LEAN = 0.7  # columns per row, either way
# No character is written smaller than this, and no stroke thinner.
_LEAST_HEIGHT_PX, _LEAST_STROKE_PX = 6.0, 0.8
# A stroke keeps at least 0.6 of the shape's width, or it would break, and gets at most 1.6 of it.
_THINNEST, _WIDEST = 0.6, 1.6
# Scanners and cameras leave a soft edge of about this many pixels.
_EDGE_PX = 1.0


class Writer:
    """Somebody who writes characters in one hand."""

    def __init__(
        self,
        hand: Hand,
        mnist: MnistShapes,
        random: np.random.Generator,
        person: Person | None = None,
    ) -> None:
        """Make a writer.

        Args:
            person: somebody whose characters this hand writes, where there are such.
        """
        self.hand = hand
        self._mnist = mnist
        self._random = random
        self._person = person

    def digit(self, value: int) -> Grey:
        """A digit as this hand writes it: (height, width) float32 in 0..1, cropped to its ink."""
        hand, random = self.hand, self._random
        own = self._person.digit(value, hand.stroke, random) if self._person else None
        if own is not None:
            shape = own
        elif hand.font is not None and str(value) in digits_of(hand.font):
            shape = font_shape(hand.font, str(value))
        elif hand.forms is not None:
            shape = draw_digit(value, hand.forms[value], hand.unsteady, random)
        else:
            stroke_px = hand.stroke * MNIST_HEIGHT_PX
            shape = self._mnist.choose(value, stroke_px, hand.slant, random)
            shape = _continental(shape, hand, random)
        spread = np.exp(random.normal(0, hand.size_spread))
        height = hand.sizes[value] * hand.height_px * spread
        return self.write(shape, float(height), own=own is not None)

    def letter(self) -> Shape:
        """A letter or a sign that looks like no digit."""
        own = self._person.letter(self.hand.stroke, self._random) if self._person else None
        return own or letter(self._random)

    def write(self, shape: Shape, height_px: float, *, own: bool = False) -> Grey:
        """A shape as this hand writes it: (height, width) float32 in 0..1, cropped to its ink.

        Args:
            own: whether it is bent and slanted already, as a real person did.
        """
        hand, random = self.hand, self._random
        lean = hand.slant + random.normal(0, hand.slant_spread) - shape.slant
        aspect, bend = hand.aspect, 1.0
        if own:
            aspect, bend, lean = 1.0, _OWN_BEND, random.normal(0, hand.slant_spread)
        elif shape.value is None:
            lean = 0.5 * hand.slant
        elif shape.value == 0:
            aspect *= hand.zero_aspect
        elif shape.value == 1:
            lean += hand.one_lean
            bend = random.random() ** _STRAIGHT_ONES
        return write_shape(
            shape,
            height_px=max(height_px, _LEAST_HEIGHT_PX),
            lean=float(np.clip(lean, -_MOST_LEAN, _MOST_LEAN)),
            aspect=aspect * float(np.exp(random.normal(0, _LOG_ASPECT))),
            stroke_px=max(_LEAST_STROKE_PX, hand.stroke * hand.height_px),
            bend=bend,
            random=random,
        )


def write_shape(
    shape: Shape,
    *,
    height_px: float,
    lean: float,
    aspect: float,
    stroke_px: float,
    bend: float,
    random: np.random.Generator,
) -> Grey:
    """Scale, slant, bend and turn a shape, then give its strokes the wanted width.

    Args:
        height_px: its new height.
        lean: columns per row by which it is sheared to the right going up.
        aspect: its new width, as a multiple of what the new height alone would give.
        stroke_px: the wanted width of its strokes.
        bend: how far it is bent, as a share, 0..1, of the usual.

    Returns:
        (height, width) float32 in 0..1, cropped to the ink.
    """
    source_height, source_width = shape.grey.shape
    scale = height_px / source_height
    grey = shape.grey
    if scale < 0.7:  # first shrunk by area, so that the map below skips no pixel
        shrink = max(scale * 1.2, 1.5 / source_width, 1.5 / source_height)
        if shrink < 1:
            grey = np.asarray(
                cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA),
                np.float32,
            )
    ratio = source_height / grey.shape[0]
    scale *= ratio
    margin = 4 + round(0.35 * height_px)
    height = round(grey.shape[0] * scale) + 2 * margin
    width = round(grey.shape[1] * scale * aspect + abs(lean) * height_px) + 2 * margin
    turn = random.normal(0, _TURN)
    columns, rows = _sources((height, width), grey.shape, scale, aspect, lean, turn, bend, random)
    written = cv2.remap(grey, columns, rows, cv2.INTER_CUBIC, borderValue=0)
    present_px = shape.stroke_px / ratio * scale
    return crop_written(_with_stroke(np.asarray(written, np.float32), present_px, stroke_px))


def _sources(
    size: tuple[int, int],
    source: tuple[int, ...],
    scale: float,
    aspect: float,
    lean: float,
    turn: float,
    bend: float,
    random: np.random.Generator,
) -> tuple[Grey, Grey]:
    """The column and the row of the source from which each pixel of the written picture comes.

    Args:
        size: height and width of the written picture.
        source: height and width of the shape.
    """
    height, width = size
    row, column = np.mgrid[:height, :width].astype(np.float32)
    row -= height / 2
    column -= width / 2
    pull = random.normal(0, bend * _BEND * height / scale, (2, 4, 4)).astype(np.float32)
    pulls = [cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) for part in pull]
    turned = np.cos(turn) * column + np.sin(turn) * row, np.cos(turn) * row - np.sin(turn) * column
    stretched = _stretched(turned[0], random), _stretched(turned[1], random)
    column = (stretched[0] + lean * turned[1]) / (scale * aspect) + (source[1] - 1) / 2 + pulls[0]
    row = stretched[1] / scale + (source[0] - 1) / 2 + pulls[1]
    return column.astype(np.float32), row.astype(np.float32)


def _stretched(axis: Grey, random: np.random.Generator) -> Grey:
    """The coordinates with one half stretched and the other shrunk: a long tail, a large head."""
    reach = float(np.abs(axis).max())
    skew = float(np.clip(random.normal(0, _SKEW), -_MOST_SKEW, _MOST_SKEW))
    return np.asarray(axis + skew * (axis * axis / reach - 0.25 * reach), np.float32)


def _with_stroke(grey: Grey, present_px: float, wanted_px: float) -> Grey:
    """Move the edges of strokes so that these become wider or thinner, and sharpen them.

    After a blur, the grey level of a pixel depends on its distance from the edge; a threshold
    then places the edge.
    """
    change = np.clip(wanted_px, _THINNEST * present_px, _WIDEST * present_px) - present_px
    if change > 1:  # a blur alone cannot widen strokes by more than a pixel
        radius = int(change / 2)
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        if radius:
            grey = np.asarray(cv2.dilate(grey, kernel), np.float32)
        change -= 2 * radius
    sigma = max(0.4, 0.35 * present_px)
    soft = np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), np.float32)
    # Near an edge a blurred step falls by 1/(sigma*sqrt(2 pi)) per pixel.
    slope = 1 / (sigma * 2.5)
    threshold = float(np.clip(0.5 - change / 2 * slope, 0.12, 0.62))
    threshold *= max(float(soft.max()), 1e-3)
    # At this steepness, levels up to 0.02, which are paper, become 0.
    steepness = max(1 / (slope * _EDGE_PX), 0.5 / max(threshold - 0.02, 0.02))
    return np.asarray(np.clip((soft - threshold) * steepness + 0.5, 0, 1), np.float32)


def crop_written(grey: Grey) -> Grey:
    """The smallest part that holds all ink above 0.3; one pixel where there is none."""
    rows = np.flatnonzero(grey.max(axis=1) > 0.3)
    columns = np.flatnonzero(grey.max(axis=0) > 0.3)
    if not rows.size or not columns.size:
        return grey[:1, :1]
    return np.ascontiguousarray(grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _continental(shape: Shape, hand: Hand, random: np.random.Generator) -> Shape:
    """A 7 with a bar or a 1 with a flag, if the hand writes as most of Europe; else the shape."""
    if shape.value == 7 and hand.crosses_seven:
        return _crossed_seven(shape, random)
    if shape.value == 1 and hand.flags_one:
        return _flagged_one(shape, random)
    return shape


def _crossed_seven(shape: Shape, random: np.random.Generator) -> Shape:
    grey = np.pad(shape.grey, ((0, 0), (6, 6)))
    height = grey.shape[0]
    row = round(height * random.uniform(0.42, 0.72))
    inked = np.flatnonzero(grey[row] > 0.4)
    if not inked.size:
        return shape
    middle, half = inked.mean(), random.uniform(3, 8)
    _line(
        grey,
        (middle - half, row + random.uniform(-1, 1.5)),
        (middle + half, row + random.uniform(-1.5, 1)),
        shape.stroke_px,
    )
    return replace(shape, grey=crop_written(grey))


def _flagged_one(shape: Shape, random: np.random.Generator) -> Shape:
    grey = np.pad(shape.grey, ((1, 2), (11, 7)))
    height = grey.shape[0]
    top = np.flatnonzero(grey[2] > 0.3)
    bottom = np.flatnonzero(grey[height - 4] > 0.3)
    if not top.size or not bottom.size:
        return shape
    # The flag is anything from a small hook to an upstroke from the foot of the digit.
    down, left = height * random.uniform(0.12, 0.95), random.uniform(3, 9.5)
    _line(grey, (top.mean(), 2), (top.mean() - left, 2 + down), shape.stroke_px)
    if random.random() < 0.4:  # and a foot
        middle, half = bottom.mean(), random.uniform(3, 6)
        _line(grey, (middle - half, height - 3), (middle + half, height - 3), shape.stroke_px)
    return replace(shape, grey=crop_written(grey))


def _line(grey: Grey, start: tuple[float, float], end: tuple[float, float], width: float) -> None:
    """Draw a line from (column, row) to (column, row) in place, to a sixteenth of a pixel."""
    ends = [tuple(round(value * 16) for value in point) for point in (start, end)]
    canvas = np.zeros(grey.shape, np.uint8)
    cv2.line(canvas, ends[0], ends[1], 255, max(1, round(width)), cv2.LINE_AA, 4)
    np.maximum(grey, as_grey(canvas), out=grey)
