"""What the start page costs: bytes that are sent, and time until something is seen."""

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage
from pytest_django import Settings

from tests.browser.test_policy import WATCH
from tests.browser.whole_site import WholeSite, whole_site

MOST_BYTES = 250_000
MOST_MS_UNTIL_PAINT = 1000
VISITS = 5
# What was sent for the page and for each file of it, but for videos.
TRANSFERRED = """() => [
    ...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource"),
].filter((entry) => !/[.](mp4|webm)$/.test(entry.name))
    .map((entry) => [entry.name, entry.transferSize])"""
FIRST_PAINT = """() => new Promise((resolve) =>
    new PerformanceObserver((list) => {
        const entry = list.getEntriesByName("first-contentful-paint")[0];
        if (entry) resolve(entry.startTime);
    }).observe({ type: "paint", buffered: true }))"""


class Visit:
    """The start page, opened by somebody who was never here."""

    def __init__(self, browser: Browser, site: WholeSite) -> None:
        context = browser.new_context(base_url=site.url, viewport={"width": 1440, "height": 900})
        self.complaints: list[str] = []
        page = context.new_page()
        page.add_init_script(WATCH)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto("/", wait_until="networkidle")
        self.transferred: dict[str, int] = dict(page.evaluate(TRANSFERRED))
        self.ms_until_paint: float = page.evaluate(FIRST_PAINT)
        self.refused: list[Any] = page.evaluate("window.refused")
        context.close()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@pytest.fixture
def visits(
    browser: Browser, transactional_db: None, settings: Settings, tmp_path: Path
) -> Iterator[list[Visit]]:
    with whole_site(settings, tmp_path / "static") as site:
        yield [Visit(browser, site) for _ in range(VISITS)]


def test_the_start_page_keeps_to_its_budget(visits: list[Visit]) -> None:
    sent = visits[0].transferred
    assert len(sent) > 8, sent
    assert sum(sent.values()) < MOST_BYTES, sent
    assert statistics.median(visit.ms_until_paint for visit in visits) < MOST_MS_UNTIL_PAINT
    assert not [visit.complaints for visit in visits if visit.complaints]
    assert not [visit.refused for visit in visits if visit.refused]
