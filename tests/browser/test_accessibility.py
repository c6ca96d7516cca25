"""Every page and state keeps to WCAG 2.2 AA, as far as axe-core can tell, by day and by night."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_pages import addresses, result_of

__all__ = ["addresses"]

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "rules => axe.run(document, { runOnly: { type: 'tag', values: rules } })"


def violations(page: Page) -> list[str]:
    """What axe-core finds, each with the elements that it is about."""
    # Through the debugger: the pages' policy lets no foreign script in.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(RUN, RULES)
    return [
        f"{page.url} {violation['id']}: {[node['target'] for node in violation['nodes']]}"
        for violation in found["violations"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_a_rule(page: Page, addresses: list[str], scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = []
    for address in [*addresses, "/nothing"]:
        page.goto(address)
        found += violations(page)
    assert not found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_a_page_breaks_a_rule(
    page: Page, picture: Path, tmp_path: Path, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    bad = tmp_path / "bad.txt"
    bad.write_text("no picture")
    page.goto("/")
    page.set_input_files("input[type=file]", picture)
    found = violations(page)
    page.set_input_files("input[type=file]", [picture, bad])
    expect(page.locator(".sent-card [data-retry]:visible")).to_have_count(1)
    found += violations(page)
    page.get_by_role("button", name="Draw", exact=True).click()
    found += violations(page)
    result_of(page, picture)
    page.get_by_text("No, it says …").click()
    found += violations(page)
    page.get_by_role("button", name="Yes, it is right").click()
    expect(page.get_by_text("Checked by a person")).to_be_visible()
    found += violations(page)
    page.goto("/uploads/")
    page.locator("input[name=pk]").first.check()
    found += violations(page)
    page.get_by_role("button", name="Delete…").click()
    found += violations(page)
    assert not found


def test_the_keyboard_alone_gives_a_picture_and_checks_it(page: Page, picture: Path) -> None:
    page.goto("/")
    page.set_input_files("input[type=file]", picture)
    page.locator("input[type=file]").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-submit]')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".answer-text")).to_have_text("42")
    page.get_by_role("button", name="Yes, it is right").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Checked by a person")).to_be_visible()
