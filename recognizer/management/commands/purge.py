"""Delete what is past its retention time."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from recognizer.management.database_errors import end_on_database_error
from recognizer.upkeep import retention


class Command(BaseCommand):
    help = (
        "Delete pictures older than RETENTION_DAYS (without an account: RETENTION_DAYS_ANONYMOUS) "
        "with everything that was read in them, batches as old or past the days that they are to "
        "be kept, and sessions that ended. `upkeep` does so, too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *, dry_run: bool, **_options: Any) -> None:
        with end_on_database_error():
            purged = retention.purge(dry_run=dry_run)
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{would}deleted: batches={purged.batches} uploads={purged.uploads} "
            f"sessions={purged.sessions} notes={purged.notes}"
        )
