import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.artifact.directory import ModelDamaged
from mlmodel.digits.classifier import CLASSES, MAX_BATCH, OTHER, Classifier
from mlmodel.mnist.data import Samples, frame_samples, load_mnist
from mlmodel.model import Model

# What the project promises of the model that it ships.
PROMISED_ACCURACY = 0.995


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load()


@pytest.fixture(scope="module")
def classifier(model: Model) -> Classifier:
    return model.classifier


@pytest.fixture(scope="module")
def samples() -> Samples:
    return load_mnist().test


@pytest.fixture(scope="module")
def frames(samples: Samples) -> NDArray[np.float32]:
    return frame_samples(samples)


def test_the_shipped_model_keeps_its_promise(
    model: Model, samples: Samples, frames: NDArray[np.float32]
) -> None:
    read = model.classifier.classify(frames)[:, :OTHER].argmax(axis=1)
    accuracy = float((read == samples.labels).mean())
    assert accuracy >= PROMISED_ACCURACY
    assert accuracy == pytest.approx(model.card.test_accuracy, abs=2e-4)


def test_hardly_a_digit_is_taken_for_something_else(
    classifier: Classifier, frames: NDArray[np.float32]
) -> None:
    assert (classifier.classify(frames).argmax(axis=1) == OTHER).mean() < 0.003


def test_probabilities_sum_to_one(classifier: Classifier, frames: NDArray[np.float32]) -> None:
    probabilities = classifier.classify(frames[:100])
    assert probabilities.dtype == np.float32
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert probabilities.min() >= 0


def test_no_frames_have_no_probabilities(classifier: Classifier) -> None:
    assert classifier.classify(np.zeros((0, 28, 28), np.float32)).shape == (0, CLASSES)


@pytest.mark.parametrize("count", [1, 2, MAX_BATCH, MAX_BATCH + 1])
def test_a_frame_is_read_alike_in_any_company(
    classifier: Classifier, frames: NDArray[np.float32], count: int
) -> None:
    alone = np.concatenate([classifier.classify(frame[np.newaxis]) for frame in frames[:count]])
    assert classifier.classify(frames[:count]) == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((28, 28), np.float32),
        np.zeros((1, 28, 27), np.float32),
        np.zeros((1, 28, 28), np.uint8),
    ],
)
def test_it_refuses_other_shapes_and_types(classifier: Classifier, wrong: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match="Frames are"):
        classifier.classify(wrong)


def test_threads_do_not_disturb_each_other(
    classifier: Classifier, frames: NDArray[np.float32]
) -> None:
    parts = [frames[start : start + 1 + start % 7] for start in range(0, 800, 8)]
    expected = [classifier.classify(part) for part in parts]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(classifier.classify, parts))
    assert all((mine == theirs).all() for mine, theirs in zip(expected, answers, strict=True))


def test_an_artifact_that_is_no_network_is_damaged() -> None:
    with pytest.raises(ModelDamaged):
        Classifier(hashlib.sha256(b"no network").digest())
