"""Wrong passwords: django-axes counts them, and they are forgotten as soon as they may be."""

from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone


def forget_old_attempts() -> int:
    """Delete the failed sign-ins that lock nobody out any more; returns how many rows."""
    no_longer_counted = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(attempt_time__lte=no_longer_counted)
    return int(attempts.delete()[0])
