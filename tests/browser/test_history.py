"""Searching, exporting and deleting in the history, as a person does it."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from recognizer.models import Upload
from tests.browser.test_pages import result_of
from tests.makers import digits_png

TEXTS = ("42", "7", "135")


@pytest.fixture
def history(page: Page, tmp_path: Path) -> Page:
    """Of somebody who gave three pictures, the last one first."""
    for text in TEXTS:
        path = tmp_path / f"{text}.png"
        path.write_bytes(digits_png(text))
        result_of(page, path)
    page.goto("/uploads/")
    return page


def tick(history: Page, *texts: str) -> None:
    for text in texts:
        # Not any text of the card: the time of day is in it, too.
        own = history.locator(".history-text").get_by_text(text, exact=True)
        card = history.locator(".history-card").filter(has=own)
        card.locator("input[name=pk]").check()


def exported(history: Page, kind: str) -> bytes:
    with history.expect_download() as download:
        history.get_by_role("button", name=kind, exact=True).click()
    return Path(download.value.path()).read_bytes()


def test_a_search_finds_one_and_its_address_finds_it_again(history: Page) -> None:
    history.get_by_label("Text").fill("135")
    history.get_by_label("Text").press("Enter")
    expect(history.locator(".history-text")).to_have_text(["135"])
    history.goto(history.url)
    expect(history.locator(".history-text")).to_have_text(["135"])


def test_what_is_exported_is_what_was_chosen(history: Page) -> None:
    tick(history, "42", "135")
    uploads = {str(upload.pk): upload for upload in Upload.objects.all()}
    rows = list(csv.DictReader(io.StringIO(exported(history, "CSV").decode("utf-8-sig"))))
    assert [row["text"] for row in rows] == ["135", "42"]
    entries = json.loads(exported(history, "JSON"))
    assert [entry["text"] for entry in entries] == ["135", "42"]
    for entry in entries:
        prediction = uploads[entry["id"]].current_prediction
        assert prediction
        assert entry["confidence"] == pytest.approx(prediction.confidence, abs=1e-4)
    with zipfile.ZipFile(io.BytesIO(exported(history, "XLSX"))) as book:
        strings = book.read("xl/worksheets/sheet1.xml").decode()
    assert all(text in strings for text in ("42", "135"))


def test_several_are_deleted_after_asking_and_the_others_stay(history: Page) -> None:
    tick(history, "42", "7")
    history.get_by_role("button", name="Delete…").click()
    expect(history.get_by_text("2 pictures").first).to_be_visible()
    assert Upload.objects.count() == 3
    history.get_by_role("button", name="Delete").click()
    expect(history.locator(".history-text")).to_have_text(["135"])
    assert Upload.objects.count() == 1


def test_another_browser_sees_none_of_it(
    history: Page, browser: Browser, live_server: LiveServer
) -> None:
    address = Upload.objects.latest("created").get_absolute_url()
    context = browser.new_context(base_url=live_server.url)
    other = context.new_page()
    answer = other.goto(address)
    assert answer
    assert answer.status == 404
    other.goto("/uploads/")
    expect(other.locator(".history-text")).to_have_count(0)
    context.close()


def found_on(page: Page, day: str) -> list[str]:
    """What the history finds from a day on, asked for as people do."""
    page.goto("/uploads/")
    page.get_by_text("More filters").click()
    page.get_by_label("From").fill(day)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("Days and times are those of")).to_be_visible()
    return page.locator(".history-when").all_inner_texts()


def test_a_day_is_the_one_that_the_page_shows(
    browser: Browser, live_server: LiveServer, picture: Path
) -> None:
    tokyo = browser.new_context(base_url=live_server.url, timezone_id="Asia/Tokyo")
    page = tokyo.new_page()
    result_of(page, picture)
    Upload.objects.update(created=datetime(2026, 5, 1, 20, tzinfo=UTC))
    assert found_on(page, "2026-05-02") == ["2 May 2026, 05:00"]
    assert "zone=Asia%2FTokyo" in page.url
    assert found_on(page, "2026-05-03") == []
    there = page.url.replace("05-03", "05-02")
    state = tokyo.storage_state()
    tokyo.close()
    # Whoever opens the address elsewhere sees the same pictures on the same day.
    elsewhere = browser.new_context(
        base_url=live_server.url, timezone_id="America/New_York", storage_state=state
    )
    page = elsewhere.new_page()
    page.goto(there)
    assert page.locator(".history-when").all_inner_texts() == ["2 May 2026, 05:00"]
    assert found_on(page, "2026-05-01") == ["1 May 2026, 16:00"]
    elsewhere.close()


def test_a_zone_that_the_browser_does_not_know_is_the_server_s_to_show(history: Page) -> None:
    history.goto("/uploads/?first_day=2026-01-01&zone=Factory")
    expect(history.locator(".history-card")).to_have_count(3)
