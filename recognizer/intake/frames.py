"""Which frame of an animation is read: the first one with writing, if it comes soon."""

import io

import numpy as np
from PIL import Image

from mlmodel.picture.ink import WORKING_SIDE_PX, extract_ink
from mlmodel.picture.locate import locate
from recognizer.intake.decoder_errors import BOMB_ERRORS, DECODER_ERRORS
from recognizer.intake.eight_bits import eight_bits

# Looking at a frame of a megapixel takes 30 ms.
MAX_FRAMES = 30
# Of all frames that are looked at, together.
MAX_MEGAPIXELS = 32


def first_written_frame(data: bytes, image_format: str) -> int:
    """The number of the first frame with writing; 0 if none of those looked at has any.

    Nothing after damage is looked at.
    """
    with Image.open(io.BytesIO(data), formats=[image_format]) as opened:
        size = opened.size
        frames = min(MAX_FRAMES, MAX_MEGAPIXELS * 1_000_000 // (size[0] * size[1]))
        try:
            for number in range(frames):
                opened.seek(number)
                # A later frame of a GIF may enlarge the picture.
                if opened.size != size:
                    return 0
                if _has_writing(opened):
                    return number
        except (*BOMB_ERRORS, *DECODER_ERRORS):
            return 0
    return 0


def _has_writing(frame: Image.Image) -> bool:
    frame.load()
    image = eight_bits(frame)
    factor = max(image.size) // WORKING_SIDE_PX
    return bool(locate(extract_ink(np.asarray(image.reduce(factor) if factor > 1 else image))))
