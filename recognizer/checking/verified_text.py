"""What a person says is right: beside the prediction, never in its place."""

from django.db import transaction
from django.utils import timezone

from recognizer.models import Owner, Upload


def verify(upload: Upload, text: str, *, by: Owner) -> None:
    """Keep what a picture says according to a person.

    Args:
        text: digits, "|" between lines; empty where there is nothing to read.
    """
    _keep(upload, text, by)


def unverify(upload: Upload) -> None:
    """Forget what a person said: the picture counts as not checked."""
    _keep(upload, None, None)


def _keep(upload: Upload, text: str | None, by: Owner | None) -> None:
    with transaction.atomic():
        # Two people may check one picture: the row is theirs one after the other.
        kept = Upload.objects.select_for_update().get(pk=upload.pk)
        kept.verified_text = text
        kept.verified = None if text is None else timezone.now()
        kept.verified_by = by.user if by else None
        kept.save(update_fields=["verified_text", "verified", "verified_by"])
