"""People's pictures and what was read in them."""

from __future__ import annotations

import base64
import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from recognizer.pictures import frame_png

if TYPE_CHECKING:
    from mlmodel.card import ModelCard
    from recognizer.owners import Owner

# From this probability on, a text that was not read is worth a person's look.
WORTH_A_LOOK = 0.01
# What the likeliest other text must reach for others to be shown. Who checks a doubtful text wants
# any; where nothing looks like digits, a mere trace of some would only confuse.
LEAST_OF_OTHERS = {"read": WORTH_A_LOOK, "doubtful": 0.0, "not_digits": 0.1}

# Digits, with "|" between the lines of one picture.
VERIFIED_TEXT = RegexValidator(r"^([0-9]+(\|[0-9]+)*)?\Z", _("Digits only, with | between lines."))


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    def active(self) -> ModelVersion | None:
        return self.filter(active=True).first()

    def register(self, card: ModelCard, *, activate: bool) -> ModelVersion:
        """The row of a trained model, made when its artifact is new."""
        version, _ = self.get_or_create(
            artifact_sha256=card.sha256,
            defaults={"name": card.name, "card": asdict(card)},
        )
        if activate and not version.active:
            version.activate()
        return version


class ModelVersion(models.Model):
    """A trained model with its card; the active one reads."""

    name = models.CharField(max_length=100)
    artifact_sha256 = models.CharField("artifact's SHA-256", max_length=64, unique=True)
    card = models.JSONField(help_text="Data, seed, recipe and measures, as trained.")
    active = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ("-created", "-pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["active"], condition=Q(active=True), name="model_version_one_active"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def activate(self) -> None:
        """Make this the version that reads; the former one steps down in the same transaction."""
        with transaction.atomic():
            # Rows are locked in one order, so that two activations can't block each other.
            list(ModelVersion.objects.select_for_update().order_by("pk"))
            ModelVersion.objects.filter(active=True).exclude(pk=self.pk).update(active=False)
            ModelVersion.objects.filter(pk=self.pk).update(active=True)
        self.active = True


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, owner: Owner) -> UploadQuerySet:
        """The only way from a request to uploads: one's own that are stored, or were given up."""
        own = Q()
        if owner.user:
            own |= Q(user=owner.user)
        if owner.visitor:
            own |= Q(visitor=owner.visitor)
        is_settled = Q(stored__isnull=False) | Q(given_up__isnull=False)
        return self.filter(own, is_settled) if own else self.none()

    def earlier_copies_of(self, upload: Upload) -> UploadQuerySet:
        """The same file, given before; the first one first."""
        same = self.filter(sha256=upload.sha256, created__lt=upload.created, stored__isnull=False)
        return same.order_by("created")

    def given_by(self, owner: Owner) -> UploadQuerySet:
        """All of one's own, also what was never safely stored: to delete, and to take along."""
        own = Q(pk__in=[])
        if owner.user:
            own |= Q(user=owner.user)
        if owner.visitor:
            own |= Q(visitor=owner.visitor)
        return self.filter(own)

    def with_current_prediction(self) -> UploadQuerySet:
        return self.select_related("current_prediction__model_version")


def stored_name(upload: Upload, extension: str) -> str:
    """Where an upload's file lies: by its key alone, never by the name a stranger gave."""
    return f"uploads/{upload.pk.hex[:2]}/{upload.pk}.{extension}"


