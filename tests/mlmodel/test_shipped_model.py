"""What the project ships is what its card says, and reads what it never was trained on."""

import hashlib

import numpy as np
import pytest

from mlmodel.card import ARTIFACT_PATTERN, ModelCard, read_model
from mlmodel.classifier import SHIPPED_DIR, Classifier
from mlmodel.data import DIGIT_CLASSES, frame_samples, load_mnist
from mlmodel.normalize import PREPROCESSING_VERSION
from mlmodel.reader import read
from tests.mlmodel.pictures import on_paper, validation_samples

VALIDATION_SAMPLES = 1_000
LEAST_ACCURACY = 0.99
MOST_BYTES = 2_000_000


@pytest.fixture(scope="module")
def shipped() -> tuple[ModelCard, bytes]:
    return read_model(SHIPPED_DIR)


def test_the_card_describes_the_artifact(shipped: tuple[ModelCard, bytes]) -> None:
    card, artifact = shipped
    assert card.artifact_sha256 == hashlib.sha256(artifact).hexdigest()
    assert card.artifact_bytes == len(artifact)
    assert card.name.endswith(card.artifact_sha256[:8])


def test_one_model_is_shipped(shipped: tuple[ModelCard, bytes]) -> None:
    assert [path.name for path in SHIPPED_DIR.glob(ARTIFACT_PATTERN)] == [shipped[0].artifact_file]


def test_the_model_is_small(shipped: tuple[ModelCard, bytes]) -> None:
    assert len(shipped[1]) <= MOST_BYTES


def test_the_model_serves_this_preprocessing(shipped: tuple[ModelCard, bytes]) -> None:
    assert shipped[0].preprocessing_version == PREPROCESSING_VERSION


def test_the_model_was_trained_on_the_data_kept_here(shipped: tuple[ModelCard, bytes]) -> None:
    assert shipped[0].data_checksum == load_mnist().checksum


def test_the_card_s_confusion_gives_its_accuracy(shipped: tuple[ModelCard, bytes]) -> None:
    confusion = np.array(shipped[0].confusion)
    assert confusion.shape == (DIGIT_CLASSES, DIGIT_CLASSES)
    assert confusion.sum(axis=1).tolist() == np.bincount(load_mnist().test.labels).tolist()
    assert shipped[0].test_accuracy == np.trace(confusion) / confusion.sum()


def test_it_reads_digits_that_it_was_not_trained_on() -> None:
    samples = validation_samples().first(VALIDATION_SAMPLES)
    read_as = Classifier.load().classify(frame_samples(samples)).argmax(axis=1)
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
