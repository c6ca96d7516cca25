"""How long pictures are kept, and what is deleted afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recognizer.accounts.lockout import forget_old_attempts
from recognizer.accounts.throttle import forget_old_windows
from recognizer.batches.changing import delete_batch
from recognizer.models import Batch, BatchQuerySet, Upload, UploadQuerySet
from recognizer.uploads.deletion import delete_uploads, notes_about

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Purged:
    """The number of rows that were deleted, or would be in a dry run.

    Attributes:
        uploads: those of the batches, and others.
        batches: those whose time is over, with all of their pictures.
    """

    uploads: int
    sessions: int
    notes: int
    batches: int = 0


def expired_batches(now: datetime) -> BatchQuerySet:
    """The batches that are past their own retention time, or else that of an account."""
    own_days = ExpressionWrapper(F("keep_days") * Value(_DAY), DurationField())
    expired = Q(keep_days__gt=0, created__lt=Value(now) - own_days)
    if settings.RETENTION_DAYS:
        before = now - timedelta(days=settings.RETENTION_DAYS)
        expired |= Q(keep_days=None, created__lt=before)
    return Batch.objects.filter(expired)


def expired_uploads(now: datetime) -> UploadQuerySet:
    """The uploads outside batches that are past their time; 0 days keep them for ever."""
    expired = Q(pk__in=[])
    if settings.RETENTION_DAYS:
        before = now - timedelta(days=settings.RETENTION_DAYS)
        expired |= Q(user__isnull=False, created__lt=before)
    if settings.RETENTION_DAYS_ANONYMOUS:
        before = now - timedelta(days=settings.RETENTION_DAYS_ANONYMOUS)
        expired |= Q(user__isnull=True, created__lt=before)
    return Upload.objects.filter(expired, batch_item=None)


def purge(*, dry_run: bool = False) -> Purged:
    """Delete what is past its retention time.

    That is: whole batches, uploads with their predictions and files, sessions that ended, the
    administration's log entries that are old or about these uploads, and the counts of limits that
    are over.
    """
    now = timezone.now()
    batches, singly = expired_batches(now), expired_uploads(now)
    sessions = Session.objects.filter(expire_date__lt=now)
    uploads = singly | Upload.objects.filter(batch_item__batch__in=batches)
    notes = notes_about(uploads.values_list("pk", flat=True)) | _old_notes(now)
    if dry_run:
        return Purged(uploads.count(), sessions.count(), notes.count(), batches.count())
    forget_old_windows()
    forget_old_attempts()
    noted, _ = notes.delete()
    ended, _ = sessions.delete()
    gone = list(batches)
    in_batches = sum(map(delete_batch, gone))
    count = delete_uploads(singly.iterator(chunk_size=500))
    return Purged(in_batches + count, ended, noted, len(gone))


def _old_notes(now: datetime) -> QuerySet[LogEntry]:
    """The log entries past the retention time, also those about uploads that are gone already."""
    if not settings.RETENTION_DAYS:
        return LogEntry.objects.none()
    return LogEntry.objects.filter(action_time__lt=now - timedelta(days=settings.RETENTION_DAYS))


def promise() -> str:
    """The sentence that tells visitors how long pictures are kept; empty if for ever."""
    days, anonymous = settings.RETENTION_DAYS, settings.RETENTION_DAYS_ANONYMOUS
    if days == anonymous:
        return _("Pictures are deleted after %(days)s.") % {"days": _days(days)} if days else ""
    return _promise_to_both() % {"days": _days(days), "anonymous": _days(anonymous)}


def _promise_to_both() -> str:
    if not settings.RETENTION_DAYS:
        return _(
            "Pictures of an account are kept until you delete them; others are deleted after "
            "%(anonymous)s."
        )
    if not settings.RETENTION_DAYS_ANONYMOUS:
        return _(
            "Pictures of an account are deleted after %(days)s; others are kept until you delete "
            "them."
        )
    return _(
        "Pictures of an account are deleted after %(days)s; others are deleted after %(anonymous)s."
    )


def _days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
