"""All figures for an operator, in Prometheus's text format.

The processes of one server add up their counts, in a folder that they share (see
digitrec.gunicorn_config). Workers don't: they may run on other machines, and what they do stands in
the database, which is asked here.
"""

import os
from collections.abc import Iterator

from django.db import DatabaseError
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from mlmodel.artifact.card import ModelError
from recognizer.jobs.queue import AWAY, waiting
from recognizer.model_versions import active_model
from recognizer.models import Batch, BatchItem, Upload


def exposition() -> bytes:
    """All figures, in Prometheus's text format; takes seven queries of the database."""
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
        yield from _batches()
        yield from _jobs()
        yield from _model()


def _stored_pictures() -> Iterator[Metric]:
    try:
        count = Upload.objects.filter(stored__isnull=False).count()
    except DatabaseError:  # the other figures show the outage
        return
    yield GaugeMetricFamily("digitrec_stored_pictures", "Pictures that are kept.", value=count)


def _batches() -> Iterator[Metric]:
    try:
        work = Batch.objects.work()
    except DatabaseError:
        return
    yield GaugeMetricFamily(
        "digitrec_batches_unfinished", "Batches that are open or not read.", value=work.unfinished
    )
    pictures = GaugeMetricFamily(
        "digitrec_batch_pictures",
        "Pictures of batches that wait for a worker, and of the last day's batches that failed.",
        labels=["state"],
    )
    pictures.add_metric([BatchItem.State.WAITING], work.waiting)
    pictures.add_metric([BatchItem.State.FAILED], work.failed)
    yield pictures
    yield GaugeMetricFamily(
        "digitrec_batch_oldest_waiting_seconds",
        "Since the oldest batch was made that a worker has something to do in.",
        value=work.oldest.total_seconds(),
    )


def _jobs() -> Iterator[Metric]:
    try:
        count = waiting()
    except AWAY:
        return
    yield GaugeMetricFamily("digitrec_jobs_waiting", "Jobs that no worker has.", value=count)


def _model() -> Iterator[Metric]:
    try:
        card = active_model.model().card
    except ModelError:
        return
    model = {"name": card.name, "sha256": card.sha256}
    yield InfoMetricFamily("digitrec_model", "The model that reads.", value=model)
