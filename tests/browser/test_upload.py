import base64
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from recognizer.models import ThrottleWindow, Upload
from tests.makers import PASSWORD, digits_png, make_user

# Chromium lets no test fill the clipboard or drag a file in, so the event is made by hand.
GIVE_FILE = """([type, content]) => {
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "given.png", { type: "image/png" }));
    const options = { bubbles: true, cancelable: true };
    document.dispatchEvent(type === "paste"
        ? new ClipboardEvent(type, { ...options, clipboardData: transfer })
        : new DragEvent(type, { ...options, dataTransfer: transfer }));
}"""


def test_a_chosen_picture_is_shown_and_read(page: Page, picture: Path) -> None:
    page.goto("/")
    page.set_input_files("input[type=file]", picture)
    expect(page.get_by_alt_text("The picture you chose")).to_be_visible()
    expect(page.get_by_text("meter.png", exact=True)).to_be_visible()
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("42")


def test_a_chosen_picture_can_be_cleared(page: Page, picture: Path) -> None:
    page.goto("/")
    page.set_input_files("input[type=file]", picture)
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_alt_text("The picture you chose")).to_be_hidden()
    assert page.eval_on_selector("input[type=file]", "input => input.files.length") == 0


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_picture_can_be_dropped_and_pasted(page: Page, way: str) -> None:
    content = base64.b64encode(digits_png("7")).decode()
    page.goto("/")
    page.evaluate(GIVE_FILE, [way, content])
    expect(page.get_by_text("given.png", exact=True)).to_be_visible()
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("7")


