from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from mlmodel.picture.ink import extract_ink
from mlmodel.synthesis.hands import careful_hand
from mlmodel.synthesis.photograph import Picture
from mlmodel.synthesis.pictures import picture_of_text, synthetic_picture
from mlmodel.synthesis.shapes import MnistShapes

PICTURES = 200


@pytest.fixture(scope="module")
def pictures(mnist: MnistShapes) -> list[Picture]:
    return [synthetic_picture(mnist, np.random.default_rng([2, i])) for i in range(PICTURES)]


def share(pictures: list[Picture], is_so: Callable[[Picture], bool]) -> float:
    return sum(map(is_so, pictures)) / len(pictures)


def test_the_seed_decides_the_picture(mnist: MnistShapes) -> None:
    one, again, other = (synthetic_picture(mnist, np.random.default_rng(s)) for s in (8, 8, 9))
    assert (one.image == again.image).all()
    assert one.digits == again.digits
    assert one.image.shape != other.image.shape or (one.image != other.image).any()


def test_a_given_text_is_written(mnist: MnistShapes) -> None:
    random = np.random.default_rng(1)
    assert picture_of_text("0042", careful_hand(random, 40), mnist, random).text == "0042"


def test_pictures_are_grey_bytes(pictures: list[Picture]) -> None:
    for picture in pictures:
        assert picture.image.dtype == np.uint8
        assert picture.image.ndim == 2
        assert min(picture.image.shape) >= 8


def test_every_digit_stands_inside_its_picture(pictures: list[Picture]) -> None:
    for picture in pictures:
        height, width = picture.image.shape
        for digit in picture.digits:
            x, y, box_width, box_height = digit.box
            assert 0 <= digit.value <= 9
            assert 0 <= x + box_width / 2 <= width
            assert 0 <= y + box_height / 2 <= height


def test_all_values_occur(pictures: list[Picture]) -> None:
    counts = Counter(digit.value for picture in pictures for digit in picture.digits)
    assert sorted(counts) == list(range(10))
    assert min(counts.values()) > 0.04 * counts.total()


def test_some_pictures_have_nothing_to_read(pictures: list[Picture]) -> None:
    assert 0.1 < share(pictures, lambda picture: not picture.digits) < 0.5


def test_some_are_light_on_dark(pictures: list[Picture]) -> None:
    assert 0.03 < share(pictures, lambda picture: bool(np.median(picture.image) < 70)) < 0.4


def test_most_digits_have_ink_where_they_are_said_to_stand(pictures: list[Picture]) -> None:
    found = []
    for picture in pictures:
        ink = extract_ink(picture.image)
        for digit in picture.digits:
            x, y, width, height = (max(0, round(value * ink.scale)) for value in digit.box)
            part = ink.mask[y : y + height, x : x + width]
            found.append(part.size > 0 and part.mean() > 0.04)
    assert np.mean(found) > 0.95
