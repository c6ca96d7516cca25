"""Reading a picture: its ink, the places where digits may stand, and the text they make up."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.card import ReadingCard
from mlmodel.digits.classifier import Classifier
from mlmodel.lines.line_reader import LineReader
from mlmodel.model import SHIPPED_DIR, Model
from mlmodel.picture.boxes import common_area, in_picture, reaches_edge
from mlmodel.picture.ink import Ink, extract_ink, with_gaps_closed
from mlmodel.picture.locate import Components, locate
from mlmodel.picture.printed import looks_printed
from mlmodel.reading import Digit, Reading, State
from mlmodel.rules.field_rule import FieldRule
from mlmodel.second.second_reader import SecondReader
from mlmodel.texts.candidates import Candidate, Found, find_candidates
from mlmodel.texts.fusion import Opinion, fuse
from mlmodel.texts.lattice import NO_DIGIT
from mlmodel.texts.line_texts import LineTexts, best_text, digit_shares, line_texts, text_confidence
from mlmodel.texts.passed_over import passed_over
from mlmodel.texts.second_texts import with_second
from mlmodel.texts.under_rule import UnderRule, is_enough_under, under_rule
from mlmodel.texts.written import written

logger = logging.getLogger(__name__)

_ALTERNATIVES = 3
# A refused picture shows letters if the second reader expects this many columns with one.
_LETTERS = 0.5
# What is read after gaps were closed counts from this confidence.
_LEAST_OF_MENDED = 0.3
# Ink of less than this share of the square of a digit's height is no point, but dust.
_POINT = 0.004


def read(
    image: NDArray[np.uint8],
    model: Model | None = None,
    *,
    picture_size: tuple[int, int] | None = None,
    rule: FieldRule | None = None,
) -> Reading:
    """Read the digits in a picture.

    Args:
        image: (height, width) grey or (height, width, 3) RGB, uint8, upright; dark ink on
            light paper or light ink on dark paper.
        model: the shipped model if it is left out.
        picture_size: width and height in pixels of the picture that boxes refer to, where
            `image` is a smaller copy of it.
        rule: of the picture's only field; it changes nothing but `under_rule`.

    Raises:
        ValueError: the array is no such picture.
        ModelError: the shipped model can't be loaded.
        RuleWrong: no text satisfies the rule.
    """
    grey_or_rgb = image.ndim == 2 or image.shape[2:] == (3,)
    if image.dtype != np.uint8 or not grey_or_rgb or not image.size:
        raise ValueError(f"No picture: {image.dtype} of shape {image.shape}.")
    model = model or _shipped_model()
    sight = find(image, model.line_reader, model.classifier)
    texts = _texts_by_all(sight, model)
    if not texts.text:
        mended = _mended(sight, model)
        if mended is None:
            refusal = _refusal(texts.lines, texts.found, sight)
            return replace(refusal, under_rule=UnderRule() if rule else None)
        sight, texts = mended
    size = picture_size or (image.shape[1], image.shape[0])
    scale = sight.scale * image.shape[1] / size[0]
    signs = written(texts.lines, texts.found)
    others = passed_over(texts.lines, texts.found, sight.ink.mask.shape)
    return Reading(
        State.READ if texts.is_sure and not others else State.DOUBTFUL,
        _digits(texts, scale, size),
        texts.text,
        texts.confidence,
        texts.lines,
        signs.text,
        signs.confidence,
        passed_over=tuple(in_picture(box, scale, size) for box in others),
        under_rule=_under_rule(rule, texts, sight, model, bool(others)) if rule else None,
    )


def _under_rule(
    rule: FieldRule, texts: "Texts", sight: "Sight", model: Model, is_cut: bool
) -> UnderRule:
    raw = texts.text
    if not (texts.found.second or is_enough_under(rule, raw)):
        texts = _by_both(sight, model) or texts
    card = (model.card.both if texts.found.second else None) or model.card.reading
    return under_rule(rule, texts.lines, texts.found, texts.opinions, card, raw, is_cut)


def _mended(sight: "Sight", model: Model) -> "tuple[Sight, Texts] | None":
    """What is seen and read once gaps in strokes are closed; None where nothing is."""
    mended = find_mended(sight, model.line_reader, model.classifier)
    if mended is None:
        return None
    texts = _texts_by_all(mended, model)
    return (mended, texts) if texts.text and texts.confidence >= _LEAST_OF_MENDED else None


def _texts_by_all(sight: "Sight", model: Model) -> "Texts":
    """The texts by the first reader alone where that is enough, else by both."""
    alone = texts_of(sight.found, model.card.reading)
    return alone if is_enough(alone, model.card.asked_below) else _by_both(sight, model) or alone


def _by_both(sight: "Sight", model: Model) -> "Texts | None":
    both = model.card.both
    if both is None or model.second_reader is None or not sight.found.strips:
        return None
    try:
        return texts_of(ask_second(sight, model.second_reader, model.classifier), both)
    except RuntimeError:  # LiteRT's, which has no memory left, say
        logger.exception("the second reader failed: the first one's text stands")
        return None


def is_enough(alone: "Texts", asked_below: float) -> bool:
    """Whether the second reader need not be asked: the fast way.

    The first one is as sure as a card demands, and there is no other ink that could be a sign.

    Args:
        alone: the texts by the first reader.
        asked_below: 0..1, the second one is asked where the confidence is lower.
    """
    return bool(alone.text) and alone.confidence >= asked_below and not _has_more(alone)


def _has_more(texts: "Texts") -> bool:
    """Whether there is ink of the size of a point or more that no digit of the text covers."""
    places = list(texts.places)
    read = [candidate.box for candidate, value in places if value != NO_DIGIT]
    others = [candidate.box for candidate, value in places if value == NO_DIGIT]
    least = _POINT * min(box[3] for box in read) ** 2
    return any(
        box[2] * box[3] >= least and not any(common_area(box, digit) for digit in read)
        for box in (*texts.found.others, *others)
    )


def _refusal(lines: tuple[LineTexts, ...], found: Found, sight: "Sight") -> Reading:
    printed = looks_printed(sight.components)
    is_written = bool(lines) or sight.has_inner_pieces or printed
    state = State.NOT_DIGITS if is_written else State.NOTHING
    columns = sum(look.letters for looks in found.second.values() for look in looks[:1])
    letters = is_written and not printed and columns >= _LETTERS
    return Reading(state, (), "", None, lines, letters=letters, printed=printed)


@dataclass(frozen=True)
class Sight:
    """What both networks find in a picture.

    Attributes:
        found: the places where a digit may stand, and the columns of each line.
        ink: that of the picture.
        components: those of the ink.
        has_inner_pieces: whether any ink does not reach the edge; ink that does is a grid, a table
            or a shadow.
    """

    found: Found
    ink: Ink
    components: Components
    has_inner_pieces: bool

    @property
    def scale(self) -> float:
        """Working pixels per pixel of the picture."""
        return self.ink.scale


def find(image: NDArray[np.uint8], line_reader: LineReader, classifier: Classifier) -> Sight:
    """Find the places in a picture where a digit may stand, and ask both networks about each.

    Both `read` and the training of the numbers that join the networks call this.

    Args:
        image: as in `read`.
    """
    return _find_in(extract_ink(image), line_reader, classifier)


def find_mended(sight: Sight, line_reader: LineReader, classifier: Classifier) -> Sight | None:
    """What is found in a picture once small gaps in its strokes are closed, as a threshold leaves.

    Returns:
        None where the ink has no such gaps, or is too much to be a few broken digits.
    """
    ink = with_gaps_closed(sight.ink)
    return _find_in(ink, line_reader, classifier) if ink else None


def _find_in(ink: Ink, line_reader: LineReader, classifier: Classifier) -> Sight:
    components = Components.of(ink)
    pieces = locate(ink, components)
    found = find_candidates(ink, components, pieces, line_reader, classifier)
    inner = [piece for piece in pieces if not reaches_edge(piece.box, ink.mask.shape)]
    return Sight(found, ink, components, bool(inner))


def ask_second(sight: Sight, second_reader: SecondReader, classifier: Classifier) -> Found:
    """What was found, with the second reader's answer for every line.

    Both `read` and the training of the numbers that join the readers call this.
    """
    return with_second(sight.found, sight.ink, sight.components, second_reader, classifier)


@dataclass(frozen=True)
class Texts:
    """The text of a picture, and what it was chosen from.

    Attributes:
        found: the places and the answers it was chosen from.
        lines: the possible texts of each line, from the top.
        opinions: the fused answers of the networks, one for each candidate.
        text: the likeliest text, lines separated by "|"; empty where there is none.
        confidence: the probability, 0..1, that the whole text is right.
        is_sure: whether no person has to look at it.
    """

    found: Found
    lines: tuple[LineTexts, ...]
    opinions: list[Opinion]
    text: str
    confidence: float
    is_sure: bool

    @property
    def places(self) -> Iterator[tuple[Candidate, int]]:
        """Every candidate with its value in the likeliest text, 0..9 or NO_DIGIT."""
        values = (value for line in self.lines for value in line.hypotheses[0].values)
        return zip(self.found.candidates, values, strict=True)


def texts_of(found: Found, card: ReadingCard) -> Texts:
    """Join the networks' answers into the likeliest text, by the numbers of a card.

    Both `read` and the training of these numbers call this.
    """
    opinions = fuse(found.candidates, card)
    lines = line_texts(found, opinions, card.texts)
    text, _ = best_text(lines)
    confidence = text_confidence(lines, found, opinions, card)
    return Texts(found, lines, opinions, text, confidence, confidence >= card.sure_from)


def _digits(texts: Texts, scale: float, size: tuple[int, int]) -> tuple[Digit, ...]:
    """Return the digits of the likeliest texts, with lines numbered without gaps."""
    candidates = texts.found.candidates
    shares = [row for line in texts.lines for row in digit_shares(line, texts.opinions)]
    return tuple(
        _digit(candidates[i], value, shares[i], number, scale, size)
        for number, line in enumerate(line for line in texts.lines if line.text)
        for i, value in enumerate(line.hypotheses[0].values, start=line.start)
        if value != NO_DIGIT
    )


def _digit(
    candidate: Candidate,
    value: int,
    shares: NDArray[np.float64],
    line: int,
    scale: float,
    size: tuple[int, int],
) -> Digit:
    others = [int(other) for other in np.argsort(-shares) if other != value]
    return Digit(
        value=value,
        confidence=min(float(shares[value]), 1.0),
        box=in_picture(candidate.box, scale, size),
        line=line,
        alternatives=tuple((other, float(shares[other])) for other in others[:_ALTERNATIVES]),
        frame=np.round(candidate.frame * 255).astype(np.uint8),
    )


@lru_cache(maxsize=1)
def _shipped_model(directory: Path = SHIPPED_DIR) -> Model:
    return Model.load(directory)
