"""Numbers with signs, made up by the synthesis or written by people whom no network knows."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.evaluation.labels import LabelledPicture, PictureSet
from mlmodel.handwriting import strokes
from mlmodel.handwriting.parts import Part, part_of
from mlmodel.handwriting.strokes import Drawn
from mlmodel.mnist.data import Samples
from mlmodel.second.alphabet import CHARACTERS, DIGITS, OTHER, digits_of
from mlmodel.synthesis.hands import random_hand
from mlmodel.synthesis.people import drawn_grey
from mlmodel.synthesis.photograph import Picture
from mlmodel.synthesis.pictures import one_line
from mlmodel.synthesis.shapes import MnistShapes
from mlmodel.synthesis.writing import Writer

MADE_UP_SET, PEOPLE_SET = "made_up_signs", "peoples_signs"
MADE_UP_PICTURES = 400
_SEED = 20261129
# Digits of made-up numbers are this high: below it, many points are smaller than a pixel.
_LEAST_PX, _MOST_PX = 24, 64
# Numbers of people are drawn this high, with such a pen.
_PEOPLE_PX, _PEN_PX = 48, 3.0
_KNOWN = set(CHARACTERS) - {OTHER}


def made_up_numbers(samples: Samples) -> PictureSet:
    """Synthetic lines of which each has a sign, in the hands of MNIST's test set and others."""
    shapes = MnistShapes(samples)
    pictures = []
    for number in range(10 * MADE_UP_PICTURES):
        random = np.random.default_rng([_SEED, number])
        writer = Writer(random_hand(random, random.uniform(_LEAST_PX, _MOST_PX)), shapes, random)
        picture = one_line(writer, random)
        written = _from_left(picture)
        if _has_known_signs(written):
            pictures.append(_labelled(str(number), picture.image, written, "synthesis"))
        if len(pictures) == MADE_UP_PICTURES:
            break
    return PictureSet(MADE_UP_SET, pictures, len(pictures))


def _from_left(picture: Picture) -> str:
    """The digits and signs of a picture of one line."""
    digits = [(digit.box, str(digit.value)) for digit in picture.digits]
    signs = [(sign.box, sign.character) for sign in picture.signs]
    return "".join(one for _, one in sorted(digits + signs, key=lambda one: one[0][0]))


def peoples_numbers(folder: Path) -> PictureSet:
    """The numbers with signs of the people held out, as a pen on a screen leaves them.

    Args:
        folder: of handwriting: see mlmodel.handwriting.

    Raises:
        OSError: the file of numbers is missing, or no gzip.
    """
    pictures = [
        _labelled(str(number), _drawn_image(drawn), drawn.label.replace(" ", ""), drawn.writer)
        for number, drawn in enumerate(_held_out(folder))
    ]
    return PictureSet(PEOPLE_SET, pictures, len(pictures))


def _held_out(folder: Path) -> Iterator[Drawn]:
    for drawn in strokes.numbers(folder):
        if part_of(drawn.writer) is Part.HELD_OUT and _has_known_signs(drawn.label):
            yield drawn


def _has_known_signs(written: str) -> bool:
    characters = set(written) - {" "}
    return (
        characters <= _KNOWN and bool(characters - set(DIGITS)) and bool(characters & set(DIGITS))
    )


def _drawn_image(drawn: Drawn) -> NDArray[np.uint8]:
    ink = np.pad(drawn_grey(drawn, _PEOPLE_PX, _PEN_PX), _PEOPLE_PX // 4)
    return np.asarray((1 - ink) * 255, np.uint8)


def _labelled(name: str, image: NDArray[np.uint8], written: str, source: str) -> LabelledPicture:
    return LabelledPicture(name, partial(_png, image), digits_of(written), source, written)


def _png(image: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()
