"""Simulate people who check batches: is the promised error rate kept, and does it pay?"""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.progress import track

from mlmodel.artifact.card import ModelError
from mlmodel.artifact.directory import read_card
from mlmodel.evaluation.answers import AnswersDamaged, as_json, from_json
from mlmodel.evaluation.blurred import SEVERITIES, blurred_numbers
from mlmodel.mnist.data import DataError, load_mnist
from mlmodel.model import SHIPPED_DIR, Model
from recognizer.checking.acceptance import LEVEL
from recognizer.checking.recalibration import prior_of_card
from recognizer.checking.simulation import (
    MADE_UP,
    Draw,
    Kind,
    Settings,
    drawn_from,
    mixed,
    simulate,
)
from recognizer.checking.simulation_report import as_markdown, broken
from recognizer.management.answers import answers_to

SMALL, LARGE = 0.1, 10.0


class Command(BaseCommand):
    help = (
        "Simulate people who check batches, and print how often the promised error rate is "
        "broken and how much is accepted unseen, for several ways to choose the threshold. "
        "Batches are drawn from distributions, from synthetic pictures that the shipped model "
        "reads, and from the answers that `evaluate --output` wrote. Exits with 1 where the "
        "promise is not kept."
    )
    # Nothing here needs the database.
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--answers", nargs="+", type=Path, default=[], metavar="FILE", help="answers.json"
        )
        parser.add_argument("--batches", type=int, default=1_000)
        parser.add_argument("--size", type=int, default=500, help="texts of a usual batch")
        parser.add_argument("--checks", type=int, default=60, help="at the most, of such a batch")
        parser.add_argument("--tolerated", type=float, default=0.01, metavar="ERROR")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--pictures", type=int, default=300, help="synthetic pictures to read; 0 for none"
        )

    def handle(self, *, batches: int, seed: int, **options: Any) -> None:
        try:
            card = read_card(SHIPPED_DIR).in_use
            kinds = [*MADE_UP, *_kinds(list(_sources(options["answers"], options["pictures"])))]
        except (ModelError, DataError, AnswersDamaged, OSError) as error:
            raise CommandError(str(error)) from error
        settings = Settings(
            size=options["size"],
            checks=options["checks"],
            tolerated=options["tolerated"],
            sure_from=card.sure_from,
            prior=prior_of_card(card.calibration_error),
        )
        batches_shown = simulate(kinds, settings, batches=batches, seed=seed)
        outcomes = list(track(batches_shown, "batches", total=batches, transient=True))
        self.stdout.write(as_markdown(outcomes, settings))
        share = broken(outcomes)
        if share.low > 1 - LEVEL:
            raise CommandError(f"The promise was broken in {share.hits} of {share.count} batches.")
        self.stdout.write(f"The promise was kept in all but {share.hits} of {share.count} batches.")


def _sources(files: Sequence[Path], pictures: int) -> Iterator[tuple[str, Draw]]:
    """Answers of the shipped model to synthetic pictures, and those in files, by their sets."""
    texts = [file.read_text(encoding="utf-8") for file in files]
    if count := pictures // len(SEVERITIES):
        samples, model = load_mnist().test, Model.load()
        sets = (blurred_numbers(samples, name, count) for name in SEVERITIES)
        answers = {one.name: answers_to(one, model) for one in sets}
        texts.insert(0, as_json(model.card.name, answers))
    for text in texts:
        for name, (confidences, right) in from_json(text).items():
            yield name, drawn_from(confidences, right)


def _kinds(sources: Sequence[tuple[str, Draw]]) -> list[Kind]:
    """Batches of each source, and of two sources each."""
    kinds = [Kind(name, draw) for name, draw in sources]
    if len(sources) > 1:
        both = mixed([draw for _, draw in sources])
        kinds += [
            Kind("of two sets", both),
            Kind("of two sets, small", both, SMALL),
            Kind("of two sets, large", both, LARGE),
        ]
    return kinds
