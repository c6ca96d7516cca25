"""What holds for every page: it fits the screen, breaks no rule of ours, and can be reached."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from recognizer.models import Prediction
from tests.makers import PASSWORD, blank_png, letter_png, make_admin

SCREENS = [(360, 740), (390, 844), (768, 630), (1440, 900), (2560, 1801)]
OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


LONG_TEXTS = [["1234567890" * 5, 0.5], ["9" * 40, 0.1], ["", 0.05]]


def result_of(page: Page, picture: Path) -> str:
    """Where the answer to a picture is."""
    page.goto("/")
    page.set_input_files("input[type=file]", picture)
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator("#answer")).to_be_visible()
    return page.url


@pytest.fixture
def addresses(page: Page, picture: Path, tmp_path: Path) -> list[str]:
    """Every page there is, of a visitor who has given digits, a letter and a blank sheet."""
    results = [result_of(page, picture)]
    Prediction.objects.update(
        state=Prediction.State.DOUBTFUL,
        possibilities=LONG_TEXTS,
        written=f"4.2{',' * 60}",
        written_confidence=0.5,
    )
    for name, data in (("letter.png", letter_png()), ("blank.png", blank_png())):
        (tmp_path / name).write_bytes(data)
        results.append(result_of(page, tmp_path / name))
    histories = ["/uploads/", "/uploads/?text=9", "/uploads/?view=table", "/uploads/?most_sure=5"]
    others = ["/about/", "/guide/", "/offline/", "/accounts/sign-up/", "/accounts/log-in/"]
    about_result = [f"{results[0]}delete/", f"{results[0]}digits/1/mattered/"]
    return ["/", *others, *histories, *results, *about_result]


def test_every_page_fits_every_screen(page: Page, addresses: list[str]) -> None:
    too_wide = []
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for address in [*addresses, "/nothing"]:
            page.goto(address)
            if page.evaluate(OVERFLOWS):
                too_wide.append((address, width))
    assert not too_wide


def test_no_page_breaks_the_content_security_policy(
    context: BrowserContext, page: Page, addresses: list[str]
) -> None:
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    context.on("console", note)
    for address in addresses:
        page.goto(address)
    assert not complaints


def test_the_admin_shows_thumbnails_and_breaks_no_policy(
    context: BrowserContext, page: Page, addresses: list[str]
) -> None:
    make_admin("grace")
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text))
    page.goto("/admin/recognizer/upload/")
    page.get_by_label("Username").fill("grace")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    thumbnail = page.get_by_alt_text("The picture").first
    expect(thumbnail).to_be_visible()
    assert thumbnail.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    thumbnail.click()
    expect(page.get_by_label("Verified text")).to_be_visible()
    assert not complaints


def test_the_keyboard_reaches_the_content_first(page: Page) -> None:
    page.goto("/about/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
