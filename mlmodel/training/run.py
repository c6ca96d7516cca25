"""One training from MNIST to a published model."""

import hashlib
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.augmentation import augment
from mlmodel.card import CARD_FORMAT_VERSION, ModelCard, artifact_name, prepare_directory, publish
from mlmodel.data import Samples, frame_samples, load_mnist, split
from mlmodel.export import export_litert, measure
from mlmodel.network import build_network
from mlmodel.normalize import FRAME_SIDE_PX, PREPROCESSING_VERSION
from mlmodel.training.config import TrainingConfig
from mlmodel.training.memory import keep_freed_memory
from mlmodel.training.optimizer import averaging_adamw
from mlmodel.training.progress import Report, Step, silent

# Batches made ahead of the training; at 20 microseconds a frame the maker is far faster.
BATCHES_AHEAD = 16
EVALUATION_BATCH = 500

Batch = tuple[NDArray[np.float32], NDArray[np.uint8]]


class TrainingStopped(Exception):
    """Somebody stopped the training before it published anything."""


def train(config: TrainingConfig, output: Path, report: Report = silent) -> ModelCard:
    """Train a network and make it the model of the output directory.

    The test set is used once, on the finished artifact. Nothing changes in the directory
    before the very end, and then in one step: however the process ends, a whole model stays.

    Args:
        config: the recipe.
        output: a model directory; created where it is missing.
        report: is called after every step, in this thread.

    Returns:
        The card of the published model.

    Raises:
        ModelNotWritten: the output directory cannot be written; found before the training.
        DataMissing, DataDamaged: MNIST is not what was recorded.
        ExportDiffers: LiteRT does not answer as Keras does; nothing is published.
        TrainingStopped: Ctrl-C; nothing is published.
    """
    prepare_directory(output)
    try:
        card, artifact = _train(config, report)
    except KeyboardInterrupt as error:
        raise TrainingStopped(f"Training was stopped. {output} is as it was before.") from error
    publish(card, artifact, output)
    return card


def _train(config: TrainingConfig, report: Report) -> tuple[ModelCard, bytes]:
    started = time.monotonic()
    mnist = load_mnist()
    training, validation = split(mnist.training, config.held_out, config.seed)
    training = training.first(config.training_samples)
    _load_tensorflow()
    import keras

    keras.utils.set_random_seed(config.seed)
    network = build_network(config.widths, config.dropout)
    validation_accuracy = fit(network, training, validation, config, report)
    with _quiet_stderr():
        artifact = export_litert(network)
    measures = measure(artifact, network, frame_samples(mnist.test), mnist.test.labels)
    card = ModelCard(
        **_identity(artifact),
        seed=config.seed,
        recipe=asdict(config),
        data_checksum=mnist.checksum,
        versions=_versions(),
        parameter_count=network.count_params(),
        epochs=config.epochs,
        training_samples=len(training),
        seconds=round(time.monotonic() - started, 1),
        validation_accuracy=validation_accuracy,
        test_accuracy=measures.accuracy,
        confusion=measures.confusion.tolist(),
        largest_difference=measures.largest_difference,
    )
    # Through JSON, so that this card equals the one that will be read (a tuple turns to a list).
    return ModelCard.from_json(card.to_json()), artifact


def _identity(artifact: bytes) -> dict[str, Any]:
    sha256 = hashlib.sha256(artifact).hexdigest()
    now = datetime.now(UTC)
    return {
        "format_version": CARD_FORMAT_VERSION,
        "name": f"mnist-{now:%Y%m%d}-{sha256[:8]}",
        "artifact_file": artifact_name(sha256),
        "artifact_sha256": sha256,
        "artifact_bytes": len(artifact),
        "preprocessing_version": PREPROCESSING_VERSION,
        "trained_at": now.isoformat(timespec="seconds"),
    }


def _versions() -> dict[str, str]:
    import keras
    import tensorflow as tf

    modules = {"tensorflow": tf, "keras": keras, "numpy": np, "opencv": cv2}
    return {
        "python": platform.python_version(),
        **{name: module.__version__ for name, module in modules.items()},
        "ai-edge-litert": version("ai-edge-litert"),
    }


def fit(
    network: Any, training: Samples, validation: Samples, config: TrainingConfig, report: Report
) -> float:
    """Train the network in place and give it the averaged weights.

    Returns:
        The accuracy, 0..1, on the validation samples after the last epoch.
    """
    import tensorflow as tf

    steps = len(training) // config.batch_size
    frames = frame_samples(training)
    batches = tf.data.Dataset.from_generator(
        lambda: augmented_batches(frames, training.labels, config),
        output_signature=(
            tf.TensorSpec((None, FRAME_SIDE_PX, FRAME_SIDE_PX, 1), tf.float32),
            tf.TensorSpec((None,), tf.uint8),
        ),
    )
    network.compile(
        averaging_adamw(config, config.epochs * steps),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    history = network.fit(
        batches.prefetch(BATCHES_AHEAD),
        epochs=config.epochs,
        steps_per_epoch=steps,
        validation_data=(frame_samples(validation)[..., np.newaxis], validation.labels),
        validation_batch_size=EVALUATION_BATCH,
        callbacks=_callbacks(config.epochs, steps, report),
        shuffle=False,
        verbose=0,
    )
    return float(history.history["val_accuracy"][-1])


def augmented_batches(
    frames: NDArray[np.float32], labels: NDArray[np.uint8], config: TrainingConfig
) -> Iterator[Batch]:
    """All batches of a training, in order; the config's seed alone decides them.

    Yields:
        (batch, 28, 28, 1) float32 frames in 0..1 and their (batch,) labels.
    """
    size = config.batch_size
    for epoch in range(config.epochs):
        order = np.random.default_rng([config.seed, epoch]).permutation(len(labels))
        for step in range(len(labels) // size):
            chosen = order[step * size : (step + 1) * size]
            random = np.random.default_rng([config.seed, epoch, step])
            varied = augment(frames[chosen], config.augmentation, random)
            yield varied[..., np.newaxis], labels[chosen]


def _callbacks(epochs: int, steps: int, report: Report) -> list[Any]:
    import keras

    epoch = 1

    def begin(index: int, _logs: object) -> None:
        nonlocal epoch
        epoch = index + 1

    def step(index: int, logs: dict[str, float]) -> None:
        report(Step(epoch, epochs, index + 1, steps, logs["loss"], logs["accuracy"]))

    def end(_index: int, logs: dict[str, float]) -> None:
        validated = logs["val_accuracy"]
        report(Step(epoch, epochs, steps, steps, logs["loss"], logs["accuracy"], validated))

    progress = keras.callbacks.LambdaCallback(
        on_epoch_begin=begin, on_epoch_end=end, on_train_batch_end=step
    )
    # Validation looks at the averaged weights, which the training ends with.
    return [keras.callbacks.SwapEMAWeights(), progress]


def _load_tensorflow() -> None:
    keep_freed_memory()
    # Three silences its notes once it runs; those on oneDNN come before it looks.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _quiet_stderr():
        import tensorflow as tf

        tf.config.list_physical_devices()


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep TensorFlow's notes on oneDNN and CUDA away, which it writes past its log level."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
