"""Whole pictures of numbers on paper, with the value and the box of every digit in them."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from mlmodel.synthesis import camera, fields, paper
from mlmodel.synthesis.hands import Hand, random_hand
from mlmodel.synthesis.patterns import random_digits, random_pattern
from mlmodel.synthesis.people import People, drawn_grey
from mlmodel.synthesis.photograph import Edges, Picture, photograph
from mlmodel.synthesis.shapes import Grey, MnistShapes, Shape, as_grey, random_strokes
from mlmodel.synthesis.signs import made_up_sign
from mlmodel.synthesis.writing import Writer, crop_written

# The usual height of a digit in a picture. Reading brings all digits to one height, so this decides
# only how sharp or pixelated they are.
_LEAST_HEIGHT_PX, _MOST_HEIGHT_PX = 13, 90
# The higher this power, the more pictures have small digits. With 1.2, and with less blur, a
# network read a quarter of a percent less of USPS.
_SMALL_HEIGHTS = 1.5
# Up to which share of pictures the margins are at most this wide, in digit heights: a tight crop, a
# loose one, or a page. Tight crops were 40 % and pages 15 % until strips showed the picture's edge.
_MARGINS = (0.3, 0.25), (0.7, 0.8), (1.0, 3.0)
_LEAST_MARGIN = 0.02
PEOPLE_SHARE = 0.5  # of pictures are in the hands of people, if there are any
# Pictures that are cut so close at a side that the first or last digit reaches it.
_CUT_CLOSE_SHARE = 0.08
# Up to which share of the pictures without digits they hold characters, or crossed-out digits; the
# rest holds half a digit.
_CHARACTERS, _CROSSED_OUT = 0.6, 0.8
_MADE_UP_SHARE = 0.35  # of those with characters; the others have letters
_ONE_CHARACTER_SHARE, _ONE_DIGIT_SHARE = 0.7, 0.5  # the others have two or more side by side


def synthetic_picture(
    mnist: MnistShapes,
    random: np.random.Generator,
    people: People | None = None,
    people_share: float = PEOPLE_SHARE,
) -> Picture:
    """A picture as people send them, decided by the state of `random` alone.

    Args:
        people: some of the pictures are in their hands.
        people_share: which share of them, 0..1.
    """
    writer = _writer(mnist, random, people, people_share)
    kinds = [kind for kind, _ in _KINDS]
    shares = np.array([share for _, share in _KINDS])
    compose = kinds[int(random.choice(len(kinds), p=shares / shares.sum()))]
    return compose(writer, random)


def picture_without_digits(
    mnist: MnistShapes, random: np.random.Generator, people: People | None = None
) -> Picture:
    """A picture with letters, made-up signs, crossed-out digits or half a digit."""
    return no_digits(_writer(mnist, random, people, PEOPLE_SHARE), random, made_up_sign)


def picture_of_number(people: People, random: np.random.Generator) -> Picture:
    """A whole number as somebody wrote it; where its characters stand is not known."""
    hand = random_hand(random, _height_px(random))
    drawn = people.number(random)
    grey = drawn_grey(drawn, hand.height_px, max(hand.stroke * hand.height_px, 1.0))
    field = fields.Field(crop_written(grey), ())
    picture = photograph([(field, (0, 0))], hand, random, margins=_margins(random))
    return replace(picture, written=drawn.label)


def picture_of_text(
    text: str, hand: Hand, mnist: MnistShapes, random: np.random.Generator
) -> Picture:
    """A given text in one line, in a given hand.

    Args:
        text: digits, and the signs that fields.write_field knows.
    """
    writer = Writer(hand, mnist, random)
    items = [int(each) if each.isdecimal() else each for each in text]
    field = fields.write_field(items, writer, random)
    return photograph([(field, (0, 0))], hand, random, margins=_margins(random))


def _height_px(random: np.random.Generator) -> float:
    spread = np.log(_MOST_HEIGHT_PX / _LEAST_HEIGHT_PX)
    return _LEAST_HEIGHT_PX * float(np.exp(random.random() ** _SMALL_HEIGHTS * spread))


def _writer(
    mnist: MnistShapes, random: np.random.Generator, people: People | None, people_share: float
) -> Writer:
    hand = random_hand(random, _height_px(random))
    person = None
    if people is not None and random.random() < people_share:
        person = people.person(random)
    return Writer(hand, mnist, random, person)


def one_line(writer: Writer, random: np.random.Generator) -> Picture:
    """A number, an amount, a date or groups of digits in one line."""
    items = random_digits(random_pattern(random), random)
    field = fields.write_field(items, writer, random)
    return photograph([(field, (0, 0))], writer.hand, random, margins=_margins(random))


def _several_lines(writer: Writer, random: np.random.Generator) -> Picture:
    unit = writer.hand.height_px
    placed, y = [], 0
    for _ in range(random.integers(2, 5)):
        items = random_digits(random_pattern(random), random)
        field = fields.write_field(items, writer, random)
        placed.append((field, (round(random.uniform(0, 2 * unit)), y)))
        y += field.ink.shape[0] + round(unit * random.uniform(0.15, 1.2))
    return photograph(placed, writer.hand, random, margins=_margins(random))


def _single(writer: Writer, random: np.random.Generator) -> Picture:
    field = fields.write_field([int(random.integers(10))], writer, random)
    return photograph([(field, (0, 0))], writer.hand, random, margins=_margins(random))


def cell(writer: Writer, random: np.random.Generator) -> Picture:
    """A digit, or none, in a cell that was cut from a grid, with the grid's lines at the edges."""
    items: list[int | str] = [int(random.integers(10))] if random.random() < 0.75 else []
    field = fields.write_field(items, writer, random)
    unit = writer.hand.height_px
    left, top, right, bottom = unit * random.uniform(0.15, 0.6, 4)
    margins = left, top, right, bottom
    return photograph([(field, (0, 0))], writer.hand, random, margins=margins, cell=True)


