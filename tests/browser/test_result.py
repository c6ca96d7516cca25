from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.makers import photo_jpeg


@pytest.fixture
def result(page: Page, tmp_path: Path) -> Page:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(photo_jpeg("42", orientation=6, scale=8))
    page.goto("/")
    page.set_input_files("input[type=file]", photo)
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("42")
    return page


def box(locator: Locator) -> FloatRect:
    found = locator.bounding_box()
    assert found
    return found


def test_the_frames_lie_within_the_picture_side_by_side(result: Page) -> None:
    picture = box(result.locator(".picture-frame image"))
    first, second = (box(result.locator(".mark-box").nth(index)) for index in (0, 1))
    assert picture["x"] <= first["x"] < first["x"] + first["width"] <= second["x"]
    assert second["x"] + second["width"] <= picture["x"] + picture["width"]


def test_a_large_picture_never_leaves_its_frame(result: Page) -> None:
    result.set_viewport_size({"width": 390, "height": 844})
    assert box(result.locator(".picture-frame svg"))["width"] <= 390


def test_pointing_at_a_frame_lights_its_card(result: Page) -> None:
    result.locator(".mark").nth(1).hover()
    expect(result.locator("#digit-2")).to_have_class("digit-card is-lit")


def test_a_frame_leads_to_its_card(result: Page) -> None:
    result.locator(".mark").nth(1).click()
    expect(result).to_have_url(f"{result.url.partition('#')[0]}#digit-2")


def test_the_text_can_be_copied(result: Page) -> None:
    result.context.grant_permissions(["clipboard-read", "clipboard-write"])
    result.get_by_role("button", name="Copy the text").click()
    expect(result.get_by_role("button", name="Copied")).to_be_visible()
    assert result.evaluate("navigator.clipboard.readText()") == "42"
