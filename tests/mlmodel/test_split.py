from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.classifier import Classifier
from mlmodel.locate import Piece
from mlmodel.normalize import frame_digits
from mlmodel.split import MOST_ASPECT, split_touching
from tests.mlmodel.pictures import Ink, clear_digits

DIGIT_PX = 60
LOWER_DIGIT_PX = 54
OVERLAP_PX = 3


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load()


def _touching(text: str) -> Piece:
    """Digits so close that each overlaps its neighbour a little; every second one is lower."""
    heights = [DIGIT_PX, LOWER_DIGIT_PX] * len(text)
    digits = [
        _cropped(clear_digits()[int(value)][0], height)
        for value, height in zip(text, heights, strict=False)
    ]
    strength = np.zeros((DIGIT_PX, DIGIT_PX * len(text)), np.float32)
    left = right = 0
    for digit in digits:
        right = left + digit.shape[1]
        window = strength[-digit.shape[0] :, left:right]
        np.maximum(window, digit, out=window)
        left = right - OVERLAP_PX
    return Piece((30, 40, right, DIGIT_PX), strength[:, :right], line=2)


def _cropped(image: NDArray[np.uint8], height_px: int) -> Ink:
    """One digit's ink, height_px high."""
    x, y, width, height = cv2.boundingRect(image)
    digit = image[y : y + height, x : x + width].astype(np.float32) / 255
    size = (round(width * height_px / height), height_px)
    return np.asarray(cv2.resize(digit, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _read(pieces: list[Piece], classifier: Classifier) -> str:
    frames = frame_digits([piece.strength for piece in pieces])
    return "".join(map(str, classifier.classify(frames).argmax(axis=1)))


@pytest.mark.parametrize("text", ["38", "52", "06", "94", "283", "6502"])
def test_touching_digits_are_parted(classifier: Classifier, text: str) -> None:
    assert _read(split_touching(_touching(text), classifier.classify), classifier) == text


@pytest.mark.parametrize("text", list("0123456789"))
def test_a_digit_alone_stays_whole(classifier: Classifier, text: str) -> None:
    piece = _touching(text)
    assert split_touching(piece, classifier.classify) == [piece]


def test_a_wide_digit_stays_whole(classifier: Classifier) -> None:
    strength = cv2.resize(_touching("0").strength, (round(1.15 * DIGIT_PX), DIGIT_PX))
    piece = Piece((0, 0, strength.shape[1], DIGIT_PX), np.asarray(strength, np.float32))
    assert piece.box[2] > MOST_ASPECT * DIGIT_PX
    assert len(split_touching(piece, classifier.classify)) == 1


def test_the_parts_fill_the_piece_from_left_to_right(classifier: Classifier) -> None:
    piece = _touching("283")
    parts = split_touching(piece, classifier.classify)
    assert parts[0].box[0] == piece.box[0]
    assert sum(part.box[2] for part in parts) == piece.box[2]
    assert all(one.box[0] + one.box[2] == after.box[0] for one, after in pairwise(parts))


def test_a_part_keeps_the_line_and_its_ink_s_rows(classifier: Classifier) -> None:
    for part in split_touching(_touching("38"), classifier.classify):
        assert part.line == 2
        assert part.strength.shape == (part.box[3], part.box[2])
        assert part.strength[[0, -1]].max(axis=1).min() > 0


@pytest.mark.parametrize("shape", [(1, 50), (3, 400), (20, 1000), (60, 100)])
def test_full_and_empty_pieces_are_no_trouble(
    classifier: Classifier, shape: tuple[int, int]
) -> None:
    for value in (0, 1):
        piece = Piece((0, 0, shape[1], shape[0]), np.full(shape, value, np.float32))
        assert split_touching(piece, classifier.classify)
