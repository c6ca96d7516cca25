"""Where the boxes and their labels go on a picture, in the picture's own pixels."""

from collections.abc import Iterable
from dataclasses import dataclass

from recognizer.models import DigitPrediction, Upload

# A label as tall as 4 % of the longer side is about 14 px on a phone and 30 px on a desktop.
LABEL_SHARE_OF_PICTURE = 0.04
LABEL_SHARE_OF_BOX = 0.4


@dataclass(frozen=True)
class Mark:
    """A digit to frame, with its number and its label's middle, baseline and size in pixels."""

    digit: DigitPrediction
    number: int
    label_x: float
    label_y: float
    label_size: float


def marks(upload: Upload, digits: Iterable[DigitPrediction]) -> list[Mark]:
    return [_mark(upload, digit) for digit in digits]


def _mark(upload: Upload, digit: DigitPrediction) -> Mark:
    size = max(
        max(upload.width, upload.height) * LABEL_SHARE_OF_PICTURE,
        min(digit.height * LABEL_SHARE_OF_BOX, upload.height / 8),
    )
    above = digit.y - size * 0.3
    # Where nothing fits above the box, the label stands inside its upper edge.
    baseline = above if above >= size * 0.8 else digit.y + size
    return Mark(
        digit=digit,
        number=digit.position + 1,
        label_x=digit.x + digit.width / 2,
        label_y=round(baseline, 1),
        label_size=round(size, 1),
    )
