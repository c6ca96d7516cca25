"""Jobs that come again and again."""

from datetime import timedelta

from django.utils import timezone
from django_q.models import Schedule

UPKEEP = "recognizer.tasks.upkeep"
FIRST_AFTER = timedelta(minutes=1)


def keep_upkeep_scheduled(every_minutes: int) -> None:
    """Let the upkeep come every so many minutes, however many workers there are; 0 means never."""
    if not every_minutes:
        Schedule.objects.filter(name=UPKEEP).delete()
        return
    wanted = {"func": UPKEEP, "schedule_type": Schedule.MINUTES, "minutes": every_minutes}
    first = {"next_run": timezone.now() + FIRST_AFTER}
    Schedule.objects.update_or_create(name=UPKEEP, defaults=wanted, create_defaults=wanted | first)
