"""Other hands, pens and papers: variations of framed digits for training.

MNIST was written with one kind of pen and scanned by one scanner. Phone photos, tablets and
scans differ in slant, aspect, stroke width, sharpness and in how well the digit was cut out;
these are what is varied, a little beyond what reading meets.
"""

from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.normalize import DIGIT_BOX_PX, FRAME_SIDE_PX

Frames = NDArray[np.float32]

MIDDLE_PX = (FRAME_SIDE_PX - 1) / 2
MARGIN_PX = (FRAME_SIDE_PX - DIGIT_BOX_PX) // 2
# Elastic pulls are drawn on a coarse grid and spread smoothly (Simard et al., Best practices
# for convolutional neural networks, 2003): five knots bend a stroke without breaking it.
ELASTIC_KNOTS = 5


@dataclass(frozen=True)
class Augmentation:
    """How far a digit may be varied; each bound is drawn from evenly, unless it says else."""

    turn_degrees: float = 15  # either way; a page in the hand is seldom straighter than this
    shear: float = 0.25  # slant either way, in columns per row
    log_scale: float = 0.18  # size times e**-0.18..e**0.18, 0.84 to 1.20
    log_aspect: float = 0.15  # width against height, 0.86 to 1.16
    shift_px: float = 2.0  # either way: dirt or a lost stroke moves the centre of mass
    elastic_px: float = 1.0  # standard deviation of a knot's pull
    widen: float = 1.0  # share of a dilated picture, about one pixel on every side at 1
    thin: float = 0.7  # share of an eroded picture; a whole one would break MNIST's thin strokes
    blur: float = 0.2  # weight of each neighbour; beyond that a loop closes
    gamma: float = 0.5  # ink to the power of e**-0.5..e**0.5: flat or hard greys
    noise: float = 0.08  # standard deviation, for the share of frames below
    noisy_share: float = 0.25
    debris_share: float = 0.1  # frames with a piece of a neighbouring digit at the side

    def halved(self) -> "Augmentation":
        """Every variation half as far, or half as often."""
        return Augmentation(**{name: bound / 2 for name, bound in asdict(self).items()})


def augment(frames: Frames, strength: Augmentation, random: np.random.Generator) -> Frames:
    """Vary each frame in its own way.

    Args:
        frames: (n, 28, 28) float32 in 0..1, 1 is full ink; not changed.
        strength: the bounds of the variation.
        random: where all chance comes from; the same state gives the same frames.

    Returns:
        (n, 28, 28) float32 in 0..1.
    """
    varied = bend(frames, strength, random)
    varied = change_stroke(varied, strength, random)
    varied = add_debris(varied, strength, random)
    return change_tone(varied, strength, random)


def bend(frames: Frames, strength: Augmentation, random: np.random.Generator) -> Frames:
    """Turn, slant, scale, stretch, shift and pull each frame; background comes in as zero."""
    # Cubic keeps the edges of strokes; what it swings beyond 0..1 is cut off.
    sources = _affine_sources(len(frames), strength, random)
    sources += _elastic_pulls(len(frames), strength, random)
    bent = [
        cv2.remap(frame, column, row, cv2.INTER_CUBIC)
        for frame, column, row in zip(frames, *sources, strict=True)
    ]
    return np.clip(np.asarray(bent, np.float32).reshape(frames.shape), 0, 1)


def change_stroke(frames: Frames, strength: Augmentation, random: np.random.Generator) -> Frames:
    """Widen or thin the strokes: a mixture with the dilated or the eroded frame."""
    share = _even(random, len(frames), 1)
    wide = np.maximum(share, 0) * strength.widen
    thin = np.maximum(-share, 0) * strength.thin
    varied = frames + wide * (_over_neighbours(frames, np.maximum) - frames)
    varied += thin * (_over_neighbours(varied, np.minimum) - varied)
    # Framing always brings the darkest ink to 1, so a thinned stroke must not stay pale.
    peak = np.maximum(varied.max(axis=(1, 2), keepdims=True), 0.1)
    return np.asarray(varied / peak, np.float32)


