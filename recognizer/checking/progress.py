"""How far the checking of a batch is, and how fast a person checks."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, Exists, FloatField, OuterRef, Q, Sum, Value
from django.db.models.functions import Least

from recognizer.checking.queue import BLIND, CLAIM
from recognizer.models import Batch, Check

# Who looks at one picture for longer was away.
MOST_SECONDS = CLAIM.total_seconds()
# Fewer answers than this say little about somebody's pace.
FEW = 3


@dataclass(frozen=True)
class Progress:
    """How far a batch is, for one person.

    Attributes:
        checked: pictures that were asked about, and that nobody is asked about any more.
        total: these, and those that somebody is still asked about.
        left: those that this person may be asked about, now or once others let them go.
        per_hour: pictures that this person answers in an hour; None while they answered few.
    """

    checked: int
    total: int
    left: int
    per_hour: int | None


def progress_of(batch: Batch, user: User) -> Progress:
    asked_checks = Check.objects.filter(upload=OuterRef("upload")).exclude(asked=Check.Asked.FREELY)
    checked = batch.items.filter(Exists(asked_checks), asked="").count()
    asked = batch.items.exclude(asked="").filter(upload__isnull=False)
    mine = Check.objects.filter(upload=OuterRef("upload"), user=user)
    left = asked.exclude(Q(asked__in=BLIND) & Exists(mine)).count()
    return Progress(checked, checked + asked.count(), left, _per_hour(batch, user))


def per_hour(count: int, seconds: float | None) -> int | None:
    """How many pictures that makes in an hour; None if they are too few to tell."""
    return round(count * 3600 / seconds) if seconds and count >= FEW else None


def working_seconds() -> Sum:
    """The seconds of checks together, without the time in which somebody was away."""
    longest = Value(MOST_SECONDS, output_field=FloatField())
    return Sum(Least("seconds", longest, output_field=FloatField()))


def _per_hour(batch: Batch, user: User) -> int | None:
    timed = Check.objects.filter(
        upload__batch_item__batch=batch, user=user, seconds__isnull=False
    ).exclude(asked=Check.Asked.FREELY)
    found = timed.aggregate(count=Count("pk"), seconds=working_seconds())
    return per_hour(found["count"], found["seconds"])
