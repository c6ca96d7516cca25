"""With the server down, a page of ours says so; nothing of anybody's is kept for that."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from tests.browser.whole_site import WholeSite, whole_site

KEPT = """async () => {
    const addresses = [];
    for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) {
            addresses.push(new URL(request.url).pathname);
        }
    }
    return addresses;
}"""


@pytest.fixture
def site(transactional_db: None, settings: Settings, tmp_path: Path) -> Iterator[WholeSite]:
    with whole_site(settings, tmp_path / "static") as site:
        yield site


@pytest.fixture
def visitor(browser: Browser, site: WholeSite, picture: Path) -> Iterator[Page]:
    """Has given a picture, looked at the history, and has the worker by now."""
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.set_input_files("input[type=file]", picture)
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("42")
    page.goto("/uploads/")
    yield page
    context.close()


def test_with_the_server_down_the_offline_page_is_shown_in_its_own_style(
    site: WholeSite, visitor: Page
) -> None:
    site.stop()
    visitor.goto("/uploads/")
    expect(visitor.get_by_role("heading", name="The server cannot be reached")).to_be_visible()
    assert visitor.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(246, 245, 241)"
    )
    assert visitor.locator(".brand img").evaluate("image => image.naturalWidth") > 0
    assert visitor.get_by_role("link", name="Try again").evaluate("link => link.href") == (
        f"{site.url}/uploads/"
    )


def test_nothing_but_the_offline_page_and_static_files_is_kept(visitor: Page) -> None:
    kept = visitor.evaluate(KEPT)
    assert "/offline/" in kept
    assert len(kept) > 4
    assert all(path.startswith("/static/") for path in kept if path != "/offline/")


def test_with_the_server_up_pages_come_from_it(visitor: Page) -> None:
    expect(visitor.locator(".history-text")).to_have_text("42")
    assert visitor.evaluate("Boolean(navigator.serviceWorker.controller)")
