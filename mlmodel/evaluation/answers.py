"""What was read in pictures whose text is known."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta

from mlmodel.evaluation.labels import LabelledPicture
from mlmodel.evaluation.measures import Confidences, Rights
from mlmodel.reading import Reading


class AnswersDamaged(Exception):
    """A text is not the answers that as_json wrote."""


@dataclass(frozen=True)
class Answer:
    """What a reader answered to one picture.

    Attributes:
        picture: the picture that was read.
        reading: its reading; None when the picture was refused or reading failed.
        milliseconds: the time from the bytes to the reading.
    """

    picture: LabelledPicture
    reading: Reading | None
    milliseconds: float

    @property
    def text(self) -> str:
        return self.reading.text if self.reading else ""

    @property
    def confidence(self) -> float:
        """0..1; 0 where nothing was read."""
        return (self.reading.confidence or 0.0) if self.reading else 0.0

    @property
    def right(self) -> bool:
        return self.reading is not None and self.text == self.picture.text

    @property
    def right_as_written(self) -> bool:
        """Whether the signs are right, too; False where it is not known what they are."""
        return self.reading is not None and self.reading.written == self.picture.written


@dataclass(frozen=True)
class _Sets:
    """The file's form: for each set, the confidence of each answer and whether it is right."""

    model: str
    sets: dict[str, list[tuple[Annotated[float, Meta(ge=0, le=1)], bool]]]


def as_json(model: str, answers: Mapping[str, Sequence[Answer]]) -> str:
    """How sure and how right the answers of each set are, as JSON, without what was read.

    Where nothing is written and nothing was read, there is no answer.

    Args:
        model: the name of the model that read.
        answers: by the names of their sets.
    """
    sets = {
        name: [
            [round(one.confidence, 6), one.right] for one in some if one.text or one.picture.text
        ]
        for name, some in answers.items()
    }
    return json.dumps({"model": model, "sets": sets})


def from_json(text: str) -> dict[str, tuple[Confidences, Rights]]:
    """What as_json wrote, of each set with answers.

    Raises:
        AnswersDamaged: it is something else.
    """
    try:
        sets = msgspec.json.decode(text, type=_Sets).sets
    except msgspec.MsgspecError as error:
        raise AnswersDamaged(f"These are no answers: {error}.") from error
    return {
        name: (
            np.array([confidence for confidence, _ in some], np.float64),
            np.array([right for _, right in some], np.bool_),
        )
        for name, some in sets.items()
        if some
    }
