"""Train the networks, and let the new model read."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from mlmodel.artifact.card import ModelCard, ModelError
from mlmodel.artifact.versions import folder_of
from mlmodel.handwriting.sources import HandwritingMissing
from mlmodel.mnist.data import DataError, load_mnist
from mlmodel.synthesis.preview import preview
from mlmodel.training import TrainingConfig, TrainingStopped, shown_progress, train
from mlmodel.training.config import KINDS
from mlmodel.training.export import ExportError
from mlmodel.training.lines.config import LinesConfig
from recognizer.management.database_errors import end_on_database_error
from recognizer.model_versions.active_model import active_folder
from recognizer.model_versions.promotion import promote
from recognizer.models import ModelVersion

# What a shell reports for a command that Ctrl-C ended.
STOPPED_EXIT_CODE = 130
MAX_SEED = 2**32 - 1  # the largest that NumPy and Keras accept


class Command(BaseCommand):
    help = (
        "Train the network that reads lines, the one that looks at each digit again, and the "
        "second reader, on MNIST, on pictures made from it and on people's handwriting if there is "
        "any (no network access is needed), and let them read from the next picture on. Earlier "
        "models stay, each in a folder of its own. A training that was interrupted goes on after "
        "its last whole epoch when it is started again."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--fast",
            action="store_true",
            help="a smaller recipe, done in about 10 minutes on two cores",
        )
        parser.add_argument(
            "--only",
            choices=KINDS,
            help="train one network, and keep the others of the model that reads now",
        )
        parser.add_argument(
            "--handwriting",
            type=Path,
            metavar="DIR",
            help="learn from people's handwriting, too: docs/training.md says what DIR holds",
        )
        parser.add_argument("--seed", type=_seed, help="another seed than the recipe's")
        parser.add_argument("--epochs", type=_epochs, help="another number of epochs")
        parser.add_argument(
            "--output",
            type=Path,
            metavar="DIR",
            help="write the model there; the one that reads stays as it is",
        )

        parser.add_argument(
            "--preview",
            type=Path,
            metavar="FILE",
            help="train nothing: write some of the pictures that a training makes to this PNG",
        )

    def handle(self, *, fast: bool, output: Path | None, **options: Any) -> None:
        config = _config(fast, options["only"], options["seed"], options["epochs"])
        if options["preview"]:
            self._preview(options["preview"], options["seed"])
            return
        if options["handwriting"]:
            config = config.with_handwriting(options["handwriting"])
        else:
            self.stdout.write("Without --handwriting, the hands of the pictures are made up.")
        models = output or Path(settings.MODEL_DIR)
        card = _trained(config, models)
        folder = folder_of(card.sha256, models)
        self.stdout.write(
            f"{card.name}: {card.test_accuracy:.2%} of the MNIST test set, "
            f"{_bytes(card) / 1e6:.1f} MB, trained in {_seconds(card, config) / 60:.1f} minutes, "
            f"written to {folder}."
        )
        not_yet = f"It was not promoted (`manage.py activate_model {folder}` does that later)"
        with end_on_database_error(f"{not_yet}, for the database can't be used"):
            if output is None:
                _promote(card, not_yet)
                self.stdout.write("It reads from now on; the model before stays beside it.")
            else:
                ModelVersion.objects.register(card)

    def _preview(self, file: Path, seed: int | None) -> None:
        try:
            pictures = preview(load_mnist().training, LinesConfig.seed if seed is None else seed)
            Image.fromarray(pictures).save(file, "PNG")
        except (DataError, OSError) as error:
            raise CommandError(f"{file} can't be written: {error}") from error
        self.stdout.write(f"Written to {file}.")


def _trained(config: TrainingConfig, models: Path) -> ModelCard:
    """Train and publish, and end the command in a sentence where that fails."""
    try:
        with shown_progress() as report:
            return train(config, models, settings.TRAINING_DIR, report, base=_base_of(config))
    except TrainingStopped as error:
        raise CommandError(str(error), returncode=STOPPED_EXIT_CODE) from error
    except (ModelError, DataError, ExportError, HandwritingMissing) as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"The training can't go on: {error}. The old model stays.") from error
    except ModuleNotFoundError as error:
        raise CommandError(
            f"{error.name} is not installed: training needs all of requirements.txt."
        ) from error


def _promote(card: ModelCard, not_yet: str) -> None:
    try:
        promote(card)
    except ModelError as error:
        raise CommandError(f"{not_yet}. {error}") from error


def _seed(text: str) -> int:
    return _whole_number(text, 0, MAX_SEED)


def _epochs(text: str) -> int:
    # With 0 epochs, a network that was never trained would be put in place.
    return _whole_number(text, 1, 1000)


def _whole_number(text: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
    return int(text)


def _config(fast: bool, only: str | None, seed: int | None, epochs: int | None) -> TrainingConfig:
    config = TrainingConfig.fast() if fast else TrainingConfig()
    if only is not None:
        config = config.only(only)
    if seed is not None:
        config = config.with_seed(seed)
    if epochs is not None:
        config = config.with_epochs(epochs)
    return config


def _base_of(config: TrainingConfig) -> Path | None:
    """The model to take a network from that the recipe leaves out: the one that reads now."""
    return None if config.digits and config.lines and config.second else active_folder()


def _bytes(card: ModelCard) -> int:
    return sum(network.artifact_bytes for network in card.networks.values())


def _seconds(card: ModelCard, config: TrainingConfig) -> float:
    """The duration of this training, without a network that was taken from an earlier one."""
    networks = card.networks
    return sum(networks[kind].seconds for kind in networks if getattr(config, kind))
