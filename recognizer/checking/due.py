"""Asking for a new estimate of a batch: several checks in a row make one job."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from recognizer.jobs.queue import enqueue
from recognizer.models import Batch

# The function in recognizer.tasks that estimates the batches that are due.
ESTIMATE = "recognizer.tasks.estimate_batches"
# A job that was lost is asked for anew after this time.
_LOST_AFTER = timedelta(minutes=2)


def ask_for_estimate(batch: Batch) -> None:
    """Let a job find out how a batch stands, unless one is in the queue already."""
    now = timezone.now()
    is_due = Q(estimate_due=None) | Q(estimate_due__lt=now - _LOST_AFTER)
    if Batch.objects.filter(is_due, pk=batch.pk).update(estimate_due=now):
        enqueue(ESTIMATE)
