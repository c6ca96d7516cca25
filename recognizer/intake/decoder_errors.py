"""What Pillow raises for files that it can't decode."""

import struct
import zlib

from PIL import Image

# A file states more pixels than Image.MAX_IMAGE_PIXELS; the warning is an error here.
BOMB_ERRORS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# Errors of Pillow's decoders on damaged input, known from its security handbook and from fuzzing.
DECODER_ERRORS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    TypeError,
    IndexError,
    KeyError,
    ZeroDivisionError,
    OverflowError,
    # A palette picture without its palette fails an assertion; under -O, an attribute is missing.
    AssertionError,
    AttributeError,
    struct.error,
    zlib.error,
)
