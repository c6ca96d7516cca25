"""Places in a picture where a digit may stand, and both networks' answers for each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.classifier import OTHER, Classifier
from mlmodel.digits.normalize import frame_digits
from mlmodel.lines.columns import ColumnDigit, joined_digit
from mlmodel.lines.line_reader import LineReader
from mlmodel.lines.looking import look_at
from mlmodel.lines.strips import Strip, cut_strips
from mlmodel.odds import logit
from mlmodel.picture.boxes import Box, box_of, common_area, common_share, reaches_edge
from mlmodel.picture.cutting import Cut, Outline, cut_digits, cut_faint
from mlmodel.picture.ink import Ink
from mlmodel.picture.locate import LEAST_AREA_PX, Components, Piece
from mlmodel.second.second_reader import SecondLine

# Two places are one digit that was seen twice if the boxes of their ink have this share in common
# (intersection over union), and their middles are no farther apart than this share of the narrower
# one's width, or than this many pixels of the strip.
_LEAST_COMMON, _MOST_APART, _MOST_APART_PX = 0.4, 0.7, 6.0
# In the strips of two lines, they are one digit if the boxes have this share in common.
_SAME_INK = 0.8
# A place is a part of another digit if that digit covers this share of its box, has at least this
# presence, and has a frame logit that is higher by at least this.
_PART, _LEAST_WHOLE, _BETTER_FRAME = 0.9, 0.3, 6.0
# Lines beyond this are a texture, not writing.
_MOST_LINES = 80


@dataclass(frozen=True)
class Candidate:
    """A place where a digit may stand.

    Attributes:
        box: x, y, width, height around its ink, in working pixels.
        line: the line it stands on, from 0 at the top.
        seen: the digit that the line network sees there.
        frame: (28, 28) float32 in 0..1, its ink in the MNIST frame.
        classes: (11,) float32 in 0..1, the classifier's probabilities for the frame.
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
        """The classifier's logit that the frame shows a digit."""
        return float(logit(1 - self.classes[OTHER]))


@dataclass(frozen=True)
class Found:
    """What was found in a picture.

    Attributes:
        candidates: line by line from left to right.
        columns: by line, (columns, 11) float64 in 0..1, as ctc.column_shares returns it for the
            line's strip.
        strips: by line, the strip along it, not sheared.
        others: boxes of ink, in working pixels, that belongs to no candidate.
        second: by line, what the second reader answers to each of its looks, one or two; empty
            where it was not asked.
    """

    candidates: tuple[Candidate, ...]
    columns: dict[int, NDArray[np.float64]]
    strips: dict[int, Strip] = field(default_factory=dict)
    others: tuple[Box, ...] = ()
    second: dict[int, tuple[SecondLine, ...]] = field(default_factory=dict)


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
    """Find every place where a digit may stand, and the line network's columns of each line.

    Args:
        components, pieces: those of the ink, from Components.of and locate.

    Returns:
        Nothing found if there are more lines than a page has: that is a texture.
    """
    if len({piece.line for piece in pieces}) > _MOST_LINES:
        return Found((), {})
    lines = {}
    for strip in cut_strips(ink, pieces):
        own = [piece for piece in pieces if piece.line == strip.line]
        lines[strip.line] = look_at(ink, strip, own, line_reader)
    seen = [(line, *place) for line, of_line in lines.items() for place in of_line.digits]
    places = _distinct(_places(ink, components, seen))
    candidates = _without_parts(_classified(places, classifier, ink.mask.shape))
    return Found(
        candidates,
        {line: of_line.columns for line, of_line in lines.items()},
        {line: of_line.level for line, of_line in lines.items()},
        tuple(_others(components, candidates)),
    )


def _others(components: Components, candidates: Sequence[Candidate]) -> Iterator[Box]:
    """The boxes of components that no candidate's box meets, without dust."""
    rows = components.stats[1:]
    rows = rows[rows[:, 4] >= LEAST_AREA_PX]
    boxes = np.array([candidate.box for candidate in candidates], np.int32).reshape(-1, 4)
    meets = np.ones((len(rows), len(boxes)), np.bool_)
    for axis in (0, 1):  # a page has a thousand components: one by one takes too long
        begin = np.maximum.outer(rows[:, axis], boxes[:, axis])
        ends = rows[:, axis] + rows[:, axis + 2], boxes[:, axis] + boxes[:, axis + 2]
        meets &= np.minimum.outer(*ends) > begin
    yield from map(box_of, rows[~meets.any(axis=1)])


SeenAt = tuple[int, ColumnDigit, Outline]  # a digit on a line, and where


def candidates_at(
    ink: Ink, components: Components, seen: Sequence[SeenAt], classifier: Classifier
) -> list[Candidate]:
    """Digits with what the classifier makes of their ink, or of what is faint where there is none.

    A digit outside the picture is left out.
    """
    cuts = cut_digits(ink, components, [outline for _, _, outline in seen])
    places = [
        _Place(line, digit, cut if cut.strength.any() else cut_faint(ink, outline))
        for (line, digit, outline), cut in zip(seen, cuts, strict=True)
    ]
    shown = [place for place in places if place.cut.strength.any()]
    return list(_classified(shown, classifier, ink.mask.shape))


def _places(ink: Ink, components: Components, seen: Sequence[SeenAt]) -> list[_Place]:
    cuts = cut_digits(ink, components, [outline for _, _, outline in seen])
    return [
        _Place(line, digit, cut)
        for (line, digit, _), cut in zip(seen, cuts, strict=True)
        if cut.strength.any()  # without ink, the network saw a ruling
    ]


def _classified(
    places: list[_Place], classifier: Classifier, shape: tuple[int, ...]
) -> Iterator[Candidate]:
    """The places with what the classifier makes of what was cut out of each."""
    frames = frame_digits([place.cut.strength for place in places])
    for place, frame, classes in zip(places, frames, classifier.classify(frames), strict=True):
        at_edge = reaches_edge(place.cut.box, shape)
        yield Candidate(place.cut.box, place.line, place.seen, frame, classes, at_edge)


def _distinct(places: list[_Place]) -> list[_Place]:
    """The places in reading order, with those joined that are one digit."""
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
        return common_share(one.cut.box, other.cut.box) >= _SAME_INK
    width = min(place.seen.edges[2] - place.seen.edges[0] for place in (one, other))
    apart = abs(one.seen.middle - other.seen.middle)
    near = apart <= max(_MOST_APART * width, _MOST_APART_PX)
    return near and common_share(one.cut.box, other.cut.box) >= _LEAST_COMMON


def _without_parts(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The candidates without those that are parts of others, such as the serif of a 7."""
    every = tuple(candidates)
    return tuple(one for one in every if not any(_is_part(one, other) for other in every))


def _is_part(one: Candidate, other: Candidate) -> bool:
    if one.line != other.line or other.seen.presence < _LEAST_WHOLE:
        return False
    if other.frame_logit - one.frame_logit < _BETTER_FRAME:
        return False
    return common_area(one.box, other.box) >= _PART * one.box[2] * one.box[3]
