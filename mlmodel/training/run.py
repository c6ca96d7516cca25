"""A whole training: both networks, the numbers that join them, and the published model."""

import hashlib
import json
import platform
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.card import (
    CARD_FORMAT_VERSION,
    ModelCard,
    ModelError,
    NetworkCard,
    ReadingCard,
    artifact_name,
    model_checksum,
    network_card_from_json,
)
from mlmodel.artifact.directory import Artifacts, read_model
from mlmodel.artifact.versions import prepare, publish
from mlmodel.digits import normalize
from mlmodel.digits.classifier import DIGIT_CLASSES, OTHER, Classifier
from mlmodel.lines import strips
from mlmodel.lines.line_reader import LineReader
from mlmodel.mnist.data import Samples, frame_samples, load_mnist
from mlmodel.training.config import TrainingConfig
from mlmodel.training.digits.config import DigitsConfig
from mlmodel.training.digits.run import train_digits
from mlmodel.training.export import export_litert, relative_difference
from mlmodel.training.joining import fit_reading
from mlmodel.training.lines.config import LinesConfig
from mlmodel.training.lines.run import train_lines
from mlmodel.training.progress import Report, Stopwatch, silent
from mlmodel.training.shards import validation_pictures
from mlmodel.training.tensorflow_process import load_tensorflow, quiet_stderr

# LiteRT and Keras are compared on this many frames, and on this many strips of this width.
COMPARED_FRAMES, COMPARED_STRIPS, COMPARED_WIDTH_PX = 1_000, 16, 160

Config = DigitsConfig | LinesConfig
TrainOne = Callable[[Any, Path, Report], tuple[Any, int, float]]


class NotGoodEnough(ModelError):
    """The new model reads too little to replace another one."""


class TrainingStopped(Exception):
    """Somebody stopped the training before it published anything."""


@dataclass(frozen=True)
class Trained:
    """A finished network."""

    card: NetworkCard
    artifact: bytes


def train(
    config: TrainingConfig,
    models: Path,
    work: Path,
    report: Report = silent,
    *,
    base: Path | None = None,
) -> ModelCard:
    """Train what the recipe asks for and add the new version to a folder of models.

    The test set is used once, on the finished artifact. Nothing changes in the folder before the
    very end, and then in one step: however the process ends, the new version is there or not.

    Args:
        config: the recipe.
        models: a folder of models; created where it is missing.
        work: a folder for pictures and checkpoints, 2 GB. A training of the same recipe that was
            interrupted goes on from there. It is removed when the model is published.
        report: called after every step, in this thread.
        base: the folder of the model from which a network is taken that the recipe leaves out.

    Returns:
        The card of the published model.

    Raises:
        ModelNotWritten: the folder cannot be written to; raised before the training.
        ModelMissing, ModelDamaged, CardDamaged, CardFormatUnknown: `base` holds no model from
            which the other network could be taken.
        DataMissing, DataDamaged: MNIST is not what was recorded.
        ExportDiffers: LiteRT does not answer as Keras does; nothing is published.
        NotGoodEnough: the model reads less of the test set than the recipe asks for; nothing is
            published.
        TrainingStopped: Ctrl-C was pressed; nothing is published.
    """
    prepare(models)
    leaves_out = config.digits is None or config.lines is None
    before = read_model(base) if base and leaves_out else None
    try:
        card, artifacts = _made(config, before, work, report)
    except KeyboardInterrupt as error:
        raise TrainingStopped(
            f"Training was stopped. {models} is as it was before; started again, it goes on "
            "after the last whole epoch."
        ) from error
    _require_good_enough(card, config.least_accuracy, models)
    publish(card, artifacts, models)
    shutil.rmtree(work, ignore_errors=True)
    return card


def _made(
    config: TrainingConfig,
    before: tuple[ModelCard, Artifacts] | None,
    work: Path,
    report: Report,
) -> tuple[ModelCard, Artifacts]:
    """Both networks, trained or kept, and the card of the model that they make together."""
    digits = _trained_or_kept("digits", config.digits, before, work, report)
    lines = _trained_or_kept("lines", config.lines, before, work, report)
    if before is None or config.digits:
        confusion = confusion_of(Classifier(digits.artifact), load_mnist().test)
    else:
        confusion = np.array(before[0].confusion)
    reading = _fit_reading(config, digits, lines, report)
    card = _card(digits.card, lines.card, reading, confusion)
    return card, Artifacts(digits.artifact, lines.artifact)


def _require_good_enough(card: ModelCard, least: float, models: Path) -> None:
    if card.test_accuracy < least:
        raise NotGoodEnough(
            f"The new model reads only {card.test_accuracy:.1%} of the MNIST test set, and "
            f"{least:.0%} are the least: {models} is as it was before."
        )


def _trained_or_kept(
    kind: str,
    config: Config | None,
    before: tuple[ModelCard, Artifacts] | None,
    work: Path,
    report: Report,
) -> Trained:
    """The network of a configuration; without one, the network of the model before."""
    if config:
        return _train_network(kind, config, work, report)
    if before is None:
        raise ValueError(f"Neither a recipe nor a model before has {kind}.")
    card, artifacts = before
    return Trained(getattr(card, kind), getattr(artifacts, kind))


