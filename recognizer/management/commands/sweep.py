from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recognizer.management.database_errors import end_on_database_error
from recognizer.upkeep.sweep import SweepRunning, sweep


class Command(BaseCommand):
    help = (
        "Finishes or gives up uploads that were cut off, and removes files of deleted ones. "
        "Files that no upload names are set aside for a week first. Only tells what it would do, "
        "unless --apply is given. Ends with 1 where files of uploads are missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="do it")

    def handle(self, *, apply: bool, **_options: Any) -> None:
        try:
            with end_on_database_error():
                found = sweep(apply=apply)
        except SweepRunning as error:
            self.stdout.write(str(error))
            return
        except OSError as error:
            raise CommandError(f"The storage can't be used: {error}") from error
        counts = ", ".join(
            f"{name.replace('_', ' ')}: {count}" for name, count in asdict(found).items()
        )
        self.stdout.write(counts if apply else f"{counts} (a dry run: --apply does it)")
        if found.missing:
            raise CommandError(
                f"{found.missing} stored pictures have no file: `manage.py verify_storage` names "
                "them; restore them from a backup."
            )
