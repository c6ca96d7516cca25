"""Who is asking: the owner that a request acts for."""

from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from recognizer.models import Owner, Upload

_SESSION_KEY = "visitor"


def owner_of(request: HttpRequest) -> Owner:
    """The owner that a request acts for. Starts no session: reading a page sets no cookie."""
    visitor = request.session.get(_SESSION_KEY)
    user = request.user if isinstance(request.user, User) else None
    return Owner(user=user, visitor=UUID(visitor) if visitor else None)


def uploading_owner(request: HttpRequest, key: UUID | None = None) -> Owner:
    """The owner of a new upload; an anonymous visitor gets an id in the session.

    Args:
        key: of the form that was sent. If a new visitor sends a form twice at once, its key leads
            to the same id, so that both uploads are visible.
    """
    owner = owner_of(request)
    if owner.user or owner.visitor:
        return owner
    visitor = _visitor_of(key) if key else uuid4()
    request.session[_SESSION_KEY] = str(visitor)
    return Owner(visitor=visitor)


def _visitor_of(key: UUID) -> UUID:
    """The visitor id of a key, which nobody can compute without the server's secret."""
    return UUID(bytes=salted_hmac("digitrec.visitor", key.bytes, algorithm="sha256").digest()[:16])


def adopt(request: HttpRequest) -> int:
    """Move this browser's earlier uploads to a user who has just signed in, for good.

    Returns:
        the number of uploads moved.
    """
    owner = owner_of(request)
    if not (owner.user and owner.visitor):
        return 0
    # Also one that is being stored just now: its request goes on by the row's key.
    earlier = Upload.objects.given_by(Owner(visitor=owner.visitor))
    with transaction.atomic():
        # A form that was sent once with the account and once without made two uploads with one
        # key, which must be unique: the upload that moves loses it.
        keys = Upload.objects.given_by(Owner(user=owner.user)).values("key")
        earlier.filter(key__in=keys).update(key="")
        return earlier.update(user=owner.user, visitor=None)
