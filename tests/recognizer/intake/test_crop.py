import numpy as np
import pytest
from PIL import Image

from recognizer.intake.crop import Crop, CropMalformed

# Three by two, every pixel another grey.
PIXELS = np.arange(6, dtype=np.uint8).reshape(2, 3)


def framed(crop: Crop, pixels: np.ndarray = PIXELS) -> list[list[int]]:
    rows: list[list[int]] = np.asarray(crop.apply(Image.fromarray(pixels))).tolist()
    return rows


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_quarters_turn_clockwise(quarters: int) -> None:
    assert framed(Crop(quarters)) == np.rot90(PIXELS, -quarters).tolist()


def test_a_crop_takes_the_part_and_nothing_else() -> None:
    assert framed(Crop.of(0, "0.3333,0,0.6667,0.5")) == [[0, 1, 2]]
    assert framed(Crop.of(0, "0.34,0,0.66,0.5")) == [[1]]


def test_a_crop_is_of_the_turned_picture() -> None:
    assert framed(Crop.of(1, "0,0,0.5,1")) == [[3], [4], [5]]


def test_however_narrow_a_crop_keeps_the_pixels_it_touches() -> None:
    assert framed(Crop.of(0, "0.5,0.5,0.5001,0.5001")) == [[4]]


def test_without_a_crop_all_is_taken() -> None:
    assert framed(Crop.of(0, "")) == PIXELS.tolist()


@pytest.mark.parametrize(
    "crop",
    [
        "0,0,1",
        "0,0,1,1,1",
        "a,0,1,1",
        "nan,0,1,1",
        "0,0,inf,1",
        "-0.1,0,1,1",
        "0,0,1,1.01",
        "0.5,0,0.5,1",
        "0,0.6,1,0.5",
    ],
)
def test_what_is_no_part_of_a_picture_is_refused(crop: str) -> None:
    with pytest.raises(CropMalformed):
        Crop.of(0, crop)
