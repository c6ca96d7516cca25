from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.lines.ctc import sequence_logs
from mlmodel.odds import softmax
from mlmodel.second.alphabet import CLASSES, classes_of
from mlmodel.training.progress import silent
from mlmodel.training.second.config import Phase, SecondConfig
from mlmodel.training.second.pool import MOST_CHARACTERS, Looks
from mlmodel.training.second.run import share_exact, text_loss, train_second
from mlmodel.training.second.variation import vary

TINY = SecondConfig(
    held_out=59_500,
    pictures=40,
    without_digits=4,
    validation_pictures=16,
    batch_size=4,
    head=Phase(epochs=1, peak_learning_rate=1e-3),
    whole=Phase(epochs=1, peak_learning_rate=1e-4),
)


# Keras warns where it writes its checkpoints.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def labels(*texts: str) -> NDArray[np.int8]:
    rows = np.full((len(texts), MOST_CHARACTERS), -1, np.int8)
    for row, text in zip(rows, texts, strict=True):
        row[: len(text)] = classes_of(text)
    return rows


def test_the_loss_is_that_of_the_text_wherever_it_stands() -> None:
    logits = np.random.default_rng(2).normal(size=(3, 12, CLASSES)).astype(np.float32)
    losses = np.asarray(text_loss(labels("12.5", "", "a7"), logits))
    expected = [
        -sequence_logs(softmax(one.astype(np.float64)), [classes_of(text)])[0]
        for one, text in zip(logits, ("12.5", "", "a7"), strict=True)
    ]
    assert losses == pytest.approx(expected, rel=1e-4)


def test_looks_vary_without_changing_their_shape() -> None:
    looks = np.full((3, 48, 96), 255, np.uint8)
    looks[:, 20:30, 40:50] = 0
    one, again, other = (vary(looks, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape == looks.shape
    assert one.dtype == np.uint8
    assert (one == again).all()
    assert (one != other).any()


def test_exact_means_every_character() -> None:
    answers = np.zeros((2, 24, CLASSES), np.float32)
    answers[..., CLASSES - 1] = 5
    answers[0, 4, 1], answers[0, 9, 2] = 9, 9

    def network(pixels: Any, training: bool) -> Any:
        return answers[: len(pixels)]

    looks = Looks(np.zeros((2, 48, 96), np.uint8), labels("12", "3"))
    assert share_exact(network, {96: looks}) == 0.5


def test_a_training_changes_the_new_layers_and_the_last_ones(tmp_path: Path) -> None:
    network, samples, exact = train_second(TINY, tmp_path, silent)
    assert samples > 20
    assert 0 <= exact <= 1
    assert network.get_layer("neck_in").trainable
    assert not network.get_layer("block_1_expand").trainable
