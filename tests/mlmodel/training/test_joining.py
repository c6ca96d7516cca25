from dataclasses import replace

import numpy as np
import pytest

from mlmodel.digits.classifier import CLASSES, OTHER
from mlmodel.lines.columns import CLASSES as COLUMN_CLASSES
from mlmodel.lines.columns import NONE, ColumnDigit
from mlmodel.synthesis.photograph import KnownDigit
from mlmodel.texts.candidates import Candidate, Found
from mlmodel.texts.fusion import fuse
from mlmodel.training.joining import (
    _Case,
    _choice,
    _joined,
    _logistic,
    _trusted,
    _with_measures,
    _with_texts,
)
from mlmodel.training.known import KnownPicture, Shown

PLACES = 600


def known(seed: int, line_is_right: float, frame_is_right: float) -> list[KnownPicture]:
    """Pictures of one place each, half of them with a digit; both networks err now and then."""
    random = np.random.default_rng(seed)
    pictures = []
    for _ in range(PLACES):
        value, there = int(random.integers(10)), random.random() < 0.5
        by_line = value if random.random() < line_is_right else (value + 1) % 10
        by_frame = value if random.random() < frame_is_right else (value + 2) % 10
        shares = np.full(10, 0.02, np.float32)
        shares[by_line] = 0.82
        presence = float(np.clip(random.normal(0.7 if there else 0.3, 0.2), 0.01, 0.99))
        classes = np.full(CLASSES, 0.02, np.float32)
        classes[by_frame] = 0.7
        classes[OTHER] = 0.12
        place = Candidate(
            (0, 0, 9, 20),
            0,
            ColumnDigit(presence, shares, (0, 0, 9, 20)),
            np.zeros((28, 28), np.float32),
            classes,
            at_edge=False,
        )
        columns = np.full((3, COLUMN_CLASSES), 0.1 / NONE)
        columns[:, NONE] = 0.9
        if there:
            columns[1] = np.roll(columns[1], value - NONE)
        found = Found((place,), {0: columns})
        digits = (KnownDigit(value, (0, 0, 9, 20)),) if there else ()
        shown = Shown.ONE_DIGIT if there else Shown.NO_DIGIT
        text = str(value) if there else ""
        pictures.append(KnownPicture(found, None, digits, text, shown))
    return pictures


def cases(pictures: list[KnownPicture]) -> list[_Case]:
    return [_Case(picture.found, picture) for picture in pictures]


def test_the_better_network_gets_the_greater_weight() -> None:
    trusted = _joined(known(1, line_is_right=0.6, frame_is_right=0.95)).digits_weight
    doubted = _joined(known(1, line_is_right=0.95, frame_is_right=0.6)).digits_weight
    assert trusted > 1 > doubted


def test_what_is_fitted_is_calibrated() -> None:
    reading = _joined(known(1, 0.9, 0.9))
    others = known(2, 0.9, 0.9)
    presences = np.array([fuse(part.found.candidates, reading)[0].presence for part in others])
    there = np.array([bool(part.text) for part in others])
    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.0)):
        chosen = (presences >= low) & (presences < high)
        assert there[chosen].mean() == pytest.approx(presences[chosen].mean(), abs=0.1)


def test_pictures_without_any_digit_leave_both_networks_as_they_are() -> None:
    blank = [replace(part, digits=(), text="") for part in known(1, 0.9, 0.9)[:20]]
    assert _joined(blank).presence == [0.0, 1.0, *[0.0] * 6]


def test_the_threshold_keeps_to_the_error_rate() -> None:
    card = _with_measures(_joined(known(1, 0.9, 0.95)), cases(known(2, 0.9, 0.95)), error_rate=0.1)
    assert card.error_rate <= 0.1
    assert 0 < card.read_rate <= 1
    assert card.pictures == PLACES


def test_numbers_with_a_slash_do_not_decide_whom_to_trust() -> None:
    pictures = known(2, 0.9, 0.95)
    slashes = [replace(one, text="814", has_slash=True) for one in pictures[:40] if one.text]
    card = _joined(known(1, 0.9, 0.95))
    without = _trusted(card, cases(pictures), 0.1)
    assert _trusted(card, cases(pictures + slashes), 0.1) == without
    unmarked = [replace(one, has_slash=False) for one in slashes]
    assert _trusted(card, cases(pictures + unmarked), 0.1) != without


def test_a_logistic_regression_finds_the_weights() -> None:
    random = np.random.default_rng(4)
    features = np.stack([np.ones(5_000), random.normal(size=5_000)], axis=1)
    wanted = random.random(5_000) < 1 / (1 + np.exp(-features @ (0.5, -2.0)))
    assert _logistic(features, wanted) == pytest.approx([0.5, -2.0], abs=0.15)


def test_columns_that_are_right_are_believed() -> None:
    card = _joined(known(1, 0.7, 0.7))
    others = cases(known(2, 0.7, 0.7))
    by_places = _with_measures(card, others, 0.1).exact
    assert (
        _with_measures(_with_texts(card, cases(known(1, 0.7, 0.7))), others, 0.1).exact > by_places
    )


def test_a_choice_finds_the_weights() -> None:
    random = np.random.default_rng(4)
    features = [random.normal(size=(4, 2)) for _ in range(3_000)]
    right = []
    for ways in features:
        chances = np.exp(ways @ (1.0, -0.5))
        right.append(int(random.choice(4, p=chances / chances.sum())))
    assert _choice(features, right) == pytest.approx([1.0, -0.5], abs=0.1)
