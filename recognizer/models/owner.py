"""The owner of pictures: a signed-in user, or a browser session."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User


@dataclass(frozen=True)
class Owner:
    """A user, or the visitor id of an anonymous browser session.

    A signed-in user whose session was used before signing in has both: new uploads are
    the user's, and the session's earlier ones stay visible.
    """

    user: User | None = None
    visitor: UUID | None = None
