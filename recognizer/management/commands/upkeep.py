from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recognizer.management.database_errors import end_on_database_error
from recognizer.upkeep.hourly import run_hourly_upkeep
from recognizer.upkeep.sweep import SweepRunning


class Command(BaseCommand):
    help = (
        "Does what `purge` and `sweep --apply` do, one after the other, unless another one is at "
        "it; what was done stands in the log. The workers do so every UPKEEP_EVERY_MINUTES; run "
        "it once an hour where there are none."
    )

    def handle(self, **_options: Any) -> None:
        try:
            with end_on_database_error():
                all_done = run_hourly_upkeep()
        except SweepRunning:
            return
        if not all_done:
            raise CommandError("Not all of the upkeep could be done: the log says why.")