def add_debris(frames: Frames, strength: Augmentation, random: np.random.Generator) -> Frames:
    """Let a piece of another frame reach into the side of some frames."""
    varied = frames.copy()
    for index in np.flatnonzero(random.random(len(frames)) < strength.debris_share):
        width = int(random.integers(3, 8))  # at most the margin and a little of the digit's box
        other = frames[random.integers(len(frames))]
        if random.integers(2):
            piece, side = other[:, -MARGIN_PX - width : -MARGIN_PX], varied[index, :, :width]
        else:
            piece, side = other[:, MARGIN_PX : MARGIN_PX + width], varied[index, :, -width:]
        np.maximum(side, piece, out=side)
    return varied


def change_tone(frames: Frames, strength: Augmentation, random: np.random.Generator) -> Frames:
    """Blur, flatten or harden the greys, and add noise to some frames."""
    count = len(frames)
    weight = random.random((count, 1, 1), np.float32) * strength.blur
    varied = _blur(frames, weight)
    varied = np.clip(varied, 0, 1) ** np.exp(_even(random, count, strength.gamma))
    noisy = np.flatnonzero(random.random(count) < strength.noisy_share)
    shape = (len(noisy), FRAME_SIDE_PX, FRAME_SIDE_PX)
    varied[noisy] += strength.noise * random.standard_normal(shape, np.float32)
    return np.clip(varied, 0, 1)


def _even(random: np.random.Generator, count: int, bound: float) -> Frames:
    """(count, 1, 1) numbers drawn evenly from -bound..bound."""
    return random.uniform(-bound, bound, (count, 1, 1)).astype(np.float32)


def _affine_sources(count: int, strength: Augmentation, random: np.random.Generator) -> Frames:
    """(2, count, 28, 28): the column and row where each pixel of the new frame comes from."""
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
    """(2, count, 28, 28) smooth displacements in pixels, along columns and rows."""
    knots = random.standard_normal((2, count, ELASTIC_KNOTS, ELASTIC_KNOTS), np.float32)
    spread = _knot_weights()
    return np.asarray(strength.elastic_px * (spread @ knots @ spread.T), np.float32)


def _knot_weights() -> NDArray[np.float32]:
    """(28, knots): the share of every knot in every row; Gaussian bells, one knot apart."""
    distance_px = (FRAME_SIDE_PX - 1) / (ELASTIC_KNOTS - 1)
    knots = np.arange(ELASTIC_KNOTS) * distance_px
    offset = (np.arange(FRAME_SIDE_PX)[:, None] - knots) / distance_px
    bells = np.exp(-2 * offset**2)
    return np.asarray(bells / np.sqrt((bells**2).sum(axis=1, keepdims=True)), np.float32)


def _over_neighbours(frames: Frames, choose: np.ufunc) -> Frames:
    """The largest or smallest of each pixel and the four beside it."""
    padded = np.pad(frames, ((0, 0), (1, 1), (1, 1)))
    rows = choose(choose(padded[:, :-2, 1:-1], padded[:, 2:, 1:-1]), frames)
    columns = choose(padded[:, 1:-1, :-2], padded[:, 1:-1, 2:])
    return np.asarray(choose(rows, columns), np.float32)


def _blur(frames: Frames, weight: Frames) -> Frames:
    """Mix each pixel with its neighbours: down the rows, then along them."""
    padded = np.pad(frames, ((0, 0), (1, 1), (0, 0)))
    rows = (1 - 2 * weight) * frames + weight * (padded[:, :-2] + padded[:, 2:])
    padded = np.pad(rows, ((0, 0), (0, 0), (1, 1)))
    return np.asarray(
        (1 - 2 * weight) * rows + weight * (padded[..., :-2] + padded[..., 2:]), np.float32
    )
