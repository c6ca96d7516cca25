from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, PngImagePlugin

from recognizer.intake.cleaning import CleanImage, clean, reading_pixels
from recognizer.intake.crop import Crop
from recognizer.refusals import TooSmall
from tests.makers import blank_png, decoded, digits_image, encoded, photo_jpeg

MAX_BYTES = 1_000_000
GREY = digits_image("42", scale=1)
COLOR = Image.merge("RGB", [GREY, GREY.point(lambda value: value // 2), GREY])
# The same picture in each format; colours, so that a mix-up of channels would show.
FILES = {
    "PNG": encoded(GREY, "PNG"),
    "JPEG": encoded(COLOR, "JPEG"),
    "WEBP": encoded(COLOR, "WEBP", lossless=True),
    "BMP": encoded(COLOR, "BMP"),
    "GIF": encoded(GREY, "GIF"),
}


def cleaned(data: bytes) -> CleanImage:
    return clean(data, max_bytes=MAX_BYTES)


def difference(one: Any, other: Any) -> int:
    """The largest difference between two pictures' pixels."""
    return int(np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).max())


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "BMP", "GIF"])
def test_lossless_formats_keep_every_pixel(image_format: str) -> None:
    image = cleaned(FILES[image_format])
    expected = np.asarray(decoded(FILES[image_format]).convert("RGB"))
    assert (image.pixels.reshape(*expected.shape[:2], -1) == expected).all()
    assert image.extension == "png"


def test_a_jpeg_stays_a_jpeg() -> None:
    image = cleaned(FILES["JPEG"])
    assert image.extension == "jpg"
    assert decoded(image.encoded).format == "JPEG"
    assert (image.pixels == np.asarray(decoded(FILES["JPEG"]))).all()


@pytest.mark.parametrize("image_format", FILES)
def test_what_is_stored_shows_the_same_picture(image_format: str) -> None:
    image = cleaned(FILES[image_format])
    stored = np.asarray(decoded(image.encoded))
    assert stored.shape == image.pixels.shape
    # JPEG at quality 92 changes single pixels of hard edges, never the picture.
    assert np.abs(stored.astype(int) - image.pixels).mean() < 1.5


def test_it_tells_what_was_given() -> None:
    data = blank_png(30, 20)
    image = cleaned(data)
    assert (image.width, image.height, image.byte_size) == (30, 20, len(data))
    assert len(image.sha256) == 64


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright(orientation: int) -> None:
    upright = digits_image("42").convert("RGB")
    assert difference(cleaned(photo_jpeg("42", orientation=orientation)).pixels, upright) < 60


def test_an_unknown_orientation_turns_nothing() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 99
    assert cleaned(encoded(COLOR, "JPEG", exif=exif)).width == COLOR.width


@pytest.mark.parametrize("image_format", ["JPEG", "WEBP"])
def test_damaged_exif_does_not_damage_the_picture(image_format: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    data = encoded(COLOR, image_format, exif=exif, dpi=(72, 72))
    damaged = data.replace(b"MM\0*", b"XX\0*")
    assert damaged != data
    assert cleaned(damaged).width == COLOR.width


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_photo_is_turned_though_another_tag_is_damaged() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Model] = "a camera"
    photo = encoded(COLOR, "JPEG", exif=exif)
    # The camera model's type, text (2), becomes a signed fraction (10), which Pillow can't write.
    damaged = photo.replace(b"\x01\x10\x00\x02", b"\x01\x10\x00\x0a")
    assert damaged != photo
    assert cleaned(damaged).width == COLOR.height


def test_transparent_paper_is_white() -> None:
    ink = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    ink.paste((0, 0, 0, 255), (18, 5, 22, 35))
    for image in (ink, ink.convert("LA"), ink.quantize(4)):
        pixels = cleaned(encoded(image, "PNG")).pixels
        assert (pixels[0, 0] == 255).all()
        assert (pixels[20, 20] == 0).all()


def test_half_transparent_ink_is_half_as_dark() -> None:
    pixels = cleaned(encoded(Image.new("RGBA", (10, 10), (0, 0, 0, 128)), "PNG")).pixels
    assert pixels == pytest.approx(127, abs=1)


def test_sixteen_bits_are_brought_to_eight() -> None:
    values = np.linspace(0, 65535, 256).astype(np.uint16)
    image = Image.fromarray(np.tile(values, (10, 1)))
    assert decoded(encoded(image, "PNG")).mode == "I;16"
    assert difference(cleaned(encoded(image, "PNG")).pixels[0], np.arange(256)) <= 1


