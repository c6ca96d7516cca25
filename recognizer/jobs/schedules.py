"""Jobs that come again and again."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django_q.models import Schedule

UPKEEP = "recognizer.tasks.upkeep"
FIRST_AFTER = timedelta(minutes=1)
# A sweep looks at every stored file. The other jobs last some seconds, and have less time.
_LASTS_AT_MOST_S = 3600


def keep_upkeep_scheduled(every_minutes: int) -> None:
    """Let the upkeep come every so many minutes, however many workers there are; 0 means never."""
    if not every_minutes:
        Schedule.objects.filter(name=UPKEEP).delete()
        return
    wanted = {"func": UPKEEP, "schedule_type": Schedule.MINUTES, "minutes": every_minutes}
    wanted["kwargs"] = repr({"q_options": {"timeout": _LASTS_AT_MOST_S}})
    first = {"next_run": timezone.now() + FIRST_AFTER}
    with transaction.atomic(), connection.cursor() as cursor:
        # Two clusters that start at once would insert one each: the name is not unique.
        cursor.execute("LOCK TABLE django_q_schedule IN SHARE ROW EXCLUSIVE MODE")
        Schedule.objects.update_or_create(
            name=UPKEEP, defaults=wanted, create_defaults=wanted | first
        )
