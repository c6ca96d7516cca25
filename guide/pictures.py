"""The README's pictures: screenshots of the real pages, small enough to load at once."""

import io
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, expect

DOCS = Path("docs")
EXAMPLES = Path("static/images/examples")
DESK, PHONE = (1280, 800), (390, 844)


def take_pictures(browser: Browser, address: str) -> None:
    """Save home, result and history on a desktop, home in dark colours, and a result on a phone."""
    context = browser.new_context(base_url=address, locale="en")
    page = context.new_page()
    result = ""
    for name in ("boxes", "amount", "touching", "board"):
        result = _upload(page, EXAMPLES / f"{name}.jpg")
    _save(page, "/", "home", DESK)
    _save(page, result, "result", DESK)
    _save(page, "/uploads/", "history", DESK)
    _save(page, "/", "home-dark", DESK, "dark")
    _save(page, result, "phone", PHONE)
    context.close()


def _upload(page: Page, picture: Path) -> str:
    page.goto("/")
    page.set_input_files("#id_picture", picture)
    page.locator("[data-submit]").click()
    expect(page.locator("#answer")).to_be_visible()
    return page.url


def _save(
    page: Page,
    path: str,
    name: str,
    size: tuple[int, int],
    scheme: Literal["light", "dark"] = "light",
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    page.goto(path, wait_until="networkidle")
    with Image.open(io.BytesIO(page.screenshot())) as image:
        image.convert("RGB").save(DOCS / f"{name}.webp", quality=85, method=6)