def form_boxes(writer: Writer, random: np.random.Generator) -> Picture:
    """A digit in each of several printed boxes."""
    unit = writer.hand.height_px
    wide = unit * random.uniform(1.0, 1.8)
    count = int(random.integers(2, 9))
    placed, x = [], 0.0
    for _ in range(count):
        field = fields.write_field([int(random.integers(10))], writer, random)
        free = wide - field.ink.shape[1]
        placed.append(
            (
                field,
                (
                    round(x + free * random.uniform(0.3, 0.7)),
                    round(unit * random.normal(0.1, 0.06)),
                ),
            )
        )
        x += wide
    tall = unit * random.uniform(1.25, 1.7)
    top = -0.5 * (tall - unit) + 0.1 * unit
    boxes = [(i * wide, top, (i + 1) * wide, top + tall) for i in range(count)]
    return photograph(placed, writer.hand, random, margins=_margins(random), boxes=boxes)


def no_digits(
    writer: Writer,
    random: np.random.Generator,
    made_up: Callable[[np.random.Generator], Shape] = random_strokes,
) -> Picture:
    """Letters, made-up signs, crossed-out digits or half a digit: nothing to read.

    Args:
        made_up: makes a character that is no letter and no digit.
    """
    field = _no_digit_field(writer, random, made_up)
    return photograph([(field, (0, 0))], writer.hand, random, margins=_margins(random))


def _no_digit_field(
    writer: Writer, random: np.random.Generator, made_up: Callable[[np.random.Generator], Shape]
) -> fields.Field:
    kind = random.random()
    if kind < _CHARACTERS:
        marks, x = [], 0
        is_made_up = random.random() < _MADE_UP_SHARE
        count = 1 if random.random() < _ONE_CHARACTER_SHARE else int(random.integers(2, 7))
        for _ in range(count):
            shape = made_up(random) if is_made_up else writer.letter()
            grey = writer.write(shape, writer.hand.height_px * random.uniform(0.8, 1.2))
            marks.append(fields.Mark(grey, x, 0, "a"))
            x += round(grey.shape[1] + writer.hand.height_px * random.uniform(0, 0.4))
        return fields.assemble(marks)
    count = 1 if random.random() < _ONE_DIGIT_SHARE else int(random.integers(2, 6))
    digits: list[int | str] = [int(value) for value in random.integers(10, size=count)]
    field = fields.write_field(digits, writer, random)
    if kind < _CROSSED_OUT:
        return _crossed_out(field, writer.hand, random)
    return _half(writer, random)


