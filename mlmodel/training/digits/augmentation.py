"""Variations of framed digits for training: other hands, pens and papers.

MNIST was written with one kind of pen and scanned by one scanner. Phone photos, tablets and
scans differ in slant, aspect, stroke width, sharpness, and in how well a digit was cut out. All
of these are varied, a little farther than reading meets them.
"""

from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.normalize import DIGIT_BOX_PX, FRAME_SIDE_PX

Frames = NDArray[np.float32]

MIDDLE_PX = (FRAME_SIDE_PX - 1) / 2
MARGIN_PX = (FRAME_SIDE_PX - DIGIT_BOX_PX) // 2
# Elastic pulls are drawn on a coarse grid and interpolated smoothly (Simard et al., Best practices
# for convolutional neural networks, 2003). Five knots bend a stroke without breaking it.
ELASTIC_KNOTS = 5


@dataclass(frozen=True)
class Augmentation:
    """How far a digit may be varied.

    Values are drawn evenly up to each bound, except where a comment calls it a standard deviation
    or a share of frames.
    """

    turn_degrees: float = 15  # either way: how far a page in the hand may be turned
    shear: float = 0.25  # slant either way, in columns per row
    log_scale: float = 0.18  # size times e**-0.18..e**0.18, 0.84 to 1.20
    log_aspect: float = 0.15  # width against height, 0.86 to 1.16
    shift_px: float = 2.0  # either way: dirt or a lost stroke moves the centre of mass
    elastic_px: float = 1.0  # standard deviation of a knot's pull
    widen: float = 1.0  # weight of the dilated frame; 1 adds about a pixel on every side
    thin: float = 0.7  # weight of the eroded frame; 1 would break MNIST's thin strokes
    blur: float = 0.2  # weight of each neighbour; more would close loops
    gamma: float = 0.5  # ink to the power of e**-0.5..e**0.5: flat or hard greys
    noise: float = 0.08  # standard deviation, in noisy frames
    noisy_share: float = 0.25  # of frames
    debris_share: float = 0.1  # of frames have a piece of a neighbouring digit at the side

    def halved(self) -> "Augmentation":
        """All of these numbers divided by two."""
        return Augmentation(**{name: bound / 2 for name, bound in asdict(self).items()})


def augment(frames: Frames, strength: Augmentation, random: np.random.Generator) -> Frames:
    """Vary each frame in its own way.

    Args:
        frames: (n, 28, 28) float32 in 0..1, 1 is full ink; they are not changed.
        strength: the bounds of the variation.
        random: decides everything; the same state returns the same frames.

    Returns:
        (n, 28, 28) float32 in 0..1.
    """
    varied = bend(frames, strength, random)
    varied = change_stroke(varied, strength, random)
    varied = add_debris(varied, strength, random)
    return change_tone(varied, strength, random)


def bend(frames: Frames, strength: Augmentation, random: np.random.Generator) -> Frames:
    """Turn, slant, scale, stretch, shift and pull each frame; what comes in from outside is 0.

    Takes and returns (n, 28, 28) float32 in 0..1.
    """
    # Cubic interpolation preserves the edges of strokes; where it overshoots 0..1, it is clipped.
    sources = _affine_sources(len(frames), strength, random)
    sources += _elastic_pulls(len(frames), strength, random)
    bent = [
        cv2.remap(frame, column, row, cv2.INTER_CUBIC)
        for frame, column, row in zip(frames, *sources, strict=True)
    ]
    return np.clip(np.asarray(bent, np.float32).reshape(frames.shape), 0, 1)


def change_stroke(frames: Frames, strength: Augmentation, random: np.random.Generator) -> Frames:
    """Widen or thin the strokes by mixing each frame with its dilated or its eroded version.

    Takes and returns (n, 28, 28) float32 in 0..1.
    """
    share = _even(random, len(frames), 1)
    wide = np.maximum(share, 0) * strength.widen
    thin = np.maximum(-share, 0) * strength.thin
    varied = frames + wide * (_over_neighbours(frames, np.maximum) - frames)
    varied += thin * (_over_neighbours(varied, np.minimum) - varied)
    # Framing scales the darkest ink to 1, so a thinned stroke must not stay pale.
    peak = np.maximum(varied.max(axis=(1, 2), keepdims=True), 0.1)
    return np.asarray(varied / peak, np.float32)


