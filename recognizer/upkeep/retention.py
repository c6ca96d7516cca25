"""How long pictures are kept, and what is deleted afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recognizer.accounts.lockout import forget_old_attempts
from recognizer.accounts.throttle import forget_old_windows
from recognizer.models import Upload, UploadQuerySet
from recognizer.uploads.deletion import delete_uploads, notes_about


@dataclass(frozen=True)
class Purged:
    """The number of rows that were deleted, or would be in a dry run."""

    uploads: int
    sessions: int
    notes: int


def expired_uploads(now: datetime) -> UploadQuerySet:
    """The uploads that are past their retention time; 0 days keep them for ever."""
    expired = Q(pk__in=[])
    if settings.RETENTION_DAYS:
        before = now - timedelta(days=settings.RETENTION_DAYS)
        expired |= Q(user__isnull=False, created__lt=before)
    if settings.RETENTION_DAYS_ANONYMOUS:
        before = now - timedelta(days=settings.RETENTION_DAYS_ANONYMOUS)
        expired |= Q(user__isnull=True, created__lt=before)
    return Upload.objects.filter(expired)


def purge(*, dry_run: bool = False) -> Purged:
    """Delete what is past its retention time.

    That is: uploads with their predictions and files, sessions that ended, the administration's
    log entries that are old or about these uploads, and the counts of limits that are over.
    """
    now = timezone.now()
    uploads, sessions = expired_uploads(now), Session.objects.filter(expire_date__lt=now)
    notes = notes_about(uploads.values_list("pk", flat=True)) | _old_notes(now)
    if dry_run:
        return Purged(uploads.count(), sessions.count(), notes.count())
    forget_old_windows()
    forget_old_attempts()
    noted, _ = notes.delete()
    ended, _ = sessions.delete()
    return Purged(delete_uploads(uploads.iterator(chunk_size=500)), ended, noted)


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