class Upload(models.Model):
    """One picture that someone gave us."""

    class Source(models.TextChoices):
        FILE = "file", _("File")
        CAMERA = "camera", _("Camera")
        DRAW = "draw", _("Drawing")
        API = "api", _("API")
        BATCH = "batch", _("Batch")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True
    )
    visitor = models.UUIDField(
        null=True, blank=True, help_text="The anonymous browser session that gave the picture."
    )
    key = models.CharField(
        max_length=100,
        blank=True,
        help_text="By which whoever gave the picture knows it, so that it is never taken twice.",
    )
    source = models.CharField(max_length=10, choices=Source, default=Source.FILE)
    original_name = models.CharField(max_length=255, blank=True)
    file = models.FileField(
        max_length=200, help_text="The upright picture, written anew without metadata."
    )
    file_sha256 = models.CharField("stored file's SHA-256", max_length=64)
    sha256 = models.CharField("given file's SHA-256", max_length=64)
    width = models.PositiveIntegerField(help_text="Pixels, after turning upright.")
    height = models.PositiveIntegerField(help_text="Pixels, after turning upright.")
    byte_size = models.PositiveIntegerField(help_text="Of the file as it was given.")
    more_frames = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether the file held further frames, which were left out.",
    )
    created = models.DateTimeField(auto_now_add=True)
    stored = models.DateTimeField(
        null=True, blank=True, help_text="When the file was safely on the storage."
    )
    given_up = models.DateTimeField(
        null=True, blank=True, help_text="When storing it had failed for good: there is no file."
    )
    strokes = models.JSONField(
        null=True, blank=True, help_text="Of a drawing: see recognizer.drawing. Null: a picture."
    )
    current_prediction = models.OneToOneField(
        "Prediction", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # A trigger of the database keeps it, whichever way the current prediction changes.
    sureness = models.FloatField(
        default=0.0,
        db_default=0.0,
        editable=False,
        help_text="The current prediction's confidence; 0 where it has none.",
    )
    # Null: not checked yet. Empty: checked, and there is nothing to read.
    verified_text = models.CharField(  # noqa: DJ001
        max_length=1000,
        null=True,
        blank=True,
        validators=[VERIFIED_TEXT],
        help_text="What a person says is right. Digits, with | between lines.",
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="verified_uploads",
    )
    verified = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ("-created", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(visitor__isnull=True),
                name="upload_has_one_owner",
            ),
            models.UniqueConstraint(
                fields=["user", "key"], condition=~Q(key=""), name="upload_user_key_once"
            ),
            models.UniqueConstraint(
                fields=["visitor", "key"], condition=~Q(key=""), name="upload_visitor_key_once"
            ),
            models.CheckConstraint(
                condition=Q(stored__isnull=True) | Q(given_up__isnull=True),
                name="upload_stored_or_given_up",
            ),
            models.CheckConstraint(
                condition=Q(width__gt=0, height__gt=0), name="upload_has_pixels"
            ),
            models.CheckConstraint(
                condition=Q(verified_text__isnull=True) ^ Q(verified__isnull=False),
                name="upload_verified_text_has_time",
            ),
        ]
        indexes: ClassVar = [
            # The history page: one's own uploads, newest first.
            models.Index(fields=["user", "-created", "-id"], name="upload_user_history"),
            models.Index(fields=["visitor", "-created", "-id"], name="upload_visitor_history"),
            # The same by sureness.
            models.Index(fields=["user", "sureness", "id"], name="upload_user_sureness"),
            models.Index(fields=["visitor", "sureness", "id"], name="upload_visitor_sureness"),
            # The administration's list: everybody's uploads, newest first.
            models.Index(fields=["-created", "-id"], name="upload_newest"),
            # "You gave this picture before", and the admin's search for a file.
            models.Index(fields=["sha256"], name="upload_same_picture"),
            # What a sweep looks after: few, if any.
            models.Index(
                fields=["created"], condition=Q(stored__isnull=True), name="upload_not_stored"
            ),
        ]

    def __str__(self) -> str:
        return self.original_name or str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("recognizer:result", args=[self.pk])


class FileRemoval(models.Model):
    """A file whose upload was deleted, until it is gone from the storage, too.

    A trigger of the database makes it, whichever way the upload's row goes.
    """

    name = models.CharField(max_length=200, unique=True)
    since = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ("since", "pk")

    def __str__(self) -> str:
        return self.name


class ThrottleWindow(models.Model):
    """How often somebody did something since the window opened; written by recognizer.throttle."""

    key = models.CharField(
        primary_key=True, max_length=64, help_text="A keyed hash of who it is and of the limit."
    )
    hits = models.PositiveIntegerField()
    ends = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.hits} until {self.ends}"


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

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="predictions")
    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="predictions"
    )
    state = models.CharField(max_length=10, choices=State)
    reason = models.CharField(
        max_length=50, choices=Reason, blank=True, help_text="Why recognition failed."
    )
    text = models.TextField(blank=True)
    confidence = models.FloatField(null=True, blank=True)
    possibilities = models.JSONField(
        default=list,
        help_text="The likeliest texts, the likeliest first: [[text, probability], ...].",
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
                condition=(Q(state="failed") & ~Q(reason="")) | (~Q(state="failed") & Q(reason="")),
                name="prediction_failed_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") | Q(model_version__isnull=False),
                name="prediction_names_its_model",
            ),
            models.CheckConstraint(
                condition=Q(text__regex=r"^([0-9]+(\|[0-9]+)*)?$"), name="prediction_text_digits"
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
    def other_possibilities(self) -> list[tuple[str, float]]:
        """The other texts it could be, the likeliest first, where they help a person."""
        others = [(text, share) for text, share in self.possibilities if text != self.text]
        least = LEAST_OF_OTHERS.get(self.state)
        if not others or least is None or others[0][1] < least:
            return []
        return others[:1] + [other for other in others[1:] if other[1] >= WORTH_A_LOOK]


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

    @property
    def frame_data_uri(self) -> str:
        """The 28x28 as a picture that a page can show without another request."""
        png = base64.b64encode(frame_png(bytes(self.frame))).decode()
        return f"data:image/png;base64,{png}"
