"""All figures for an operator, in Prometheus's text format.

The processes of one server add up their counts, in a folder that they share (see
digitrec.gunicorn_config).
"""

import os
from collections.abc import Iterator

from django.db import DatabaseError
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from mlmodel.artifact.card import ModelError
from recognizer.model_versions import active_model
from recognizer.models import Upload


def exposition() -> bytes:
    """All figures, in Prometheus's text format; takes two queries of the database."""
    shared = "PROMETHEUS_MULTIPROC_DIR" in os.environ
    counted = CollectorRegistry() if shared else REGISTRY
    if shared:
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    asked = CollectorRegistry()
    asked.register(_State())
    return generate_latest(counted) + generate_latest(asked)


class _State(Collector):
    """Figures that are not counted, but looked up when somebody asks."""

    def collect(self) -> Iterator[Metric]:
        yield from _stored_pictures()
        yield from _model()


def _stored_pictures() -> Iterator[Metric]:
    try:
        count = Upload.objects.filter(stored__isnull=False).count()
    except DatabaseError:  # the other figures show the outage
        return
    yield GaugeMetricFamily("digitrec_stored_pictures", "Pictures that are kept.", value=count)


def _model() -> Iterator[Metric]:
    try:
        card = active_model.model().card
    except ModelError:
        return
    model = {"name": card.name, "sha256": card.sha256}
    yield InfoMetricFamily("digitrec_model", "The model that reads.", value=model)
