"""Fitting the numbers that join the networks' answers, on pictures that none has seen."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.card import KindCard, ReadingCard
from mlmodel.evaluation import measures
from mlmodel.odds import softmax
from mlmodel.reader import is_enough, texts_of
from mlmodel.texts.candidates import Found
from mlmodel.texts.fusion import (
    PRESENCE_FEATURES,
    presence_features,
    value_logs,
    value_shares,
)
from mlmodel.texts.line_texts import (
    CONFIDENCE_FEATURES,
    CONFIDENCE_FEATURES_OF_BOTH,
    TEXT_FEATURES,
    confidence_features,
)
from mlmodel.training.known import KnownPicture

_NEWTON_STEPS = 30
# Keeps weights finite where the candidates can be separated without an error.
_RIDGE = 1e-3
_WEIGHTS = np.linspace(0, 1.5, 16)
# Before any fit, the presence is the line network's alone, the classifier's log-probabilities of
# values have the weight 0.5, and the temperature is 1.
_NEUTRAL = [0.0, 1.0, *[0.0] * (PRESENCE_FEATURES - 2)], 0.5, 1.0
# Before any fit, a line's text counts as much by its places as by its columns, and the confidence
# is the text's probability.
_NEUTRAL_TEXTS = [1.0, 1.0, *[0.0] * (TEXT_FEATURES - 2)]
_NEUTRAL_CONFIDENCE = [0.0, 1.0, *[0.0] * (CONFIDENCE_FEATURES - 2)]
# Lower bound of a text's feature, relative to the largest among the texts of its line.
_LEAST_BELOW = 25.0
# The share of texts that the second reader may have changed where it was not asked.
MOST_CHANGED = 0.002
_TEMPERATURES = np.geomspace(0.5, 4, 25)


def fit_reading(known: Sequence[KnownPicture], error_rate: float) -> ReadingCard:
    """Fit the numbers that join the answers of the line network and the classifier.

    Every second picture is for the numbers, the others for the threshold and the measures.

    Args:
        known: pictures that no network was trained on.
        error_rate: the share of wrong texts, 0..1, among those accepted without a person.
    """
    cases = [_Case(one.found, one) for one in known]
    card = _joined([one for one in known[::2] if one.found.candidates])
    return _trusted(_with_texts(card, cases[::2]), cases, error_rate)


def fit_both(known: Sequence[KnownPicture], alone: ReadingCard, error_rate: float) -> ReadingCard:
    """Fit the numbers that join the second reader's answers as well.

    Args:
        known, error_rate: see fit_reading.
        alone: the numbers without it. What they say of each place stays.
    """
    cases = [_Case(one.both, one) for one in known if one.both]
    card = replace(
        alone,
        texts=[*_NEUTRAL_TEXTS, 0.5, 0.5],
        confidence=[
            *_NEUTRAL_CONFIDENCE,
            *[0.0] * (CONFIDENCE_FEATURES_OF_BOTH - CONFIDENCE_FEATURES),
        ],
    )
    return _trusted(_with_texts(card, cases[::2]), cases, error_rate)


def fit_asked_below(known: Sequence[KnownPicture], alone: ReadingCard, both: ReadingCard) -> float:
    """Return the confidence of the first reader from which the second one would change nothing.

    From it on, both together read another text in at most MOST_CHANGED of the pictures, and the
    first one alone is sure enough that no person is asked.
    """
    sure, same = [], []
    for one in known:
        first = texts_of(one.found, alone)
        if one.both and is_enough(first, 0.0):
            sure.append(first.confidence)
            same.append(texts_of(one.both, both).text == first.text)
    if not sure:
        return 1.0
    unchanged = measures.threshold_of(np.array(sure), np.array(same), MOST_CHANGED)
    return max(round(unchanged, 4), alone.sure_from)


def measure_kinds(known: Sequence[KnownPicture], card: ReadingCard) -> dict[str, KindCard]:
    """How every kind of picture that people made is read at the threshold of a card.

    Args:
        known: as they were fitted on; every second picture is measured.
    """
    read: defaultdict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for one in known[1::2]:
        if one.text and not one.is_whole:
            continue
        texts = texts_of(one.both, card) if one.both else None
        is_sure = bool(texts and texts.text and texts.is_sure)
        read[one.shown].append((texts is not None and texts.text == one.text, is_sure))
    return {kind: _kind_card(answers) for kind, answers in sorted(read.items())}


def _kind_card(answers: list[tuple[bool, bool]]) -> KindCard:
    accepted = [right for right, is_sure in answers if is_sure]
    return KindCard(
        pictures=len(answers),
        exact=_share(sum(right for right, _ in answers), len(answers)),
        read_rate=_share(len(accepted), len(answers)),
        error_rate=_share(len(accepted) - sum(accepted), len(accepted)),
    )


@dataclass(frozen=True)
class _Case:
    """What is fitted on: what was found in a picture, with or without the second reader."""

    found: Found
    picture: KnownPicture

    @property
    def text(self) -> str:
        return self.picture.text


def _trusted(card: ReadingCard, cases: Sequence[_Case], error_rate: float) -> ReadingCard:
    """Fit the confidence, the threshold and the measures on what is like people's pictures.

    Pictures that are put together of characters are harder than what anybody sends. Where there
    are others, only they decide whom to trust; of those without digits, all do. Numbers with a
    slash don't: half of the surest mistakes were upright slashes, which nobody can tell from a
    1, and their share would decide the threshold for all others.
    """
    whole = [
        case
        for case in cases
        if (case.picture.is_whole and not case.picture.has_slash) or not case.text
    ]
    if not any(case.text for case in whole):
        whole = list(cases)
    return _with_measures(_with_confidence(card, whole[::2]), whole[1::2], error_rate)


def _joined(pictures: list[KnownPicture]) -> ReadingCard:
    """Fit values and presence on the candidates; the card has no measures yet."""
    known = [one for one in pictures if one.values is not None]
    candidates = [candidate for part in known for candidate in part.found.candidates]
    values = np.array([v for one in known if one.values is not None for v in one.values], np.int_)
    presence, weight, temperature = _NEUTRAL
    is_digit = np.flatnonzero(values >= 0)
    if is_digit.size:  # there is none where a network was hardly trained
        by_line, by_frame = (logs[is_digit] for logs in value_logs(candidates))
        weight, temperature = min(
            ((float(w), float(t)) for w in _WEIGHTS for t in _TEMPERATURES),
            key=lambda pair: _surprise((by_line + pair[0] * by_frame) / pair[1], values[is_digit]),
        )
        features = [
            presence_features(candidates, value_shares(candidates, weight, temperature))
            for candidates in (part.found.candidates for part in known)
        ]
        presence = _logistic(np.vstack(features), values >= 0).tolist()
    return ReadingCard(
        digits_weight=round(weight, 4),
        presence=[round(value, 4) for value in presence],
        value_temperature=round(temperature, 4),
        texts=_NEUTRAL_TEXTS,
        confidence=_NEUTRAL_CONFIDENCE,
        sure_from=1.0,
        pictures=0,
        exact=0.0,
        read_rate=0.0,
        error_rate=0.0,
        false_accepts=0.0,
        calibration_error=0.0,
    )


def _with_texts(card: ReadingCard, known: Sequence[_Case]) -> ReadingCard:
    """Fit the factors that make the right text of a line the likeliest of its texts."""
    features, right = [], []
    for part in known:
        lines = texts_of(part.found, card).lines
        # Of several lines, it is not known which one holds which text.
        if len(lines) != 1 or "|" in part.text:
            continue
        texts = [hypothesis.text for hypothesis in lines[0].hypotheses]
        if part.text in texts:
            features.append(lines[0].features)
            right.append(texts.index(part.text))
    if not features:  # the networks were hardly trained
        return card
    return replace(card, texts=[round(value, 4) for value in _choice(features, right).tolist()])


def _choice(features: list[NDArray[np.float64]], right: list[int]) -> NDArray[np.float64]:
    """Fit a conditional logit, which chooses one of several alternatives, by Newton's method.

    Args:
        features: (n, k) float64 for each choice, a row for each of its n alternatives.
        right: the index of the right alternative of each choice.

    Returns:
        (k,) float64, the weights of the features.
    """
    bounded = [np.maximum(ways, ways.max(axis=0) - _LEAST_BELOW) for ways in features]
    weights = np.zeros(features[0].shape[1])
    for _ in range(_NEWTON_STEPS):
        slope, curve = _RIDGE * weights, _RIDGE * np.eye(len(weights))
        for ways, one in zip(bounded, right, strict=True):
            shares = softmax(ways @ weights)
            mean = shares @ ways
            slope = slope + mean - ways[one]
            curve = curve + (ways * shares[:, None]).T @ ways - np.outer(mean, mean)
        weights = weights - np.linalg.solve(curve, slope)
    return np.asarray(weights)


def _with_confidence(card: ReadingCard, known: Sequence[_Case]) -> ReadingCard:
    """Calibrate the confidence of whole texts (Platt, 1999), whose places are not independent."""
    features, right = [], []
    for part in known:
        read = texts_of(part.found, card)
        if read.text:
            features.append(confidence_features(read.lines, part.found, read.opinions))
            right.append(read.text == part.text)
    if all(right) or not any(right):  # the networks were hardly trained, or pictures are few
        return card
    fitted = _logistic(np.stack(features), np.array(right))
    return replace(card, confidence=[round(float(value), 4) for value in fitted])


def _logistic(features: NDArray[np.float64], wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Fit a logistic regression by Newton's method.

    Args:
        features: (n, k) float64.
        wanted: (n,) bool.

    Returns:
        (k,) float64, the weights of the features.
    """
    weights = np.zeros(features.shape[1])
    for _ in range(_NEWTON_STEPS):
        shares = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (shares - wanted) + _RIDGE * weights
        curve = (features * (shares * (1 - shares))[:, None]).T @ features
        weights = weights - np.linalg.solve(curve + _RIDGE * np.eye(len(weights)), slope)
    return np.asarray(weights)


