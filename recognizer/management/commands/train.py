"""Train the network on MNIST and put the new model in place."""

from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from mlmodel.card import ModelCard, ModelError
from mlmodel.data import DataError
from mlmodel.export import ExportError
from mlmodel.training import TrainingConfig, TrainingStopped, shown_progress, train
from recognizer.models import ModelVersion

# What a shell reports for a command that Ctrl-C ended.
STOPPED_EXIT_CODE = 130
MAX_SEED = 2**32 - 1  # NumPy's and Keras's


class Command(BaseCommand):
    help = (
        "Train the network on MNIST (no network access is needed), export it to LiteRT and put "
        "it in place of the model that reads now. Until the very end the old model stays."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--fast", action="store_true", help="a smaller recipe, done in 5 minutes on two cores"
        )
        parser.add_argument("--seed", type=_seed, help="another seed than the recipe's")
        parser.add_argument("--epochs", type=_epochs, help="another number of epochs")
        parser.add_argument(
            "--output",
            type=Path,
            metavar="DIR",
            help="write the model there; the one that reads stays as it is",
        )

    def handle(self, *, fast: bool, output: Path | None, **options: Any) -> None:
        config = _config(fast, options["seed"], options["epochs"])
        try:
            with shown_progress() as report:
                card = train(config, output or Path(settings.MODEL_DIR), report)
        except TrainingStopped as error:
            raise CommandError(str(error), returncode=STOPPED_EXIT_CODE) from error
        except (ModelError, DataError, ExportError) as error:
            raise CommandError(str(error)) from error
        except ModuleNotFoundError as error:
            raise CommandError(
                f"{error.name} is not installed: training needs all of requirements.txt."
            ) from error
        registered = self._register(card, activate=output is None)
        self.stdout.write(
            f"{card.name}: {card.test_accuracy:.2%} of the MNIST test set, "
            f"{card.artifact_bytes / 1000:.0f} kB, trained in {card.seconds / 60:.1f} minutes, "
            f"written to {output or settings.MODEL_DIR}{registered}."
        )

    def _register(self, card: ModelCard, *, activate: bool) -> str:
        """The model is on disk and good; a database that is down must not undo that."""
        try:
            ModelVersion.objects.register(card, activate=activate)
        except DatabaseError as error:
            self.stderr.write(
                f"The database can't be reached ({str(error).splitlines()[0]}), so the model is "
                "not listed there yet; the web server lists it when it first reads with it."
            )
            return ""
        return ", registered and active" if activate else ", registered"


def _seed(text: str) -> int:
    return _whole_number(text, 0, MAX_SEED)


def _epochs(text: str) -> int:
    # None would put a network in place that was never trained.
    return _whole_number(text, 1, 1000)


def _whole_number(text: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
    return int(text)


def _config(fast: bool, seed: int | None, epochs: int | None) -> TrainingConfig:
    config = TrainingConfig.fast() if fast else TrainingConfig()
    return replace(
        config,
        seed=config.seed if seed is None else seed,
        epochs=config.epochs if epochs is None else epochs,
    )