def add_debris(frames: Frames, strength: Augmentation, random: np.random.Generator) -> Frames:
    """Put a piece of another frame at the left or the right side of some frames.

    Takes and returns (n, 28, 28) float32 in 0..1.
    """
    varied = frames.copy()
    for index in np.flatnonzero(random.random(len(frames)) < strength.debris_share):
        width = int(random.integers(3, 8))  # the margin and a little of the digit's box at most
        other = frames[random.integers(len(frames))]
        if random.integers(2):
            piece, side = other[:, -MARGIN_PX - width : -MARGIN_PX], varied[index, :, :width]
        else:
            piece, side = other[:, MARGIN_PX : MARGIN_PX + width], varied[index, :, -width:]
        np.maximum(side, piece, out=side)
    return varied


def change_tone(frames: Frames, strength: Augmentation, random: np.random.Generator) -> Frames:
    """Blur, flatten or harden the greys, and add noise to some frames.

    Takes and returns (n, 28, 28) float32 in 0..1.
    """
    count = len(frames)
    weight = random.random((count, 1, 1), np.float32) * strength.blur
    varied = _blur(frames, weight)
    varied = np.clip(varied, 0, 1) ** np.exp(_even(random, count, strength.gamma))
    noisy = np.flatnonzero(random.random(count) < strength.noisy_share)
    shape = (len(noisy), FRAME_SIDE_PX, FRAME_SIDE_PX)
    varied[noisy] += strength.noise * random.standard_normal(shape, np.float32)
    return np.clip(varied, 0, 1)


def _even(random: np.random.Generator, count: int, bound: float) -> Frames:
    """Numbers drawn evenly from -bound..bound, (count, 1, 1) float32."""
    return random.uniform(-bound, bound, (count, 1, 1)).astype(np.float32)


def _affine_sources(count: int, strength: Augmentation, random: np.random.Generator) -> Frames:
    """The column and the row that each pixel of a new frame comes from, (2, count, 28, 28)."""
    turn = np.radians(_even(random, count, strength.turn_degrees))
    shear = _even(random, count, strength.shear)
    scale = np.exp(_even(random, count, strength.log_scale))
    stretch = np.exp(_even(random, count, strength.log_aspect / 2))
    row, column = np.mgrid[:FRAME_SIDE_PX, :FRAME_SIDE_PX].astype(np.float32) - MIDDLE_PX
    column = column - _even(random, count, strength.shift_px)
    row = row - _even(random, count, strength.shift_px)
    column, row = (
        np.cos(turn) * column + np.sin(turn) * row,
        np.cos(turn) * row - np.sin(turn) * column,
    )
    column = (column + shear * row) / (scale * stretch)
    row = row / (scale / stretch)
    return np.stack([column, row]) + np.float32(MIDDLE_PX)


def _elastic_pulls(count: int, strength: Augmentation, random: np.random.Generator) -> Frames:
    """Smooth displacements along columns and rows in pixels, (2, count, 28, 28)."""
    knots = random.standard_normal((2, count, ELASTIC_KNOTS, ELASTIC_KNOTS), np.float32)
    spread = _knot_weights()
    return np.asarray(strength.elastic_px * (spread @ knots @ spread.T), np.float32)


def _knot_weights() -> NDArray[np.float32]:
    """The share of every knot in every row, (28, knots): Gaussian bells, one knot apart."""
    distance_px = (FRAME_SIDE_PX - 1) / (ELASTIC_KNOTS - 1)
    knots = np.arange(ELASTIC_KNOTS) * distance_px
    offset = (np.arange(FRAME_SIDE_PX)[:, None] - knots) / distance_px
    bells = np.exp(-2 * offset**2)
    return np.asarray(bells / np.sqrt((bells**2).sum(axis=1, keepdims=True)), np.float32)


def _over_neighbours(frames: Frames, choose: np.ufunc) -> Frames:
    """For each pixel the largest or the smallest of it and its four neighbours."""
    padded = np.pad(frames, ((0, 0), (1, 1), (1, 1)))
    rows = choose(choose(padded[:, :-2, 1:-1], padded[:, 2:, 1:-1]), frames)
    columns = choose(padded[:, 1:-1, :-2], padded[:, 1:-1, 2:])
    return np.asarray(choose(rows, columns), np.float32)


def _blur(frames: Frames, weight: Frames) -> Frames:
    """Mix each pixel with its neighbours, first above and below, then left and right."""
    padded = np.pad(frames, ((0, 0), (1, 1), (0, 0)))
    rows = (1 - 2 * weight) * frames + weight * (padded[:, :-2] + padded[:, 2:])
    padded = np.pad(rows, ((0, 0), (0, 0), (1, 1)))
    return np.asarray(
        (1 - 2 * weight) * rows + weight * (padded[..., :-2] + padded[..., 2:]), np.float32
    )
