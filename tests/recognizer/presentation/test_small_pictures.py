import io

import numpy as np
import pytest
from PIL import Image

from recognizer.presentation.occlusion import occlusion_png
from recognizer.presentation.small_pictures import (
    THUMBNAIL_SIDE_PX,
    frame_data_uri,
    frame_png,
    thumbnail_jpeg,
)
from tests.makers import blank_png, decoded, encoded


def test_a_frame_is_shown_as_dark_ink_on_white() -> None:
    frame = np.zeros((28, 28), np.uint8)
    frame[3, 7] = 255
    shown = np.asarray(decoded(frame_png(frame.tobytes())))
    assert shown.shape == (28, 28)
    assert (shown[3, 7], shown[7, 3]) == (0, 255)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((4000, 3000), (240, 180)), ((300, 1200), (60, 240)), ((100, 50), (100, 50))],
)
@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
def test_thumbnails_fit_into_their_square(
    size: tuple[int, int], expected: tuple[int, int], image_format: str
) -> None:
    data = encoded(Image.new("RGB", size, "white"), image_format)
    thumbnail = decoded(thumbnail_jpeg(io.BytesIO(data)))
    assert (thumbnail.size, thumbnail.format) == (expected, "JPEG")


def test_a_very_long_picture_has_a_thumbnail_too() -> None:
    thumbnail = decoded(thumbnail_jpeg(io.BytesIO(blank_png(10_000, 8))))
    assert thumbnail.size == (THUMBNAIL_SIDE_PX, 1)


def test_a_thumbnail_shows_the_picture() -> None:
    picture = Image.new("L", (1000, 1000), 255)
    picture.paste(0, (0, 0, 500, 1000))
    thumbnail = np.asarray(decoded(thumbnail_jpeg(io.BytesIO(encoded(picture, "PNG")))))
    assert thumbnail[:, :100].max() < 20
    assert thumbnail[:, 140:].min() > 235


@pytest.mark.parametrize("data", [b"", b"no picture", encoded(Image.new("L", (9, 9)), "GIF")])
def test_what_is_never_stored_has_no_thumbnail(data: bytes) -> None:
    with pytest.raises(OSError, match="cannot identify"):
        thumbnail_jpeg(io.BytesIO(data))


def test_what_mattered_is_orange_and_other_ink_grey() -> None:
    frame, drops = np.zeros((28, 28), np.float32), np.zeros((28, 28), np.float32)
    frame[3:5, 7] = 1
    drops[3, 7] = 0.4
    shown = np.asarray(decoded(occlusion_png(frame, drops)))
    assert shown[3, 7].tolist() == [196, 78, 0]
    assert len(set(shown[4, 7].tolist())) == 1
    assert shown[9, 9].tolist() == [255, 255, 255]


def test_what_hardly_mattered_does_not_look_as_if_it_did() -> None:
    frame, drops = np.zeros((28, 28), np.float32), np.full((28, 28), 0.001, np.float32)
    assert np.asarray(decoded(occlusion_png(frame, drops))).min() > 240


def test_a_frame_can_stand_in_a_page() -> None:
    assert frame_data_uri(bytes(784)).startswith("data:image/png;base64,iVBOR")
