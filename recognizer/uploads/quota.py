"""The most files and bytes that one owner may store."""

from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recognizer.models import Owner, Upload, UploadQuerySet
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


def require_room(owner: Owner, *, files: int, byte_count: int) -> None:
    """Check that an owner has room for new pictures, with one query however many they are.

    Call it after `wait_for_others`, in the transaction that inserts their rows. The bytes are
    those of all the pictures together, as they were given.

    Raises:
        QuotaExceeded: there is no room.
    """
    given_singly = Upload.objects.charged_to(owner).exclude(source=Upload.Source.BATCH)
    _require(_quota_of(owner), given_singly, owner, files=files, byte_count=byte_count)


def require_room_in_batches(owner: Owner) -> None:
    """Check that a user's batches may hold one more picture; others of the user do not count.

    A batch takes in many pictures between two checks, so that it may end a little above the limit.

    Raises:
        QuotaExceeded: there is no room.
    """
    quota = Quota(settings.QUOTA_BATCH_FILES, settings.QUOTA_BATCH_MEGABYTES << 20)
    in_batches = Upload.objects.charged_to(owner).filter(source=Upload.Source.BATCH)
    _require(quota, in_batches, owner, files=1, byte_count=0)


def _require(
    quota: Quota, uploads: UploadQuerySet, owner: Owner, *, files: int, byte_count: int
) -> None:
    stored = uploads.aggregate(files=Count("pk"), byte_count=Sum("byte_size", default=0))
    if quota.files and stored["files"] + files > quota.files:
        raise QuotaExceeded.of_files(quota.files, _advice(owner))
    if quota.byte_count and stored["byte_count"] + byte_count > quota.byte_count:
        raise QuotaExceeded.of_bytes(quota.byte_count, _advice(owner))


def _quota_of(owner: Owner) -> Quota:
    if owner.user is None:
        return Quota(settings.QUOTA_VISITOR_FILES, 0)
    return Quota(settings.QUOTA_USER_FILES, settings.QUOTA_USER_MEGABYTES << 20)


def _advice(owner: Owner) -> str:
    if owner.user is None and settings.SIGN_UP:
        return _(
            "Sign up to keep more, or delete pictures that you no longer need from your history; "
            "then send this one again."
        )
    return _("Delete pictures that you no longer need from your history, then send this one again.")


def wait_for_others(owner: Owner) -> None:
    """Let an owner's pictures be counted one after the other, until the transaction ends.

    Otherwise two at once could share the last place.
    """
    whose = f"user {owner.user.pk}" if owner.user else f"visitor {owner.visitor}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"uploads of {whose}"]
        )
