"""Who is asking: the owner that a request acts for."""

from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from recognizer.models import Owner, Upload

_SESSION_KEY = "visitor"


def owner_of(request: HttpRequest) -> Owner:
    """Who is asking. Never starts a session: reading a page sets no cookie."""
    visitor = request.session.get(_SESSION_KEY)
    user = request.user if isinstance(request.user, User) else None
    return Owner(user=user, visitor=UUID(visitor) if visitor else None)


def uploading_owner(request: HttpRequest, key: UUID | None = None) -> Owner:
    """Who gives a picture; an anonymous visitor gets an id in the session.

    Args:
        key: of the form that was sent. Sent twice at once by a new visitor, it leads to the same
            id, so that neither upload is out of sight.
    """
    owner = owner_of(request)
    if owner.user or owner.visitor:
        return owner
    visitor = _visitor_of(key) if key else uuid4()
    request.session[_SESSION_KEY] = str(visitor)
    return Owner(visitor=visitor)


def _visitor_of(key: UUID) -> UUID:
    """An id that nobody can tell from a key without the server's secret."""
    return UUID(bytes=salted_hmac("digitrec.visitor", key.bytes, algorithm="sha256").digest()[:16])


def adopt(request: HttpRequest) -> int:
    """Give a user who has just signed in what this browser gave before, for good.

    Returns:
        how many pictures that were.
    """
    owner = owner_of(request)
    if not (owner.user and owner.visitor):
        return 0
    earlier = Upload.objects.visible_to(Owner(visitor=owner.visitor))
    with transaction.atomic():
        # The same form, sent once with the account and once without: two pictures, and one key.
        keys = Upload.objects.given_by(Owner(user=owner.user)).values("key")
        earlier.filter(key__in=keys).update(key="")
        return earlier.update(user=owner.user, visitor=None)
