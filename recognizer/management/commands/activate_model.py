"""Put a model that was trained elsewhere in place of the one that reads."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from mlmodel.artifact.card import ModelError
from mlmodel.artifact.directory import publish, read_model
from mlmodel.model import Model
from recognizer.management.database_errors import reason_of
from recognizer.models import ModelVersion


class Command(BaseCommand):
    help = (
        "Check the model in a folder, as `train --output` writes it, and put it in place of the "
        "one that reads, in one step. One that can't be trusted is refused, and the old one stays."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR")

    def handle(self, *, directory: Path, **_options: Any) -> None:
        try:
            # What is checked is what is written: the folder is read once.
            card, artifacts = read_model(directory)
            Model(card, artifacts)
            publish(card, artifacts, Path(settings.MODEL_DIR))
        except ModelError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{directory} can't be read: {error.strerror}.") from error
        try:
            ModelVersion.objects.register(card, activate=True)
        except Error as error:
            self.stderr.write(
                f"The database can't be reached ({reason_of(error)}): the web server lists the "
                "model when it first reads with it."
            )
        self.stdout.write(f"{card.name} reads now, from {settings.MODEL_DIR}.")
