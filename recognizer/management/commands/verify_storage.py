import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recognizer.management.database_errors import end_on_database_error
from recognizer.upkeep.verification import verify_storage


class Command(BaseCommand):
    help = (
        "Reads every stored file and compares it with the SHA-256 that was kept of it. Ends with "
        "1 where one is missing, changed, or named by no upload."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--megabytes-per-second",
            type=float,
            default=0.0,
            help="read no faster than this, so that others are not slowed down",
        )

    def handle(self, *, megabytes_per_second: float, **_options: Any) -> None:
        try:
            with end_on_database_error():
                found = verify_storage(_pace(megabytes_per_second * 2**20))
        except OSError as error:
            raise CommandError(f"The storage can't be used: {error}") from error
        for state in ("missing", "changed", "extra"):
            for name in getattr(found, state):
                self.stdout.write(f"{state}: {name}")
        self.stdout.write(
            f"whole: {found.whole}, missing: {len(found.missing)}, "
            f"changed: {len(found.changed)}, extra: {len(found.extra)}"
        )
        if not found.is_sound:
            raise CommandError("The storage does not hold what the database names.")


def _pace(bytes_per_second: float) -> Callable[[int], None]:
    started, done = time.monotonic(), 0

    def wait(count: int) -> None:
        nonlocal done
        done += count
        if bytes_per_second:
            time.sleep(max(0.0, started + done / bytes_per_second - time.monotonic()))

    return wait
