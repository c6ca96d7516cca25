"""The good pictures that hostile files are made from."""

from PIL import Image

from tests.makers import digits_image, encoded

TEXT = "42"
GREY = digits_image(TEXT)
COLOR = GREY.convert("RGB")
PNG = encoded(GREY, "PNG")
JPEG = encoded(GREY, "JPEG", quality=90)
COLOR_JPEG = encoded(COLOR, "JPEG", quality=90)


def in_transparency() -> Image.Image:
    """The digits in black ink, on nothing: transparent pixels that are black, too."""
    picture = Image.new("LA", GREY.size, (0, 0))
    picture.putalpha(GREY.point(lambda value: 255 - value))
    return picture
