"""Single characters as grey shapes: digits of MNIST, characters of fonts, and random strokes."""

import string
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mlmodel.digits.classifier import DIGIT_CLASSES
from mlmodel.digits.normalize import stroke_width
from mlmodel.mnist.data import Samples
from mlmodel.synthesis.fonts import DIGIT_FONTS, LETTER_FONTS, font_path, letters_of

Grey = NDArray[np.float32]

# Fonts are drawn at this size, which is larger than most digits in pictures.
FONT_PX = 72
# The digit of MNIST that suits a hand best is chosen from this many random ones.
_CANDIDATES = 12
# Random strokes are drawn on a square with this side.
_STROKES_PX = 64


@dataclass(frozen=True)
class Shape:
    """One character before a hand has written it.

    Attributes:
        grey: (height, width) float32 in 0..1, 1 is ink, cropped to the ink.
        stroke_px: the mean width of its strokes.
        slant: columns per row by which it leans to the right going up.
        value: 0..9, or None where it is no digit.
    """

    grey: Grey
    stroke_px: float
    slant: float
    value: int | None


class MnistShapes:
    """The digits of MNIST, chosen by how thick and how slanted they are."""

    def __init__(self, samples: Samples) -> None:
        self._shapes: list[list[Shape]] = [[] for _ in range(DIGIT_CLASSES)]
        for image, label in zip(samples.images, samples.labels, strict=True):
            grey = crop_to_ink(as_grey(image))
            self._shapes[label].append(describe(grey, int(label)))

    def choose(
        self, value: int, stroke_px: float, slant: float, random: np.random.Generator
    ) -> Shape:
        """A digit whose strokes are about as wide and as slanted as wanted.

        Args:
            value: 0..9.
            stroke_px: the wanted width of strokes, in pixels of MNIST.
            slant: the wanted columns per row to the right going up.
        """
        shapes = self._shapes[value]

        def difference(shape: Shape) -> float:
            return abs(shape.stroke_px - stroke_px) + 3 * abs(shape.slant - slant)

        candidates = [shapes[int(i)] for i in random.integers(len(shapes), size=_CANDIDATES)]
        return min(candidates, key=difference)


def as_grey(picture: NDArray[np.uint8]) -> Grey:
    """Levels 0..255 as float32 ink, 0..1."""
    return picture.astype(np.float32) / np.float32(255)


def describe(grey: Grey, value: int | None) -> Shape:
    """The shape of this ink, with its stroke width and its slant measured.

    Args:
        grey: (height, width) float32 in 0..1, cropped to the ink.
        value: 0..9, or None where it is no digit.
    """
    return Shape(grey, stroke_width(grey), _slant(grey), value)


def draw_curve(canvas: NDArray[np.uint8], points: NDArray[np.float64], thickness: float) -> None:
    """Draw a line of full ink from point to point in place, to a sixteenth of a pixel.

    Args:
        points: (n, 2), x and y in pixels.
        thickness: rounded to whole pixels, and at least one.
    """
    sixteenths = np.round(points * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(canvas, [sixteenths], False, 255, max(1, round(thickness)), cv2.LINE_AA, 4)


def crop_to_ink(grey: Grey) -> Grey:
    """The smallest part that holds all ink above 0.1; the whole where there is none."""
    rows = np.flatnonzero(grey.max(axis=1) > 0.1)
    columns = np.flatnonzero(grey.max(axis=0) > 0.1)
    if not rows.size or not columns.size:
        return grey
    return np.ascontiguousarray(grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _slant(grey: Grey) -> float:
    """Columns per row to the right going up, from the second moments of the ink."""
    moments = cv2.moments(grey)
    return float(-moments["mu11"] / moments["mu02"]) if moments["mu02"] > 1e-3 else 0.0


@lru_cache(maxsize=4096)
def font_shape(font: str, character: str) -> Shape:
    """A character of a font, which is one of the names in `fonts`."""
    drawn = ImageFont.truetype(str(font_path(font)), FONT_PX)
    left, top, right, bottom = drawn.getbbox(character)
    size = max(1, round(right - left)) + 8, max(1, round(bottom - top)) + 8
    picture = Image.new("L", size)
    ImageDraw.Draw(picture).text((4 - left, 4 - top), character, fill=255, font=drawn)
    grey = crop_to_ink(as_grey(np.asarray(picture)))
    return describe(grey, int(character) if character in string.digits else None)


def digit_font(random: np.random.Generator) -> str:
    """The name of a random font whose digits look handwritten."""
    return str(random.choice(list(DIGIT_FONTS)))


def letter(random: np.random.Generator) -> Shape:
    """A handwritten letter of a random script that looks like no digit."""
    # Half of the letters are Latin, from the fonts that also have digits.
    if random.random() < 0.5:
        font = digit_font(random)
        return font_shape(font, str(random.choice(list(letters_of(font)))))
    font = str(random.choice(list(LETTER_FONTS)))
    return font_shape(font, str(random.choice(list(LETTER_FONTS[font]))))


def random_strokes(random: np.random.Generator) -> Shape:
    """A made-up character of two to five strokes, at times with a dot."""
    side = _STROKES_PX
    canvas = np.zeros((side, side), np.uint8)
    thickness = int(random.integers(3, 9))
    pen = random.uniform(0.2, 0.8, 2)
    for _ in range(random.integers(2, 6)):
        if random.random() < 0.6:
            pen = random.uniform(0.1, 0.9, 2)
        pen = _stroke(canvas, pen, thickness, random)
    if random.random() < 0.3:
        point = tuple(int(v) for v in random.uniform(0.1, 0.9, 2) * side)
        cv2.circle(canvas, point, thickness, 255, -1)
    return describe(crop_to_ink(as_grey(canvas)), None)


def _stroke(
    canvas: NDArray[np.uint8],
    start: NDArray[np.float64],
    thickness: int,
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw a Bezier curve from `start` (x, y in 0..1) in place, and return where it ends."""
    ends = np.vstack([start, random.uniform(0.08, 0.92, (random.integers(1, 4), 2))])
    if len(ends) == 2:
        ends = np.vstack([ends[0], ends.mean(axis=0) + random.normal(0, 0.1, 2), ends[1]])
    t = np.linspace(0, 1, 24)
    degree = len(ends) - 1
    weights = np.stack(
        [_choose(degree, i) * t**i * (1 - t) ** (degree - i) for i in range(degree + 1)], 1
    )
    points = np.round(weights @ ends * canvas.shape[0]).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(canvas, [points], False, 255, thickness, cv2.LINE_AA)
    return np.asarray(ends[-1])


def _choose(n: int, k: int) -> float:
    return float(np.prod([(n - i) / (i + 1) for i in range(k)]))
