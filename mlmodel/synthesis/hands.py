"""A hand: how somebody writes, drawn at random."""

from dataclasses import dataclass

import numpy as np

from mlmodel.digits.classifier import DIGIT_CLASSES
from mlmodel.synthesis.shapes import digit_font

# Shares of hands that write like a font and that draw; the rest writes as in MNIST.
FONT_SHARE, DRAWN_SHARE = 0.25, 0.35
# Many write zeros smaller and flatter, above all rows of them at the end of an amount, and ones
# taller or at a slant of their own; and let a 1, a 4, a 7 or a 9 hang below the line.
SMALL_ZERO_SHARE, TALL_ONE_SHARE, LEANING_ONE_SHARE, HANGING_SHARE = 0.25, 0.4, 0.3, 0.2
HANGING = (1, 4, 7, 9)
SMALL_ZERO = 0.8  # of the usual height; smaller ones may be flat
# And some do not lift the pen between two zeros.
LINKED_ZERO_SHARE = 0.2


@dataclass(frozen=True)
class Hand:
    """How somebody writes. Lengths are shares of the usual digit height.

    Attributes:
        height_px: the usual height of a digit in the picture.
        font: the font that it writes like, if any.
        forms: for each digit the form that it draws; None for shapes of MNIST or a font.
        slant: columns per row to the right going up.
        one_lean: what a 1 leans more.
        aspect: width against that of the shape.
        zero_aspect: a zero's width against that of other digits.
        stroke: stroke width.
        size_spread, slant_spread, drift: standard deviations from digit to digit: of the
            size's logarithm, of the slant, and of the height above the line.
        unsteady: standard deviation of a drawn digit's control points.
        sizes: of each digit, its height against the usual one.
        drops: of each digit, how far below the line it ends.
        gap, gap_spread: between the ink of neighbours, mean and standard deviation.
        links_zeros: whether it writes several zeros in one go.
        crosses_seven, flags_one: continental forms, drawn on top of MNIST's.
        uneven: how much the ink varies along the strokes, 0..1.
    """

    height_px: float
    font: str | None
    forms: tuple[int, ...] | None
    slant: float
    one_lean: float
    aspect: float
    zero_aspect: float
    stroke: float
    size_spread: float
    slant_spread: float
    drift: float
    unsteady: float
    sizes: tuple[float, ...]
    drops: tuple[float, ...]
    gap: float
    gap_spread: float
    links_zeros: bool
    crosses_seven: bool
    flags_one: bool
    uneven: float


def random_hand(random: np.random.Generator, height_px: float) -> Hand:
    """Somebody who writes digits of this height."""
    spacing = random.random()
    if spacing < 0.32:  # close together, many touch
        gap, gap_spread = random.uniform(-0.08, 0.06), random.uniform(0.02, 0.07)
    elif spacing < 0.8:
        gap, gap_spread = random.uniform(0.06, 0.35), random.uniform(0.02, 0.12)
    else:
        gap, gap_spread = random.uniform(0.35, 1.4), random.uniform(0.02, 0.3)
    thin = random.random() < 0.4
    kind = random.random()
    draws = FONT_SHARE <= kind < FONT_SHARE + DRAWN_SHARE
    sizes = _sizes(random)
    return Hand(
        height_px=height_px,
        font=digit_font(random) if kind < FONT_SHARE else None,
        forms=tuple(int(form) for form in random.integers(60, size=10)) if draws else None,
        slant=float(np.clip(random.normal(0.14, 0.24), -0.45, 0.85)),
        one_lean=random.uniform(-0.15, 0.35) if random.random() < LEANING_ONE_SHARE else 0.0,
        aspect=float(np.exp(random.normal(0.06, 0.17))),
        zero_aspect=random.uniform(0.9, 2.0) if sizes[0] < SMALL_ZERO else 1.0,
        stroke=random.uniform(0.03, 0.085) if thin else random.uniform(0.07, 0.17),
        size_spread=abs(random.normal(0, 0.11)),
        slant_spread=abs(random.normal(0, 0.06)),
        drift=abs(random.normal(0, 0.06)),
        unsteady=random.uniform(0.012, 0.055),
        sizes=sizes,
        drops=_drops(random),
        gap=gap,
        gap_spread=gap_spread,
        links_zeros=random.random() < LINKED_ZERO_SHARE,
        crosses_seven=random.random() < 0.35,
        flags_one=random.random() < 0.4,
        uneven=max(0.0, random.normal(0, 0.15)),
    )


def _sizes(random: np.random.Generator) -> tuple[float, ...]:
    sizes = np.exp(random.normal(0, 0.07, DIGIT_CLASSES))
    if random.random() < SMALL_ZERO_SHARE:
        sizes[0] = random.uniform(0.42, 0.95)
    if random.random() < TALL_ONE_SHARE:
        sizes[1] = random.uniform(1.1, 1.75)
    return tuple(sizes.tolist())


def _drops(random: np.random.Generator) -> tuple[float, ...]:
    drops = np.zeros(DIGIT_CLASSES)
    for value in HANGING:
        if random.random() < HANGING_SHARE:
            drops[value] = random.uniform(0.1, 0.5)
    return tuple(drops.tolist())
