"""Which parts of a frame an answer rests on.

A patch of paper slides over the frame, and the classifier classifies each variant: where the
answer's probability falls, the answer rests on the ink that was covered. After Zeiler and Fergus,
"Visualizing and Understanding Convolutional Networks" (ECCV 2014), section 4.2, who covered parts
of photos with grey; paper instead of grey shows what the ink in a place contributes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.classifier import Classifier

# Wider than a stroke of 2 to 4 px, so that it cuts one; narrower than a digit's parts, of 7 to 10.
PATCH_SIDE_PX = 6
# A step of 1 would take four times as long (180 ms instead of 50) for a map that looks the same.
STEP_PX = 2
# Ink fainter than this counts as paper: a patch over nothing darker is skipped.
LEAST_INK = 0.02


@dataclass(frozen=True)
class Occlusion:
    """What covering parts of one frame does to one answer.

    Attributes:
        probability: of the answer for the whole frame, 0..1.
        drops: (28, 28) float32 in -1..1: the loss of that probability, on average over the
            patches with ink that cover a pixel; negative where the answer is likelier without it.
        worst: (row, column) of the middle of the patch whose loss is largest; None where the
            frame holds no ink to cover.
        left_at_worst: the probability, 0..1, that is left under that patch; `probability` where
            there is none.
    """

    probability: float
    drops: NDArray[np.float32]
    worst: tuple[int, int] | None
    left_at_worst: float


def occlude(frame: NDArray[np.float32], value: int, classifier: Classifier) -> Occlusion:
    """Cover the frame part by part, and measure what becomes of one answer's probability.

    Args:
        frame: (28, 28) float32 in 0..1, 1 is full ink, as Classifier.classify expects it.
        value: the answer, 0..9.

    Raises:
        ValueError: a frame of another shape or type.
    """
    corners = _corners_over_ink(frame)
    variants = np.repeat(frame[np.newaxis], len(corners) + 1, axis=0)
    for variant, corner in zip(variants[1:], corners, strict=True):
        variant[_patch(corner)] = 0
    shares = classifier.classify(variants)[:, value]
    losses = shares[0] - shares[1:]
    worst = int(np.argmax(losses)) if len(corners) else None
    return Occlusion(
        probability=float(shares[0]),
        drops=_mean_by_pixel(frame.shape, corners, losses),
        worst=None if worst is None else _middle(corners[worst]),
        left_at_worst=float(shares[0] if worst is None else shares[worst + 1]),
    )


def _corners_over_ink(frame: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Upper left corners of the patches that cover any ink; others would change nothing."""
    height, width = (side - PATCH_SIDE_PX + 1 for side in frame.shape)
    return [
        (row, column)
        for row in range(0, height, STEP_PX)
        for column in range(0, width, STEP_PX)
        if frame[_patch((row, column))].max() > LEAST_INK
    ]


def _mean_by_pixel(
    shape: tuple[int, ...], corners: list[tuple[int, int]], losses: NDArray[np.float32]
) -> NDArray[np.float32]:
    total, covered = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for corner, loss in zip(corners, losses, strict=True):
        total[_patch(corner)] += loss
        covered[_patch(corner)] += 1
    return np.asarray(total / np.maximum(covered, 1), np.float32)


def _patch(corner: tuple[int, int]) -> tuple[slice, slice]:
    row, column = corner
    return np.s_[row : row + PATCH_SIDE_PX, column : column + PATCH_SIDE_PX]


def _middle(corner: tuple[int, int]) -> tuple[int, int]:
    row, column = corner
    return row + PATCH_SIDE_PX // 2, column + PATCH_SIDE_PX // 2
