"""The pictures that people gave."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from recognizer.models.owner import Owner
from recognizer.models.written import column_without_signs

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from recognizer.models.batch import BatchItem

# Digits, with "|" between the lines of one picture.
VERIFIED_TEXT = RegexValidator(r"^([0-9]+(\|[0-9]+)*)?\Z", _("Digits only, with | between lines."))


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, owner: Owner) -> UploadQuerySet:
        """An owner's uploads that are stored or were given up: the only ones that pages show."""
        is_settled = Q(stored__isnull=False) | Q(given_up__isnull=False)
        return self.given_by(owner).filter(is_settled)

    def earlier_copies_of(self, upload: Upload) -> UploadQuerySet:
        """Stored uploads of the same file that were given before, oldest first."""
        same = self.filter(sha256=upload.sha256, created__lt=upload.created, stored__isnull=False)
        return same.order_by("created")

    def given_by(self, owner: Owner) -> UploadQuerySet:
        """All of an owner's uploads, even those never safely stored: to delete and to download."""
        own = Q(pk__in=[])
        if owner.user:
            own |= Q(user=owner.user)
        if owner.visitor:
            own |= Q(visitor=owner.visitor)
        return self.filter(own)

    def charged_to(self, owner: Owner) -> UploadQuerySet:
        """The uploads that count for an owner's quota: a user's; without a user, the visitor's."""
        return self.given_by(Owner(user=owner.user) if owner.user else owner)

    def unread(self) -> UploadQuerySet:
        """Uploads that are stored, and that no model has read yet."""
        return self.filter(stored__isnull=False, current_prediction__isnull=True)

    def next_to_check(self, upload: Upload) -> Upload | None:
        """The next doubtful upload that nobody has checked, from the least sure to the surest.

        After the surest comes the least sure one again: whoever can't tell may come back to it.
        """
        others = self.filter(verified_text__isnull=True, current_prediction__state="doubtful")
        surer = Q(confidence__gt=upload.confidence)
        surer |= Q(confidence=upload.confidence, pk__gt=upload.pk)
        # Sorted by this first, PostgreSQL walks no index past all that is surely read: 0.3 s in
        # place of 8 s among 300,000 uploads, 60,000 of them doubtful.
        comes_later = ExpressionWrapper(surer, models.BooleanField())
        return others.exclude(pk=upload.pk).order_by(comes_later.desc(), "confidence", "pk").first()

    def with_current_prediction(self) -> UploadQuerySet:
        return self.select_related("current_prediction__model_version")

    def with_batch(self) -> UploadQuerySet:
        return self.select_related("batch_item__batch__rule")


def stored_name(upload: Upload, extension: str) -> str:
    """The name of a stored file: from the upload's id alone, never from a stranger's file name."""
    return f"uploads/{upload.pk.hex[:2]}/{upload.pk}.{extension}"


class Upload(models.Model):
    """One picture that somebody gave."""

    class Source(models.TextChoices):
        FILE = "file", _("File")
        CAMERA = "camera", _("Camera")
        DRAW = "draw", _("Drawing")
        API = "api", _("API")
        BATCH = "batch", _("Batch")

    class Verdict(models.TextChoices):
        """What a person says of a picture. "Nothing to read" is an empty text."""

        TEXT = "text", _("It says this")
        UNREADABLE = "unreadable", _("Unreadable")
        NOT_ASKED = "not_asked", _("Not what was asked for")

    # An upload has the state of its current prediction; without one, it has one of these:
    PENDING: ClassVar = ("pending", _("Being stored"))
    UNREAD: ClassVar = ("unread", _("Not read yet"))
    GIVEN_UP: ClassVar = ("failed", _("Failed"))

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
        null=True,
        blank=True,
        help_text="A drawing's strokes, as they were drawn. Null: a picture.",
    )
    current_prediction = models.OneToOneField(
        "Prediction", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Set by a trigger of the database, however the current prediction changes.
    confidence = models.FloatField(
        default=0.0,
        db_default=0.0,
        db_column="sureness",
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
    verified_written = models.CharField(
        max_length=1000,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="The verified text with its points, commas and signs. Empty: not known.",
    )
    verdict = models.CharField(
        max_length=12,
        choices=Verdict,
        default=Verdict.TEXT,
        db_default="text",
        editable=False,
        help_text="Why the verified text is empty, if a person says that there is something.",
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
            models.CheckConstraint(
                condition=Q(verdict="text") | Q(verified_text=""), name="upload_verdict_has_no_text"
            ),
            models.CheckConstraint(
                condition=Q(verified_written="")
                | (
                    Q(verified_text__isnull=False)
                    & ~Q(verified_text="")
                    & Q(verified_text=column_without_signs("verified_written"))
                ),
                name="upload_verified_written_is_text_with_signs",
            ),
        ]
        indexes: ClassVar = [
            # The history page: one's own uploads, newest first.
            models.Index(fields=["user", "-created", "-id"], name="upload_user_history"),
            models.Index(fields=["visitor", "-created", "-id"], name="upload_visitor_history"),
            # The history page by confidence.
            models.Index(fields=["user", "confidence", "id"], name="upload_user_sureness"),
            models.Index(fields=["visitor", "confidence", "id"], name="upload_visitor_sureness"),
            # The administration's list: everybody's uploads, newest first.
            models.Index(fields=["-created", "-id"], name="upload_newest"),
            # "You gave this picture before", and the admin's search for a file.
            models.Index(fields=["sha256"], name="upload_same_picture"),
            # The uploads that a sweep finishes: few, if any.
            models.Index(
                fields=["created"], condition=Q(stored__isnull=True), name="upload_not_stored"
            ),
            models.Index(
                fields=["created"],
                condition=Q(stored__isnull=False, current_prediction__isnull=True),
                name="upload_not_read",
            ),
        ]

    def __str__(self) -> str:
        return self.original_name or str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("recognizer:result", args=[self.pk])

    @property
    def verified_as_written(self) -> str | None:
        """The verified text with its signs; the text alone where they are not known."""
        return self.verified_written or self.verified_text

    @property
    def in_batch(self) -> BatchItem | None:
        """The picture's row in its batch; None for one that was given alone."""
        return getattr(self, "batch_item", None)

    @property
    def state(self) -> str:
        """The current prediction's state; without one "unread", "failed" or "pending"."""
        if self.current_prediction:
            return str(self.current_prediction.state)
        return self._without_prediction[0]

    @property
    def state_label(self) -> str:
        """The name of the state in the active language."""
        if self.current_prediction:
            return str(self.current_prediction.get_state_display())
        return str(self._without_prediction[1])

    @property
    def _without_prediction(self) -> tuple[str, StrPromise]:
        if self.stored:
            return self.UNREAD
        return self.GIVEN_UP if self.given_up else self.PENDING


class FileRemoval(models.Model):
    """A file whose upload was deleted; the row stays until the file is removed, too.

    A trigger of the database inserts it, however the upload's row is deleted.
    """

    name = models.CharField(max_length=200, unique=True)
    since = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ("since", "pk")

    def __str__(self) -> str:
        return self.name
