"""Each language from choosing it to a result, on a phone and on a desk."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_accessibility import violations
from tests.browser.test_pages import OVERFLOWS

CODES = [code for code, _ in settings.LANGUAGES if code != "en"]
PAGES = ["/", "/uploads/", "/uploads/?view=table", "/about/", "/guide/", "/accounts/sign-up/"]


def choose(page: Page, language: str) -> None:
    page.goto("/")
    page.locator(f".languages button[value={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def read(page: Page, picture: Path) -> None:
    page.set_input_files("input[type=file]", picture)
    page.locator("form[enctype] button[type=submit]").click()
    expect(page.locator(".answer-text")).to_have_text("42")
    page.wait_for_load_state()


def left_of(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box
    return box["x"]


@pytest.mark.parametrize("language", CODES)
def test_no_page_is_too_wide_or_breaks_a_rule(page: Page, picture: Path, language: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 360, "height": 740})
    choose(page, language)
    read(page, picture)
    found = [] if not page.evaluate(OVERFLOWS) else ["the result is too wide"]
    found += violations(page)
    for address in PAGES:
        page.goto(address)
        if page.evaluate(OVERFLOWS):
            found.append(f"{address} is too wide")
        found += violations(page)
    assert not found


def test_a_language_goes_by_its_own_name(page: Page) -> None:
    choose(page, "ar")
    expect(page.locator(".languages button").first).to_have_text("English")
    expect(page.locator(".languages button[value=hi]")).to_have_text("हिंदी")


def test_one_stays_on_the_page_on_which_one_chooses(page: Page) -> None:
    page.goto("/about/")
    page.locator(".languages button[value=fr]").click()
    expect(page).to_have_url("/about/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_arabic_runs_from_the_right_but_numbers_do_not(page: Page, picture: Path) -> None:
    choose(page, "ar")
    brand, menu = page.locator(".brand"), page.locator("nav a[href='/uploads/']").first
    assert left_of(brand) > left_of(menu)
    read(page, picture)
    assert left_of(page.locator("#digit-1")) < left_of(page.locator("#digit-2"))
