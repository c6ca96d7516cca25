"""No page breaks the content security policy, and nothing that people give ever runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from recognizer.models import DigitPrediction, ModelVersion, Prediction, Upload
from tests.faults.report import report
from tests.makers import PASSWORD, digits_image, digits_png, encoded, make_admin

# Runs before anything of a page does, and keeps what the browser refused on its behalf.
WATCH = """
window.refused = [];
addEventListener("securitypolicyviolation", (event) =>
    window.refused.push(`${event.effectiveDirective}: ${event.blockedURI}`));
"""
CANARY = "<script>document.title = 'canary'; window.canary = true</script>"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>window.canary = true</script></svg>'


class Watched:
    """A page, with everything that the browser complained about on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.visited = 0
        self.violations: list[str] = []
        self.complaints: list[str] = []
        page.add_init_script(WATCH)
        page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def visit(self, address: str) -> None:
        self.page.goto(address)
        self.visited += 1
        self.violations += self.page.evaluate("window.refused")


@pytest.fixture
def watched(page: Page) -> Watched:
    return Watched(page)


def give(page: Page, path: Path) -> str | None:
    """The address of the upload, if the picture was taken."""
    page.goto("/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Read the digits").click()
    expect(page.locator("#answer, .field-errors p").first).to_be_visible()
    return page.url if "/uploads/" in page.url else None


def sign_in(page: Page) -> None:
    make_admin("grace")
    page.goto("/admin/")
    page.get_by_label("Username").fill("grace")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Pictures, predictions and models")).to_be_visible()


def pages_for_people(result: str) -> list[str]:
    about_result = [f"{result}delete/", f"{result}digits/1/mattered/"]
    return ["/", "/about/", "/offline/", "/uploads/", "/uploads/?text=4", result, *about_result]


def pages_for_administrators() -> Iterator[str]:
    yield from ("/admin/", "/admin/recognizer/", "/admin/password_change/")
    for model in (Upload, Prediction, DigitPrediction, ModelVersion):
        name = f"/admin/recognizer/{model._meta.model_name}/"
        row = model._default_manager.all()[0]
        yield from (name, f"{name}?q=4", f"{name}{row.pk}/change/", f"{name}{row.pk}/history/")
    yield f"/admin/recognizer/upload/{Upload.objects.all()[0].pk}/delete/"
    for name in ("user", "group"):
        yield from (f"/admin/auth/{name}/", f"/admin/auth/{name}/add/")


def test_no_page_breaks_the_policy(watched: Watched, picture: Path) -> None:
    watched.visit("/admin/login/")
    result = give(watched.page, picture)
    assert result
    for address in pages_for_people(result):
        watched.visit(address)
    sign_in(watched.page)
    for address in pages_for_administrators():
        watched.visit(address)
    report(
        "S7",
        pages=watched.visited,
        violations=len(watched.violations),
        console_errors=len(watched.complaints),
    )
    assert watched.visited > 25
    assert not watched.violations
    assert not watched.complaints


def test_a_broken_policy_would_be_noticed(watched: Watched) -> None:
    watched.visit("/about/")
    watched.page.evaluate("document.body.append(document.createElement('script'))")
    watched.page.evaluate("document.querySelector('body > script').textContent = 'canary = 1'")
    watched.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"top:0\">')")
    watched.page.wait_for_function("window.refused.length > 0")
    assert watched.complaints


# Pictures that are something else as well, and things that only say that they are pictures.
POLYGLOTS = {
    "html-after.png": digits_png() + CANARY.encode(),
    "html-after.jpg": encoded(digits_image("42"), "JPEG") + CANARY.encode(),
    "html-comment.jpg": encoded(digits_image("42"), "JPEG", comment=CANARY.encode()),
    "script.gif": b"GIF89a/*" + encoded(digits_image("42"), "GIF")[8:] + b"*/=1;window.canary=true",
    "html-after.gif": encoded(digits_image("42"), "GIF", comment=CANARY.encode()) + CANARY.encode(),
    "html-after.bmp": encoded(digits_image("42").convert("RGB"), "BMP") + CANARY.encode(),
    "html-after.webp": encoded(digits_image("42"), "WEBP") + CANARY.encode(),
    "page.html.png": b"<!DOCTYPE html>" + CANARY.encode(),
    "drawing.svg": SVG.encode(),
    "<script>window.canary=true<!--.png": digits_png(),
}

RUN_AS_SCRIPT = """(address) => new Promise((done) => {
    const script = document.createElement("script");
    script.onload = script.onerror = done;
    script.src = address;
    document.body.append(script);
})"""


def ran(page: Page) -> bool:
    return bool(page.evaluate("Boolean(window.canary) || document.title === 'canary'"))


def ways_to_run(page: Page, result: str) -> Iterator[bool]:
    """Whether something ran, for each way to open what was stored."""
    for address in (result, f"{result}picture", f"{result}thumbnail", "/uploads/"):
        page.goto(address)
        yield ran(page)
    page.goto("/about/")
    page.evaluate(RUN_AS_SCRIPT, f"{result}picture")
    yield ran(page)


def test_nothing_that_people_give_ever_runs(page: Page, tmp_path: Path) -> None:
    stored, runs = 0, []
    for name, data in POLYGLOTS.items():
        path = tmp_path / name
        path.write_bytes(data)
        if result := give(page, path):
            stored += 1
            runs += [name for did in ways_to_run(page, result) if did]
    report("S7", polyglots=len(POLYGLOTS), stored=stored, runs=len(runs))
    assert stored >= 7
    assert not runs


def test_a_script_that_runs_would_be_noticed(page: Page) -> None:
    page.route("**/bare", lambda route: route.fulfill(body=CANARY, content_type="text/html"))
    page.goto("/bare")
    assert ran(page)


def test_what_is_stored_is_the_picture_alone(page: Page, tmp_path: Path) -> None:
    for name, data in POLYGLOTS.items():
        (tmp_path / name).write_bytes(data)
        give(page, tmp_path / name)
    uploads = list(Upload.objects.all())
    assert len(uploads) >= 7
    for upload in uploads:
        with upload.file.open() as file:
            assert b"canary" not in file.read()