def test_a_file_that_is_too_large_is_not_even_sent(page: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(b"0" * (11 * 2**20))
    page.goto("/")
    page.set_input_files("input[type=file]", large)
    expect(page.get_by_text("This file is larger than 10 MB.")).to_be_visible()
    expect(page.get_by_role("button", name="Read the digits")).to_be_disabled()


def test_a_wrong_file_is_explained_and_another_can_be_sent(
    page: Page, tmp_path: Path, picture: Path
) -> None:
    wrong = tmp_path / "notes.txt"
    wrong.write_text("four two")
    page.goto("/")
    page.set_input_files("input[type=file]", wrong)
    page.get_by_role("button", name="Read the digits").click()
    expect(page.get_by_role("alert")).to_contain_text("Send a PNG, JPEG, WebP, BMP or GIF")
    page.set_input_files("input[type=file]", picture)
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("42")


def test_going_back_leaves_a_page_that_works(page: Page, picture: Path) -> None:
    page.goto("/")
    page.set_input_files("input[type=file]", picture)
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Read the digits")).to_be_enabled()


def test_it_all_works_without_scripts(
    browser: Browser, live_server: LiveServer, picture: Path
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Choose a picture").set_input_files(picture)
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("42")
    page.get_by_role("link", name="History").click()
    expect(page.locator(".history-text")).to_have_text("42")
    page.locator(".history-card a").click()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("were deleted")).to_be_visible()
    context.close()


def test_several_at_once_fill_in_their_cards_and_one_bad_one_keeps_to_itself(
    page: Page, picture: Path, tmp_path: Path
) -> None:
    bad, other = tmp_path / "bad.png", tmp_path / "other.png"
    bad.write_bytes(digits_png("3")[:100])
    other.write_bytes(digits_png("7"))
    page.goto("/")
    page.set_input_files("input[type=file]", [picture, bad, other])
    cards = page.locator(".sent-card")
    expect(cards).to_have_count(3)
    expect(cards.nth(0).locator("[data-answer]")).to_contain_text("42")
    expect(cards.nth(1).get_by_role("alert")).to_contain_text("damaged or incomplete")
    expect(cards.nth(2).locator("[data-answer]")).to_contain_text("7")
    assert Upload.objects.count() == 2
    cards.nth(0).get_by_role("link", name="Open").click()
    expect(page.locator(".answer-text")).to_have_text("42")


MOST_MS = 61_000  # of a wait for the next minute


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Four files, each with another digit."""
    paths = [tmp_path / f"{digit}.png" for digit in "1347"]
    for path in paths:
        path.write_bytes(digits_png(path.stem))
    return paths


@pytest.fixture
def sent(page: Page) -> list[str]:
    """The pictures that were sent, whatever came of them: an address for each."""
    urls: list[str] = []
    page.on(
        "request", lambda request: urls.append(request.url) if request.method == "POST" else None
    )
    return urls


def wait_until(page: Page, count: int) -> None:
    expect(page.locator(".sent-card [data-answer]:visible")).to_have_count(count)


def let_the_minute_pass(page: Page) -> None:
    ThrottleWindow.objects.all().delete()
    page.clock.fast_forward(MOST_MS)


def test_more_than_a_minute_allows_goes_on_by_itself(
    page: Page, pictures: list[Path], settings: Settings, sent: list[str]
) -> None:
    settings.UPLOADS_PER_MINUTE = 2
    page.clock.install()
    page.goto("/")
    page.set_input_files("input[type=file]", pictures)
    wait_until(page, 2)
    expect(page.get_by_text("It goes on by itself at")).to_be_visible()
    expect(page.locator(".sent-card [data-error]:visible")).to_have_count(0)
    assert len(sent) == 3
    let_the_minute_pass(page)
    wait_until(page, 4)
    expect(page.get_by_text("It goes on by itself at")).to_be_hidden()
    expect(page.get_by_role("button", name="Try all again")).to_be_hidden()
    assert Upload.objects.count() == 4


def test_what_a_day_does_not_allow_is_not_even_sent_and_all_can_be_tried_again(
    page: Page, pictures: list[Path], settings: Settings, sent: list[str]
) -> None:
    settings.UPLOADS_PER_DAY = 1
    page.goto("/")
    page.set_input_files("input[type=file]", pictures)
    expect(page.locator(".sent-card [data-error]:visible")).to_have_count(3)
    expect(page.locator(".sent-card").last.get_by_role("alert")).to_contain_text("24 hours")
    assert len(sent) == 2
    settings.UPLOADS_PER_DAY = 0
    page.get_by_role("button", name="Try all again").click()
    wait_until(page, 4)
    expect(page.get_by_role("button", name="Try all again")).to_be_hidden()
    assert len(sent) == 5


def test_a_wait_without_end_is_given_up(page: Page, pictures: list[Path], sent: list[str]) -> None:
    page.clock.install()
    page.goto("/")
    busy = {"title": "There is no room now.", "status": 503, "code": "storage_unavailable"}
    page.route(
        "**/", lambda route: route.fulfill(status=503, headers={"Retry-After": "30"}, json=busy)
    )
    page.set_input_files("input[type=file]", pictures[:2])
    first = page.locator(".sent-card").first
    for tries in range(1, 6):
        expect(page.get_by_text("It goes on by itself at")).to_be_visible()
        assert len(sent) == tries
        with page.expect_response("**/"):
            page.clock.fast_forward(MOST_MS)
    expect(first.get_by_role("alert")).to_contain_text("There is no room now.")


def test_several_on_a_page_that_grew_old_are_all_tried_again(
    page: Page, pictures: list[Path], sent: list[str]
) -> None:
    page.goto("/")
    forget_the_token(page)
    page.set_input_files("input[type=file]", pictures)
    expect(page.locator(".sent-card [data-error]:visible")).to_have_count(4)
    assert len(sent) == 1
    page.get_by_role("button", name="Try all again").click()
    wait_until(page, 4)


def test_pictures_that_come_later_wait_for_those_before_them(
    page: Page, pictures: list[Path], settings: Settings, sent: list[str]
) -> None:
    settings.UPLOADS_PER_MINUTE = 1
    page.clock.install()
    page.goto("/")
    page.set_input_files("input[type=file]", pictures[:2])
    expect(page.get_by_text("It goes on by itself at")).to_be_visible()
    page.set_input_files("input[type=file]", pictures[2:])
    expect(page.locator(".sent-card")).to_have_count(4)
    settings.UPLOADS_PER_MINUTE = 0
    let_the_minute_pass(page)
    wait_until(page, 4)
    assert len(sent) == 5


def send_one_too_many(page: Page, pictures: list[Path], settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 1
    page.clock.install()
    for path in pictures[:2]:
        page.goto("/")
        page.set_input_files("input[type=file]", path)
        page.get_by_role("button", name="Read the digits").click()
        if path == pictures[0]:
            expect(page.locator(".answer-text")).to_be_visible()
    expect(page.get_by_text("It goes on by itself at")).to_be_visible()


def test_a_single_picture_waits_as_well(
    page: Page, pictures: list[Path], settings: Settings
) -> None:
    send_one_too_many(page, pictures, settings)
    let_the_minute_pass(page)
    expect(page.locator(".answer-text")).to_have_text("3")


def test_another_choice_ends_the_wait_of_a_single_picture(
    page: Page, pictures: list[Path], settings: Settings
) -> None:
    send_one_too_many(page, pictures, settings)
    page.set_input_files("input[type=file]", pictures[2])
    expect(page.get_by_text("It goes on by itself at")).to_be_hidden()
    expect(page.get_by_text("4.png", exact=True)).to_be_visible()
    expect(page.locator("[data-errors]")).to_be_empty()
    let_the_minute_pass(page)
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("4")
    assert Upload.objects.count() == 2


def test_a_picture_that_did_not_arrive_is_tried_again_by_itself(
    page: Page, picture: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    other.write_bytes(digits_png("7"))
    page.goto("/")
    page.route("**/", lambda route: route.abort())
    page.set_input_files("input[type=file]", [picture, other])
    first = page.locator(".sent-card").first
    expect(first.get_by_role("alert")).to_contain_text("did not answer")
    page.unroute("**/")
    first.get_by_role("button", name="Try again").click()
    expect(first.locator("[data-answer]")).to_contain_text("42")
    assert Upload.objects.count() == 1


def test_without_an_answer_the_picture_stays_chosen(page: Page, picture: Path) -> None:
    page.goto("/")
    page.set_input_files("input[type=file]", picture)
    page.route("**/", lambda route: route.abort())
    page.get_by_role("button", name="Read the digits").click()
    expect(page.get_by_role("alert").first).to_contain_text("did not answer")
    page.unroute("**/")
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("42")


def forget_the_token(page: Page) -> None:
    """Let the server no longer know the page, as after weeks, or after logging in elsewhere."""
    page.context.clear_cookies()


def test_a_page_that_grew_old_keeps_the_picture_and_can_be_renewed(
    page: Page, picture: Path
) -> None:
    page.goto("/")
    page.set_input_files("input[type=file]", picture)
    forget_the_token(page)
    page.get_by_role("button", name="Read the digits").click()
    expect(page.get_by_role("alert").first).to_contain_text("Reload the page and send it again.")
    page.get_by_role("button", name="Reload, and keep the picture").click()
    expect(page.get_by_role("status").first).to_contain_text("your picture is still here")
    expect(page.get_by_text("meter.png", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Reload, and keep the picture")).to_be_hidden()
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("42")


def test_a_renewed_page_says_who_is_logged_in_now(
    page: Page, picture: Path, live_server: LiveServer
) -> None:
    make_user("ada")
    page.goto("/")
    page.set_input_files("input[type=file]", picture)
    other = page.context.new_page()
    other.goto("/accounts/log-in/")
    other.get_by_label("Username").fill("ada")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Log in").click()
    expect(other.get_by_text("Logged in as ada")).to_be_attached()
    page.get_by_role("button", name="Read the digits").click()
    page.get_by_role("button", name="Reload, and keep the picture").click()
    expect(page.get_by_text("Logged in as ada")).to_be_attached()
    page.get_by_text("ada", exact=True).click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("42")


def test_without_an_answer_to_the_reload_it_can_be_tried_again(page: Page, picture: Path) -> None:
    page.goto("/")
    page.set_input_files("input[type=file]", picture)
    forget_the_token(page)
    page.get_by_role("button", name="Read the digits").click()
    again = page.get_by_role("button", name="Reload, and keep the picture")
    expect(again).to_be_visible()
    page.route("**/", lambda route: route.abort())
    again.click()
    expect(page.get_by_role("alert").first).to_contain_text("did not answer")
    page.unroute("**/")
    again.click()
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("42")
