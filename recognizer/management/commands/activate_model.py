"""Promote a model: let it read from the next picture on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mlmodel.artifact.card import ModelCard, ModelError
from mlmodel.artifact.directory import read_model
from mlmodel.artifact.versions import publish
from mlmodel.model import SHIPPED_DIR, Model
from recognizer.management.database_errors import end_on_database_error
from recognizer.model_versions.promotion import promote


class Command(BaseCommand):
    help = (
        "Check the model in a folder, as `train --output` writes it, add it to the models of this "
        "server, and let it read from the next picture on. One that can't be trusted is refused, "
        "and the one before reads on. Earlier models stay: name an earlier one's folder to go back."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "directory",
            type=Path,
            nargs="?",
            default=SHIPPED_DIR,
            metavar="DIR",
            help="default: the model that comes with digitrec, now and after each update",
        )

    def handle(self, *, directory: Path, **_options: Any) -> None:
        try:
            card = _checked_and_published(directory)
            with end_on_database_error("Nothing was promoted, for the database can't be used"):
                promote(card, automatically=directory == SHIPPED_DIR)
        except ModelError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{directory} can't be read: {error.strerror}.") from error
        self.stdout.write(f"{card.name} reads from the next picture on.")


def _checked_and_published(directory: Path) -> ModelCard:
    # The folder is read once, so that exactly the bytes that were checked are published.
    card, artifacts = read_model(directory)
    Model(card, artifacts)
    publish(card, artifacts, Path(settings.MODEL_DIR))
    return card
