"""What the other tests take for granted: the model in place reads the makers' pictures."""

import pytest

from mlmodel.reader import read
from mlmodel.reading import State
from recognizer.intake.cleaning import clean
from tests.makers import digits_png, photo_jpeg

MAX_BYTES = 10_000_000


@pytest.mark.parametrize("scale", [1, 2, 4])
@pytest.mark.parametrize("text", ["0123456789", "7", "42|17", "1|234|5"])
def test_digits_are_read_as_they_were_asked_for(text: str, scale: int) -> None:
    reading = read(clean(digits_png(text, scale=scale), max_bytes=MAX_BYTES).pixels)
    assert reading.text == text
    # Each of ten digits would have to be 99.7 % sure for the whole text to be taken unseen.
    assert reading.state == State.READ or len(text) == 10


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_after_its_exif_turn(orientation: int) -> None:
    photo = photo_jpeg("472", orientation=orientation)
    assert read(clean(photo, max_bytes=MAX_BYTES).pixels).text == "472"
