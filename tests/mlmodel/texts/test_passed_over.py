from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.picture.boxes import Box
from mlmodel.picture.locate import Components, locate
from mlmodel.reader import read
from mlmodel.reading import State
from mlmodel.second.alphabet import CHARACTERS, CLASSES, NONE, OTHER
from mlmodel.second.second_reader import COLUMN_PX, SecondLine
from mlmodel.texts.candidates import Found, find_candidates
from mlmodel.texts.lattice import NO_DIGIT, Hypothesis
from mlmodel.texts.line_texts import LineTexts
from mlmodel.texts.passed_over import passed_over
from tests.mlmodel.inks import rectangles
from tests.mlmodel.networks import InkReader, RowSums
from tests.mlmodel.pictures import on_paper, written

DIGITS: list[Box] = [(60, 60, 30, 48), (120, 60, 30, 48)]
SHAPE = (160, 400)


def found_in(*others: Box) -> Found:
    """Two digits, and inks that belong to no candidate."""
    ink = rectangles(*DIGITS)
    components = Components.of(ink)
    found = find_candidates(ink, components, locate(ink, components), InkReader(), RowSums())
    return replace(found, others=others)


def lines_of(found: Found, *values: int) -> list[LineTexts]:
    text = "".join(str(value) for value in values if value != NO_DIGIT)
    return [LineTexts(0, (Hypothesis(text, 0.0, values),), np.zeros((1, 2)), np.ones(1))]


def sees(character: str, x: float) -> SecondLine:
    """The second reader sees this character there; a column of it is four pixels wide."""
    shares = np.full((SHAPE[1] // COLUMN_PX, CLASSES), 1e-4)
    shares[:, NONE] = 0.99
    shares[round(x / COLUMN_PX), CHARACTERS.index(character)] = 0.9
    whole = np.array([(1.0, 0, 0), (0, 1.0, 60)])
    return SecondLine(whole, 48.0, shares)


def boxes(found: Found, *values: int) -> tuple[Box, ...]:
    return passed_over(lines_of(found, *values), found, SHAPE)


def test_ink_as_large_as_the_digits_is_passed_over() -> None:
    beside: Box = (200, 62, 28, 44)
    assert boxes(found_in(beside), 3, 3) == (beside,)


@pytest.mark.parametrize(
    "box",
    [(200, 90, 6, 8), (200, 0, 8, 160), (2, 60, 6, 48), (394, 60, 6, 48)],
    ids=["a point", "a ruling", "a line at the left", "a line at the right"],
)
def test_small_ink_and_rulings_are_not(box: Box) -> None:
    assert boxes(found_in(box), 3, 3) == ()


def test_a_slim_digit_apart_from_the_sides_is() -> None:
    assert boxes(found_in((200, 60, 6, 48)), 3, 3) == ((200, 60, 6, 48),)


def test_a_part_of_a_digit_is_not() -> None:
    assert boxes(found_in((62, 60, 20, 30)), 3, 3) == ()


def test_a_digit_that_the_text_drops_leaves_a_mark() -> None:
    found = found_in()
    assert boxes(found, 3, NO_DIGIT) == (found.candidates[1].box,)


@pytest.mark.parametrize("character", [OTHER, "/", "="])
def test_what_the_second_reader_knows_is_accounted_for(character: str) -> None:
    beside: Box = (200, 62, 28, 44)
    found = replace(found_in(beside), second={0: (sees(character, 214),)})
    assert boxes(found, 3, 3) == ()
    elsewhere = replace(found, second={0: (sees(character, 300),)})
    assert boxes(elsewhere, 3, 3) == (beside,)
    in_doubt = replace(found, second={0: (sees(character, 214), sees(character, 300))})
    assert boxes(in_doubt, 3, 3) == (beside,)


def test_where_nothing_is_read_nothing_is_passed_over() -> None:
    assert boxes(found_in((200, 62, 28, 44)), NO_DIGIT, NO_DIGIT) == ()


def with_a_block(text: str) -> NDArray[np.uint8]:
    ink = np.pad(written(text, 60), ((20, 20), (20, 120)))
    middle = ink.shape[0] // 2
    ink[middle - 25 : middle + 25, -85:-35] = 1
    return on_paper(ink)


def test_a_text_beside_other_ink_is_doubtful_and_the_ink_is_marked() -> None:
    picture = with_a_block("42")
    reading = read(picture)
    assert (reading.text, reading.state) == ("42", State.DOUBTFUL)
    ((x, y, width, height),) = reading.passed_over
    assert abs(x - (picture.shape[1] - 85)) < 8
    assert abs(width - 50) < 8
    assert 0 <= y < y + height <= picture.shape[0]


def test_its_place_is_given_in_pixels_of_the_whole_picture() -> None:
    picture = with_a_block("42")
    ((x, y, width, height),) = read(picture).passed_over
    size = (picture.shape[1] * 2, picture.shape[0] * 2)
    ((twice_x, twice_y, twice_width, twice_height),) = read(picture, picture_size=size).passed_over
    assert np.allclose(
        (twice_x, twice_y, twice_width, twice_height), np.array((x, y, width, height)) * 2, atol=3
    )
