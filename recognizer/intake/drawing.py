"""Drawings: the strokes of a pen, and the picture that they make."""

import io
import json
import math
from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
from django.utils.translation import gettext as _
from PIL import Image

from recognizer.refusals import Refusal

# A drawing is rendered SCALE times as large as it was on the screen, so that edges stay smooth, but
# with no side longer than MAX_SIDE_PX.
SCALE, MAX_SIDE_PX = 2.0, 2400
MAX_STROKES, MAX_POINTS = 1_000, 50_000
MAX_SCREEN_PX = 10_000
PAPER, INK = 255, 0
# OpenCV takes coordinates as whole numbers of 1/16 pixel: their last four bits are the fraction.
_FRACTION_BITS = 4


class DrawingEmpty(Refusal):
    code = "drawing_empty"
    status = 400

    def __init__(self) -> None:
        super().__init__(_("Nothing is drawn yet. Draw some digits first."))


class DrawingMalformed(Refusal):
    code = "drawing_malformed"
    status = 400

    def __init__(self) -> None:
        super().__init__(_("This drawing did not arrive whole. Clear it and draw again."))


@dataclass(frozen=True)
class Stroke:
    """A line from where the pen went down to where it came up again.

    Attributes:
        width: of the pen.
        points: pairs of x and y; a single point is a dot.
    """

    width: float
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Drawing:
    """Strokes on a sheet, all in pixels of the screen that it was drawn on."""

    width: float
    height: float
    strokes: tuple[Stroke, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a drawing that a page sent.

        Args:
            text: {"width", "height", "strokes": [{"width", "points": [[x, y], ...]}, ...]}.

        Raises:
            DrawingMalformed: the text is no drawing, or the drawing exceeds a limit.
            DrawingEmpty: it has no strokes.
        """
        try:
            return cls.of(json.loads(text))
        except (ValueError, TypeError, KeyError, RecursionError):
            raise DrawingMalformed from None

    @classmethod
    def of(cls, content: dict[str, Any]) -> Self:
        strokes = tuple(
            Stroke(
                _number(stroke["width"]),
                tuple((_number(x), _number(y)) for x, y in stroke["points"]),
            )
            for stroke in content["strokes"][: MAX_STROKES + 1]
        )
        drawing = cls(_number(content["width"]), _number(content["height"]), strokes)
        drawing._check()
        return drawing

    def _check(self) -> None:
        if not self.strokes:
            raise DrawingEmpty
        points = sum(len(stroke.points) for stroke in self.strokes)
        lengths = (self.width, self.height, *(stroke.width for stroke in self.strokes))
        if (
            len(self.strokes) > MAX_STROKES
            or points > MAX_POINTS
            or not all(stroke.points for stroke in self.strokes)
            or not all(0 < length <= MAX_SCREEN_PX for length in lengths)
        ):
            raise DrawingMalformed

    def content(self) -> dict[str, Any]:
        """The drawing as JSON data for the database, from which Drawing.of makes it again."""
        return {
            "width": self.width,
            "height": self.height,
            "strokes": [
                {"width": stroke.width, "points": [list(point) for point in stroke.points]}
                for stroke in self.strokes
            ],
        }

    def png(self) -> bytes:
        """The drawing as the bytes of a PNG file."""
        buffer = io.BytesIO()
        self.render().save(buffer, "PNG")
        return buffer.getvalue()

    def render(self) -> Image.Image:
        """The drawing as a grey picture, black on white."""
        scale = min(SCALE, MAX_SIDE_PX / max(self.width, self.height))
        size = max(1, round(self.height * scale)), max(1, round(self.width * scale))
        paper = np.full(size, PAPER, np.uint8)
        for stroke in self.strokes:
            width = max(1, round(stroke.width * scale))
            points = np.array(stroke.points) * scale * 2**_FRACTION_BITS
            # The first point comes twice, so that a single point is drawn as well.
            line = np.round(np.vstack([points[:1], points])).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(paper, [line], False, INK, width, cv2.LINE_AA, _FRACTION_BITS)
        return Image.fromarray(paper)


def _number(value: object) -> float:
    """A length or coordinate on a screen, rounded to a tenth of a pixel."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{value!r} is no number.")
    if abs(value) > 2 * MAX_SCREEN_PX:
        raise ValueError(f"{value!r} lies on no screen.")
    return round(float(value), 1)
