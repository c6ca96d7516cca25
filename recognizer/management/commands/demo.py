from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError

from mlmodel.rules.field_rule import FieldRule
from recognizer.batches.demonstration import METER_NUMBER, meter_numbers, packed
from recognizer.batches.giving import Wanted, close, give, open_batch
from recognizer.batches.rules import save_rule
from recognizer.management.database_errors import end_on_database_error
from recognizer.models import Owner, SavedRule

KEY = "demonstration"
RULE_NAME = "Meter number"


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
            wanted = Wanted("Demonstration: meter numbers", rule=_rule_of(owner), key=KEY)
            batch = open_batch(owner, wanted)
            if batch.closed:
                raise CommandError(
                    f"{user} has the demonstration already, at {batch.get_absolute_url()}: "
                    "delete it there first."
                )
            archive = packed(meter_numbers(pictures))
            give(batch, ContentFile(archive), "meters.zip", KEY)
            close(batch)
        self.stdout.write(f"The batch is at {batch.get_absolute_url()} for the user {user}.")


def _rule_of(owner: User) -> SavedRule:
    """The rule of the made-up numbers, unless the user has another one of its name."""
    known = SavedRule.objects.visible_to(Owner(user=owner)).filter(name=RULE_NAME).first()
    definition = FieldRule.from_data(METER_NUMBER).to_data()
    return known or save_rule(owner, RULE_NAME, definition)
