import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, FloatRect, Locator, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from recognizer.models import Prediction, Upload
from tests.browser.test_accessibility import violations
from tests.makers import photo_jpeg

# How many characters stand in each line on the screen, for every part of a page.
LINES = """parts => parts.map((part) => {
    const range = document.createRange();
    const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    const lines = new Map();
    while (texts.nextNode()) {
        for (let at = 0; at < texts.currentNode.length; at++) {
            range.setStart(texts.currentNode, at);
            range.setEnd(texts.currentNode, at + 1);
            const top = Math.round(range.getBoundingClientRect().top);
            lines.set(top, (lines.get(top) ?? 0) + 1);
        }
    }
    return [...lines.values()];
})"""
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1440, height=900)


@pytest.fixture
def result(page: Page, tmp_path: Path) -> Page:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(photo_jpeg("42", orientation=6, scale=8))
    page.goto("/")
    page.set_input_files("input[type=file]", photo)
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("42")
    # Until its style is there, too, things lie elsewhere.
    page.wait_for_load_state()
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


@pytest.mark.parametrize(
    ("count", "on_phone", "on_desk"),
    [(6, 1, 1), (7, 1, 1), (12, 1, 1), (13, 1, 1), (24, 2, 1), (25, 2, 2), (41, 3, 3)],
)
def test_a_wide_number_shrinks_and_then_breaks_in_groups(
    result: Page, count: int, on_phone: int, on_desk: int
) -> None:
    text = ("1234567890" * 5)[:count]
    Prediction.objects.update(text=text, written=text)
    result.reload()
    for screen, lines_there in ((PHONE, on_phone), (DESK, on_desk)):
        result.set_viewport_size(screen)
        (lines,) = result.locator(".answer-text .answer-line").evaluate_all(LINES)
        assert len(lines) == lines_there
        assert lines_there == 1 or min(lines) >= 6


@pytest.mark.parametrize("count", [26, 32, 33, 39])
def test_no_digit_of_a_wide_number_stands_alone(result: Page, count: int) -> None:
    text = ("1234567890" * 5)[:count]
    written = f"{text[:-2]}.{text[-2:]}"
    Prediction.objects.update(
        text=text, written=written, possibilities=[[text, 0.5], [text[1:], 0.4]]
    )
    Prediction.objects.update(state=Prediction.State.DOUBTFUL)
    Upload.objects.update(verified_text=text, verified_written=written, verified=timezone.now())
    result.reload()
    result.set_viewport_size(PHONE)
    parts = ".as-written .answer-line, .possibilities span:first-child, .check .note strong"
    for lines in result.locator(parts).evaluate_all(LINES):
        assert len(lines) == 1 or min(lines) >= 3


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


def test_what_is_written_can_be_copied_beside_the_digits(result: Page) -> None:
    Prediction.objects.update(written="-4.2", written_confidence=0.5)
    result.reload()
    result.context.grant_permissions(["clipboard-read", "clipboard-write"])
    result.get_by_role("button", name="Copy as written").click()
    expect(result.get_by_role("button", name="Copied")).to_be_visible()
    assert result.evaluate("navigator.clipboard.readText()") == "-4.2"
    assert not violations(result)


def test_what_mattered_is_computed_when_it_is_opened(result: Page) -> None:
    asked: list[str] = []
    result.on("request", lambda request: asked.append(request.url))
    result.reload()
    card = result.locator("#digit-1")
    assert not any("mattered" in address for address in asked)
    card.get_by_text("What mattered").click()
    expect(card.get_by_role("status")).to_contain_text(
        re.compile("Most depends on|No single part decides")
    )
    shown = card.get_by_alt_text("Map of what mattered")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 28
    assert len([address for address in asked if "mattered" in address]) == 2
    assert not violations(result)


def test_without_scripts_what_mattered_is_a_page(
    browser: Browser, live_server: LiveServer, picture: Path
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Choose a picture").set_input_files(picture)
    page.get_by_role("button", name="Read the digits").click()
    page.locator("#digit-2").get_by_text("What mattered").click()
    expect(page.locator("#digit-2").get_by_alt_text("Map of what mattered")).to_be_visible()
    page.locator("#digit-2").get_by_role("link").click()
    expect(page.get_by_role("heading", name="What mattered in digit 2")).to_be_visible()
    page.get_by_role("link", name="Back to the result").click()
    expect(page.locator(".answer-text")).to_have_text("42")
    context.close()


def test_on_paper_there_is_the_result_and_nothing_to_press(result: Page) -> None:
    Prediction.objects.update(written="4.2")
    result.reload()
    result.emulate_media(color_scheme="dark", media="print")
    parts = (".answer-text", ".answer-confidence", ".as-written", ".picture-frame", ".facts time")
    for kept in parts:
        expect(result.locator(kept).first).to_be_visible()
    pressed = result.locator("button, nav, form, footer, summary, .btn")
    expect(pressed.filter(visible=True)).to_have_count(0)
    assert result.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )


def test_without_scripts_the_next_doubtful_picture_is_one_key_away(
    browser: Browser, live_server: LiveServer, picture: Path
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    for _ in range(3):
        page.goto("/")
        page.get_by_label("Choose a picture").set_input_files(picture)
        page.get_by_role("button", name="Read the digits").click()
    Prediction.objects.update(state=Prediction.State.DOUBTFUL)
    page.reload()
    page.get_by_role("button", name="Yes, it is right").click()
    expect(page.get_by_role("link", name="Next doubtful picture")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("No, it says").click()
    page.get_by_label("What it says").fill("-4.2")
    page.get_by_role("button", name="Save and next").press("Enter")
    expect(page.get_by_text("This is the next doubtful picture.")).to_be_visible()
    page.get_by_role("button", name="Yes, it is right").press("Enter")
    expect(page.get_by_text("No further picture is doubtful.")).to_be_visible()
    assert Upload.objects.filter(verified_text="42").count() == 3
    context.close()
