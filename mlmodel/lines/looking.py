"""Looking at a strip with the line network: up to three times, at the right scale and upright."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmodel.lines.columns import COLUMN_PX, PRESENT, ColumnDigit, decode, digit_at
from mlmodel.lines.ctc import best_path_log, column_shares
from mlmodel.lines.line_reader import LineReader
from mlmodel.lines.strips import (
    DIGIT_HEIGHT_PX,
    STRIP_HEIGHT_PX,
    Strip,
    cut_again,
    cut_upright,
    outline_in_working,
)
from mlmodel.picture.cutting import Outline
from mlmodel.picture.ink import Ink
from mlmodel.picture.locate import Piece

# A digit whose presence is less than this is no candidate.
_LEAST_PRESENCE = 0.02
# If the digits appear at less or more than these shares of their standard height, or more than this
# many pixels off the strip's middle, the network looks at them again at the right scale.
_LEAST_SCALE, _MOST_SCALE, _MOST_OFF_PX = 0.81, 1.21, 4.0
# A piece in which the line network saw nothing may still be a digit if its height is at least this
# share of DIGIT_HEIGHT_PX, and its width at most this many times its height.
_LEAST_PIECE_HEIGHT, _MOST_PIECE_ASPECT = 0.6, 1.2
# Least width of a piece without its slant, as a share of its height.
_LEAST_ASPECT = 0.2


@dataclass(frozen=True)
class Seen:
    """What the line network sees in a line.

    Attributes:
        digits: each with its outline in working pixels, including faint digits and pieces in which
            the network saw nothing.
        columns: (columns, 11) float64 in 0..1, as ctc.column_shares returns it for the look that
            was used.
        level: the strip at the right scale, before it was sheared upright.
    """

    digits: list[tuple[ColumnDigit, Outline]]
    columns: NDArray[np.float64]
    level: Strip


def look_at(ink: Ink, strip: Strip, pieces: list[Piece], line_reader: LineReader) -> Seen:
    """Find what the line network sees in a strip.

    Args:
        pieces: those of the strip's line.
    """
    answer = line_reader.columns(strip.pixels)
    digits = decode(answer)
    again = _at_right_scale(ink, strip, digits)
    if again is not None:
        second = line_reader.columns(again.pixels)
        if digits_again := decode(second):
            strip, answer, digits = again, second, digits_again
    level = strip
    # Digits that lean reach over their neighbours' columns: a 1 between two of them is lost.
    upright = cut_upright(ink, strip) if len(digits) > 1 else None
    columns = column_shares(answer)
    if upright is not None:
        second = line_reader.columns(upright.pixels)
        if best_path_log(columns_upright := column_shares(second)) > best_path_log(columns):
            strip, answer, columns = upright, second, columns_upright
    seen = decode(answer, least=_LEAST_PRESENCE)
    found = [(digit, outline_in_working(strip, *digit.edges)) for digit in seen]
    found += _overlooked(strip, pieces, seen, answer)
    return Seen(found, columns, level)


def _at_right_scale(ink: Ink, strip: Strip, seen: list[ColumnDigit]) -> Strip | None:
    """The strip cut again if its digits are too small, too large or off its middle, else None."""
    if not seen:
        return None
    edges = np.array([digit.edges for digit in seen])
    height = max(float(np.median(edges[:, 3] - edges[:, 1])), DIGIT_HEIGHT_PX / 3)
    off = float(np.median(edges[:, 3] + edges[:, 1])) / 2 - (STRIP_HEIGHT_PX - 1) / 2
    scale = height / DIGIT_HEIGHT_PX
    if _LEAST_SCALE < scale < _MOST_SCALE and abs(off) <= _MOST_OFF_PX:
        return None
    return cut_again(ink, strip, 1 / scale, off)


def _overlooked(
    strip: Strip, pieces: list[Piece], seen: list[ColumnDigit], answer: NDArray[np.float32]
) -> list[tuple[ColumnDigit, Outline]]:
    """Pieces of a digit's size in which no digit was seen, as faint candidates."""
    inverse = np.linalg.inv(np.vstack([strip.to_working, (0, 0, 1)]))
    found = []
    for piece in pieces:
        x, y, width, height = piece.box
        middle, level = (inverse @ (x + width / 2, y + height / 2, 1))[:2]
        # Without its slant, the piece is narrower than its box.
        half = max(width - abs(strip.slant) * height, _LEAST_ASPECT * height) * strip.scale / 2
        tall = height * strip.scale / 2
        covered = any(
            abs(digit.middle - middle) < half
            or (digit.presence >= PRESENT and digit.edges[0] <= middle <= digit.edges[2])
            for digit in seen
        )
        is_small = 2 * tall < _LEAST_PIECE_HEIGHT * DIGIT_HEIGHT_PX
        if covered or is_small or half > _MOST_PIECE_ASPECT * tall:
            continue
        column = int(np.clip(round(middle / COLUMN_PX), 0, len(answer) - 1))
        box = middle - half, level - tall, middle + half, level + tall
        found.append((digit_at(answer, column, seen), outline_in_working(strip, *box)))
    return found
