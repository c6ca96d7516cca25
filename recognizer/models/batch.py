"""Many pictures given together: the batch, the files it was made from, and each of its pictures."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recognizer.models.owner import Owner
from recognizer.models.saved_rule import SavedRule
from recognizer.models.upload import Upload

if TYPE_CHECKING:
    from recognizer.models.prediction import Prediction

# A source's pictures stand in its batch from its number times this: no source holds as many.
POSITIONS_OF_A_SOURCE = 1_000_000
# Added to the order of a picture that somebody postponed: it comes after all others.
POSTPONED = 1_000_000.0
# Where workers run, they look at some unfinished batch more often than this.
UNSERVED_AFTER = timedelta(seconds=30)
LATELY = timedelta(days=1)


@dataclass(frozen=True)
class Work:
    """What workers have to do in all batches.

    Attributes:
        unfinished: batches that are open, or not read to the end.
        waiting: pictures of these that are stored and not read.
        failed: pictures of these, and of batches that were finished lately, that failed.
        oldest: since the oldest batch was made in which there is something to do.
    """

    unfinished: int
    waiting: int
    failed: int
    oldest: timedelta


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, owner: Owner) -> BatchQuerySet:
        """The batches of a signed-in user; a visitor has none."""
        return self.filter(user=owner.user) if owner.user else self.none()

    def checkable_by(self, owner: Owner) -> BatchQuerySet:
        """A user's own batches, and those that others let the user check."""
        if owner.user is None:
            return self.none()
        invited = Exists(owner.user.checks_batches.filter(batch=OuterRef("pk")))
        return self.filter(Q(user=owner.user) | invited)

    def unfinished(self) -> BatchQuerySet:
        """Batches in which there may be something to do."""
        return self.filter(finished=None, cancelled=None)

    def next_to_serve(self) -> BatchQuerySet:
        """Unfinished batches; the first is the one that no worker has looked at for longest.

        So a small batch does not wait for a large one.
        """
        return self.unfinished().order_by(F("served").asc(nulls_first=True), "created")

    def with_work(self) -> BatchQuerySet:
        """Batches that a worker can do something in; others wait for whoever gives to them."""
        return self.filter(_is_something_to_do() | Q(closed__isnull=False))

    def served_lately(self) -> BatchQuerySet:
        """Batches in which a worker has looked for something to do; none where no worker runs."""
        return self.filter(served__gt=timezone.now() - UNSERVED_AFTER)

    def with_unopened(self) -> BatchQuerySet:
        """Each with the number of its files whose pictures are not all known yet: `unopened`."""
        is_unopened = Q(sources__opened__isnull=True)
        return self.annotate(unopened=Count("sources", filter=is_unopened))

    def work(self) -> Work:
        """What workers have to do, and failed to do; no whole table is read for it."""
        now = timezone.now()
        unfinished = self.unfinished()
        waiting = BatchItem.objects.filter(state=BatchItem.State.WAITING)
        lately = self.filter(Q(finished=None, cancelled=None) | Q(finished__gt=now - LATELY))
        failed = BatchItem.objects.filter(state=BatchItem.State.FAILED, batch__in=lately)
        oldest = (
            unfinished.filter(_is_something_to_do()).aggregate(Min("created"))["created__min"]
            or now
        )
        return Work(
            unfinished=unfinished.count(),
            waiting=waiting.filter(batch__in=unfinished).count(),
            failed=failed.count(),
            oldest=now - oldest,
        )


def _is_something_to_do() -> Q:
    """Of a batch: whether a file is to be opened, or a picture to be read."""
    unopened = BatchSource.objects.filter(stored__isnull=False, opened=None)
    waiting = BatchItem.objects.filter(state=BatchItem.State.WAITING)
    of_batch = {"batch": OuterRef("pk")}
    return Exists(unopened.filter(**of_batch)) | Exists(waiting.filter(**of_batch))


