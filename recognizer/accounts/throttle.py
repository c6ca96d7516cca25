"""How often somebody may do something, counted in the database for all processes together."""

import logging
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recognizer.models import Owner, ThrottleWindow
from recognizer.refusals import Refusal

logger = logging.getLogger(__name__)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Names that one may try to invite: enough for a team, too few to find out who has an account.
INVITATIONS_PER_HOUR = 20

# A window opens with the first hit. One that ends much later than a new one would was opened before
# the clock was set back, and counts as closed.
COUNT = """
INSERT INTO recognizer_throttlewindow AS kept (key, hits, ends)
VALUES (%(key)s, %(hits)s, %(ends)s)
ON CONFLICT (key) DO UPDATE SET (hits, ends) = (
    SELECT CASE WHEN is_open THEN kept.hits + excluded.hits ELSE excluded.hits END,
           CASE WHEN is_open THEN kept.ends ELSE excluded.ends END
    FROM (SELECT kept.ends > %(now)s AND kept.ends < %(latest)s AS is_open) AS window_
)
RETURNING hits, ends
"""


class TooManyUploads(Refusal):
    code = "too_many_uploads"
    status = 429

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            _("Too many pictures came from you in a short time. Send this one again in %(wait)s.")
            % {"wait": _in_words(wait)}
        )
        self.retry_after_s = math.ceil(wait.total_seconds())


class TooManyBatches(Refusal):
    code = "too_many_batches"
    status = 429

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            _("You made many batches in a short time. Make this one in %(wait)s.")
            % {"wait": _in_words(wait)}
        )
        self.retry_after_s = math.ceil(wait.total_seconds())


class TooManySignUps(Refusal):
    code = "too_many_sign_ups"
    status = 429

    def __init__(self, wait: timedelta) -> None:
        minutes = math.ceil(wait / MINUTE)
        super().__init__(
            ngettext(
                "Too many accounts were made from where you are in a short time. "
                "Sign up again in %(minutes)d minute.",
                "Too many accounts were made from where you are in a short time. "
                "Sign up again in %(minutes)d minutes.",
                minutes,
            )
            % {"minutes": minutes}
        )
        self.retry_after_s = math.ceil(wait.total_seconds())


class TooManyInvitations(Refusal):
    code = "too_many_invitations"
    status = 429

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            _("You tried many names in a short time. Invite the next one in %(wait)s.")
            % {"wait": _in_words(wait)}
        )
        self.retry_after_s = math.ceil(wait.total_seconds())


@dataclass(frozen=True)
class Limit:
    """The most hits that somebody may make in a window.

    Attributes:
        subject: whose hits are counted, and of what kind.
        most: 0 is no limit.
        period: the length of the window.
    """

    subject: str
    most: int
    period: timedelta

    def key(self) -> str:
        name = f"{self.subject} in {self.period}"
        return salted_hmac("recognizer.throttle", name, algorithm="sha256").hexdigest()


def count_uploads(owner: Owner, client: str, pictures: int = 1) -> None:
    """Count pictures that are about to be stored.

    Args:
        client: where they come from; see recognizer.accounts.clients.

    Raises:
        TooManyUploads: this owner or this client sent too many in too short a time.
    """
    subject = f"user {owner.user.pk}" if owner.user else f"visitor {owner.visitor}"
    for limit in (
        Limit(f"client {client}", settings.UPLOADS_PER_MINUTE_AND_ADDRESS, MINUTE),
        Limit(subject, settings.UPLOADS_PER_MINUTE, MINUTE),
        Limit(subject, settings.UPLOADS_PER_DAY, DAY),
    ):
        if wait := _count(limit, pictures):
            raise TooManyUploads(wait)


def count_batch(user: User) -> None:
    """Count a batch that is about to be made; its pictures count for no limit of uploads.

    Raises:
        TooManyBatches: this user made too many in too short a time.
    """
    if wait := _count(Limit(f"batches of user {user.pk}", settings.BATCHES_PER_HOUR, HOUR), 1):
        raise TooManyBatches(wait)


def count_sign_up(client: str) -> None:
    """Count an account that is about to be created.

    Args:
        client: where it comes from; see recognizer.accounts.clients.

    Raises:
        TooManySignUps: this client created too many in too short a time.
    """
    limit = Limit(f"sign-ups of client {client}", settings.SIGN_UPS_PER_HOUR_AND_ADDRESS, HOUR)
    if wait := _count(limit, 1):
        raise TooManySignUps(wait)


def count_invitation(user: User) -> None:
    """Count a name that is about to be looked up, whether or not somebody has it.

    Raises:
        TooManyInvitations: this user tried too many in too short a time.
    """
    limit = Limit(f"invitations of user {user.pk}", INVITATIONS_PER_HOUR, HOUR)
    if wait := _count(limit, 1):
        raise TooManyInvitations(wait)


def forget_old_windows() -> int:
    """Delete the windows that have ended; returns their number."""
    count, _ = ThrottleWindow.objects.filter(ends__lte=timezone.now()).delete()
    return count


def _count(limit: Limit, hits: int) -> timedelta | None:
    """Count hits; returns the time to wait if they are too many."""
    if not limit.most:
        return None
    now = timezone.now()
    try:
        total, ends = _add(limit, hits, now)
    except DatabaseError:
        # Nobody is refused because counting fails; what needs the database reports it itself.
        logger.exception("hits could not be counted")
        return None
    return ends - now if total > limit.most else None


def _add(limit: Limit, hits: int, now: datetime) -> tuple[int, datetime]:
    values: dict[str, str | int | datetime] = {
        "key": limit.key(),
        "hits": hits,
        "now": now,
        "ends": now + limit.period,
        "latest": now + 2 * limit.period,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        total, ends = cursor.fetchone()
    return total, ends


def _in_words(wait: timedelta) -> str:
    if wait > timedelta(hours=1):
        hours = math.ceil(wait / timedelta(hours=1))
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    if wait > MINUTE:
        minutes = math.ceil(wait / MINUTE)
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    return _("a minute")
