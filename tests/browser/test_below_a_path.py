"""In a browser, below a path of a host: scripts, the worker and the theme's cookie stay there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.digitrec.launcher import Launcher, copy_project
from tests.digitrec.site_proxy import SiteProxy


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[SiteProxy]:
    code = copy_project(tmp_path / "digitrec")
    with (
        Launcher(code, {"SITE_PATH": "digits"}) as server,
        SiteProxy("/digits/", server.port) as proxy,
    ):
        yield proxy


@pytest.fixture
def page(browser: Browser, proxy: SiteProxy) -> Iterator[Page]:
    context = browser.new_context(base_url=f"{proxy.host}/digits/")
    yield context.new_page()
    context.close()


def test_a_picture_is_given_and_nothing_is_asked_of_another_site(
    page: Page, proxy: SiteProxy, picture: Path
) -> None:
    page.goto("./")
    scope = page.evaluate("navigator.serviceWorker.ready.then((found) => found.scope)")
    assert scope == f"{proxy.host}/digits/"
    page.locator("[data-theme-choice=dark]").first.click()
    page.set_input_files("input[type=file]", picture)
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator(".answer-text")).to_have_text("42")
    assert page.url.startswith(f"{proxy.host}/digits/uploads/")
    paths = {cookie["name"]: cookie["path"] for cookie in page.context.cookies()}
    assert paths == {"theme": "/digits/", "csrftoken": "/digits/", "sessionid": "/digits/"}
    page.goto("./uploads/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert proxy.strayed == []