class Batch(models.Model):
    """Pictures that were given together, under one rule, to become one table."""

    class OneWrongIn(models.IntegerChoices):
        HUNDRED = 100, _("1 in 100")
        THOUSAND = 1_000, _("1 in 1,000")
        TEN_THOUSAND = 10_000, _("1 in 10,000")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="batches"
    )
    name = models.CharField(max_length=100)
    rule = models.ForeignKey(
        SavedRule,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="batches",
        help_text="What every text must satisfy. Null: nothing.",
    )
    one_wrong_in = models.PositiveIntegerField(
        choices=OneWrongIn,
        default=OneWrongIn.HUNDRED,
        help_text="The tolerated error: one wrong text in so many.",
    )
    double_keying = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether two people type what has to be checked, neither seeing the other's.",
    )
    skip_identical = models.BooleanField(
        default=False, help_text="Whether a file that the batch holds already is left out."
    )
    keep_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Days until it is deleted. Null: as all pictures."
    )
    language = models.CharField(
        max_length=10, blank=True, help_text="In which its giver reads why a file was refused."
    )
    key = models.CharField(
        max_length=100,
        blank=True,
        help_text="By which whoever gave the batch knows it, so that it is never made twice.",
    )
    created = models.DateTimeField(auto_now_add=True)
    closed = models.DateTimeField(
        null=True, blank=True, help_text="When its giver said that no more pictures come."
    )
    served = models.DateTimeField(
        null=True, blank=True, help_text="When a worker last looked for something to do in it."
    )
    finished = models.DateTimeField(
        null=True, blank=True, help_text="When nothing was left to do. Null again after a retry."
    )
    cancelled = models.DateTimeField(null=True, blank=True)
    estimate_due = models.DateTimeField(
        null=True, blank=True, help_text="Since when a job is in the queue that estimates it anew."
    )

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ("-created", "-pk")
        verbose_name_plural = "batches"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "key"], condition=~Q(key=""), name="batch_user_key_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="batch_has_name"),
            models.CheckConstraint(
                condition=Q(finished__isnull=True) | Q(closed__isnull=False),
                name="batch_finished_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(finished__isnull=True) | Q(cancelled__isnull=True),
                name="batch_finished_or_cancelled",
            ),
        ]
        indexes: ClassVar = [
            # The page with one's own batches, newest first.
            models.Index(fields=["user", "-created", "-id"], name="batch_user_newest"),
            # The batch that a worker serves next: few are unfinished.
            models.Index(
                fields=["served", "created"],
                condition=Q(finished__isnull=True, cancelled__isnull=True),
                name="batch_to_serve",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("recognizer:batch", args=[self.pk])

    def counts(self) -> dict[str, int]:
        """How many pictures are in each of BatchItem.State; counted by an index alone."""
        by_state = self.items.order_by().values_list("state").annotate(Count("pk"))
        return dict.fromkeys(BatchItem.State.values, 0) | dict(by_state)


class BatchSource(models.Model):
    """One file that a batch was made from: a picture, or what holds several of them.

    The file is removed as soon as its pictures are stored.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="sources")
    number = models.PositiveIntegerField(help_text="In the order in which they were given, from 0.")
    name = models.CharField(max_length=255, blank=True)
    file = models.FileField(
        max_length=200, blank=True, help_text="As it was given. Empty: it was removed."
    )
    sha256 = models.CharField("SHA-256", max_length=64)
    byte_size = models.PositiveBigIntegerField()
    key = models.CharField(
        max_length=100,
        blank=True,
        help_text="By which whoever gave the file knows it, so that it is never taken twice.",
    )
    created = models.DateTimeField(auto_now_add=True)
    stored = models.DateTimeField(
        null=True, blank=True, help_text="When the file was safely on the storage."
    )
    next_member = models.PositiveIntegerField(
        default=0, help_text="The first of its pictures that is not stored yet."
    )
    opened = models.DateTimeField(
        null=True, blank=True, help_text="When all of its pictures were stored, or it was refused."
    )
    tries = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(
        max_length=50, blank=True, help_text="Why it can't be used: a refusal's code."
    )
    refusal = models.TextField(blank=True, help_text="The same in a sentence.")

    class Meta:
        ordering = ("batch", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number"], name="batch_source_number_once"),
            models.UniqueConstraint(
                fields=["batch", "key"], condition=~Q(key=""), name="batch_source_key_once"
            ),
        ]
        indexes: ClassVar = [
            # The source that a worker opens next: few are unopened.
            models.Index(
                fields=["batch", "number"],
                condition=Q(opened__isnull=True),
                name="batch_source_to_open",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)


class BatchItem(models.Model):
    """One picture of a batch, with its own answer; a file that is no picture is one, too."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READ = "read", _("Read")
        DOUBTFUL = "doubtful", _("Doubtful")
        NO_DIGITS = "no_digits", _("No digits")
        IDENTICAL = "identical", _("Left out: identical")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    class Asked(models.TextChoices):
        DOUBTFUL = "doubtful", _("The text is doubtful")
        AUDIT = "audit", _("A sample of the accepted")
        SECOND = "second", _("A second person types it")
        THIRD = "third", _("Two people typed different texts")

    # A picture in these states is shown to a person: where no digits were seen, there may be some.
    ASKED_ABOUT: ClassVar = (State.DOUBTFUL, State.NO_DIGITS)

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    source = models.ForeignKey(BatchSource, on_delete=models.CASCADE, related_name="items")
    position = models.BigIntegerField(
        help_text="By which the pictures are ordered: see POSITIONS_OF_A_SOURCE."
    )
    name = models.CharField(max_length=255, blank=True)
    upload = models.OneToOneField(
        Upload, on_delete=models.CASCADE, null=True, blank=True, related_name="batch_item"
    )
    same_as = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="copies",
        help_text="The first picture of the batch that is the same file.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    code = models.CharField(
        max_length=50, blank=True, help_text="Why it was refused or failed: a refusal's code."
    )
    refusal = models.TextField(blank=True, help_text="The same in a sentence.")
    tries = models.PositiveSmallIntegerField(default=0)
    confidence = models.FloatField(
        default=0.0,
        db_default=0.0,
        help_text="Of the value under the rule, or of the text; 0 where there is none.",
    )
    # The queue of those who check: see recognizer.checking.queue.
    asked = models.CharField(
        max_length=10,
        choices=Asked,
        blank=True,
        default="",
        db_default="",
        help_text="Why a person is asked. Empty: nobody is, or it was checked.",
    )
    ask_order = models.FloatField(
        default=0.0, db_default=0.0, help_text="Which one is asked first: the lowest."
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("batch", "position")
        constraints: ClassVar = [
            # Also the index by which a batch's page lists its pictures.
            models.UniqueConstraint(fields=["batch", "position"], name="batch_item_position_once"),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1),
                name="batch_item_confidence_0_to_1",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "failed"]) | ~Q(code=""),
                name="batch_item_refused_has_code",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["read", "doubtful", "no_digits"]) | Q(upload__isnull=False),
                name="batch_item_read_has_upload",
            ),
        ]
        indexes: ClassVar = [
            # Counting a batch by state, its page narrowed by state, and what a worker reads next.
            models.Index(fields=["batch", "state", "position"], name="batch_item_by_state"),
            # A batch's page by confidence.
            models.Index(fields=["batch", "confidence", "position"], name="batch_item_confidence"),
            # What a person is asked next.
            models.Index(
                fields=["batch", "ask_order", "position"],
                condition=~Q(asked=""),
                name="batch_item_asked",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.position}"

    def beside(self) -> tuple[BatchItem | None, BatchItem | None]:
        """The pictures before and after this one in its batch that have a page of their own."""
        others = BatchItem.objects.filter(batch_id=self.batch_id, upload__isnull=False)
        before = others.filter(position__lt=self.position).order_by("-position")
        after = others.filter(position__gt=self.position).order_by("position")
        return before.first(), after.first()

    @classmethod
    def state_by(cls, prediction: Prediction) -> tuple[BatchItem.State, float, str]:
        """The state, the confidence and the code of a picture that was read like this.

        Under a rule, it is the value that counts, and not what was read without the rule.
        """
        if prediction.state == "failed":
            return cls.State.FAILED, 0.0, str(prediction.reason)
        if prediction.value:
            confidence = prediction.value_confidence or 0.0
            is_sure = prediction.value_is_sure
            return cls.State.READ if is_sure else cls.State.DOUBTFUL, confidence, ""
        if not prediction.text:
            return cls.State.NO_DIGITS, 0.0, str(prediction.reason)
        is_read = prediction.state == "read" and not prediction.unmet
        state = cls.State.READ if is_read else cls.State.DOUBTFUL
        return state, 0.0 if prediction.unmet else prediction.confidence or 0.0, prediction.unmet


class BatchEstimate(models.Model):
    """How a batch stood at one moment: which texts were accepted, and how sure that is."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="estimates")
    created = models.DateTimeField(auto_now_add=True)
    checks = models.PositiveIntegerField(help_text="Texts that a person had looked at.")
    # Null: no text is accepted.
    threshold = models.FloatField(null=True, help_text="The confidence from which texts count.")
    accepted = models.PositiveIntegerField()
    to_check = models.PositiveIntegerField()
    audited = models.PositiveIntegerField(help_text="Checked texts of the audit sample.")
    audits_left = models.PositiveIntegerField()
    audited_wrong = models.PositiveIntegerField()
    expected_wrong = models.FloatField(help_text="Expected wrong ones among the accepted.")
    least_wrong = models.PositiveIntegerField(help_text="With 95 %, not fewer are wrong.")
    most_wrong = models.PositiveIntegerField(help_text="With 95 %, not more are wrong.")
    came_back = models.PositiveIntegerField(
        default=0, help_text="Texts that were accepted before and are asked about now."
    )
    minutes_left = models.FloatField(help_text="About how long the checks that are left take.")
    learned = models.JSONField(help_text="What the checks say, for the rule's next batch.")

    class Meta:
        ordering = ("-created", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(least_wrong__lte=F("most_wrong")), name="estimate_interval_in_order"
            ),
        ]
        indexes: ClassVar = [
            # How a batch stands now, and how its threshold moved.
            models.Index(fields=["batch", "-created"], name="batch_estimate_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.accepted} accepted after {self.checks} checks"

    @property
    def left(self) -> int:
        """How many texts people are asked about."""
        return self.to_check + self.audits_left