def _surprise(logits: NDArray[np.float64], values: NDArray[np.int_]) -> float:
    """Return the mean negative log-probability of the right values (cross-entropy)."""
    right = softmax(logits)[np.arange(len(values)), values]
    return float(-np.log(np.maximum(right, 1e-12)).mean())


def _with_measures(card: ReadingCard, known: Sequence[_Case], error_rate: float) -> ReadingCard:
    """Set the threshold for an error rate, and the measures on these pictures."""
    texts = [(part.text, texts_of(part.found, card)) for part in known]
    answers = [(text, read.text, read.confidence) for text, read in texts]
    with_digits = [(text, read, sure) for text, read, sure in answers if text or read]
    sure = np.array([sure if read else 0.0 for _, read, sure in with_digits], np.float64)
    right = np.array([text == read for text, read, _ in with_digits], np.bool_)
    sure_from = measures.threshold_of(sure, right, error_rate)
    accepted, wrong = measures.accepted_at(sure, right, sure_from)
    empty = [bool(read) and sure >= sure_from for text, read, sure in answers if not text]
    return replace(
        card,
        sure_from=round(sure_from, 4),
        pictures=len(known),
        exact=_share(sum(text == read for text, read, _ in answers), len(known)),
        read_rate=_share(accepted, len(sure)),
        error_rate=_share(wrong, accepted),
        false_accepts=_share(sum(empty), len(empty)),
        calibration_error=round(measures.calibration_error(sure, right), 4),
    )


def _share(hits: int, count: int) -> float:
    return round(hits / max(count, 1), 4)
