import io

from PIL import Image

from benchmarks.ppocrv6 import upright_rgb
from tests.makers import EXIF_ORIENTATION


def test_transparent_parts_are_white_paper() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (3, 2), (0, 0, 0, 0)).save(file, "PNG")
    pixels = upright_rgb(file.getvalue())
    assert pixels.shape == (2, 3, 3)
    assert (pixels == 255).all()


def test_a_photo_is_turned_as_its_exif_says() -> None:
    file, exif = io.BytesIO(), Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    Image.new("RGB", (3, 2)).save(file, "JPEG", exif=exif)
    assert upright_rgb(file.getvalue()).shape == (3, 2, 3)
