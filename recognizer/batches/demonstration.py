"""A stack of pictures to try batches with: made-up meter numbers, drawn by the project itself."""

import io
import zipfile
from collections.abc import Iterator

import cv2
import numpy as np
from stdnum import luhn

from mlmodel.mnist.data import load_mnist
from mlmodel.synthesis.hands import Hand, careful_hand, random_hand
from mlmodel.synthesis.photograph import Picture
from mlmodel.synthesis.pictures import picture_of_text, picture_without_digits
from mlmodel.synthesis.shapes import MnistShapes

SEED = 20_261_129
_DIGITS = 7  # and a check digit
# The rule that the numbers satisfy.
METER_NUMBER = {"length": {"least": _DIGITS + 1, "most": _DIGITS + 1}, "check": "luhn"}
# Of a digit, as photos of forms have them.
_HEIGHTS_PX = (28, 72)
_CAREFUL_SHARE = 0.8
# Digits of MNIST that are written with: more would only take longer to load.
_SHAPES = 2_000
# Which of the pictures show no number, are a copy of the first one, or are damaged.
WITHOUT_DIGITS, COPIES, DAMAGED = (11, 37), (20,), (29,)


def meter_numbers(count: int, seed: int = SEED) -> Iterator[tuple[str, bytes]]:
    """Names and JPEG files, decided by the seed."""
    shapes = MnistShapes(load_mnist().training.first(_SHAPES))
    first = b""
    for number in range(count):
        random = np.random.default_rng([seed, number])
        text = _meter_number(random)
        name = f"meter-{number + 1:03}.jpg"
        if number in WITHOUT_DIGITS:
            yield name, _jpeg(picture_without_digits(shapes, random))
        elif number in COPIES:
            yield name, first
        else:
            data = _jpeg(picture_of_text(text, _hand(random), shapes, random))
            first = first or data
            yield name, data[: len(data) // 2] if number in DAMAGED else data


def packed(files: Iterator[tuple[str, bytes]]) -> bytes:
    """A ZIP of files."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, data in files:
            archive.writestr(name, data)
    return into.getvalue()


def _hand(random: np.random.Generator) -> Hand:
    """Most people write such a number with care, and some do not."""
    write = careful_hand if random.random() < _CAREFUL_SHARE else random_hand
    return write(random, random.uniform(*_HEIGHTS_PX))


def _meter_number(random: np.random.Generator) -> str:
    digits = "".join(str(digit) for digit in random.integers(10, size=_DIGITS))
    return digits + str(luhn.calc_check_digit(digits))


def _jpeg(picture: Picture) -> bytes:
    return cv2.imencode(".jpg", picture.image)[1].tobytes()