def _train_network(kind: str, config: Config, work: Path, report: Report) -> Trained:
    """The network of a configuration, trained now or finished by an earlier run."""
    folder = work / f"{kind}-{_checksum_of(config)}"
    folder.mkdir(parents=True, exist_ok=True)
    finished = _finished(kind, folder)
    if finished:
        return finished
    stopwatch = Stopwatch(folder / "seconds")
    load_tensorflow()
    train_one, samples_of_comparison = _WAYS[kind]
    network, samples, accuracy = train_one(config, folder, stopwatch.keeping(report))
    with quiet_stderr():
        artifact = export_litert(network)
    sha256 = hashlib.sha256(artifact).hexdigest()
    card = NetworkCard(
        artifact_file=artifact_name(kind, sha256),
        artifact_sha256=sha256,
        artifact_bytes=len(artifact),
        preprocessing_version=_PREPROCESSING_VERSIONS[kind],
        trained_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=config.seed,
        recipe=asdict(config),
        versions=_versions(),
        parameter_count=network.count_params(),
        epochs=config.epochs,
        training_samples=samples,
        seconds=round(stopwatch.seconds, 1),
        validation_accuracy=round(accuracy, 6),
        export_difference=relative_difference(artifact, network, samples_of_comparison()),
    )
    (folder / f"{kind}.tflite").write_bytes(artifact)
    # The card is written last: if it is there, the artifact is whole.
    (folder / f"{kind}.json").write_text(json.dumps(asdict(card)), encoding="utf-8")
    return Trained(card, artifact)


def _finished(kind: str, folder: Path) -> Trained | None:
    card = folder / f"{kind}.json"
    if not card.exists():
        return None
    text = card.read_text(encoding="utf-8")
    return Trained(network_card_from_json(text), (folder / f"{kind}.tflite").read_bytes())


def _checksum_of(config: Config) -> str:
    return hashlib.sha256(json.dumps(asdict(config)).encode()).hexdigest()[:12]


def _frames_of_comparison() -> NDArray[np.float32]:
    return frame_samples(load_mnist().training.first(COMPARED_FRAMES))[..., np.newaxis]


def _strips_of_comparison() -> NDArray[np.float32]:
    shape = (COMPARED_STRIPS, strips.STRIP_HEIGHT_PX, COMPARED_WIDTH_PX, 1)
    return np.random.default_rng(1).random(shape, np.float32)


_WAYS: dict[str, tuple[TrainOne, Callable[[], NDArray[np.float32]]]] = {
    "digits": (train_digits, _frames_of_comparison),
    "lines": (train_lines, _strips_of_comparison),
}
_PREPROCESSING_VERSIONS = {
    "digits": normalize.PREPROCESSING_VERSION,
    "lines": strips.PREPROCESSING_VERSION,
}


def _fit_reading(
    config: TrainingConfig, digits: Trained, lines: Trained, report: Report
) -> ReadingCard:
    # These pictures are written with samples of MNIST that neither network was trained on.
    pictures = validation_pictures(
        lines.card.seed, lines.card.recipe["held_out"], config.reading.pictures
    )
    line_reader, classifier = LineReader(lines.artifact), Classifier(digits.artifact)
    return fit_reading(pictures, line_reader, classifier, config.reading, report)


def _card(
    digits: NetworkCard, lines: NetworkCard, reading: ReadingCard, confusion: NDArray[np.int64]
) -> ModelCard:
    sha256 = model_checksum(digits, lines, reading)
    card = ModelCard(
        format_version=CARD_FORMAT_VERSION,
        name=f"mnist-{datetime.now(UTC):%Y%m%d}-{sha256[:8]}",
        sha256=sha256,
        data_checksum=load_mnist().checksum,
        test_accuracy=float(np.trace(confusion) / confusion.sum()),
        confusion=confusion.tolist(),
        digits=digits,
        lines=lines,
        reading=reading,
    )
    # Through JSON, so that this card equals the one that will be read: tuples become lists.
    return ModelCard.from_json(card.to_json())


def confusion_of(classifier: Classifier, samples: Samples) -> NDArray[np.int64]:
    """Counts as (10, 10) int64, [true][read]; every sample is read as its likeliest digit."""
    confusion = np.zeros((DIGIT_CLASSES, DIGIT_CLASSES), np.int64)
    read = classifier.classify(frame_samples(samples))[:, :OTHER].argmax(axis=1)
    np.add.at(confusion, (samples.labels, read), 1)
    return confusion


def _versions() -> dict[str, str]:
    import keras
    import tensorflow as tf

    modules = {"tensorflow": tf, "keras": keras, "numpy": np, "opencv": cv2}
    return {
        "python": platform.python_version(),
        **{name: module.__version__ for name, module in modules.items()},
        "ai-edge-litert": version("ai-edge-litert"),
    }
