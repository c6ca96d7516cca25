"""Light, dark, or as the system has it."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_accessibility import violations

BACKGROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(246, 245, 241)", "rgb(20, 22, 28)"


@pytest.fixture
def by_night(page: Page) -> Page:
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.goto("/about/")
    return page


def test_a_choice_wins_over_the_system_and_lasts(by_night: Page) -> None:
    by_night.get_by_role("button", name="Light").click()
    assert by_night.evaluate(BACKGROUND) == LIGHT
    by_night.goto("/")
    assert by_night.evaluate(BACKGROUND) == LIGHT
    expect(by_night.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")


def test_one_can_go_back_to_what_the_system_says(by_night: Page) -> None:
    by_night.get_by_role("button", name="Light").click()
    by_night.get_by_role("button", name="As the system").click()
    assert by_night.evaluate(BACKGROUND) == DARK
    assert not by_night.context.cookies()


def test_the_keyboard_chooses(by_night: Page) -> None:
    by_night.get_by_role("button", name="Light").focus()
    by_night.keyboard.press("Enter")
    assert by_night.evaluate(BACKGROUND) == LIGHT


@pytest.mark.parametrize(("system", "choice"), [("dark", "Light"), ("light", "Dark")])
def test_a_chosen_theme_breaks_no_rule(page: Page, system: str, choice: str) -> None:
    page.emulate_media(color_scheme=system, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto("/")
    page.get_by_role("button", name=choice).click()
    assert not violations(page)


def test_a_page_without_a_request_behind_it_takes_the_choice_too(by_night: Page) -> None:
    by_night.get_by_role("button", name="Light").click()
    by_night.goto("/%00")
    assert by_night.evaluate(BACKGROUND) == LIGHT


def test_a_page_made_for_nobody_is_never_painted_in_another_theme(by_night: Page) -> None:
    """No module has run when a page is first painted, so here none ever does."""
    by_night.get_by_role("button", name="Light").click()
    by_night.route("**/js/pages/*", lambda route: route.abort())
    by_night.goto("/offline/")
    assert by_night.evaluate(BACKGROUND) == LIGHT


def test_without_scripts_the_system_decides(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, color_scheme="dark"
    )
    page = context.new_page()
    page.goto("/about/")
    expect(page.get_by_role("group", name="Colours")).to_be_hidden()
    context.close()
