"""How much one owner may keep."""

from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recognizer.models import Upload
from recognizer.refusals import Refusal


class QuotaExceeded(Refusal):
    code = "quota_exceeded"
    status = 403

    @classmethod
    def of_files(cls, most: int, advice: str) -> Self:
        full = ngettext(
            "You keep %(count)d picture here, and there is no room for more.",
            "You keep %(count)d pictures here, and there is no room for more.",
            most,
        )
        return cls(f"{full % {'count': most}} {advice}")

    @classmethod
    def of_bytes(cls, most: int, advice: str) -> Self:
        full = _("You keep %(count)d MB of pictures here, and there is no room for more.")
        return cls(f"{full % {'count': most >> 20}} {advice}")


@dataclass(frozen=True)
class Quota:
    """The most files and bytes; 0 is no limit."""

    files: int
    byte_count: int


def require_room(upload: Upload) -> None:
    """Make sure that the owner of a new upload has room for it.

    Call it in the transaction that inserts the row: until that ends, no other picture of the same
    owner gets past here, so that two at once can't share the last place.

    Raises:
        QuotaExceeded: there is no room.
    """
    quota = _quota_of(upload)
    _wait_for_others(upload)
    kept = _others_of(upload).aggregate(files=Count("pk"), byte_count=Sum("byte_size", default=0))
    if quota.files and kept["files"] + 1 > quota.files:
        raise QuotaExceeded.of_files(quota.files, _advice(upload))
    if quota.byte_count and kept["byte_count"] + upload.byte_size > quota.byte_count:
        raise QuotaExceeded.of_bytes(quota.byte_count, _advice(upload))


def _quota_of(upload: Upload) -> Quota:
    if upload.user_id is None:
        return Quota(settings.QUOTA_VISITOR_FILES, 0)
    return Quota(settings.QUOTA_USER_FILES, settings.QUOTA_USER_MEGABYTES << 20)


def _advice(upload: Upload) -> str:
    if upload.user_id is None and settings.SIGN_UP:
        return _(
            "Sign up to keep more, or delete pictures that you no longer need from your history; "
            "then send this one again."
        )
    return _("Delete pictures that you no longer need from your history, then send this one again.")


def _others_of(upload: Upload) -> QuerySet[Upload]:
    return Upload.objects.filter(user=upload.user_id, visitor=upload.visitor)


def _wait_for_others(upload: Upload) -> None:
    owner = f"uploads of user {upload.user_id} visitor {upload.visitor}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [owner])
