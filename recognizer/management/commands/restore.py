from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recognizer.management.database_errors import end_on_database_error
from recognizer.management.progress import Progress
from recognizer.upkeep.restoring import BackupUnusable, DatabaseNotEmpty, RestoreFailed, restore


class Command(BaseCommand):
    help = (
        "Puts a backup that `backup` has written into an empty database and its storage, and "
        "compares every row count and every file. Changes nothing where there are pictures or "
        "accounts already; what was cut off can be repeated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, metavar="BACKUP", help="such as DIR/digitrec-...")

    def handle(self, *, backup: Path, **_options: Any) -> None:
        try:
            with end_on_database_error("Not restored: the database can't be used"):
                manifest = restore(backup, report=Progress(self.stdout))
        except (BackupUnusable, DatabaseNotEmpty, RestoreFailed) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Not restored: {error}") from error
        rows, files = sum(manifest.rows.values()), len(manifest.pictures)
        self.stdout.write(f"restored and compared: rows: {rows}, pictures: {files}")
