"""Whose pictures these are: a signed-in user's, or a browser session's."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User


@dataclass(frozen=True)
class Owner:
    """A user, or else the visitor id that an anonymous browser session carries.

    A signed-in user whose session was used before signing in has both: new uploads are
    the user's, and the earlier ones stay in sight.
    """

    user: User | None = None
    visitor: UUID | None = None
