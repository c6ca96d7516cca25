"""How independent the two readers are: what each makes of the same pictures, asked alone."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmodel.evaluation.share import Share
from mlmodel.model import Model
from mlmodel.reader import ask_second, find, is_enough, texts_of


@dataclass(frozen=True)
class Opinions:
    """What is read in a picture, lines separated by "|".

    Attributes:
        right: what it says.
        first, second: by each reader alone.
        both: by both together, even where the second one would not have been asked.
        is_fast: whether the first one is so sure that the second one is not asked.
    """

    right: str
    first: str
    second: str
    both: str
    is_fast: bool


def opinions_on(image: NDArray[np.uint8], right: str, model: Model) -> Opinions | None:
    """What each reader of a model makes of a picture; None where there is no second reader.

    Args:
        image: see reader.read.
    """
    card = model.card
    if model.second_reader is None or card.both is None:
        return None
    sight = find(image, model.line_reader, model.classifier)
    alone = texts_of(sight.found, card.reading)
    if not sight.found.strips:
        return Opinions(right, alone.text, "", alone.text, is_fast=False)
    found = ask_second(sight, model.second_reader, model.classifier)
    lines = (looks[0].texts[0] for _, looks in sorted(found.second.items()))
    return Opinions(
        right,
        alone.text,
        "|".join(line for line in lines if line),
        texts_of(found, card.both).text,
        is_enough(alone, card.asked_below),
    )


@dataclass(frozen=True)
class TwoReaders:
    """Shares of the pictures of a set in which something is written.

    Attributes:
        first, second, both: read exactly by each reader alone, and by both together.
        neither: read wrongly by both alone.
        alike: of those, read alike.
        agree: read alike by both alone, rightly or wrongly.
        wrong_of_agreed: of those, wrong.
        fast: in which the second reader is not asked.
        changed: of those, in which both together would have read something else.
    """

    first: Share
    second: Share
    both: Share
    neither: Share
    alike: Share
    agree: Share
    wrong_of_agreed: Share
    fast: Share
    changed: Share


def compare(opinions: Iterable[Opinions]) -> TwoReaders:
    """Count what the readers make of the pictures in which something is written."""
    written = [one for one in opinions if one.right]
    neither = [one for one in written if one.right not in (one.first, one.second)]
    agreed = [one for one in written if one.first == one.second]
    fast = [one for one in written if one.is_fast]
    return TwoReaders(
        first=Share.of_true(one.first == one.right for one in written),
        second=Share.of_true(one.second == one.right for one in written),
        both=Share.of_true(one.both == one.right for one in written),
        neither=Share.of(len(neither), len(written)),
        alike=Share.of_true(one.first == one.second for one in neither),
        agree=Share.of(len(agreed), len(written)),
        wrong_of_agreed=Share.of_true(one.first != one.right for one in agreed),
        fast=Share.of(len(fast), len(written)),
        changed=Share.of_true(one.both != one.first for one in fast),
    )
