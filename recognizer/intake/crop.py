"""How a person turned and cropped a picture before sending it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _
from PIL import Image

from recognizer.refusals import Refusal

# By quarters, clockwise.
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
    """What is taken of an upright picture.

    Attributes:
        turn: by so many quarters, clockwise, 0..3; before cropping.
        box: left, top, right, bottom, as shares of the turned picture, 0..1.
    """

    turn: int = 0
    box: tuple[float, float, float, float] = _WHOLE

    @classmethod
    def of(cls, turn: int, crop: str) -> Self:
        """What the form's fields say; crop is "left,top,right,bottom", or empty for all of it.

        Raises:
            CropMalformed: it is no part of a picture.
        """
        if not crop:
            return cls(turn)
        try:
            left, top, right, bottom = (float(share) for share in crop.split(","))
        except ValueError:
            raise CropMalformed from None
        # False for what is not a number, too.
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise CropMalformed
        return cls(turn, (left, top, right, bottom))

    def apply(self, image: Image.Image) -> Image.Image:
        """The part that was chosen, of whole pixels: none that was touched is lost."""
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
