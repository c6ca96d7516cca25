"""How those who check a batch do: their pace, and how often they are right or agree."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet

from recognizer.checking.progress import per_hour, working_seconds
from recognizer.checking.queue import is_same
from recognizer.models import Batch, Check, DigitCheck, KnownAnswer


@dataclass
class Share:
    """How many of so many."""

    of: int = 0
    count: int = 0

    def add(self, *, counts: bool) -> None:
        self.of += 1
        self.count += counts

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0


@dataclass
class Figures:
    """What one person did in a batch.

    Attributes:
        checks: texts that the person said when they were asked, of whole pictures.
        per_hour: such texts in an hour of looking; None if they are too few to tell.
        digits: digits that they checked in groups.
        known: how many of the known answers mixed in they gave.
        agreed: how many of the texts that somebody else typed blind they typed as well.
    """

    user: User
    checks: int = 0
    per_hour: int | None = None
    digits: int = 0
    known: Share = field(default_factory=Share)
    agreed: Share = field(default_factory=Share)


def figures_of(batch: Batch) -> list[Figures]:
    """A row for the owner, for everybody invited, and for who was and did something."""
    by_pk: dict[int, Figures] = {}
    for user in [batch.user, *_people(batch)]:
        by_pk.setdefault(user.pk, Figures(user))
    for row in _checks_by_person(batch):
        figures = by_pk[row["user"]]
        figures.checks = row["count"]
        figures.per_hour = per_hour(row["timed"], row["looked"])
    for pk, digits in _digits_by_person(batch):
        by_pk[pk].digits = digits
    for pk, was_right in batch.known_answers.values_list("user", "was_right"):
        by_pk[pk].known.add(counts=was_right)
    for one, other, same in _pairs(batch):
        for pk in (one, other):
            if pk in by_pk:
                by_pk[pk].agreed.add(counts=same)
    return list(by_pk.values())


def agreement_of(batch: Batch) -> Share:
    """Of the pictures that two people typed blind, how many they typed alike."""
    share = Share()
    for _one, _other, same in _pairs(batch):
        share.add(counts=same)
    return share


def _asked_checks(batch: Batch) -> QuerySet[Check]:
    checks = Check.objects.filter(upload__batch_item__batch=batch, user__isnull=False)
    return checks.exclude(asked=Check.Asked.FREELY)


def _people(batch: Batch) -> QuerySet[User]:
    """Who was invited, and who did something, even if they are not invited any more."""
    digits = DigitCheck.objects.filter(digit__prediction__upload__batch_item__batch=batch)
    known = KnownAnswer.objects.filter(batch=batch)
    return User.objects.filter(
        Q(pk__in=batch.checkers.values("user"))
        | Q(pk__in=_asked_checks(batch).order_by().values("user"))
        | Q(pk__in=digits.order_by().values("user"))
        | Q(pk__in=known.order_by().values("user"))
    ).order_by("username")


def _checks_by_person(batch: Batch) -> "QuerySet[Check, Any]":
    whole = _asked_checks(batch).exclude(how=Check.How.GROUP).order_by()
    return whole.values("user").annotate(
        count=Count("pk"), timed=Count("seconds"), looked=working_seconds()
    )


def _digits_by_person(batch: Batch) -> "QuerySet[DigitCheck, tuple[int, int]]":
    checks = DigitCheck.objects.filter(
        digit__prediction__upload__batch_item__batch=batch, user__isnull=False
    )
    return checks.order_by().values_list("user").annotate(Count("pk"))


def _pairs(batch: Batch) -> list[tuple[int, int, bool]]:
    """The two people who typed a picture blind, and whether both typed the same.

    Who corrected a slip of their own counts by what they said last.
    """
    blind = _asked_checks(batch).exclude(asked=Check.Asked.THIRD).order_by("created", "pk")
    by_upload: defaultdict[object, dict[int, Check]] = defaultdict(dict)
    for check in blind.filter(upload__checks__asked=Check.Asked.SECOND).distinct():
        if check.user_id is not None:
            by_upload[check.upload_id][check.user_id] = check
    pairs = (list(said.items()) for said in by_upload.values() if len(said) == 2)
    return [(one, other, is_same(first, second)) for (one, first), (other, second) in pairs]
