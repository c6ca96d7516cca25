"""Measure the reader on pictures whose text is known."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from numpy.typing import NDArray
from PIL import Image
from rich.progress import track

from mlmodel.artifact.card import ModelError
from mlmodel.evaluation import answers as known_answers
from mlmodel.evaluation.answers import Answer
from mlmodel.evaluation.contact_sheet import contact_sheet, worst_mistakes
from mlmodel.evaluation.cost import compose_work, measure_cost
from mlmodel.evaluation.labels import (
    MNIST_SET,
    LabelledPicture,
    NoArchive,
    PictureSet,
    known_pictures,
    mnist_pictures,
)
from mlmodel.evaluation.made_up import made_up_numbers, peoples_numbers
from mlmodel.evaluation.report import Measured, as_json, as_markdown
from mlmodel.evaluation.summary import Summary, summarize
from mlmodel.evaluation.thresholds import thresholds_of
from mlmodel.evaluation.two_readers import Opinions, TwoReaders, compare, opinions_on
from mlmodel.mnist.data import DataError, Mnist, load_mnist
from mlmodel.model import Model
from recognizer.intake import cleaning
from recognizer.management.answers import answers_to
from recognizer.model_versions import active_model
from recognizer.refusals import Refusal
from recognizer.uploads.reading import READER_ERRORS

REPORT, MEASURES, PLOTS = "quality.md", "quality.json", "plots.png"
# How sure and how right each answer is, for the command simulate_checking.
ANSWERS = "answers.json"
SHEET_JPEG_QUALITY = 80


class Command(BaseCommand):
    help = (
        "Read the MNIST test set and other pictures whose text is known, and measure how well "
        "that went: folders with a labels.csv (columns file, digits and source), the folder of "
        "the USPS test set, and ZIP archives of pictures without digits. Prints the report, and "
        "writes it to --output with plots and the worst mistakes as pictures."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("places", nargs="*", type=Path, metavar="PLACE")
        parser.add_argument("--output", type=Path, metavar="DIR", help="write the report there")
        parser.add_argument(
            "--handwriting",
            type=Path,
            metavar="DIR",
            help="measure the signs of people's numbers, too: docs/training.md says what DIR holds",
        )
        parser.add_argument(
            "--no-sheets",
            action="store_true",
            help="leave out the mistakes of each PLACE, for a report that goes where its pictures "
            "must not",
        )

    def handle(
        self,
        *,
        places: list[Path],
        output: Path | None,
        handwriting: Path | None,
        no_sheets: bool,
        **_options: Any,
    ) -> None:
        try:
            if output:  # first, because the rest takes minutes
                output.mkdir(parents=True, exist_ok=True)
            model = active_model.model()
            mnist = load_mnist()
            sets = self._sets(mnist, places, handwriting)
            cost = measure_cost(active_model.active_folder(), compose_work(mnist.test))
        except (ModelError, DataError, OSError) as error:
            raise CommandError(str(error)) from error
        answers = {one.name: answers_to(one, model) for one in sets}
        thresholds = thresholds_of(answers, model.card.in_use.sure_from)
        summaries = [summarize(one, answers[one.name], thresholds) for one in sets]
        readers = {one.name: _two_readers(one, model) for one in sets if _shows_readers(one)}
        readers = {name: one for name, one in readers.items() if one.both.count}
        measured = Measured(model.card, thresholds, summaries, cost, readers)
        if output is None:
            self.stdout.write(as_markdown(measured))
            return
        shown = {MNIST_SET: answers[MNIST_SET]} if no_sheets else answers
        report = as_markdown(measured, self._plots(output, summaries), _sheets(output, shown))
        (output / REPORT).write_text(report, encoding="utf-8")
        (output / MEASURES).write_text(as_json(measured), encoding="utf-8")
        (output / ANSWERS).write_text(
            known_answers.as_json(model.card.name, answers), encoding="utf-8"
        )
        self.stdout.write(f"{report}Written to {output}.")

    def _sets(
        self, mnist: Mnist, places: Sequence[Path], handwriting: Path | None
    ) -> list[PictureSet]:
        # A finished model may be measured on the test set at any time: neither a training nor a
        # choice between models uses the result.
        sets = [mnist_pictures(mnist.test), made_up_numbers(mnist.test)]
        if handwriting:
            sets.append(peoples_numbers(handwriting))
        for place in places:
            try:
                sets.append(known_pictures(place))
            except NoArchive as error:
                self.stderr.write(f"{error} It is left out.")
        names = Counter(one.name for one in sets)
        name, count = names.most_common(1)[0]
        if count > 1:
            raise CommandError(f"{count} of the sets are called {name}.")
        return sets

    def _plots(self, output: Path, summaries: Sequence[Summary]) -> str | None:
        """Draw the plots; returns the name of their file, or None if they can't be drawn."""
        try:
            from mlmodel.evaluation.plots import draw
        except ModuleNotFoundError as error:
            self.stderr.write(f"{error.name} is not installed: plots need all of requirements.txt.")
            return None
        draw(summaries).savefig(output / PLOTS)
        return PLOTS


def _shows_readers(pictures: PictureSet) -> bool:
    """Whether the readers are compared on these pictures: MNIST's are many, and of one digit."""
    return pictures.name != MNIST_SET


def _two_readers(pictures: PictureSet, model: Model) -> TwoReaders:
    shown = track(pictures.pictures, f"{pictures.name}, each reader", transient=True)
    return compare(filter(None, (_opinions(picture, model) for picture in shown)))


def _opinions(picture: LabelledPicture, model: Model) -> Opinions | None:
    with suppress(Refusal, *READER_ERRORS):
        image = cleaning.clean(picture.read_bytes(), max_bytes=settings.MAX_UPLOAD_BYTES)
        return opinions_on(image.pixels, picture.text, model)
    return None


def _sheets(output: Path, answers: dict[str, list[Answer]]) -> dict[str, str]:
    """Draw the worst mistakes of each set; returns the names of the files by those of the sets."""
    files = {name: f"{name}-mistakes.jpg" for name in answers}
    for name, file in files.items():
        sheet = contact_sheet(list(_with_pixels(worst_mistakes(answers[name]))))
        Image.fromarray(sheet).save(output / file, quality=SHEET_JPEG_QUALITY)
    return files


def _with_pixels(answers: Sequence[Answer]) -> Iterator[tuple[NDArray[np.uint8], Answer]]:
    for answer in answers:
        if answer.reading:
            data = answer.picture.read_bytes()
            yield cleaning.clean(data, max_bytes=settings.MAX_UPLOAD_BYTES).pixels, answer
