"""A hand: how somebody writes, drawn at random."""

from dataclasses import dataclass, replace

import numpy as np

from mlmodel.digits.classifier import DIGIT_CLASSES
from mlmodel.synthesis.shapes import digit_font

# How hands differ. Shares are of all hands, and lengths are shares of the usual digit height. A
# pair is a range from which a value is drawn evenly, unless its comment says otherwise.

# Hands that write like a font, and hands that draw forms; the rest writes as in MNIST.
FONT_SHARE, DRAWN_SHARE = 0.25, 0.35
# Forms have numbers below this; `draw_digit` takes them modulo the digit's count of forms, 5 to 18.
_FORM_NUMBERS = 60

# Up to which share of hands the gaps between the ink of neighbours have a mean in the first range
# and a standard deviation in the second. A gap below 0 lets a digit reach over the one before it.
_GAPS = (
    (0.32, (-0.08, 0.06), (0.02, 0.07)),  # close together, many touch
    (0.80, (0.06, 0.35), (0.02, 0.12)),
    (1.00, (0.35, 1.40), (0.02, 0.30)),
)
# Mean and standard deviation of the slant, in columns per row to the right going up, and its
# bounds. They were 0.12 and 0.22, and 0.75 at most, before ones leaned by themselves.
_SLANT, _SLANT_BOUNDS = (0.14, 0.24), (-0.45, 0.85)
_LOG_ASPECT = 0.06, 0.17  # mean and standard deviation of the aspect's logarithm
_THIN_SHARE = 0.4  # of pens
_THIN_STROKE, _USUAL_STROKE = (0.03, 0.085), (0.07, 0.17)
# A hand's spreads from digit to digit are the absolute values of normal draws with these standard
# deviations: of the size's logarithm, of the slant, and of the height above the line.
_SIZE_SPREAD, _SLANT_SPREAD, _DRIFT = 0.11, 0.06, 0.06
# It was 0.032 for every hand at first. Steadier hands were tried together with half the bending and
# less faint ink: a network then read 73 % of the amounts at best (docs/training.md).
_UNSTEADY = 0.012, 0.055
_UNEVEN = 0.15  # standard deviation of a normal draw; negative draws are 0

# Standard deviation of the logarithm of the size that each digit has in a hand.
_SIZE_OF_A_DIGIT = 0.07
# Many write zeros smaller and flatter, above all rows of them at the end of an amount.
SMALL_ZERO_SHARE, _SMALL_ZERO_SIZE = 0.25, (0.42, 0.95)
SMALL_ZERO = 0.8  # smaller zeros may be flat
_FLAT_ZERO_ASPECT = 0.9, 2.0
# Many write ones taller, or let them lean more or less than the rest. When both became more, and
# strips showed where the picture ends, half as many digits of amounts were missed: 17 of 1,354 in
# place of 34. Upright ones in a fifth of the hands gave nothing on top (docs/training.md).
TALL_ONE_SHARE, _TALL_ONE_SIZE = 0.4, (1.1, 1.75)
LEANING_ONE_SHARE, _ONE_LEAN = 0.3, (-0.15, 0.35)
# Some let a 1, a 4, a 7 or a 9 hang below the line.
HANGING_SHARE, HANGING, _DROP = 0.2, (1, 4, 7, 9), (0.1, 0.5)
# Some do not lift the pen between two zeros. Before such zeros were written here, an eighth of the
# amounts that were read wrongly had them.
LINKED_ZERO_SHARE = 0.2
# Continental forms, which are drawn on top of MNIST's digits.
_CROSSED_SEVEN_SHARE, _FLAGGED_ONE_SHARE = 0.35, 0.4


