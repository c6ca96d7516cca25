"""Cards for tests."""

import hashlib
from dataclasses import replace
from typing import Any

from mlmodel.card import CARD_FORMAT_VERSION, ModelCard, artifact_name
from mlmodel.normalize import PREPROCESSING_VERSION


def make_card(artifact: bytes = b"an artifact", **changes: Any) -> ModelCard:
    """A valid card of this artifact, with some fields changed."""
    sha256 = hashlib.sha256(artifact).hexdigest()
    card = ModelCard(
        format_version=CARD_FORMAT_VERSION,
        name=f"mnist-20260102-{sha256[:8]}",
        artifact_file=artifact_name(sha256),
        artifact_sha256=sha256,
        artifact_bytes=len(artifact),
        preprocessing_version=PREPROCESSING_VERSION,
        trained_at="2026-01-02T03:04:05+00:00",
        seed=7,
        recipe={"epochs": 1, "augmentation": {"turn_degrees": 15}},
        data_checksum="0" * 64,
        versions={"python": "3.11.7"},
        parameter_count=1_000,
        epochs=1,
        training_samples=100,
        seconds=1.5,
        validation_accuracy=0.5,
        test_accuracy=0.5,
        confusion=[[10 * (row == column) for column in range(10)] for row in range(10)],
        largest_difference=1e-7,
    )
    return replace(card, **changes)
