"""Turning and cropping before sending."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Page, expect

from recognizer.intake.cleaning import clean
from recognizer.models import Upload
from tests.browser.test_accessibility import violations
from tests.makers import EXIF_ORIENTATION, decoded, digits_image, encoded, photo_jpeg


@pytest.fixture
def on_its_side(tmp_path: Path) -> Path:
    """A sheet with 42, a quarter turned to the left."""
    path = tmp_path / "side.png"
    sheet = digits_image("42", scale=4).transpose(Image.Transpose.ROTATE_90)
    path.write_bytes(encoded(sheet, "PNG"))
    return path


def choose(page: Page, path: Path) -> None:
    page.goto("/")
    page.set_input_files("input[type=file]", path)
    expect(page.get_by_alt_text("The picture you chose")).to_be_visible()


def read(page: Page) -> Upload:
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator("#answer")).to_be_visible()
    return Upload.objects.latest("created")


def kept(upload: Upload) -> Image.Image:
    with upload.file.open() as file:
        return decoded(file.read())


def test_a_picture_on_its_side_is_turned_shown_and_read(page: Page, on_its_side: Path) -> None:
    choose(page, on_its_side)
    page.get_by_role("button", name="Turn right").click()
    expect(page.get_by_text("The picture was turned right.")).to_be_attached()
    shown = page.get_by_alt_text("The picture you chose").bounding_box()
    assert shown
    assert shown["width"] > shown["height"]
    upload = read(page)
    expect(page.locator(".answer-text")).to_have_text("42")
    upright = np.asarray(digits_image("42", scale=4))
    assert np.array_equal(np.asarray(kept(upload)), upright)


def test_turning_left_undoes_turning_right(page: Page, picture: Path) -> None:
    choose(page, picture)
    for way in ("Turn right", "Turn right", "Turn left", "Turn left"):
        page.get_by_role("button", name=way).click()
    assert page.input_value("[data-turn]") == ""
    assert kept(read(page)).size == decoded(picture.read_bytes()).size


def test_a_photo_is_turned_as_it_is_seen(page: Page, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(photo_jpeg("42", orientation=6, scale=4))
    choose(page, photo)
    page.get_by_role("button", name="Turn left").click()
    width, height = digits_image("42", scale=4).size
    assert kept(read(page)).size == (height, width)


def turned_webp(orientation: int) -> bytes:
    """A WebP whose left half is red and whose upper half is bright, once it is turned upright."""
    red, bright = np.indices((90, 120))[::-1] < np.array([60, 45])[:, None, None]
    colors = np.zeros((90, 120, 3), np.uint8)
    colors[..., 0], colors[..., 1] = red * 255, bright * 255
    # Turned twice by what is its own opposite, and by 6 and 8 in turn, it is as it was.
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = {6: 8, 8: 6}.get(orientation, orientation)
    lying = ImageOps.exif_transpose(decoded(encoded(Image.fromarray(colors), "PNG", exif=exif)))
    exif[EXIF_ORIENTATION] = orientation
    return encoded(lying, "WEBP", lossless=True, exif=exif)


def shown_colors(page: Page) -> list[list[int]]:
    """Red and green of the four quarters of the preview, in reading order."""
    colors: list[list[int]] = page.evaluate(
        """async () => {
          const image = document.querySelector("[data-preview-image]");
          await image.decode();
          const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
          const pen = canvas.getContext("2d");
          pen.drawImage(image, 0, 0);
          const at = (x, y) => [...pen.getImageData(
            x * canvas.width, y * canvas.height, 1, 1).data.slice(0, 2)];
          return [at(0.2, 0.2), at(0.8, 0.2), at(0.2, 0.8), at(0.8, 0.8)];
        }"""
    )
    return colors


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_webp_is_shown_turned_as_it_is_read(page: Page, tmp_path: Path, orientation: int) -> None:
    photo = tmp_path / "photo.webp"
    photo.write_bytes(turned_webp(orientation))
    choose(page, photo)
    assert shown_colors(page) == [[255, 255], [0, 255], [255, 0], [0, 0]]
    upright = clean(photo.read_bytes(), max_bytes=10**6)
    assert upright.pixels[10, 10].tolist() == [255, 255, 0]
    assert upright.size == (120, 90)


def test_a_crop_of_a_turned_webp_is_what_is_read(page: Page, tmp_path: Path) -> None:
    photo = tmp_path / "photo.webp"
    photo.write_bytes(turned_webp(6))
    choose(page, photo)
    page.get_by_role("button", name="Turn right").click()
    page.get_by_role("button", name="Crop").click()
    page.get_by_label("Left edge").fill("50")
    kept_part = kept(read(page))
    # Turned right, what was bright at the top is at the right, and red is at the top.
    assert kept_part.size == (45, 120)
    assert kept_part.getpixel((20, 20)) == (255, 255, 0)
    assert kept_part.getpixel((20, 100)) == (0, 255, 0)


def test_a_damaged_webp_leaves_the_page_alive(page: Page, tmp_path: Path) -> None:
    photo = tmp_path / "photo.webp"
    photo.write_bytes(turned_webp(6)[:-9])
    page.goto("/")
    page.set_input_files("input[type=file]", photo)
    expect(page.get_by_text("photo.webp", exact=True)).to_be_visible()


def test_a_crop_drawn_with_the_mouse_is_what_is_read(page: Page, picture: Path) -> None:
    choose(page, picture)
    page.get_by_role("button", name="Crop").click()
    box = page.get_by_alt_text("The picture you chose").bounding_box()
    assert box
    page.mouse.move(box["x"] - 5, box["y"] - 5)
    page.mouse.move(box["x"] + 1, box["y"] + 1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] + 30, steps=5)
    page.mouse.up()
    upload = read(page)
    expect(page.locator(".answer-text")).to_have_text("4")
    whole = decoded(picture.read_bytes())
    assert abs(upload.width - whole.width / 2) <= 3
    assert upload.height == pytest.approx(whole.height, abs=2)


def test_the_keyboard_moves_an_edge(page: Page, picture: Path) -> None:
    choose(page, picture)
    page.get_by_role("button", name="Crop").press("Enter")
    page.get_by_label("Right edge").focus()
    for _ in range(50):
        page.keyboard.press("ArrowLeft")
    assert page.input_value("[data-crop]") == "0.0000,0.0000,0.5000,1.0000"
    upload = read(page)
    expect(page.locator(".answer-text")).to_have_text("4")
    whole = decoded(picture.read_bytes())
    expected = whole.crop((0, 0, upload.width, whole.height))
    assert np.array_equal(np.asarray(kept(upload)), np.asarray(expected))


def test_a_crop_turns_with_its_picture(page: Page, on_its_side: Path) -> None:
    """The 4, which lies at the bottom of the sheet, stays in the crop."""
    choose(page, on_its_side)
    page.get_by_role("button", name="Crop").click()
    page.get_by_label("Top edge").fill("50")
    page.get_by_role("button", name="Turn right").click()
    assert page.input_value("[data-crop]") == "0.0000,0.0000,0.5000,1.0000"
    read(page)
    expect(page.locator(".answer-text")).to_have_text("4")


def test_the_edges_never_cross(page: Page, picture: Path) -> None:
    choose(page, picture)
    page.get_by_role("button", name="Crop").click()
    page.get_by_label("Left edge").fill("100")
    page.get_by_label("Bottom edge").fill("0")
    assert page.input_value("[data-crop]") == "0.9800,0.0000,1.0000,0.0200"


def test_the_whole_picture_comes_back(page: Page, picture: Path) -> None:
    choose(page, picture)
    page.get_by_role("button", name="Crop").click()
    page.get_by_label("Left edge").fill("40")
    page.get_by_role("button", name="Whole picture").click()
    assert page.input_value("[data-crop]") == ""


def test_another_picture_begins_uncropped(page: Page, picture: Path, on_its_side: Path) -> None:
    choose(page, picture)
    page.get_by_role("button", name="Turn left").click()
    page.get_by_role("button", name="Crop").click()
    page.get_by_label("Left edge").fill("40")
    page.set_input_files("input[type=file]", on_its_side)
    assert (page.input_value("[data-turn]"), page.input_value("[data-crop]")) == ("", "")
    expect(page.get_by_label("Left edge")).to_be_hidden()


def test_what_cannot_be_shown_cannot_be_cropped(page: Page, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("four two")
    page.goto("/")
    page.set_input_files("input[type=file]", text)
    expect(page.get_by_role("button", name="Crop")).to_be_hidden()


@pytest.mark.parametrize("size", [(40, 1200), (1200, 40), (28, 28), (1600, 1200)])
def test_a_crop_lies_on_the_picture_whatever_its_shape(
    page: Page, tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "shape.png"
    Image.new("L", size, 200).save(path)
    page.set_viewport_size({"width": 390, "height": 844})
    choose(page, path)
    page.get_by_role("button", name="Crop").click()
    image = page.get_by_alt_text("The picture you chose").bounding_box()
    crop = page.locator("[data-crop-box]").bounding_box()
    assert image
    assert crop
    for side in ("x", "y", "width", "height"):
        assert crop[side] == pytest.approx(image[side], abs=1.5)
    assert image["width"] / image["height"] == pytest.approx(size[0] / size[1], rel=0.15)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_cropping_breaks_no_rule(page: Page, picture: Path, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": 360, "height": 740})
    choose(page, picture)
    page.get_by_role("button", name="Crop").click()
    assert not violations(page)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
