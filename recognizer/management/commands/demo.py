from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError

from recognizer.batches.demonstration import meter_numbers, packed
from recognizer.batches.giving import Wanted, close, give, open_batch
from recognizer.management.database_errors import end_on_database_error

KEY = "demonstration"


class Command(BaseCommand):
    help = (
        "Makes a batch to try digitrec with: a ZIP of made-up meter numbers that digitrec draws "
        "itself, with a blank, a copy and a damaged picture among them. The workers of `make run` "
        "read it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", default="admin", help="whose batch it becomes (%(default)s)")
        parser.add_argument("--pictures", type=int, default=60, help="how many (%(default)s)")

    def handle(self, *, user: str, pictures: int, **_options: Any) -> None:
        with end_on_database_error():
            owner = User.objects.filter(username=user).first()
            if owner is None:
                raise CommandError(f"There is no user {user!r}: start `make run` once, or sign up.")
            batch = open_batch(owner, Wanted("Demonstration: meter numbers", key=KEY))
            if batch.closed:
                raise CommandError(
                    f"{user} has the demonstration already, at {batch.get_absolute_url()}: "
                    "delete it there first."
                )
            archive = packed(meter_numbers(pictures))
            give(batch, ContentFile(archive), "meters.zip", KEY)
            close(batch)
        self.stdout.write(f"The batch is at {batch.get_absolute_url()} for the user {user}.")
