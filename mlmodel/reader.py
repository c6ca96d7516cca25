"""Reading a picture: its ink, the places where digits may stand, and the text they make up."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.card import ReadingCard
from mlmodel.digits.classifier import Classifier
from mlmodel.lines.line_reader import LineReader
from mlmodel.model import SHIPPED_DIR, Model
from mlmodel.picture.boxes import Box, reaches_edge
from mlmodel.picture.ink import Ink, extract_ink
from mlmodel.picture.locate import Components, locate
from mlmodel.reading import Digit, Reading, State
from mlmodel.second.second_reader import SecondReader
from mlmodel.texts.candidates import Candidate, Found, find_candidates
from mlmodel.texts.fusion import Opinion, fuse
from mlmodel.texts.lattice import NO_DIGIT
from mlmodel.texts.line_texts import (
    LineTexts,
    best_text,
    digit_shares,
    line_texts,
    text_confidence,
)
from mlmodel.texts.second_texts import with_second
from mlmodel.texts.written import written

_ALTERNATIVES = 3
# A refused picture shows letters if the second reader expects this many columns with one.
_LETTERS = 0.5


def read(
    image: NDArray[np.uint8],
    model: Model | None = None,
    *,
    picture_size: tuple[int, int] | None = None,
) -> Reading:
    """Read the digits in a picture.

    Args:
        image: (height, width) grey or (height, width, 3) RGB, uint8, upright; dark ink on
            light paper or light ink on dark paper.
        model: the shipped model if it is left out.
        picture_size: width and height in pixels of the picture that boxes refer to, where
            `image` is a smaller copy of it.

    Raises:
        ValueError: the array is no such picture.
        ModelError: the shipped model can't be loaded.
    """
    grey_or_rgb = image.ndim == 2 or image.shape[2:] == (3,)
    if image.dtype != np.uint8 or not grey_or_rgb or not image.size:
        raise ValueError(f"No picture: {image.dtype} of shape {image.shape}.")
    model = model or _shipped_model()
    sight = find(image, model.line_reader, model.classifier)
    card, found = model.card.reading, sight.found
    texts = texts_of(found, card)
    if model.card.both and model.second_reader and found.strips:
        card = model.card.both
        found = ask_second(sight, model.second_reader, model.classifier)
        texts = texts_of(found, card)
    if texts.text:
        shares = [row for line in texts.lines for row in digit_shares(line, texts.opinions)]
        size = picture_size or (image.shape[1], image.shape[0])
        scale = sight.scale * image.shape[1] / size[0]
        digits = _digits(found.candidates, texts.lines, shares, scale, size)
        state = State.READ if texts.confidence >= card.sure_from else State.DOUBTFUL
        signs = written(texts.lines, found)
        return Reading(
            state,
            digits,
            texts.text,
            texts.confidence,
            texts.lines,
            signs.text,
            signs.confidence,
        )
    return _refusal(texts.lines, found, sight.has_inner_pieces)


def _refusal(lines: tuple[LineTexts, ...], found: Found, has_inner_pieces: bool) -> Reading:
    is_written = bool(lines) or has_inner_pieces
    state = State.NOT_DIGITS if is_written else State.NOTHING
    letters = sum(look.letters for looks in found.second.values() for look in looks[:1])
    return Reading(state, (), "", None, lines, letters=is_written and letters >= _LETTERS)


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
    ink = extract_ink(image)
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
        lines: the possible texts of each line, from the top.
        opinions: the fused answers of both networks, one for each candidate.
        text: the likeliest text, lines separated by "|"; empty where there is none.
        confidence: the probability, 0..1, that the whole text is right.
    """

    lines: tuple[LineTexts, ...]
    opinions: list[Opinion]
    text: str
    confidence: float


def texts_of(found: Found, card: ReadingCard) -> Texts:
    """Join both networks' answers into the likeliest text, by the numbers of a card.

    Both `read` and the training of these numbers call this.
    """
    opinions = fuse(found.candidates, card)
    lines = line_texts(found, opinions, card.texts)
    text, _ = best_text(lines)
    confidence = text_confidence(lines, found, opinions, card)
    return Texts(lines, opinions, text, confidence)


def _digits(
    candidates: Sequence[Candidate],
    lines: Sequence[LineTexts],
    shares: Sequence[NDArray[np.float64]],
    scale: float,
    size: tuple[int, int],
) -> tuple[Digit, ...]:
    """Return the digits of the likeliest texts, with lines numbered without gaps."""
    return tuple(
        _digit(candidates[i], value, shares[i], number, scale, size)
        for number, line in enumerate(line for line in lines if line.text)
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
        box=_in_picture(candidate.box, scale, size),
        line=line,
        alternatives=tuple((other, float(shares[other])) for other in others[:_ALTERNATIVES]),
        frame=np.round(candidate.frame * 255).astype(np.uint8),
    )


def _in_picture(box: Box, scale: float, size: tuple[int, int]) -> Box:
    """Convert a box from working pixels to the picture's own, clipped to the picture."""
    width, height = size
    x, y, box_width, box_height = box
    left = min(max(int(x / scale), 0), width - 1)
    top = min(max(int(y / scale), 0), height - 1)
    right = min(max(int(np.ceil((x + box_width) / scale)), left + 1), width)
    bottom = min(max(int(np.ceil((y + box_height) / scale)), top + 1), height)
    return left, top, right - left, bottom - top


@lru_cache(maxsize=1)
def _shipped_model(directory: Path = SHIPPED_DIR) -> Model:
    return Model.load(directory)
