"""The start page explains itself, and the guide plays."""

import re
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from mlmodel.artifact.directory import read_card
from mlmodel.model import SHIPPED_DIR
from recognizer.presentation.guide_video import SCENES
from recognizer.presentation.wording import in_a_thousand, percent
from tests.browser.test_accessibility import violations
from tests.browser.test_pages import OVERFLOWS, SCREENS

PAGES = ("/", "/guide/")
PLAY = "video => { video.muted = true; return video.play(); }"


def video_of(page: Page, address: str) -> Locator:
    page.goto(address)
    video = page.locator("video")
    video.scroll_into_view_if_needed()
    return video


def test_the_start_page_shows_four_steps_below_the_form(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    steps = page.locator(".step")
    expect(steps).to_have_count(4)
    form, first = page.locator("form[data-upload-form]").bounding_box(), steps.first.bounding_box()
    assert form
    assert first
    assert first["y"] > form["y"] + form["height"]
    for step in steps.all():
        expect(step.get_by_role("img")).to_have_accessible_name(re.compile(r"\w+ \w+"))


def test_the_start_page_says_what_the_card_measured(page: Page) -> None:
    card = read_card(SHIPPED_DIR)
    page.goto("/")
    measured = page.locator(".measured")
    expect(measured).to_contain_text(f"{percent(card.in_use.read_rate)} by itself")
    expect(measured).to_contain_text(in_a_thousand(card.in_use.error_rate))


def test_the_start_page_leads_to_the_guide(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Watch it in a minute").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How digitrec works, in a minute")


@pytest.mark.parametrize("address", PAGES)
def test_the_video_plays(page: Page, address: str) -> None:
    video = video_of(page, address)
    assert video.evaluate("video => video.readyState") == 0
    video.evaluate(PLAY)
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.2")
    length_s = sum(scene.seconds for scene in SCENES)
    assert video.evaluate("video => video.duration") == pytest.approx(length_s, abs=0.5)
    assert video.evaluate("video => video.readyState") >= 2


@pytest.mark.parametrize("kind", ["video/webm", "video/mp4"])
def test_each_kind_of_video_can_be_opened(page: Page, kind: str) -> None:
    video = video_of(page, "/guide/")
    source = page.locator(f"source[type='{kind}']").get_attribute("src")
    answer = page.request.get(f"{source}")
    assert answer.ok
    assert answer.headers["content-type"] == kind
    assert video.evaluate("(video, kind) => video.canPlayType(kind)", kind)


def test_the_captions_are_shown_while_it_plays(page: Page) -> None:
    video = video_of(page, "/guide/")
    assert video.evaluate("video => video.textTracks.length") == len(settings.LANGUAGES)
    video.evaluate(PLAY)
    page.wait_for_function(
        """() => [...document.querySelector('video').textTracks]
            .find((track) => track.mode === 'showing')?.activeCues?.length"""
    )
    told = video.evaluate(
        """video => [...video.textTracks]
            .find((track) => track.mode === 'showing').activeCues[0].text"""
    )
    assert told == SCENES[0].sentence


def test_the_transcript_opens(page: Page) -> None:
    page.goto("/guide/")
    page.get_by_text("The video as text").click()
    expect(page.get_by_text(SCENES[-1].sentence)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_pages_break_no_rule(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = []
    for address in PAGES:
        page.goto(address)
        page.get_by_text("The video as text").click()
        found += violations(page)
    assert not found


def test_both_pages_fit_every_screen(page: Page) -> None:
    too_wide = []
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for address in PAGES:
            page.goto(address)
            if page.evaluate(OVERFLOWS):
                too_wide.append((address, width))
    assert not too_wide
