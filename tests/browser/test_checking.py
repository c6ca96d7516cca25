"""Checking by keyboard, by mouse and by touch; nothing that is said is lost."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from mlmodel.rules.field_rule import FieldRule, Length
from recognizer.checking.people import invite, remove
from recognizer.models import Batch, BatchItem, Check, DigitPrediction, SavedRule
from tests.browser.checkers import close_and_wait, make_pictures, sign_in, verified
from tests.browser.conftest import PATIENCE_MS
from tests.browser.test_accessibility import violations
from tests.browser.test_pages import OVERFLOWS
from tests.browser.test_scripts import DEFINED, ENTRY, LOADED, PRELOADED, TYPES
from tests.faults.report import report
from tests.makers import make_user

FIELDS = 60
# Makes the page of a user, in a browser of their own.
Browsers = Callable[..., Page]


@pytest.fixture
def ada(transactional_db: None, context: BrowserContext, live_server: LiveServer) -> Iterator[User]:
    """The owner of the batches, signed in."""
    user = make_user("ada")
    sign_in(context, user, live_server.url)
    yield user
    close_and_wait(context)


@pytest.fixture
def browsers(browser: Browser, live_server: LiveServer, ada: User) -> Iterator[Browsers]:
    """Makes further browsers, in each of which a user is signed in."""
    contexts: list[BrowserContext] = []

    def page_of(user: User, **options: Any) -> Page:
        contexts.append(browser.new_context(base_url=live_server.url, **options))
        contexts[-1].set_default_timeout(PATIENCE_MS)
        sign_in(contexts[-1], user, live_server.url)
        return contexts[-1].new_page()

    yield page_of
    close_and_wait(*contexts)


@pytest.fixture
def batch(ada: User) -> Batch:
    return make_pictures(ada, "42", "17", "305", "88")


@pytest.fixture
def bob_s_page(browsers: Browsers, batch: Batch) -> Page:
    """The browser of somebody whom the owner invited."""
    bob = make_user("bob")
    invite(batch, "bob")
    return browsers(bob)


def open_check(page: Page, batch: Batch) -> None:
    page.goto(f"/batches/{batch.pk}/check/")
    page.wait_for_load_state("networkidle")


def field(page: Page) -> Locator:
    return page.locator("[data-card]:not(.is-waiting) input[name=text]")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def expect_said(batch: Batch, *texts: str | None) -> None:
    """Answers are sent behind: they are there soon."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while verified(batch) != list(texts) and time.monotonic() < until:
        time.sleep(0.1)
    assert verified(batch) == list(texts)


