"""A whole training: the networks, the numbers that join them, and the published model."""

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.card import (
    CARD_FORMAT_VERSION,
    KindCard,
    ModelCard,
    ModelError,
    NetworkCard,
    ReadingCard,
    model_checksum,
)
from mlmodel.artifact.directory import Artifacts, read_model
from mlmodel.artifact.versions import prepare, publish
from mlmodel.digits.classifier import DIGIT_CLASSES, OTHER, Classifier
from mlmodel.handwriting.sources import sources
from mlmodel.mnist.data import Samples, frame_samples, load_mnist
from mlmodel.training.config import TrainingConfig
from mlmodel.training.joining import (
    fit_asked_below,
    fit_both,
    fit_reading,
    measure_kinds,
)
from mlmodel.training.known import held_out_pictures, know
from mlmodel.training.network import Config, Trained, train_network
from mlmodel.training.progress import Report, silent


class NotGoodEnough(ModelError):
    """The new model reads too little to replace another one."""


class TrainingStopped(Exception):
    """Somebody stopped the training before it published anything."""


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
        base: the folder of the model from which a network is taken that the recipe leaves out; one
            without a second reader makes another without one, unless the recipe has it.

    Returns:
        The card of the published model.

    Raises:
        ModelNotWritten: the folder cannot be written to; raised before the training.
        ModelMissing, ModelDamaged, CardDamaged, CardFormatUnknown: `base` holds no model from
            which the other network could be taken.
        DataMissing, DataDamaged: MNIST is not what was recorded.
        HandwritingMissing: the folder of handwriting lacks a file; raised before the training.
        ExportDiffers: LiteRT does not answer as Keras does; nothing is published.
        NotGoodEnough: the model reads less of the test set than the recipe asks for; nothing is
            published.
        TrainingStopped: Ctrl-C was pressed; nothing is published.
    """
    prepare(models)
    if config.reading.handwriting:
        sources(Path(config.reading.handwriting), with_lines=True)
    leaves_out = None in (config.digits, config.lines, config.second)
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
    """The networks, trained or kept, and the card of the model that they make together."""
    digits = _trained_or_kept("digits", config.digits, before, work, report)
    lines = _trained_or_kept("lines", config.lines, before, work, report)
    second = None
    if config.second or (before and before[0].second):
        second = _trained_or_kept("second", config.second, before, work, report)
    if before is None or config.digits:
        confusion = confusion_of(Classifier(digits.artifact), load_mnist().test)
    else:
        confusion = np.array(before[0].confusion)
    joined = _fit_reading(config, digits, lines, second, report)
    networks = digits.card, lines.card, second.card if second else None
    card = _card(networks, joined, confusion)
    return card, Artifacts(digits.artifact, lines.artifact, second.artifact if second else None)


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
        return train_network(kind, config, work, report)
    if before is None:
        raise ValueError(f"Neither a recipe nor a model before has {kind}.")
    card, artifacts = before
    return Trained(getattr(card, kind), getattr(artifacts, kind))


@dataclass(frozen=True)
class _Joined:
    """The numbers that join the networks' answers, without and with the second reader."""

    reading: ReadingCard
    both: ReadingCard | None = None
    asked_below: float = 1.0
    kinds: dict[str, KindCard] = field(default_factory=dict)


def _fit_reading(
    config: TrainingConfig,
    digits: Trained,
    lines: Trained,
    second: Trained | None,
    report: Report,
) -> _Joined:
    parts = held_out_pictures(config.reading, lines.card.seed, lines.card.recipe["held_out"])
    artifacts = Artifacts(digits.artifact, lines.artifact, second.artifact if second else None)
    known = know(parts, artifacts, report)
    reading = fit_reading(known, config.reading.error_rate)
    if second is None:
        return _Joined(reading)
    both = fit_both(known, reading, config.reading.error_rate)
    asked_below = fit_asked_below(known, reading, both)
    return _Joined(reading, both, asked_below, measure_kinds(known, both))


def _card(
    networks: tuple[NetworkCard, NetworkCard, NetworkCard | None],
    joined: _Joined,
    confusion: NDArray[np.int64],
) -> ModelCard:
    digits, lines, second = networks
    sha256 = model_checksum(digits, lines, joined.reading, second, joined.both, joined.asked_below)
    card = ModelCard(
        format_version=CARD_FORMAT_VERSION,
        name=f"mnist-{datetime.now(UTC):%Y%m%d}-{sha256[:8]}",
        sha256=sha256,
        data_checksum=load_mnist().checksum,
        test_accuracy=float(np.trace(confusion) / confusion.sum()),
        confusion=confusion.tolist(),
        digits=digits,
        lines=lines,
        reading=joined.reading,
        second=second,
        both=joined.both,
        asked_below=joined.asked_below,
        kinds=joined.kinds,
    )
    # Through JSON, so that this card equals the one that will be read: tuples become lists.
    return ModelCard.from_json(card.to_json())


def confusion_of(classifier: Classifier, samples: Samples) -> NDArray[np.int64]:
    """Counts as (10, 10) int64, [true][read]; every sample is read as its likeliest digit."""
    confusion = np.zeros((DIGIT_CLASSES, DIGIT_CLASSES), np.int64)
    read = classifier.classify(frame_samples(samples))[:, :OTHER].argmax(axis=1)
    np.add.at(confusion, (samples.labels, read), 1)
    return confusion
