"""Places in a picture where a digit may stand, and what both networks say of each."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.classifier import OTHER, Classifier
from mlmodel.digits.normalize import frame_digits
from mlmodel.lines.columns import COLUMN_PX, PRESENT, ColumnDigit, decode, digit_at, joined_digit
from mlmodel.lines.ctc import column_shares, sureness
from mlmodel.lines.line_reader import LineReader
from mlmodel.lines.strips import (
    DIGIT_HEIGHT_PX,
    STRIP_HEIGHT_PX,
    Strip,
    cut_again,
    cut_strips,
    cut_upright,
    outline_in_working,
)
from mlmodel.odds import logit
from mlmodel.picture.cutting import Cut, Outline, cut_digits
from mlmodel.picture.ink import Ink
from mlmodel.picture.locate import Box, Components, Piece, reaches_edge

# A column in which a digit is less likely than this is no candidate.
_LEAST_PRESENCE = 0.02
# Digits that are seen this much smaller or larger than they should be, or so many pixels off
# the strip's middle, are looked at again at the right scale.
_LEAST_SCALE, _MOST_SCALE, _MOST_OFF_PX = 0.81, 1.21, 4.0
# A piece in which the line network saw nothing may be a digit: from this share of
# DIGIT_HEIGHT_PX, and up to this width against its height.
_LEAST_PIECE_HEIGHT, _MOST_PIECE_ASPECT = 0.6, 1.2
# No piece is taken to be narrower, once its slant is taken out, in its heights.
_LEAST_ASPECT = 0.2
# Two places are one digit that was seen twice where what was cut out is the same to this share
# (intersection over union), and the middles are no farther apart than this share of the
# narrower one's width, or so many pixels of the strip.
_LEAST_COMMON, _MOST_APART, _MOST_APART_PX = 0.4, 0.7, 6.0
# In strips of two lines, it is one digit where so much of what was cut out is the same.
_SAME_INK = 0.8
# A place is a part of another digit that holds this share of its box, is at least so likely, and
# that the classifier takes much rather for a digit, by this in its logit.
_PART, _LEAST_WHOLE, _BETTER_FRAME = 0.9, 0.3, 6.0
# Lines beyond this are a texture, not writing.
_MOST_LINES = 80


@dataclass(frozen=True)
class Candidate:
    """A place where a digit may stand.

    Attributes:
        box: x, y, width, height around its ink, in working pixels.
        line: the line it stands on, from 0 at the top.
        seen: what the line network says of it.
        frame: (28, 28) float32 in 0..1, its ink in the MNIST frame.
        classes: (11,) float32 in 0..1, what the classifier says of the frame.
        at_edge: whether it reaches the picture's edge, as grids and shadows do.
    """

    box: Box
    line: int
    seen: ColumnDigit
    frame: NDArray[np.float32]
    classes: NDArray[np.float32]
    at_edge: bool

    @cached_property
    def frame_logit(self) -> float:
        """The logit by which the classifier says that the frame is a digit."""
        return float(logit(1 - self.classes[OTHER]))


@dataclass(frozen=True)
class Found:
    """What was found in a picture.

    Attributes:
        candidates: line by line from left to right.
        columns: of each line, (columns, 11) float64 in 0..1: what each column of its strip says.
    """

    candidates: tuple[Candidate, ...]
    columns: dict[int, NDArray[np.float64]]


@dataclass(frozen=True)
class _Place:
    line: int
    seen: ColumnDigit
    cut: Cut


def find_candidates(
    ink: Ink,
    components: Components,
    pieces: list[Piece],
    line_reader: LineReader,
    classifier: Classifier,
) -> Found:
    """Every place where a digit may stand, and what the line network says of each line.

    Args:
        components, pieces: what stands in the ink.
    """
    if len({piece.line for piece in pieces}) > _MOST_LINES:
        return Found((), {})
    seen: list[tuple[int, ColumnDigit, Outline]] = []
    columns = {}
    for strip in cut_strips(ink, pieces):
        own = [piece for piece in pieces if piece.line == strip.line]
        found, columns[strip.line] = _read_strip(ink, strip, own, line_reader)
        seen += [(strip.line, *place) for place in found]
    cuts = cut_digits(ink, components, [outline for _, _, outline in seen])
    places = _distinct(
        [
            _Place(line, digit, cut)
            for (line, digit, _), cut in zip(seen, cuts, strict=True)
            if cut.strength.any()  # else it saw a ruling
        ]
    )
    frames = frame_digits([place.cut.strength for place in places])
    classes = classifier.classify(frames)
    candidates = _without_parts(
        Candidate(
            place.cut.box,
            place.line,
            place.seen,
            frame,
            of_frame,
            reaches_edge(place.cut.box, ink.mask.shape),
        )
        for place, frame, of_frame in zip(places, frames, classes, strict=True)
    )
    return Found(candidates, columns)


def _distinct(places: list[_Place]) -> list[_Place]:
    """The places in reading order, those that are one digit joined."""
    groups: list[list[_Place]] = []
    for place in sorted(places, key=lambda place: -place.seen.presence):
        group = next((group for group in groups if _is_same(group[0], place)), None)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    joined = [
        replace(group[0], seen=joined_digit([place.seen for place in group])) for group in groups
    ]
    return sorted(joined, key=lambda place: (place.line, place.seen.middle))


def _is_same(one: _Place, other: _Place) -> bool:
    if one.line != other.line:
        # Strips of two lines may show the same digit, and cut the same ink.
        return _common_share(one.cut.box, other.cut.box) >= _SAME_INK
    width = min(place.seen.box[2] - place.seen.box[0] for place in (one, other))
    apart = abs(one.seen.middle - other.seen.middle)
    near = apart <= max(_MOST_APART * width, _MOST_APART_PX)
    return near and _common_share(one.cut.box, other.cut.box) >= _LEAST_COMMON


def _without_parts(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Without the parts of digits that were seen as digits of their own, the serif of a 7."""
    every = tuple(candidates)
    return tuple(one for one in every if not any(_is_part(one, other) for other in every))


