from pathlib import Path

import numpy as np
import pytest

from mlmodel.handwriting import strokes
from mlmodel.handwriting.strokes import Drawn
from mlmodel.synthesis.hands import random_hand
from mlmodel.synthesis.people import People, Person, drawn_grey
from mlmodel.synthesis.pictures import picture_of_number, synthetic_picture
from mlmodel.synthesis.shapes import MnistShapes
from mlmodel.synthesis.writing import Writer
from tests.mlmodel.handwriting.folders import make_folder

UPRIGHT = Drawn("1", "a", (np.array([(0.5, 0.0), (0.5, 1.0)]),))
CROSS = Drawn("K", "a", (np.array([(0.0, 0.5), (1.0, 0.5)]), np.array([(0.5, 0.0), (0.5, 1.0)])))


@pytest.fixture
def people(tmp_path: Path) -> People:
    folder = make_folder(tmp_path / "handwriting")
    return People(*(read(folder) for read in (strokes.digits, strokes.letters, strokes.numbers)))


def test_strokes_are_drawn_at_their_height_with_the_pen_s_width() -> None:
    grey = drawn_grey(UPRIGHT, 60, 6) > 0.5
    rows, columns = np.flatnonzero(grey.any(axis=1)), np.flatnonzero(grey.any(axis=0))
    assert np.ptp(rows) == pytest.approx(60, abs=7)
    assert len(columns) == pytest.approx(6, abs=2)


def test_a_stroke_of_one_point_leaves_ink() -> None:
    point = Drawn(".", "a", (np.array([(0.0, 0.0)]),))
    assert drawn_grey(point, 60, 6).max() > 0.9


def test_a_person_writes_the_digits_that_are_known_of_them() -> None:
    person = Person([UPRIGHT], [])
    random = np.random.default_rng(1)
    shape = person.digit(1, 0.1, random)
    assert shape is not None
    assert shape.value == 1
    assert person.digit(2, 0.1, random) is None
    assert person.letter(0.1, random) is None


def test_half_of_the_letters_are_the_person_s_own() -> None:
    person = Person([], [CROSS])
    random = np.random.default_rng(1)
    own = [person.letter(0.1, random) is not None for _ in range(200)]
    assert 70 < sum(own) < 130


def test_a_writer_writes_a_person_s_digit_in_place_of_another(mnist: MnistShapes) -> None:
    random = np.random.default_rng(3)
    hand = random_hand(random, 60)
    grey = Writer(hand, mnist, random, Person([UPRIGHT], [])).digit(1)
    assert grey.shape[0] > 2 * grey.shape[1]


def test_a_whole_number_says_what_is_written_and_not_where(people: People) -> None:
    pictures = [picture_of_number(people, np.random.default_rng(seed)) for seed in range(20)]
    assert {picture.written for picture in pictures} & {"1.2"}
    assert {len(picture.written or "") for picture in pictures} == {1, 3}
    assert all(picture.digits == () for picture in pictures)
    assert all(picture.image.std() > 1 for picture in pictures)


def test_pictures_in_people_s_hands_differ_from_those_without(
    people: People, mnist: MnistShapes
) -> None:
    seeds = range(5)
    made_up, theirs = (
        [synthetic_picture(mnist, np.random.default_rng(seed), given, 1.0).image for seed in seeds]
        for given in (None, people)
    )
    assert any(
        one.shape != other.shape or (one != other).any()
        for one, other in zip(made_up, theirs, strict=True)
    )


def test_signs_are_known_beside_digits(mnist: MnistShapes) -> None:
    pictures = [synthetic_picture(mnist, np.random.default_rng([5, i])) for i in range(60)]
    signs = {sign.character for picture in pictures for sign in picture.signs}
    assert "a" in signs
    assert signs & set(".,-/=")