def test_one_bit_is_black_and_white() -> None:
    pixels = cleaned(encoded(GREY.convert("1"), "PNG")).pixels
    assert set(np.unique(pixels)) == {0, 255}
    assert pixels.ndim == 2


def test_a_palette_becomes_its_colors() -> None:
    image = Image.new("P", (10, 10), 1)
    image.putpalette([0, 0, 0, 200, 100, 50])
    assert cleaned(encoded(image, "PNG")).pixels[0, 0].tolist() == [200, 100, 50]


def test_printing_colors_become_screen_colors() -> None:
    pixels = cleaned(encoded(Image.new("CMYK", (20, 20), (0, 0, 0, 255)), "JPEG")).pixels
    assert pixels.shape == (20, 20, 3)
    assert pixels.max() < 5


@pytest.mark.parametrize("image_format", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_counts(image_format: str) -> None:
    other = digits_image("17", scale=1)
    options = {"lossless": True} if image_format == "WEBP" else {}
    data = encoded(GREY, image_format, save_all=True, append_images=[other], **options)
    image = cleaned(data)
    assert image.more_frames
    assert difference(Image.fromarray(image.pixels).convert("L"), GREY) <= 1


@pytest.mark.parametrize("image_format", FILES)
def test_a_single_picture_has_no_more_frames(image_format: str) -> None:
    assert not cleaned(FILES[image_format]).more_frames


def test_a_phone_s_picture_of_several_parts_is_a_jpeg() -> None:
    image = cleaned(encoded(COLOR, "MPO", save_all=True, append_images=[COLOR]))
    assert (image.extension, image.more_frames) == ("jpg", False)


def test_a_large_jpeg_is_decoded_at_half_its_size() -> None:
    image = cleaned(encoded(Image.new("L", (5000, 4000), 255), "JPEG"))
    assert (image.width, image.height) == (2500, 2000)


SECRET = b"Ada-of-51.5N"


def with_secrets(image_format: str) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = SECRET.decode()
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    options: dict[str, dict[str, Any]] = {
        "PNG": {"exif": exif, "pnginfo": text, "icc_profile": SECRET},
        "JPEG": {"exif": exif, "comment": SECRET, "icc_profile": SECRET, "xmp": SECRET},
        "WEBP": {"exif": exif, "icc_profile": SECRET, "xmp": SECRET},
        "GIF": {"comment": SECRET},
        "BMP": {},
    }
    return encoded(COLOR, image_format, **options[image_format]) + SECRET


@pytest.mark.parametrize("image_format", FILES)
def test_metadata_and_trailing_bytes_are_left_out(image_format: str) -> None:
    given_data = with_secrets(image_format)
    stored = cleaned(given_data).encoded
    assert SECRET in given_data
    assert SECRET not in stored
    assert not set(decoded(stored).info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_large_picture_is_made_smaller_for_the_reader_alone() -> None:
    image = cleaned(encoded(Image.new("RGB", (4000, 3000), "white"), "JPEG"))
    assert image.pixels.shape == (1500, 2000, 3)
    assert image.size == decoded(image.encoded).size == (4000, 3000)


def test_making_it_smaller_takes_means() -> None:
    stripes = np.zeros((10, 3200), np.uint8)
    stripes[:, ::2] = 200
    assert (reading_pixels(Image.fromarray(stripes)) == 100).all()


def test_a_picture_of_working_size_is_read_as_it_is() -> None:
    assert cleaned(encoded(Image.new("L", (1700, 20)), "PNG")).pixels.shape == (20, 1700)


def test_what_a_person_cut_off_is_not_kept() -> None:
    sheet = digits_image("42")
    image = clean(encoded(sheet, "PNG"), max_bytes=10**7, crop=Crop(box=(0.5, 0, 1, 1)))
    right = sheet.crop((sheet.width // 2, 0, *sheet.size))
    assert image.size == right.size
    assert np.array_equal(image.pixels, np.asarray(right))
    assert np.array_equal(np.asarray(decoded(image.encoded)), np.asarray(right))


def test_a_person_turns_what_is_upright_by_then() -> None:
    upright = clean(photo_jpeg(orientation=6), max_bytes=10**7)
    turned = clean(photo_jpeg(orientation=6), max_bytes=10**7, crop=Crop(turn=1))
    assert np.array_equal(turned.pixels, np.rot90(upright.pixels, -1))


def test_a_part_that_is_too_small_to_read_is_refused() -> None:
    with pytest.raises(TooSmall):
        clean(blank_png(), max_bytes=10**7, crop=Crop(box=(0, 0, 0.01, 1)))
