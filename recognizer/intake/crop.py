"""How a person turned and cropped a picture before sending it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _
from PIL import Image

from recognizer.refusals import Refusal

# By the number of quarter turns, clockwise.
_TURNS = {
    1: Image.Transpose.ROTATE_270,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}
_WHOLE = (0.0, 0.0, 1.0, 1.0)


class CropMalformed(Refusal):
    code = "crop_malformed"
    status = 400

    def __init__(self) -> None:
        super().__init__(_("The crop did not arrive whole. Please choose the part again."))


@dataclass(frozen=True)
class Crop:
    """The part of an upright picture that is kept.

    Attributes:
        turn: the number of quarter turns, clockwise, 0..3, before cropping.
        box: left, top, right, bottom, as fractions of the turned picture, 0..1.
    """

    turn: int = 0
    box: tuple[float, float, float, float] = _WHOLE

    @classmethod
    def of(cls, turn: int, crop: str) -> Self:
        """Parse the form's fields; crop is "left,top,right,bottom", or empty for the whole picture.

        Raises:
            CropMalformed: crop is no part of a picture.
        """
        if not crop:
            return cls(turn)
        try:
            left, top, right, bottom = (float(share) for share in crop.split(","))
        except ValueError:
            raise CropMalformed from None
        # NaN is refused as well: every comparison with it is false.
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise CropMalformed
        return cls(turn, (left, top, right, bottom))

    def apply(self, image: Image.Image) -> Image.Image:
        """The chosen part in whole pixels, including every pixel that it touches."""
        if self.turn:
            image = image.transpose(_TURNS[self.turn])
        if self.box == _WHOLE:
            return image
        left, top, right, bottom = self.box
        return image.crop(
            (
                math.floor(left * image.width),
                math.floor(top * image.height),
                math.ceil(right * image.width),
                math.ceil(bottom * image.height),
            )
        )
