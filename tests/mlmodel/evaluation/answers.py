"""Made-up answers, for tests of what is counted."""

from collections.abc import Sequence

import numpy as np

from mlmodel.evaluation.answers import Answer
from mlmodel.evaluation.cost import Cost
from mlmodel.evaluation.labels import LabelledPicture, PictureSet
from mlmodel.evaluation.summary import Summary, summarize
from mlmodel.evaluation.thresholds import Thresholds
from mlmodel.reading import Digit, Reading, State

THRESHOLDS = Thresholds(working=0.9, reference=0.7, reference_set="single_digits")
COST = Cost(
    processor="a processor",
    digit_milliseconds=0.5,
    strip_milliseconds=6.0,
    page_milliseconds=120.0,
    resident_megabytes=150.0,
    peak_megabytes=210.0,
)


def make_answer(
    written: str,
    read: str,
    confidence: float = 0.99,
    source: str = "ada",
    refused: bool = False,
    signs: tuple[str, str] | None = None,
) -> Answer:
    """One line was read in a picture, every digit with this confidence.

    Args:
        signs: what it says with its signs, and how that was read.
    """
    right_signs, read_signs = signs or (None, read)
    digits = tuple(
        Digit(int(value), confidence, (0, 0, 1, 1), 0, (), np.zeros((28, 28), np.uint8))
        for value in read
    )
    picture = LabelledPicture("picture.png", bytes, written, source, right_signs)
    reading = Reading(
        state=State.READ if read else State.NOTHING,
        digits=digits,
        text=read,
        confidence=confidence ** len(read) if read else None,
        lines=(),
        written=read_signs,
    )
    return Answer(picture, None if refused else reading, 5.0)


def make_summary(
    answers: Sequence[Answer], name: str = "set", available: int | None = None
) -> Summary:
    """The measures of these answers at THRESHOLDS."""
    pictures = [answer.picture for answer in answers]
    return summarize(PictureSet(name, pictures, available or len(pictures)), answers, THRESHOLDS)