def _crossed_out(field: fields.Field, hand: Hand, random: np.random.Generator) -> fields.Field:
    pad = round(0.2 * hand.height_px)
    ink = np.pad(field.ink, pad)
    height, width = ink.shape
    canvas = np.zeros(ink.shape, np.uint8)
    thick = max(1, round(hand.stroke * hand.height_px))
    if random.random() < 0.5:  # a zigzag over the whole field
        turns = int(random.integers(5, 12)) * max(1, round(width / height / 1.5))
        x = np.linspace(0.05, 0.95, turns) * width + random.normal(0, 0.04 * height, turns)
        y = np.where(np.arange(turns) % 2, 0.12, 0.88) * height + random.normal(
            0, 0.08 * height, turns
        )
        lines = [np.stack([x, y], 1)]
    else:  # a cross, or lines through
        corners = random.uniform(0, 0.15, (2, 2)) * (width, height)
        far = (width, height) - random.uniform(0, 0.15, (2, 2)) * (width, height)
        lines = [
            np.array([corners[0], far[0]]),
            np.array([(corners[1][0], far[1][1]), (far[1][0], corners[1][1])]),
        ]
    for line in lines:
        points = np.round(line).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(canvas, [points], False, 255, thick, cv2.LINE_AA)
    crossed = np.maximum(ink, as_grey(canvas))
    return fields.Field(crossed, (fields.Mark(crossed, 0, 0, "a"),))


# Digits and whether their upper half is shown. Halves that are digits by themselves are left out:
# half an 8 is a zero, and the foot of a 7 or a 9 is a one.
_HALVES = (0, True), (0, False), (4, True), (5, False), (3, False), (2, False)


def _half(writer: Writer, random: np.random.Generator) -> fields.Field:
    """The upper or lower half of a digit."""
    value, upper = _HALVES[random.integers(len(_HALVES))]
    ink = writer.digit(value)
    row = round(ink.shape[0] * random.uniform(0.35, 0.5))
    half = np.ascontiguousarray(ink[:row] if upper else ink[-row:])
    return fields.Field(half, (fields.Mark(half, 0, 0, "a"),))


def _blank(writer: Writer, random: np.random.Generator) -> Picture:
    """An empty sheet, which may be printed on, or flat shapes like the things in a photo."""
    unit = writer.hand.height_px
    size = (round(unit * random.uniform(1.5, 5)), round(unit * random.uniform(1.5, 8)))
    sheet = paper.paper(size, random)
    if random.random() < 0.5:
        printed = paper.print_on(sheet, unit, random)
        sheet = sheet * (1 - printed)
        if random.random() < 0.5:
            sheet = paper.add_shadow(sheet, random)
    else:
        for _ in range(random.integers(1, 14)):
            _thing(sheet, random)
    return Picture(camera.take(sheet, unit, 60.0, random), ())


def _thing(sheet: Grey, random: np.random.Generator) -> None:
    """Draw an ellipse or a polygon of one grey level, in place."""
    height, width = sheet.shape
    tone = float(random.uniform(0, 255))
    middle = random.random(2) * (width, height)
    reach = random.uniform(0.05, 0.6) * max(width, height)
    if random.random() < 0.4:
        axes = (max(1, round(reach / 2)), max(1, round(reach * random.uniform(0.1, 0.6))))
        angle = random.uniform(0, 180)
        filled = -1 if random.random() < 0.7 else int(random.integers(1, 4))
        cv2.ellipse(sheet, (round(middle[0]), round(middle[1])), axes, angle, 0, 360, tone, filled)
        return
    points = middle + random.normal(0, reach / 2, (random.integers(3, 7), 2))
    cv2.fillPoly(sheet, [points.astype(np.int32)], tone, cv2.LINE_AA)


# How often each kind of picture is made. Boxes of forms were 5 % in place of 3 % when printed
# strokes that look like a 1 were twice as many as ones.
_KINDS: tuple[tuple[Callable[[Writer, np.random.Generator], Picture], float], ...] = (
    (one_line, 0.6),
    (_several_lines, 0.06),
    (_single, 0.07),
    (cell, 0.08),
    (form_boxes, 0.03),
    (no_digits, 0.11),
    (_blank, 0.03),
)


def _margins(random: np.random.Generator) -> Edges:
    """Left, top, right and bottom in digit heights: a tight crop, a loose one, or a page."""
    kind = random.random()
    most = next(margin for share, margin in _MARGINS if kind < share)
    left, top, right, bottom = random.uniform(_LEAST_MARGIN, most, 4)
    if random.random() < _CUT_CLOSE_SHARE:
        left = random.uniform(0, _LEAST_MARGIN)
    if random.random() < _CUT_CLOSE_SHARE:
        right = random.uniform(0, _LEAST_MARGIN)
    return left, top, right, bottom
