"""Reading pictures whose text is known, as commands do that measure."""

import time
from contextlib import suppress

from rich.progress import track

from mlmodel.evaluation.answers import Answer
from mlmodel.evaluation.labels import LabelledPicture, PictureSet
from mlmodel.model import Model
from recognizer.refusals import Refusal
from recognizer.uploads.reading import READER_ERRORS, read_without_storing


def answers_to(pictures: PictureSet, model: Model) -> list[Answer]:
    """Read all pictures of a set, and show the progress."""
    shown = track(pictures.pictures, pictures.name, transient=True)
    return [_answer(picture, model) for picture in shown]


def _answer(picture: LabelledPicture, model: Model) -> Answer:
    data = picture.read_bytes()
    started = time.perf_counter()
    reading = None
    # A picture that the reader can't process counts as not read; the others are still measured.
    with suppress(Refusal, *READER_ERRORS):
        reading = read_without_storing(data, model)
    return Answer(picture, reading, (time.perf_counter() - started) * 1000)
