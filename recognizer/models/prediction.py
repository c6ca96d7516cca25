"""What was read in the pictures."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from recognizer.models.model_version import ModelVersion
from recognizer.models.upload import Upload
from recognizer.models.written import column_without_signs


class Prediction(models.Model):
    """What one model version read in one upload."""

    class State(models.TextChoices):
        READ = "read", _("Read")
        DOUBTFUL = "doubtful", _("Doubtful")
        NOT_DIGITS = "not_digits", _("Not digits")
        NOTHING = "nothing", _("No writing")
        FAILED = "failed", _("Failed")

    class Reason(models.TextChoices):
        MODEL_UNAVAILABLE = "model_unavailable", _("The model could not be loaded.")
        READER_FAILED = "reader_failed", _("The reader could not cope with this picture.")
        LETTERS = (
            "letters",
            _(
                "This looks like letters, not digits. "
                "If there are digits in the picture, crop it to them."
            ),
        )
        PRINTED = (
            "printed",
            _("This looks like a page of print. Crop it to the number that is to be read."),
        )
        MORE_WRITING = (
            "more_writing",
            _("There is more writing in this picture than was read: the text may be cut short."),
        )

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="predictions")
    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="predictions"
    )
    state = models.CharField(max_length=10, choices=State)
    reason = models.CharField(
        max_length=50,
        choices=Reason,
        blank=True,
        help_text="Why recognition failed, or what else was seen.",
    )
    text = models.TextField(blank=True)
    written = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="The text with its points, commas and signs. Empty: not known.",
    )
    confidence = models.FloatField(null=True, blank=True)
    written_confidence = models.FloatField(
        null=True,
        blank=True,
        help_text="Of the signs, if the digits are right. Null: nobody looked for signs.",
    )
    possibilities = models.JSONField(
        default=list,
        help_text="The likeliest texts, the likeliest first: [[text, probability], ...].",
    )
    passed_over = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text="What may be writing and was not read: [[x, y, width, height], ...] in pixels.",
    )
    value = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="What satisfies the batch's rule. Empty: there is no rule, or nothing does.",
    )
    value_text = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="The digits from which the value was made.",
    )
    value_confidence = models.FloatField(null=True, blank=True)
    value_is_sure = models.BooleanField(
        default=False, db_default=False, help_text="Whether no person has to look at the value."
    )
    unmet = models.CharField(
        max_length=50,
        blank=True,
        default="",
        db_default="",
        help_text="Why nothing satisfies the rule, by its code.",
    )
    milliseconds = models.FloatField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=1),
                name="prediction_confidence_0_to_1",
            ),
            models.CheckConstraint(
                condition=Q(written_confidence__isnull=True)
                | Q(written_confidence__gte=0, written_confidence__lte=1),
                name="prediction_written_confidence_0_to_1",
            ),
            models.CheckConstraint(
                condition=Q(value_confidence__isnull=True)
                | Q(value_confidence__gte=0, value_confidence__lte=1),
                name="prediction_value_confidence_0_to_1",
            ),
            models.CheckConstraint(
                condition=Q(value="") | Q(unmet=""), name="prediction_value_or_unmet"
            ),
            models.CheckConstraint(
                condition=~Q(state="failed")
                | ~Q(reason__in=["", "letters", "printed", "more_writing"]),
                name="prediction_failed_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="failed")
                | Q(reason="")
                | Q(state="not_digits", reason__in=["letters", "printed"])
                | Q(state="doubtful", reason="more_writing"),
                name="prediction_reason_fits_state",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") | Q(model_version__isnull=False),
                name="prediction_names_its_model",
            ),
            models.CheckConstraint(
                condition=Q(text__regex=r"^([0-9]+(\|[0-9]+)*)?$"), name="prediction_text_digits"
            ),
            models.CheckConstraint(
                condition=Q(written="") | (~Q(text="") & Q(text=column_without_signs("written"))),
                name="prediction_written_is_text_with_signs",
            ),
            models.CheckConstraint(
                condition=Q(milliseconds__gte=0), name="prediction_time_not_negative"
            ),
        ]
        indexes: ClassVar = [
            # Every reading of one upload, newest first.
            models.Index(fields=["upload", "-created"], name="prediction_upload_newest"),
            # The admin's filter by state.
            models.Index(fields=["state", "-created"], name="prediction_state_newest"),
        ]

    def __str__(self) -> str:
        return self.text or self.get_state_display()

    @property
    def lines(self) -> list[str]:
        return self.text.split("|") if self.text else []

    @property
    def as_written(self) -> str:
        """The text with its signs; the text alone where they are not known."""
        return self.written or self.text

    @property
    def is_changed_by_rule(self) -> bool:
        """Whether the value has other digits than were read without the rule."""
        return bool(self.value) and self.value_text != self.text

    @property
    def proposed(self) -> str:
        """What a person is asked to confirm: the rule's digits where they differ, else the text."""
        return self.value_text if self.is_changed_by_rule else self.as_written

    @property
    def written_lines(self) -> list[str]:
        return self.as_written.split("|") if self.as_written else []

    @property
    def has_signs(self) -> bool:
        return self.as_written != self.text


class DigitPrediction(models.Model):
    """One digit within a prediction."""

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="digits")
    position = models.PositiveSmallIntegerField(help_text="In reading order, from 0.")
    line = models.PositiveSmallIntegerField(help_text="The line in the picture, from 0.")
    value = models.PositiveSmallIntegerField()
    confidence = models.FloatField()
    x = models.PositiveIntegerField()
    y = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alternatives = models.JSONField(help_text="Other values: [[value, probability], ...].")
    frame = models.BinaryField(
        max_length=784, help_text="The 28x28 that the model saw, a byte a pixel."
    )

    class Meta:
        ordering = ("prediction", "position")
        constraints: ClassVar = [
            # Also the index that lists a prediction's digits in order.
            models.UniqueConstraint(fields=["prediction", "position"], name="digit_position_once"),
            models.CheckConstraint(condition=Q(value__gte=0, value__lte=9), name="digit_0_to_9"),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="digit_confidence_0_to_1"
            ),
            models.CheckConstraint(
                condition=Q(width__gt=0, height__gt=0), name="digit_box_has_pixels"
            ),
        ]

    def __str__(self) -> str:
        return str(self.value)

    @property
    def box(self) -> tuple[int, int, int, int]:
        """x, y, width, height in pixels of the upright picture."""
        return self.x, self.y, self.width, self.height
