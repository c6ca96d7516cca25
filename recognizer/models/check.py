"""What people said of pictures: every check is a row, and the verified text is the outcome."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from recognizer.models.batch import Batch
from recognizer.models.prediction import DigitPrediction
from recognizer.models.upload import Upload


class Check(models.Model):
    """What one person said of one picture, at one time. A row never changes."""

    class How(models.TextChoices):
        TYPED = "typed", _("Typed")
        CONFIRMED = "confirmed", _("Confirmed")
        GROUP = "group", _("Digit by digit, in groups")

    class Asked(models.TextChoices):
        """Why the person was asked."""

        FREELY = "freely", _("Nobody asked")
        DOUBTFUL = "doubtful", _("The text was doubtful")
        AUDIT = "audit", _("A sample of the accepted")
        SECOND = "second", _("Second look, blind")
        THIRD = "third", _("Third look, after two that differ")

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="checks")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="checks",
        help_text="Null: a visitor, or somebody whose account is gone.",
    )
    how = models.CharField(max_length=10, choices=How)
    asked = models.CharField(max_length=10, choices=Asked, default=Asked.FREELY)
    verdict = models.CharField(max_length=12, choices=Upload.Verdict, default=Upload.Verdict.TEXT)
    written = models.CharField(
        max_length=1000, blank=True, help_text="Digits with their signs, | between lines."
    )
    was_right = models.BooleanField(
        null=True, help_text="Whether the machine had the same digits. Null: it had none."
    )
    confidence = models.FloatField(
        default=0.0, help_text="The machine's, for what it had at that time; 0..1."
    )
    seconds = models.FloatField(
        null=True, blank=True, help_text="From showing the picture to the answer."
    )
    key = models.CharField(
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text="By which the page that sent it knows it, so that it is never taken twice.",
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "key"], condition=~Q(key=""), name="check_user_key_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict="text") | Q(written=""), name="check_text_has_its_verdict"
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="check_confidence_0_to_1"
            ),
            models.CheckConstraint(
                condition=Q(seconds__isnull=True) | Q(seconds__gte=0),
                name="check_seconds_not_negative",
            ),
        ]
        indexes: ClassVar = [
            # Everything that was said of one picture, in order.
            models.Index(fields=["upload", "created"], name="check_of_upload"),
        ]

    def __str__(self) -> str:
        return self.written or str(self.get_verdict_display())


class DigitCheck(models.Model):
    """What one person said of one digit, among others that were read as the same.

    A text whose digits were all confirmed becomes a Check of its own.
    """

    digit = models.ForeignKey(DigitPrediction, on_delete=models.CASCADE, related_name="checks")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="digit_checks"
    )
    value = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="0 to 9. Null: no digit, or none that can be read."
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digit", "user"], name="digit_check_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__lte=9), name="digit_check_0_to_9"
            ),
        ]

    def __str__(self) -> str:
        return "-" if self.value is None else str(self.value)


class KnownAnswer(models.Model):
    """How a person did on a digit whose value was known, mixed in to measure them; they know it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="known_answers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="known_answers"
    )
    shown_as = models.PositiveSmallIntegerField(help_text="The group it was shown in, 0 to 9.")
    truth = models.PositiveSmallIntegerField()
    was_right = models.BooleanField(help_text="Whether the person marked it as they should.")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(shown_as__lte=9, truth__lte=9), name="known_answer_0_to_9"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.truth} among {self.shown_as}"


class GroupClaim(models.Model):
    """Who has the digits of one value before them: for a while, nobody else is given them."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="group_claims")
    value = models.PositiveSmallIntegerField(help_text="As which the digits were read, 0 to 9.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="group_claims"
    )
    until = models.DateTimeField()

    class Meta:
        ordering = ("batch", "value")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "value"], name="group_claim_once"),
            models.CheckConstraint(condition=Q(value__lte=9), name="group_claim_0_to_9"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.value}"


class BatchChecker(models.Model):
    """A user whom the owner of a batch lets check it: that batch, and nothing else."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="checkers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="checks_batches"
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("batch", "created")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "user"], name="batch_checker_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}"
