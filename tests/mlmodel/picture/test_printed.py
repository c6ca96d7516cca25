import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.picture.ink import extract_ink
from mlmodel.picture.locate import Components
from mlmodel.picture.printed import looks_printed
from mlmodel.reader import read
from mlmodel.reading import State
from tests.mlmodel.pictures import on_paper, written

WORDS = "The quick brown fox jumps over the lazy dog, and then some more. " * 3


def page_of_print(turned: float = 0.0, size: float = 0.5) -> NDArray[np.uint8]:
    """Lines of print, turned by some degrees."""
    page = np.full((1400, 1000), 250, np.uint8)
    for y in range(60, 1360, 28):
        cv2.putText(
            page, WORDS[y % 9 :], (60, y), cv2.FONT_HERSHEY_DUPLEX, size, 20, 1, cv2.LINE_AA
        )
    page[:, 940:] = 250
    turn = cv2.getRotationMatrix2D((500, 700), turned, 1)
    return np.asarray(cv2.warpAffine(page, turn, (1000, 1400), borderValue=250), np.uint8)


def texture(grain: float) -> NDArray[np.uint8]:
    noise = np.random.default_rng(4).normal(0, 90, (1200, 1600))
    smooth = cv2.GaussianBlur(noise, (0, 0), grain) * grain * 2
    return np.asarray(np.clip(128 + smooth, 0, 255), np.uint8)


def looks(picture: NDArray[np.uint8]) -> bool:
    return looks_printed(Components.of(extract_ink(picture)))


@pytest.mark.parametrize("turned", [0, 2, -4])
@pytest.mark.parametrize("size", [0.4, 0.6])
def test_a_page_of_print_is_known_as_such(turned: float, size: float) -> None:
    assert looks(page_of_print(turned, size))


@pytest.mark.parametrize("grain", [1, 3, 6])
def test_a_texture_is_no_print(grain: float) -> None:
    assert not looks(texture(grain))


def test_a_few_digits_are_no_print() -> None:
    assert not looks(on_paper(written("0123456789|9876543210")))


def test_print_is_told_and_not_called_blank() -> None:
    reading = read(page_of_print())
    assert (reading.state, reading.printed, reading.letters) == (State.NOT_DIGITS, True, False)
    assert not read(np.full((1400, 1000), 250, np.uint8)).printed
