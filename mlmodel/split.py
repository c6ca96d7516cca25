"""Pieces in which several digits touch, cut where the classifier finds digits on both sides."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mlmodel.locate import Piece
from mlmodel.normalize import frame_digits

Classify = Callable[[NDArray[np.float32]], NDArray[np.float32]]

# A single digit is rarely wider than this share of its height; wider pieces are tried in parts.
MOST_ASPECT = 1.05
_LEAST_PART_ASPECT = 0.12
_MOST_PART_ASPECT = 1.15
# Handwritten digits are about 0.65 as wide as high (the median of MNIST's boxes is 0.7).
_USUAL_ASPECT = 0.65
_ASPECT_SPREAD = 0.45
_MOST_CUTS = 24
# A part whose ink is lower than this share of the piece is a stroke of its neighbour.
_LEAST_PART_HEIGHT = 0.5
# Touching digits share one stroke: a cut costs this much (in log probability), and as much
# again for every further stroke that it goes through.
_CUT_COST = 0.7


def split_touching(piece: Piece, classify: Classify) -> list[Piece]:
    """Cut a piece into the digits that it most likely holds, from left to right.

    Args:
        piece: connected ink; returned as it is when it is narrow enough for one digit.
        classify: (n, 28, 28) frames in 0..1 to (n, 10) probabilities.
    """
    height = piece.box[3]
    if piece.box[2] <= MOST_ASPECT * height:
        return [piece]
    edges = [0, *_cut_columns(piece.strength, height), piece.box[2]]
    spans = [
        (left, right)
        for i, left in enumerate(edges)
        for right in edges[i + 1 :]
        if (left, right) == (0, piece.box[2]) or _may_be_digit(piece.strength[:, left:right])
    ]
    frames = frame_digits([piece.strength[:, left:right] for left, right in spans])
    certainty = np.log(np.maximum(classify(frames).max(axis=1), 1e-6))
    scores = {
        span: float(value)
        + _width_score(span, height)
        - (_cut_cost(piece.strength, span[0]) if span[0] else 0)
        for span, value in zip(spans, certainty, strict=True)
    }
    best = _best_path(edges, scores)
    return [_part(piece, left, right) for left, right in pairwise(best)]


def _may_be_digit(part: NDArray[np.float32]) -> bool:
    height, width = part.shape
    rows = np.flatnonzero(part.max(axis=1) > 0)
    return bool(
        _LEAST_PART_ASPECT * height <= width <= _MOST_PART_ASPECT * height
        and rows.size
        and rows[-1] - rows[0] + 1 >= _LEAST_PART_HEIGHT * height
    )


def _cut_cost(strength: NDArray[np.float32], column: int) -> float:
    """What a cut at this column costs: by the number of strokes that it goes through."""
    ink = strength[:, column] > 0.5
    strokes = int(ink[0]) + int(np.count_nonzero(ink[1:] & ~ink[:-1]))
    return _CUT_COST * max(1, strokes)


def _cut_columns(strength: NDArray[np.float32], height: int) -> list[int]:
    """Columns with the least ink around them: candidates for cuts, from left to right."""
    profile = strength.sum(axis=0)
    reach = max(1, round(0.08 * height))
    local_least = [
        column
        for column in range(1, len(profile) - 1)
        if profile[column] <= profile[max(0, column - reach) : column + reach + 1].min() + 1e-6
    ]
    # One of several equal neighbours is enough.
    thinned = [c for c, after in pairwise([*local_least, len(profile) + reach]) if after - c > 1]
    return sorted(sorted(thinned, key=lambda column: float(profile[column]))[:_MOST_CUTS])


def _width_score(span: tuple[int, int], height: int) -> float:
    aspect = (span[1] - span[0]) / height
    return -0.5 * ((aspect - _USUAL_ASPECT) / _ASPECT_SPREAD) ** 2


def _best_path(edges: list[int], scores: dict[tuple[int, int], float]) -> list[int]:
    """The chain of spans from the first edge to the last with the highest score."""
    best: dict[int, tuple[float, list[int]]] = {edges[0]: (0.0, [edges[0]])}
    for right in edges[1:]:
        chains = [
            (best[left][0] + scores[left, right], [*best[left][1], right])
            for left in edges
            if left in best and (left, right) in scores
        ]
        if chains:
            best[right] = max(chains)
    return best[edges[-1]][1] if edges[-1] in best else [edges[0], edges[-1]]


def _part(piece: Piece, left: int, right: int) -> Piece:
    """The columns from left to right, cropped to their ink."""
    strength = piece.strength[:, left:right]
    rows = np.flatnonzero(strength.max(axis=1) > 0)
    top, bottom = (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, strength.shape[0])
    x, y, _, _ = piece.box
    box = (x + left, y + top, right - left, bottom - top)
    return Piece(box, strength[top:bottom], piece.line)
