"""Measure the reader on pictures whose text is known."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image
from rich.progress import track

from mlmodel.card import ModelError
from mlmodel.classifier import Classifier
from mlmodel.data import DataError
from mlmodel.evaluation.answers import Answer
from mlmodel.evaluation.contact_sheet import contact_sheet, worst_mistakes
from mlmodel.evaluation.labels import LabelledPicture, known_pictures
from mlmodel.evaluation.report import as_json, as_markdown
from mlmodel.evaluation.summary import summarize
from mlmodel.reader import DOUBTFUL_BELOW
from recognizer import active_model, intake, recognition
from recognizer.refusals import Refusal

REPORT, MEASURES = "quality.md", "quality.json"


class Command(BaseCommand):
    help = (
        "Read pictures whose text is known and measure how well that went: folders with a "
        "labels.csv (columns file, digits and source), the folder of the USPS test set, and ZIP "
        "archives of pictures without digits. Prints the report, and writes it to --output with "
        "the worst mistakes as pictures."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("places", nargs="+", type=Path, metavar="PLACE")
        parser.add_argument("--output", type=Path, metavar="DIR", help="write the report there")

    def handle(self, *, places: list[Path], output: Path | None, **_options: Any) -> None:
        try:
            classifier = active_model.classifier()
            sets = {place.stem: known_pictures(place) for place in places}
        except (ModelError, DataError) as error:
            raise CommandError(str(error)) from error
        answers = {name: _answers(name, pictures, classifier) for name, pictures in sets.items()}
        summaries = [summarize(name, given, DOUBTFUL_BELOW) for name, given in answers.items()]
        report = as_markdown(classifier.card, DOUBTFUL_BELOW, summaries)
        self.stdout.write(report)
        if output:
            measured = as_json(classifier.card, DOUBTFUL_BELOW, summaries)
            _write(output, report, measured, answers)
            self.stdout.write(f"Written to {output}.")


def _write(output: Path, report: str, measured: str, answers: dict[str, list[Answer]]) -> None:
    output.mkdir(parents=True, exist_ok=True)
    (output / REPORT).write_text(report, encoding="utf-8")
    (output / MEASURES).write_text(measured, encoding="utf-8")
    for name, given in answers.items():
        sheet = contact_sheet(list(_with_pixels(worst_mistakes(given))))
        Image.fromarray(sheet).save(output / f"{name}-mistakes.png")


def _answers(
    name: str, pictures: Sequence[LabelledPicture], classifier: Classifier
) -> list[Answer]:
    return [_answer(picture, classifier) for picture in track(pictures, name, transient=True)]


def _answer(picture: LabelledPicture, classifier: Classifier) -> Answer:
    data = picture.read_bytes()
    started = time.perf_counter()
    try:
        reading = recognition.read_without_keeping(data, classifier)
    except Refusal:
        reading = None
    return Answer(picture, reading, (time.perf_counter() - started) * 1000)


def _with_pixels(answers: Sequence[Answer]) -> Iterator[tuple[Any, Answer]]:
    for answer in answers:
        if answer.reading:
            data = answer.picture.read_bytes()
            yield intake.clean(data, max_bytes=settings.MAX_UPLOAD_BYTES).pixels, answer
