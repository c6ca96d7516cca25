"""Scripts are modules that import each other, and leave nothing behind for others to find."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django import Settings

from tests.browser.test_pages import result_of
from tests.browser.whole_site import whole_site

SCRIPTS = settings.BASE_DIR / "static" / "js"
# Only a page's entry runs something by itself, and what no module can do is a classic script.
MODULES = sorted({path.name for path in SCRIPTS.glob("*.js")} - {"stored-theme.js"})
# What a page's window has and that of a blank page has not.
DEFINED = """() => {
    const names = Object.keys(window);
    const blank = document.body.appendChild(document.createElement("iframe")).contentWindow;
    return names.filter((name) => !(name in blank));
}"""
TYPES = "[...document.scripts].map((script) => script.type)"
PRELOADED = """[...document.querySelectorAll("link[rel=modulepreload]")].map((link) => link.href)"""
LOADED = """performance.getEntriesByType("resource").map((entry) => entry.name)
    .filter((name) => name.endsWith(".js"))"""
IMPORT = "(path) => import(path).then(Object.keys)"
ENTRY = "document.querySelector('script[type=module]').src"


def test_no_script_reads_an_aria_attribute_as_a_property() -> None:
    # Firefox before 119 has none of them: what is read is undefined, and what is set is lost.
    reflected = re.compile(r"[.]aria[A-Z]|[.]role\b")
    found = [path.name for path in SCRIPTS.rglob("*.js") if reflected.search(path.read_text())]
    assert found == []


@pytest.mark.parametrize("address", ["/", "/uploads/", "/about/", "/offline/"])
def test_no_script_of_ours_defines_a_global(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate(DEFINED) == []


def test_no_script_of_a_result_or_its_history_defines_a_global(page: Page, picture: Path) -> None:
    for address in (result_of(page, picture), "/uploads/", "/uploads/?view=table"):
        page.goto(address)
        assert page.evaluate(DEFINED) == [], address


def test_a_global_would_be_noticed(page: Page) -> None:
    def define(route: Route) -> None:
        body = "export function closeMenusWhenDone() { window.shared = 1; }"
        route.fulfill(body=body, content_type="text/javascript")

    page.route("**/js/menu.js", define)
    page.goto("/about/")
    assert page.evaluate(DEFINED) == ["shared"]


def test_every_page_has_one_script_a_module(page: Page, picture: Path) -> None:
    """The top level of a classic script is shared with others, although window does not show it."""
    for address in ("/", result_of(page, picture), "/uploads/", "/about/", "/guide/", "/nothing"):
        page.goto(address)
        assert page.evaluate(TYPES) == ["module"], address


def test_what_a_page_loads_at_once_is_all_that_it_imports(page: Page, picture: Path) -> None:
    for address in ("/", result_of(page, picture), "/uploads/", "/about/"):
        page.goto(address)
        page.wait_for_load_state()
        preloaded = page.evaluate(PRELOADED)
        assert len(preloaded) >= 4
        assert sorted(page.evaluate(LOADED)) == sorted([*preloaded, page.evaluate(ENTRY)])


def test_no_module_but_an_entry_does_anything_by_itself(page: Page) -> None:
    assert len(MODULES) >= 8
    page.route("**/blank", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    page.goto("/blank")
    before = page.content()
    for name in MODULES:
        assert page.evaluate(IMPORT, f"/static/js/{name}")
    assert page.content() == before


def test_deployed_modules_have_names_with_a_checksum(
    browser: Browser, transactional_db: None, settings: Settings, tmp_path: Path
) -> None:
    with whole_site(settings, tmp_path / "static") as site:
        context = browser.new_context(base_url=site.url)
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name="Draw", exact=True).click()
        expect(page.locator("[data-sheet]")).to_be_visible()
        names = page.evaluate(LOADED)
        context.close()
    assert len(names) >= 9
    assert [name for name in names if not re.search(r"[.][0-9a-f]{12}[.]js$", name)] == []
