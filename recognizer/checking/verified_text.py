"""The text that a person verified: stored beside the prediction, never in its place."""

from django.db import transaction
from django.utils import timezone

from recognizer.models import Owner, Upload, without_signs


def verify(upload: Upload, written: str, *, by: Owner) -> None:
    """Store what a picture says according to a person.

    Args:
        written: digits with their signs, "|" between lines; empty where there is nothing to read.
            Its digits are kept beside it.
    """
    _store(upload, written, by)


def unverify(upload: Upload) -> None:
    """Remove the verified text: the picture counts as not checked."""
    _store(upload, None, None)


def _store(upload: Upload, written: str | None, by: Owner | None) -> None:
    with transaction.atomic():
        # Two people may check one picture at once: the lock lets them write one after the other.
        locked = Upload.objects.select_for_update().get(pk=upload.pk)
        locked.verified_text = None if written is None else without_signs(written)
        locked.verified_written = written or ""
        locked.verified = None if written is None else timezone.now()
        locked.verified_by = by.user if by else None
        locked.save(update_fields=["verified_text", "verified_written", "verified", "verified_by"])
