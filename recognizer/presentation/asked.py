"""A picture as it is shown to somebody who is asked what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mlmodel.rules.field_rule import FieldRule
from mlmodel.rules.typed import why_not
from recognizer.checking.queue import BLIND
from recognizer.models import BatchItem, DigitPrediction, Prediction, without_signs
from recognizer.presentation.rules_in_words import why_not_in_words
from recognizer.presentation.wording import is_doubtful

Box = tuple[int, int, int, int]

# How much of a line's height is shown around it: enough to see what stands beside the digits.
_AROUND = 0.6
# A part that is almost all of the picture is no closer look.
_MOST_SHARE = 0.7
# Texts of more characters are shown smaller.
_LONG, _LONGER = 9, 15


@dataclass(frozen=True)
class AskedDigit:
    """A digit of the text that is proposed.

    Attributes:
        place: its character in the text, from 0.
        others: what else it may be, the likeliest first; empty where it is sure.
    """

    place: int
    value: int
    box: Box
    is_doubtful: bool
    others: list[int]

    @property
    def number(self) -> int:
        return self.place + 1


@dataclass(frozen=True)
class Asked:
    """What is shown of one picture.

    Attributes:
        is_blind: nothing of what was read or said before is shown.
        text: what is proposed; empty where it is blind, or nothing was read.
        part: the part of the picture with the digits, as x, y, width, height.
        instead_of: what was read, where the rule made another text of it.
        value: how the rule's value is written, where that is not the text itself.
        unmet: why nothing that was read satisfies the rule, in words.
    """

    item: BatchItem
    is_blind: bool
    text: str = ""
    part: Box = (0, 0, 1, 1)
    whole: Box = (0, 0, 1, 1)
    digits: list[AskedDigit] = field(default_factory=list)
    instead_of: str = ""
    value: str = ""
    unmet: str = ""

    @property
    def is_part(self) -> bool:
        return self.part != self.whole

    @property
    def doubtful(self) -> list[AskedDigit]:
        return [digit for digit in self.digits if digit.is_doubtful]

    @property
    def may_be_empty(self) -> bool:
        """Whether confirming an empty text is meant: it was read as empty, and that is shown."""
        return not self.is_blind and not self.text

    @property
    def size(self) -> str:
        length = len(self.text)
        return "longer" if length > _LONGER else "long" if length > _LONG else "short"

    @property
    def marks(self) -> list[bool]:
        """For each character of the text, whether it is doubtful."""
        doubtful = {digit.place for digit in self.doubtful}
        return [place in doubtful for place in range(len(self.text))]


def asked_about(item: BatchItem) -> Asked:
    """What to show of a picture.

    Args:
        item: with its batch, its upload and that one's current prediction.
    """
    upload, prediction = item.upload, item.upload.current_prediction if item.upload else None
    if upload is None:
        raise AssertionError("Only pictures that were stored are asked about.")
    is_blind = item.batch.double_keying or item.asked in BLIND
    whole = (0, 0, upload.width, upload.height)
    if prediction is None:
        return Asked(item, is_blind, part=whole, whole=whole)
    digits = list(prediction.digits.all())
    part = _part([*(digit.box for digit in digits), *map(tuple, prediction.passed_over)], whole)
    if is_blind:
        return Asked(item, is_blind, part=part, whole=whole)
    return Asked(
        item,
        is_blind,
        prediction.proposed,
        part,
        whole,
        _digits_of(prediction, digits),
        prediction.as_written if prediction.is_changed_by_rule else "",
        prediction.value if prediction.value != prediction.proposed else "",
        why_not_in_words(prediction.unmet) if prediction.unmet else "",
    )


def why_unfit(item: BatchItem, text: str) -> str:
    """Why a text that a person typed does not satisfy its batch's rule; empty if it does.

    Args:
        item: with its batch, that one's rule, its upload and the current prediction.
    """
    rule = item.batch.rule
    if rule is None or not text or without_signs(text) == _satisfying(item):
        return ""
    wrong = why_not(FieldRule.from_data(rule.definition), text)
    return why_not_in_words(wrong) if wrong else ""


def _satisfying(item: BatchItem) -> str | None:
    """The digits of the machine's value, which satisfy the rule however they are written."""
    prediction = item.upload.current_prediction if item.upload else None
    return prediction.value_text if prediction and prediction.value else None


def _digits_of(prediction: Prediction, digits: list[DigitPrediction]) -> list[AskedDigit]:
    """The digits that were read, at their places in the text; none if the rule changed it."""
    text = prediction.proposed
    if without_signs(text) != prediction.text:
        return []
    places = [place for place, character in enumerate(text) if character.isdigit()]
    return [_digit(*found) for found in zip(digits, places, strict=False)]


def _digit(digit: DigitPrediction, place: int) -> AskedDigit:
    doubtful = is_doubtful(digit.confidence)
    others = [value for value, _share in digit.alternatives[:2]] if doubtful else []
    return AskedDigit(place, digit.value, digit.box, doubtful, others)


def _part(boxes: Iterable[Box], whole: Box) -> Box:
    """The part of the picture around these boxes; all of it where that is not much more."""
    found = list(boxes)
    if not found:
        return whole
    around = round(_AROUND * max(height for _x, _y, _width, height in found))
    left = max(min(x for x, *_ in found) - around, 0)
    top = max(min(y for _x, y, *_ in found) - around, 0)
    right = min(max(x + width for x, _y, width, _height in found) + around, whole[2])
    bottom = min(max(y + height for _x, y, _width, height in found) + around, whole[3])
    part = (left, top, max(right - left, 1), max(bottom - top, 1))
    return whole if part[2] * part[3] > _MOST_SHARE * whole[2] * whole[3] else part