def _is_part(one: Candidate, other: Candidate) -> bool:
    if one.line != other.line or other.seen.presence < _LEAST_WHOLE:
        return False
    if other.frame_logit - one.frame_logit < _BETTER_FRAME:
        return False
    return _common_area(one.box, other.box) >= _PART * one.box[2] * one.box[3]


def _common_share(one: Box, other: Box) -> float:
    """Intersection over union, 0..1."""
    common = _common_area(one, other)
    return common / (one[2] * one[3] + other[2] * other[3] - common)


def _common_area(one: Box, other: Box) -> int:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    if width <= 0:  # most of a page's places
        return 0
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return width * max(height, 0)


def _read_strip(
    ink: Ink, strip: Strip, pieces: list[Piece], line_reader: LineReader
) -> tuple[list[tuple[ColumnDigit, Outline]], NDArray[np.float64]]:
    """What the line network sees in a strip, the pieces in which it sees nothing, its columns."""
    answer = line_reader.columns(strip.pixels)
    sure = decode(answer)
    again = _at_right_scale(ink, strip, sure)
    if again is not None:
        second = line_reader.columns(again.pixels)
        if sure_again := decode(second):
            strip, answer, sure = again, second, sure_again
    # Digits that lean stand over their neighbours' columns: a 1 is lost between two of them.
    upright = cut_upright(ink, strip) if len(sure) > 1 else None
    columns = column_shares(answer)
    if upright is not None:
        second = line_reader.columns(upright.pixels)
        if sureness(columns_upright := column_shares(second)) > sureness(columns):
            strip, answer, columns = upright, second, columns_upright
    seen = decode(answer, least=_LEAST_PRESENCE)
    found = [(digit, outline_in_working(strip, *digit.box)) for digit in seen]
    found += _overlooked(strip, pieces, seen, answer)
    return found, columns


def _at_right_scale(ink: Ink, strip: Strip, seen: list[ColumnDigit]) -> Strip | None:
    """The strip cut again where the digits in it are too small, too large or off its middle."""
    if not seen:
        return None
    boxes = np.array([digit.box for digit in seen])
    height = max(float(np.median(boxes[:, 3] - boxes[:, 1])), DIGIT_HEIGHT_PX / 3)
    off = float(np.median(boxes[:, 3] + boxes[:, 1])) / 2 - (STRIP_HEIGHT_PX - 1) / 2
    scale = height / DIGIT_HEIGHT_PX
    if _LEAST_SCALE < scale < _MOST_SCALE and abs(off) <= _MOST_OFF_PX:
        return None
    return cut_again(ink, strip, 1 / scale, off)


def _overlooked(
    strip: Strip, pieces: list[Piece], seen: list[ColumnDigit], answer: NDArray[np.float32]
) -> list[tuple[ColumnDigit, Outline]]:
    """Pieces of a digit's size in which no digit was seen, as faint candidates."""
    inverse = np.linalg.inv(np.vstack([strip.to_working, (0, 0, 1)]))
    found = []
    for piece in pieces:
        x, y, width, height = piece.box
        middle, level = (inverse @ (x + width / 2, y + height / 2, 1))[:2]
        # Upright it is narrower.
        half = max(width - abs(strip.slant) * height, _LEAST_ASPECT * height) * strip.scale / 2
        tall = height * strip.scale / 2
        covered = any(
            abs(digit.middle - middle) < half
            or (digit.presence >= PRESENT and digit.box[0] <= middle <= digit.box[2])
            for digit in seen
        )
        is_small = 2 * tall < _LEAST_PIECE_HEIGHT * DIGIT_HEIGHT_PX
        if covered or is_small or half > _MOST_PIECE_ASPECT * tall:
            continue
        column = int(np.clip(round(middle / COLUMN_PX), 0, len(answer) - 1))
        box = middle - half, level - tall, middle + half, level + tall
        found.append((digit_at(answer, column, seen), outline_in_working(strip, *box)))
    return found
