from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recognizer.management.database_errors import end_on_database_error
from recognizer.management.progress import Progress
from recognizer.upkeep.backup import age_out, back_up

MOST_DAYS = 36_500


def days(text: str) -> int:
    """Parse a whole number of days, 0 or more."""
    if not text.isdecimal() or int(text) > MOST_DAYS:
        raise ArgumentTypeError(f"{text!r} is no number of days from 0 to {MOST_DAYS}.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Writes a backup of the database and of all pictures into a new folder in DIR, while the "
        "server goes on, and removes backups that are too old from DIR. `restore` puts it back. "
        "Ends with 1, and removes nothing, where the storage has lost pictures; the backup holds "
        "all others."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("into", type=Path, metavar="DIR", help="is made if it is missing")
        parser.add_argument(
            "--keep",
            type=days,
            default=30,
            metavar="DAYS",
            help="remove older backups from DIR (default: 30; 0 keeps all); in each of them, "
            "deleted pictures live on",
        )

    def handle(self, *, into: Path, keep: int, **_options: Any) -> None:
        try:
            with end_on_database_error("No backup: the database can't be used"):
                folder, manifest = back_up(into, report=Progress(self.stdout))
        except OSError as error:
            raise CommandError(f"No backup was written: {error}") from error
        rows, files = sum(manifest.rows.values()), len(manifest.pictures)
        self.stdout.write(f"{folder}: rows: {rows}, pictures: {files}")
        if manifest.lost:
            raise CommandError(
                f"Stored pictures that have no whole file any more: {len(manifest.lost)}. "
                "`manage.py verify_storage` names them. No old backup was removed: one of them may "
                "hold these pictures."
            )
        try:
            age_out(into, days=keep)
        except OSError as error:
            raise CommandError(f"An old backup could not be removed: {error}") from error