@dataclass(frozen=True)
class Hand:
    """How somebody writes; lengths are shares of the usual digit height.

    Attributes:
        height_px: the usual height of a digit in the picture.
        font: the font that it writes like, if any.
        forms: for each digit the number of the form that it draws; None for shapes of MNIST or a
            font.
        slant: columns per row to the right going up.
        one_lean: what a 1 leans more than the other digits.
        aspect: the width against that of the shape.
        zero_aspect: a zero's width against that of other digits.
        stroke: the width of a stroke.
        size_spread, slant_spread, drift: standard deviations from digit to digit, of the
            size's logarithm, of the slant, and of the height above the line.
        unsteady: standard deviation of a drawn digit's control points.
        sizes: the height of each digit against the usual one.
        drops: how far below the line each digit ends.
        gap, gap_spread: mean and standard deviation of the distance between neighbours' ink.
        links_zeros: whether it writes several zeros without lifting the pen.
        crosses_seven, flags_one: whether it writes these continental forms, which are drawn on
            top of MNIST's digits.
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
    gap, gap_spread = _gaps(random)
    thin = random.random() < _THIN_SHARE
    kind = random.random()
    draws = FONT_SHARE <= kind < FONT_SHARE + DRAWN_SHARE
    sizes = _sizes(random)
    return Hand(
        height_px=height_px,
        font=digit_font(random) if kind < FONT_SHARE else None,
        forms=random_forms(random) if draws else None,
        slant=float(np.clip(random.normal(*_SLANT), *_SLANT_BOUNDS)),
        one_lean=random.uniform(*_ONE_LEAN) if random.random() < LEANING_ONE_SHARE else 0.0,
        aspect=float(np.exp(random.normal(*_LOG_ASPECT))),
        zero_aspect=random.uniform(*_FLAT_ZERO_ASPECT) if sizes[0] < SMALL_ZERO else 1.0,
        stroke=random.uniform(*(_THIN_STROKE if thin else _USUAL_STROKE)),
        size_spread=abs(random.normal(0, _SIZE_SPREAD)),
        slant_spread=abs(random.normal(0, _SLANT_SPREAD)),
        drift=abs(random.normal(0, _DRIFT)),
        unsteady=random.uniform(*_UNSTEADY),
        sizes=sizes,
        drops=_drops(random),
        gap=gap,
        gap_spread=gap_spread,
        links_zeros=random.random() < LINKED_ZERO_SHARE,
        crosses_seven=random.random() < _CROSSED_SEVEN_SHARE,
        flags_one=random.random() < _FLAGGED_ONE_SHARE,
        uneven=max(0.0, random.normal(0, _UNEVEN)),
    )


def careful_hand(random: np.random.Generator, height_px: float) -> Hand:
    """A random hand that takes its time: steady and even, with strokes that are not too thin."""
    hand = random_hand(random, height_px)
    return replace(
        hand,
        font=None,
        forms=random_forms(random),
        unsteady=0.03,
        slant_spread=0.03,
        drift=0.03,
        uneven=0.0,
        stroke=max(hand.stroke, 0.06),
    )


def random_forms(random: np.random.Generator) -> tuple[int, ...]:
    """The number of a random form for each digit, as `draw_digit` takes it."""
    return tuple(int(form) for form in random.integers(_FORM_NUMBERS, size=DIGIT_CLASSES))


def _gaps(random: np.random.Generator) -> tuple[float, float]:
    """The mean and the standard deviation of a hand's gaps."""
    kind = random.random()
    gap, spread = next((gap, spread) for most, gap, spread in _GAPS if kind < most)
    return random.uniform(*gap), random.uniform(*spread)


def _sizes(random: np.random.Generator) -> tuple[float, ...]:
    sizes = np.exp(random.normal(0, _SIZE_OF_A_DIGIT, DIGIT_CLASSES))
    if random.random() < SMALL_ZERO_SHARE:
        sizes[0] = random.uniform(*_SMALL_ZERO_SIZE)
    if random.random() < TALL_ONE_SHARE:
        sizes[1] = random.uniform(*_TALL_ONE_SIZE)
    return tuple(sizes.tolist())


def _drops(random: np.random.Generator) -> tuple[float, ...]:
    drops = np.zeros(DIGIT_CLASSES)
    for value in HANGING:
        if random.random() < HANGING_SHARE:
            drops[value] = random.uniform(*_DROP)
    return tuple(drops.tolist())
