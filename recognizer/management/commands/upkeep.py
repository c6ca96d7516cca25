from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from recognizer.upkeep import SweepRunning, keep_up


class Command(BaseCommand):
    help = (
        "Does what `purge` and `sweep --apply` do, one after the other, unless another one is at "
        "it; what was done stands in the log. `make run` does so every UPKEEP_EVERY_MINUTES; run "
        "it once an hour where the server is started otherwise."
    )

    def handle(self, **_options: Any) -> None:
        try:
            all_done = keep_up()
        except SweepRunning:
            return
        except DatabaseError as error:
            reason = str(error).partition("\n")[0]
            raise CommandError(f"The database can't be used: {reason}") from error
        if not all_done:
            raise CommandError("Not all of the upkeep could be done: the log says why.")
