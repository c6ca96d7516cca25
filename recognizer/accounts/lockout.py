"""Wrong passwords: django-axes counts them, and they are deleted once they lock nobody out."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max
from django.utils import timezone


def time_left(username: str, client: str) -> timedelta:
    """How long somebody who guessed too often stays locked out, at most.

    Args:
        client: where the guesses come from; see recognizer.accounts.clients.
    """
    attempts = AccessAttempt.objects.filter(username=username, ip_address=client)
    latest = attempts.aggregate(latest=Max("attempt_time"))["latest"]
    ends = (latest or timezone.now()) + settings.AXES_COOLOFF_TIME
    return max(ends - timezone.now(), timedelta(seconds=1))


def forget_attempts_on(username: str) -> None:
    """Delete the failed sign-ins of an account that is being deleted."""
    AccessAttempt.objects.filter(username=username).delete()


def forget_old_attempts() -> int:
    """Delete the failed sign-ins that lock nobody out any more; returns the number of rows."""
    no_longer_counted = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(attempt_time__lte=no_longer_counted)
    return int(attempts.delete()[0])
