"""An account from the first picture to the last, as people go through it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from recognizer.models import Upload
from tests.browser.test_accessibility import violations
from tests.browser.test_pages import OVERFLOWS, SCREENS, result_of
from tests.makers import PASSWORD, make_user

NEW_PASSWORD = "purple monkey dishwasher"
WITH_ACCOUNT = ["/", "/uploads/", "/my-data/", "/accounts/change-password/", "/accounts/delete/"]


@pytest.fixture
def other_page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """Somebody else's browser."""
    context = browser.new_context(base_url=live_server.url)
    yield context.new_page()
    context.close()


@pytest.fixture
def page_without_scripts(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def sign_up(page: Page, name: str = "ada") -> None:
    page.locator(".site-account").get_by_role("link", name="Sign up").click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("Your account is ready")).to_be_visible()


def log_in(page: Page, password: str = PASSWORD, name: str = "ada") -> None:
    page.locator(".site-account").get_by_role("link", name="Log in").click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def menu(page: Page, name: str = "ada") -> Locator:
    """The menu of the header, open."""
    page.locator(".menu summary").filter(has_text=name).click()
    return page.locator(".menu-items")


def log_out(page: Page) -> None:
    menu(page).get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out.")).to_be_visible()


def status_of(page: Page, address: str) -> int:
    response = page.goto(address)
    assert response
    return response.status


def test_an_account_takes_along_what_was_given_before(
    page: Page, other_page: Page, picture: Path
) -> None:
    result = result_of(page, picture)
    sign_up(page)
    expect(page.get_by_text("1 picture that you gave before came along")).to_be_visible()
    expect(page.locator(".history-text")).to_have_text("42")
    assert status_of(page, result) == 200
    assert status_of(other_page, result) == 404


def test_logging_out_hides_the_pictures_and_logging_in_shows_them_on_any_device(
    page: Page, other_page: Page, picture: Path
) -> None:
    result = result_of(page, picture)
    sign_up(page)
    log_out(page)
    assert status_of(page, result) == 404
    other_page.goto("/")
    log_in(other_page)
    expect(other_page.locator(".history-text")).to_have_text("42")
    assert status_of(other_page, result) == 200


def test_a_changed_password_is_the_one_that_counts(page: Page) -> None:
    make_user("ada")
    page.goto("/")
    log_in(page)
    menu(page).get_by_role("link", name="Change the password").click()
    page.get_by_label("Old password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("New password confirmation").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    log_out(page)
    log_in(page)
    expect(page.get_by_role("alert")).to_contain_text("Please enter a correct username")
    expect(page.get_by_label("Username")).to_have_value("ada")
    page.get_by_label("Password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()


def test_a_deleted_account_leaves_nothing(page: Page, picture: Path) -> None:
    result = result_of(page, picture)
    sign_up(page)
    menu(page).get_by_role("link", name="Your data and account").click()
    page.get_by_role("link", name="Delete the account…").click()
    expect(page.get_by_text("With it goes 1 picture")).to_be_visible()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete the account for good").click()
    expect(page.get_by_text("Your account and everything in it were deleted.")).to_be_visible()
    assert not User.objects.exists()
    assert not Upload.objects.exists()
    assert status_of(page, result) == 404


def test_it_all_works_without_scripts(page_without_scripts: Page, picture: Path) -> None:
    page = page_without_scripts
    page.goto("/")
    page.get_by_label("Choose a picture").set_input_files(picture)
    page.get_by_role("button", name="Read the digits").click()
    sign_up(page)
    expect(page.locator(".history-text")).to_have_text("42")
    log_out(page)
    log_in(page)
    expect(page.locator(".history-text")).to_have_text("42")


def test_the_menu_closes_when_people_are_done_with_it(page: Page) -> None:
    make_user("ada")
    page.goto("/")
    log_in(page)
    items = menu(page)
    expect(items).to_be_visible()
    page.keyboard.press("Escape")
    expect(items).to_be_hidden()
    expect(page.locator(".menu summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(items).to_be_visible()
    page.get_by_role("heading", name="History").click()
    expect(items).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_an_account_breaks_a_rule(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto("/accounts/sign-up/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password", exact=True).fill("1234")
    page.get_by_label("Password confirmation").fill("12")
    page.get_by_role("button", name="Sign up").click()
    found = violations(page)
    page.goto("/")
    log_in(page, password="guess")
    found += violations(page)
    page.goto("/")
    sign_up(page)
    for address in WITH_ACCOUNT:
        page.goto(address)
        menu(page)
        found += violations(page)
    assert not found


def test_every_page_of_an_account_fits_every_screen(page: Page) -> None:
    make_user("a" * 150)
    page.goto("/")
    log_in(page, name="a" * 150)
    too_wide = []
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for address in WITH_ACCOUNT:
            page.goto(address)
            menu(page, "aaa")
            if page.evaluate(OVERFLOWS):
                too_wide.append((address, width))
    assert not too_wide