def wait_for_checks(count: int) -> None:
    """A page that is left sends its last answer without waiting."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while Check.objects.count() != count and time.monotonic() < until:
        time.sleep(0.1)
    assert Check.objects.count() == count


def test_the_keyboard_alone_checks_a_batch(page: Page, batch: Batch) -> None:
    open_check(page, batch)
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("42")
    press(page, "Enter")
    expect(field(page)).to_have_value("17")
    press(page, "1", "8", "Enter")
    expect(field(page)).to_have_value("305")
    press(page, "u")
    expect(field(page)).to_have_value("88")
    press(page, "x")
    expect(page.locator("[data-done]")).to_be_focused()
    expect_said(batch, "42", "18", "", "")
    assert Check.objects.filter(seconds__gt=0).count() == 4


def test_what_is_typed_replaces_a_digit_and_moves_no_other(page: Page, batch: Batch) -> None:
    open_check(page, batch)
    press(page, "Enter", "Enter")
    expect(field(page)).to_have_value("305")
    press(page, "9")
    expect(field(page)).to_have_value("905")
    press(page, "1")
    expect(field(page)).to_have_value("915")


def test_space_puts_off_and_arrows_move(page: Page, batch: Batch) -> None:
    open_check(page, batch)
    press(page, "Space")
    expect(field(page)).to_have_value("17")
    press(page, "ArrowDown")
    expect(field(page)).to_have_value("305")
    press(page, "ArrowUp")
    expect(field(page)).to_have_value("17")
    press(page, "Enter", "Enter")
    expect(field(page)).to_have_value("88")
    press(page, "Enter")
    expect(field(page)).to_have_value("42")


def test_escape_undoes_an_edit_and_then_takes_back_an_answer(page: Page, batch: Batch) -> None:
    open_check(page, batch)
    press(page, "Enter")
    expect(field(page)).to_have_value("17")
    press(page, "9")
    expect(field(page)).to_have_value("97")
    press(page, "Escape")
    expect(field(page)).to_have_value("17")
    press(page, "Escape")
    expect(field(page)).to_have_value("42")
    press(page, "4", "3", "Enter")
    expect_said(batch, "43", None, None, None)
    assert Check.objects.count() == 1


def test_a_doubtful_digit_is_marked_and_its_alternative_is_a_key_away(
    page: Page, batch: Batch
) -> None:
    doubtful = DigitPrediction.objects.filter(prediction__text="42", position=1)
    doubtful.update(confidence=0.4, alternatives=[[7, 0.3], [3, 0.2]])
    open_check(page, batch)
    press(page, "a")
    expect(field(page)).to_have_value("47")
    press(page, "a")
    expect(field(page)).to_have_value("43")
    page.get_by_role("button", name="It is 7 at place 2").click()
    expect(field(page)).to_have_value("47")


def test_an_answer_that_is_stored_may_be_given_otherwise(page: Page, batch: Batch) -> None:
    open_check(page, batch)
    press(page, "Enter")
    expect_said(batch, "42", None, None, None)
    press(page, "ArrowUp")
    expect(field(page)).to_have_value("42")
    expect(page.get_by_text("What you say now takes its place.")).to_be_attached()
    press(page, "4", "3", "Enter")
    expect(field(page)).to_have_value("17")
    expect_said(batch, "43", None, None, None)
    assert Check.objects.count() == 2


def test_the_picture_is_shown_larger_and_whole_on_demand(page: Page, batch: Batch) -> None:
    open_check(page, batch)
    svg = page.locator("[data-card]:not(.is-waiting) svg")
    part, width = svg.get_attribute("viewBox"), svg.evaluate("svg => svg.clientWidth")
    press(page, "w")
    expect(svg).not_to_have_attribute("viewBox", part or "")
    page.get_by_role("button", name="Whole picture").click()
    expect(svg).to_have_attribute("viewBox", part or "")
    press(page, "m")
    assert svg.evaluate("svg => svg.clientWidth") > width


def test_no_key_does_anything_outside_the_picture(page: Page, batch: Batch) -> None:
    open_check(page, batch)
    page.locator(".brand").focus()
    press(page, "u", "x", "5", " ")
    page.wait_for_timeout(300)
    expect(field(page)).to_have_value("42")
    assert verified(batch) == [None] * 4


def test_keys_can_be_switched_off(page: Page, batch: Batch) -> None:
    open_check(page, batch)
    page.get_by_role("switch").uncheck()
    field(page).focus()
    press(page, "u", "Space")
    expect(field(page)).not_to_have_value("17")
    page.reload()
    expect(page.get_by_role("switch")).not_to_be_checked()


def test_an_empty_text_is_not_confirmed_by_a_slip(page: Page, batch: Batch) -> None:
    open_check(page, batch)
    field(page).fill("")
    press(page, "Enter")
    expect(page.get_by_role("alert").filter(has_text="say with a button why")).to_be_visible()
    press(page, "n")
    expect_said(batch, "", None, None, None)


def test_what_breaks_the_rule_is_kept_by_confirming_it_twice(
    page: Page, ada: User, batch: Batch
) -> None:
    definition = FieldRule(length=Length(least=2, most=2)).to_data()
    rule = SavedRule.objects.create(user=ada, definition=definition)
    Batch.objects.update(rule=rule)
    open_check(page, batch)
    press(page, "7", "7", "7", "Enter")
    expect(page.get_by_text("It has too many digits. Confirm once more")).to_be_visible()
    expect(field(page)).to_have_value("777")
    press(page, "Enter")
    expect(field(page)).to_have_value("17")
    expect_said(batch, "777", None, None, None)


def test_buttons_and_touch_do_all_that_keys_do(browsers: Browsers, batch: Batch, ada: User) -> None:
    page = browsers(ada, has_touch=True, is_mobile=True, viewport={"width": 360, "height": 740})
    open_check(page, batch)
    for name in ("Confirm", "Later", "Unreadable", "Not what was asked for", "Nothing to read"):
        before = field(page).input_value()
        page.get_by_role("button", name=name, exact=True).tap()
        expect(field(page)).not_to_have_value(before)
        if name == "Not what was asked for":
            break
    expect_said(batch, "42", None, "", "")


def test_nothing_is_lost_while_the_network_is_away(page: Page, batch: Batch) -> None:
    open_check(page, batch)
    is_away = True

    def answer(route: Route) -> None:
        if is_away and route.request.method == "POST":
            route.abort()
        else:
            route.continue_()

    page.route("**/check/", answer)
    press(page, "Enter", "Enter", "Enter")
    expect(page.get_by_text(re.compile(r"Not sent yet: \d"))).to_be_visible()
    assert verified(batch) == [None] * 4
    is_away = False
    expect(page.get_by_text("Not sent yet")).to_be_hidden()
    expect(page.get_by_text("3 of 4 checked")).to_be_visible()
    assert verified(batch) == ["42", "17", "305", None]


def test_who_is_logged_out_meanwhile_loses_nothing(
    page: Page, context: BrowserContext, batch: Batch, ada: User, live_server: LiveServer
) -> None:
    open_check(page, batch)
    context.clear_cookies()
    press(page, "Enter", "Enter")
    expect(page.get_by_text("You are no longer logged in.")).to_be_visible()
    assert verified(batch) == [None] * 4
    sign_in(context, ada, live_server.url)
    expect(page.get_by_text("You are no longer logged in.")).to_be_hidden()
    expect_said(batch, "42", "17", None, None)


def test_who_was_removed_meanwhile_is_told_so(bob_s_page: Page, batch: Batch) -> None:
    open_check(bob_s_page, batch)
    remove(batch.checkers.get())
    press(bob_s_page, "Enter", "Enter")
    expect(bob_s_page.get_by_text("or you do not check it any more").first).to_be_visible()
    assert verified(batch) == [None] * 4


def test_what_a_closed_page_could_not_send_the_next_one_sends(page: Page, batch: Batch) -> None:
    open_check(page, batch)
    page.route("**/check/", lambda route: route.abort())
    press(page, "Enter", "Enter")
    page.goto("/about/")
    page.unroute("**/check/")
    open_check(page, batch)
    expect_said(batch, "42", "17", None, None)
    assert Check.objects.count() == 2


def test_a_page_that_is_left_sends_its_last_answer(page: Page, batch: Batch) -> None:
    open_check(page, batch)
    press(page, "Enter")
    expect(field(page)).to_have_value("17")
    page.goto("/about/")
    expect_said(batch, "42", None, None, None)


def test_two_people_do_not_get_the_same_picture(page: Page, bob_s_page: Page, batch: Batch) -> None:
    open_check(page, batch)
    open_check(bob_s_page, batch)
    expect(field(page)).to_have_value("42")
    expect(field(bob_s_page)).to_have_value("88")


def test_an_expired_claim_gives_the_picture_to_others(
    page: Page, bob_s_page: Page, batch: Batch
) -> None:
    open_check(page, batch)
    # As if the owner had gone away for longer than a claim lasts.
    BatchItem.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    open_check(bob_s_page, batch)
    expect(field(bob_s_page)).to_have_value("42")
    press(bob_s_page, "4", "7", "Enter")
    press(page, "Enter", "Enter")
    expect(
        page.get_by_text("this picture is with somebody else now").or_(
            page.get_by_text("This picture was answered meanwhile")
        )
    ).to_be_visible()
    expect_said(batch, "47", *verified(batch)[1:])


def test_two_people_type_blind_and_a_third_decides(
    page: Page, bob_s_page: Page, browsers: Browsers, batch: Batch
) -> None:
    Batch.objects.update(double_keying=True)
    BatchItem.objects.exclude(position=0).update(asked="")
    open_check(page, batch)
    expect(field(page)).to_have_value("")
    expect(page.locator(".asked-box")).to_have_count(0)
    press(page, "4", "2", "Enter")
    expect(page.locator("[data-done]")).to_be_visible()
    page.goto("/about/")
    wait_for_checks(1)
    open_check(bob_s_page, batch)
    expect(field(bob_s_page)).to_have_value("")
    press(bob_s_page, "4", "7", "Enter")
    bob_s_page.goto("/about/")
    wait_for_checks(2)
    assert verified(batch)[0] is None
    eve_s_page = browsers(make_user("eve"))
    invite(batch, "eve")
    open_check(eve_s_page, batch)
    expect(eve_s_page.get_by_text("yours decides")).to_be_visible()
    press(eve_s_page, "4", "2", "Enter")
    expect_said(batch, "42", None, None, None)


def test_sixty_fields_by_keyboard_alone(page: Page, ada: User) -> None:
    """What the machine allows: people need their time to look besides."""
    texts = [str(number) for number in range(100, 100 + FIELDS)]
    batch = make_pictures(ada, *texts)
    open_check(page, batch)
    begun = time.monotonic()
    for _ in texts:
        expect(page.locator("[data-card]:not(.is-waiting) svg")).to_be_visible()
        before = page.locator("[data-card]:not(.is-waiting)").get_attribute("data-position")
        press(page, "Enter")
        expect(
            page.locator(f"[data-card][data-position='{before}']:not(.is-waiting)")
        ).to_have_count(0)
    expect(page.locator("[data-done]")).to_be_visible()
    a_minute = FIELDS * 60 / (time.monotonic() - begun)
    report("C1", fields=FIELDS, a_minute=round(a_minute))
    assert a_minute > 30
    expect_said(batch, *verified_when_right(batch))


def verified_when_right(batch: Batch) -> list[str]:
    """What the machine had read: all of it was confirmed."""
    items = batch.items.order_by("position")
    return list(items.values_list("upload__current_prediction__text", flat=True))


def test_a_group_is_confirmed_by_keyboard_but_for_the_odd_ones(page: Page, ada: User) -> None:
    batch = make_pictures(ada, "11", "41")
    odd = DigitPrediction.objects.get(prediction__text="41", value=1)
    DigitPrediction.objects.filter(pk=odd.pk).update(confidence=0.3)
    page.goto(f"/batches/{batch.pk}/check/groups/")
    page.get_by_role("link", name=re.compile("^1 ")).click()
    fields = page.locator("[data-crop] input")
    expect(fields).to_have_count(3)
    expect(fields.first).to_be_focused()
    press(page, "7", "ArrowRight", "ArrowRight")
    expect(fields.nth(2)).to_be_focused()
    expect(page.get_by_text("Marked: 1")).to_be_visible()
    press(page, "Enter")
    expect(page.get_by_text("3 digits are noted, 1 of them as others")).to_be_visible()
    page.goto(f"/batches/{batch.pk}/check/groups/4/")
    press(page, "Enter")
    expect(page.get_by_text("1 digit is noted")).to_be_visible()
    assert verified(batch) == ["11", "47"]


def test_a_click_marks_a_digit_as_none_and_another_takes_it_back(page: Page, ada: User) -> None:
    batch = make_pictures(ada, "11")
    page.goto(f"/batches/{batch.pk}/check/groups/1/")
    crop = page.locator("[data-crop] img").nth(1)
    assert crop.evaluate("image => image.decode().then(() => image.naturalHeight)") > 0
    crop.click()
    expect(page.locator("[data-crop] input").nth(1)).to_have_value("-")
    crop.click()
    expect(page.locator("[data-crop] input").nth(1)).to_have_value("")


def test_two_people_do_not_get_the_same_sheet(page: Page, bob_s_page: Page, batch: Batch) -> None:
    page.goto(f"/batches/{batch.pk}/check/groups/4/")
    bob_s_page.goto(f"/batches/{batch.pk}/check/groups/4/")
    expect(bob_s_page.get_by_text("Somebody else has these digits")).to_be_visible()


def pages_of(batch: Batch) -> list[str]:
    check = f"/batches/{batch.pk}/check/"
    return [check, *(f"{check}{rest}" for rest in ("groups/", "groups/1/", "people/"))]


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_no_page_breaks_a_rule_or_is_too_wide_in_any_language(
    page: Page, batch: Batch, language: str
) -> None:
    invite(batch, make_user("bob").username)
    DigitPrediction.objects.filter(value=4).update(confidence=0.4)
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    page.locator(f".languages button[value={language}]").click()
    found = []
    for address in [*pages_of(batch), "/batches/checking/"]:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        found += violations(page)
        if page.evaluate(OVERFLOWS):
            found.append(f"{address} is too wide")
    assert not found


def test_scripts_load_at_once_and_the_policy_is_kept(
    context: BrowserContext, page: Page, batch: Batch
) -> None:
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text))
    for address in pages_of(batch):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate(TYPES) == ["module"]
        preloaded = page.evaluate(PRELOADED)
        assert sorted(page.evaluate(LOADED)) == sorted([*preloaded, page.evaluate(ENTRY)])
        assert page.evaluate(DEFINED) == []
    assert not complaints


def test_the_whole_card_is_in_view_on_a_small_screen(page: Page, batch: Batch) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    open_check(page, batch)
    for _ in range(2):
        expect(page.get_by_role("button", name="Confirm", exact=True)).to_be_in_viewport()
        expect(page.locator("[data-card]:not(.is-waiting) svg")).to_be_in_viewport(ratio=1)
        press(page, "Enter")


def test_no_page_breaks_a_rule_by_night(page: Page, batch: Batch) -> None:
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found = []
    for address in pages_of(batch):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        found += violations(page)
    page.goto(pages_of(batch)[2])
    press(page, "7")
    found += violations(page)
    assert not found


def test_digits_run_from_the_left_in_arabic(page: Page, batch: Batch) -> None:
    page.goto("/")
    page.locator(".languages button[value=ar]").click()
    open_check(page, batch)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert field(page).evaluate("field => getComputedStyle(field).direction") == "ltr"
    press(page, "9")
    expect(field(page)).to_have_value("92")
