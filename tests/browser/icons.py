"""Renders the icons for home screens from the SVG: `python -m tests.browser.icons`."""

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import find_chromium

IMAGES = Path(__file__).parents[2] / "static" / "images"
SOURCE = IMAGES / "digitrec.svg"
# A launcher cuts a maskable icon to its own shape, and iOS a touch icon: both reach the edges.
SQUARE = '<rect x="1" y="1" width="30" height="30" rx="8"'
FULL = '<rect width="32" height="32"'
ICONS = {
    "icon-192.png": (192, False),
    "icon-512.png": (512, False),
    "icon-maskable-512.png": (512, True),
    "icon-touch-180.png": (180, True),
}


def render(browser: Browser, side_px: int, *, reaches_edges: bool) -> bytes:
    """The icon as a PNG."""
    svg = SOURCE.read_text(encoding="utf-8")
    if reaches_edges:
        assert SQUARE in svg
        svg = svg.replace(SQUARE, FULL)
    page = browser.new_page(viewport={"width": side_px, "height": side_px})
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
    png = page.screenshot(omit_background=True)
    page.close()
    return png


def main() -> int:
    with sync_playwright() as playwright:
        options = ["--no-sandbox"]  # the page is our own
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=options)
        for name, (side_px, reaches_edges) in ICONS.items():
            (IMAGES / name).write_bytes(render(browser, side_px, reaches_edges=reaches_edges))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
