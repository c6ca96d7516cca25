"""Which way up a picture is, by its EXIF alone.

XMP may name an orientation as well, and so may a text that ImageMagick puts into a PNG. Browsers
and most viewers ignore both: whoever gave such a picture saw it as its pixels lie. Pillow's own
`getexif` obeys both.
"""

from PIL import ExifTags, Image

# Transpositions that turn a picture upright, by EXIF's orientation.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def turn_of(exif_data: bytes | None) -> Image.Transpose | None:
    """The transposition that turns a picture with this EXIF upright; None if it is.

    Raises: one of Pillow's errors if the EXIF is damaged.
    """
    exif = Image.Exif()
    exif.load(exif_data or b"")
    return _TURNS.get(exif.get(ExifTags.Base.Orientation, 1))
