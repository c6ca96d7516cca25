"""What the project ships is what its card says, and reads what it never was trained on."""

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mlmodel.artifact.card import ModelCard, model_checksum
from mlmodel.artifact.directory import ARTIFACT_PATTERN, Artifacts, read_model
from mlmodel.digits import normalize
from mlmodel.digits.classifier import DIGIT_CLASSES, OTHER
from mlmodel.lines import strips
from mlmodel.mnist.data import frame_samples, load_mnist
from mlmodel.model import SHIPPED_DIR, Model
from mlmodel.reader import read
from mlmodel.synthesis.fields import write_field
from mlmodel.synthesis.hands import random_hand
from mlmodel.synthesis.photograph import Picture, photograph
from mlmodel.synthesis.shapes import MnistShapes
from mlmodel.synthesis.writing import Writer
from tests.mlmodel.pictures import on_paper, validation_samples

VALIDATION_SAMPLES = 1_000
# How somebody writes who wants to be understood; the paper and the camera are left to chance.
CAREFUL: dict[str, Any] = {
    "font": None,
    "forms": None,
    "slant": 0.1,
    "aspect": 1.0,
    "stroke": 0.1,
    "size_spread": 0.04,
    "drift": 0.03,
    "sizes": (1.0,) * 10,
    "drops": (0.0,) * 10,
    "gap": 0.2,
    "gap_spread": 0.03,
    "uneven": 0.0,
}
LEAST_ACCURACY = 0.99
MOST_BYTES = 2_000_000  # of each network

Shipped = tuple[ModelCard, Artifacts]


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    return read_model(SHIPPED_DIR)


def test_the_card_describes_the_artifacts(shipped: Shipped) -> None:
    card, artifacts = shipped
    for network, artifact in ((card.digits, artifacts.digits), (card.lines, artifacts.lines)):
        assert network.artifact_sha256 == hashlib.sha256(artifact).hexdigest()
        assert network.artifact_bytes == len(artifact) <= MOST_BYTES


def test_the_name_and_checksum_are_of_all_that_reads(shipped: Shipped) -> None:
    card, _ = shipped
    assert card.sha256 == model_checksum(card.digits, card.lines, card.reading)
    assert card.name.endswith(card.sha256[:8])


def test_one_model_is_shipped(shipped: Shipped) -> None:
    card, _ = shipped
    files = {path.name for path in SHIPPED_DIR.glob(ARTIFACT_PATTERN)}
    assert files == {card.digits.artifact_file, card.lines.artifact_file}


def test_the_model_serves_this_preprocessing(shipped: Shipped) -> None:
    card, _ = shipped
    assert card.digits.preprocessing_version == normalize.PREPROCESSING_VERSION
    assert card.lines.preprocessing_version == strips.PREPROCESSING_VERSION


def test_the_model_was_trained_on_the_data_kept_here(shipped: Shipped) -> None:
    assert shipped[0].data_checksum == load_mnist().checksum


def test_the_card_s_confusion_gives_its_accuracy(shipped: Shipped) -> None:
    confusion = np.array(shipped[0].confusion)
    assert confusion.shape == (DIGIT_CLASSES, DIGIT_CLASSES)
    assert confusion.sum(axis=1).tolist() == np.bincount(load_mnist().test.labels).tolist()
    assert shipped[0].test_accuracy == np.trace(confusion) / confusion.sum()


def test_it_reads_digits_that_it_was_not_trained_on() -> None:
    samples = validation_samples().first(VALIDATION_SAMPLES)
    classes = Model.load().classifier.classify(frame_samples(samples))
    read_as = classes[:, :OTHER].argmax(axis=1)
    assert (read_as == samples.labels).mean() >= LEAST_ACCURACY


def test_it_reads_them_as_pictures_too() -> None:
    samples = validation_samples().first(VALIDATION_SAMPLES // 2)
    inks = np.pad(samples.images, ((0, 0), (6, 6), (6, 6))).astype(np.float32) / 255
    pictures = [on_paper(ink) for ink in inks]
    right = [
        read(picture).text == str(label)
        for picture, label in zip(pictures, samples.labels, strict=True)
    ]
    assert np.mean(right) >= 0.97


@pytest.fixture(scope="module")
def shapes() -> MnistShapes:
    return MnistShapes(validation_samples())


def careful_number(shapes: MnistShapes, seed: int) -> Picture:
    """A number of six digits that no training has seen, in a careful hand on some paper."""
    random = np.random.default_rng(seed)
    hand = replace(random_hand(random, height_px=40.0), **CAREFUL)
    digits: list[int | str] = [int(value) for value in random.integers(10, size=6)]
    field = write_field(digits, Writer(hand, shapes, random), random)
    return photograph([(field, (0, 0))], hand, random, margins=(0.5, 0.5, 0.5, 0.5))


# Twelve that a person reads without a doubt: some of them are smudged beyond that.
@pytest.mark.parametrize("seed", [10, 12, 14, 15, 17, 21, 22, 23, 24, 25, 26, 29])
def test_it_reads_a_dozen_numbers_exactly(shapes: MnistShapes, seed: int) -> None:
    picture = careful_number(shapes, seed)
    assert read(picture.image).text == picture.text


def test_it_reads_most_numbers_of_a_careful_hand(shapes: MnistShapes) -> None:
    pictures = [careful_number(shapes, seed) for seed in range(100, 160)]
    right = [read(picture.image).text == picture.text for picture in pictures]
    assert np.mean(right) >= 0.7
