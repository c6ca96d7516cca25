"""One network of a model, trained now or finished by an earlier run, with its card."""

import hashlib
import json
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.card import NetworkCard, Source, artifact_name, network_card_from_json
from mlmodel.digits import normalize
from mlmodel.handwriting.sources import sources
from mlmodel.lines import strips
from mlmodel.mnist.data import frame_samples, load_mnist
from mlmodel.second import look
from mlmodel.training.digits.config import DigitsConfig
from mlmodel.training.digits.run import train_digits
from mlmodel.training.export import export_litert, relative_difference
from mlmodel.training.lines.config import LinesConfig
from mlmodel.training.lines.run import train_lines
from mlmodel.training.progress import Report, Stopwatch
from mlmodel.training.second.config import SecondConfig
from mlmodel.training.second.run import train_second
from mlmodel.training.tensorflow_process import load_tensorflow, quiet_stderr

# LiteRT and Keras are compared on this many frames, and on this many strips of this width.
COMPARED_FRAMES, COMPARED_STRIPS, COMPARED_WIDTH_PX = 1_000, 16, 160

Config = DigitsConfig | LinesConfig | SecondConfig
TrainOne = Callable[[Any, Path, Report], tuple[Any, int, float]]


@dataclass(frozen=True)
class Trained:
    """A finished network."""

    card: NetworkCard
    artifact: bytes


def train_network(kind: str, config: Config, work: Path, report: Report) -> Trained:
    """The network of a configuration, trained now or finished by an earlier run."""
    learned_from = _learned_from(config)
    folder = work / f"{kind}-{_checksum_of(config, learned_from)}"
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
        recipe=_recipe(config),
        versions=_versions(),
        parameter_count=network.count_params(),
        epochs=config.epochs,
        training_samples=samples,
        seconds=round(stopwatch.seconds, 1),
        validation_accuracy=round(accuracy, 6),
        export_difference=relative_difference(artifact, network, samples_of_comparison()),
        learned_from=learned_from,
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


def _recipe(config: Config) -> dict[str, Any]:
    """The numbers of a configuration; where its handwriting lies is nobody's business."""
    return {name: value for name, value in asdict(config).items() if name != "handwriting"}


def _learned_from(config: Config) -> list[Source]:
    folder = getattr(config, "handwriting", "")
    is_second = isinstance(config, SecondConfig)
    return sources(Path(folder), with_lines=is_second) if folder else []


def _checksum_of(config: Config, learned_from: list[Source]) -> str:
    deciding = [_recipe(config), *map(asdict, learned_from)]
    return hashlib.sha256(json.dumps(deciding).encode()).hexdigest()[:12]


def _frames_of_comparison() -> NDArray[np.float32]:
    return frame_samples(load_mnist().training.first(COMPARED_FRAMES))[..., np.newaxis]


def _strips_of_comparison() -> NDArray[np.float32]:
    shape = (COMPARED_STRIPS, strips.STRIP_HEIGHT_PX, COMPARED_WIDTH_PX, 1)
    return np.random.default_rng(1).random(shape, np.float32)


def _looks_of_comparison() -> NDArray[np.float32]:
    shape = (COMPARED_STRIPS, look.HEIGHT_PX, COMPARED_WIDTH_PX, 1)
    return np.random.default_rng(1).uniform(-1, 1, shape).astype(np.float32)


_WAYS: dict[str, tuple[TrainOne, Callable[[], NDArray[np.float32]]]] = {
    "digits": (train_digits, _frames_of_comparison),
    "lines": (train_lines, _strips_of_comparison),
    "second": (train_second, _looks_of_comparison),
}
_PREPROCESSING_VERSIONS = {
    "digits": normalize.PREPROCESSING_VERSION,
    "lines": strips.PREPROCESSING_VERSION,
    "second": look.PREPROCESSING_VERSION,
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
