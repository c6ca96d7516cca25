"""Cards and artifacts for tests."""

import hashlib
from dataclasses import replace
from typing import Any

from mlmodel.artifact.card import (
    CARD_FORMAT_VERSION,
    ModelCard,
    NetworkCard,
    ReadingCard,
    artifact_name,
    model_checksum,
)
from mlmodel.artifact.directory import Artifacts
from mlmodel.digits import normalize
from mlmodel.lines import strips
from mlmodel.second import look


def make_artifacts(
    digits: bytes = b"digits", lines: bytes = b"lines", second: bytes | None = None
) -> Artifacts:
    """Bytes that are no networks."""
    return Artifacts(digits, lines, second)


def make_network_card(kind: str, artifact: bytes, **changes: Any) -> NetworkCard:
    """A valid card of this network, with some fields changed."""
    sha256 = hashlib.sha256(artifact).hexdigest()
    version = {"digits": normalize, "lines": strips, "second": look}[kind].PREPROCESSING_VERSION
    card = NetworkCard(
        artifact_file=artifact_name(kind, sha256),
        artifact_sha256=sha256,
        artifact_bytes=len(artifact),
        preprocessing_version=version,
        trained_at="2026-01-02T03:04:05+00:00",
        seed=7,
        recipe={"epochs": 1, "held_out": 5_000},
        versions={"python": "3.11.7"},
        parameter_count=1_000,
        epochs=1,
        training_samples=100,
        seconds=45.0,
        validation_accuracy=0.5,
        export_difference=0.01,
    )
    return replace(card, **changes)


def make_reading_card(**changes: Any) -> ReadingCard:
    """Numbers that let both networks speak."""
    card = ReadingCard(
        digits_weight=0.5,
        presence=[0.0, 0.8, 0.2, *[0.0] * 5],
        value_temperature=1.0,
        texts=[1.0, 0.0],
        confidence=[0.0, 1.0, *[0.0] * 6],
        sure_from=0.9,
        pictures=100,
        exact=0.5,
        read_rate=0.4,
        error_rate=0.01,
        false_accepts=0.01,
        calibration_error=0.02,
    )
    return replace(card, **changes)


def make_card(artifacts: Artifacts | None = None, **changes: Any) -> ModelCard:
    """A valid card of these artifacts, with some fields changed."""
    artifacts = artifacts or make_artifacts()
    digits = make_network_card("digits", artifacts.digits)
    lines = make_network_card("lines", artifacts.lines)
    reading = make_reading_card()
    second = both = None
    if artifacts.second is not None:
        second = make_network_card("second", artifacts.second)
        both = make_reading_card(texts=[1.0, 0.0, 0.0, 0.0], confidence=[0.0, 1.0, *[0.0] * 12])
    sha256 = model_checksum(digits, lines, reading, second, both)
    card = ModelCard(
        format_version=CARD_FORMAT_VERSION,
        name=f"mnist-20260102-{sha256[:8]}",
        sha256=sha256,
        data_checksum="0" * 64,
        test_accuracy=0.5,
        confusion=[[10 * (row == column) for column in range(10)] for row in range(10)],
        digits=digits,
        lines=lines,
        reading=reading,
        second=second,
        both=both,
    )
    return replace(card, **changes)
