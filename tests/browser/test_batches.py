"""A stack of pictures from a folder to a finished batch, on a real page."""

import base64
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from recognizer.batches.serving import serve
from recognizer.models import Batch, BatchItem, Owner, Prediction
from tests.browser.test_accessibility import violations
from tests.browser.test_pages import OVERFLOWS, SCREENS
from tests.browser.test_scripts import DEFINED, ENTRY, LOADED, PRELOADED
from tests.makers import digits_png, make_batch, make_item, make_upload_row, make_user
from tests.recognizer.history.test_export import cells_of_xlsx

# Chromium lets no test drag a file in, so the event is made by hand.
DROP = """([name, content]) => {
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type: "image/png" }));
    const options = { bubbles: true, cancelable: true, dataTransfer: transfer };
    document.dispatchEvent(new DragEvent("drop", options));
}"""
HOSTILE = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
BY_RULE = {"value": "4711", "value_text": "4711", "value_confidence": 0.8}


def work() -> None:
    """Do all there is to do, as workers would."""
    while serve():
        pass


def sign_in(context: BrowserContext, live_server: LiveServer) -> Owner:
    user = make_user()
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return Owner(user)


@pytest.fixture
def owner(context: BrowserContext, live_server: LiveServer) -> Owner:
    return sign_in(context, live_server)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures, and a file that no clerk means to give."""
    folder = tmp_path / "meters"
    folder.mkdir()
    for number, text in enumerate(("4", "7", "42"), start=1):
        (folder / f"page {number}.png").write_bytes(digits_png(text))
    (folder / "Thumbs.db").write_bytes(b"no picture")
    return folder


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """A folder of 50 pictures: one is broken, one hostile, and one is there twice."""
    folder = tmp_path / "stack"
    folder.mkdir()
    for number in range(1, 48):
        (folder / f"page {number}.png").write_bytes(digits_png(f"{number}"))
    (folder / "page 48.png").write_bytes(digits_png("48")[:300])
    (folder / "page 49.png").write_bytes(HOSTILE)
    (folder / "page 50.png").write_bytes(digits_png("7"))
    return folder


def give(page: Page, files: Path | list[Path], *, by: str = "Give the pictures") -> None:
    """Choose a folder, or some files, and send them."""
    kind = "[data-folder-input]" if isinstance(files, Path) else "[name=pictures]"
    page.set_input_files(kind, files)
    page.get_by_role("button", name=by, exact=True).click()


def names_of(batch: Batch) -> list[str]:
    return list(batch.sources.order_by("number").values_list("name", flat=True))


def test_a_folder_becomes_a_finished_batch(page: Page, owner: Owner, stack: Path) -> None:
    page.goto("/batches/new/")
    page.get_by_label("Name").fill("Meters in May")
    page.get_by_text("More settings").click()
    page.get_by_label("Leave out identical files").check()
    page.set_input_files("[data-folder-input]", stack)
    expect(page.locator("[data-chosen-files]")).to_contain_text("Files chosen: 50")
    page.get_by_role("button", name="Give the pictures").click()
    expect(page.get_by_role("heading", name="Meters in May")).to_be_visible()
    expect(page.get_by_text("Waits to be read")).to_be_visible()
    batch = Batch.objects.get()
    assert names_of(batch) == [f"page {number}.png" for number in range(1, 51)]
    work()
    expect(page.get_by_text("Finished", exact=True)).to_be_visible()
    expect(page.locator(".batch-item")).to_have_count(50)
    rows = {row.name: row for row in batch.items.all()}
    assert rows["page 48.png"].code == "image_damaged"
    assert rows["page 49.png"].state == BatchItem.State.REFUSED
    assert rows["page 50.png"].same_as == rows["page 7.png"]
    expect(page.locator(".batch-item", has_text="page 48.png")).to_contain_text("damaged")
    expect(page.locator(".batch-item", has_text="page 50.png")).to_contain_text("The same file as")
    expect(page.locator("[data-announce]")).to_have_text("All pictures are done.")
    page.reload()
    with page.expect_download() as table:
        page.get_by_role("link", name="XLSX", exact=True).click()
    heading, *cells = cells_of_xlsx(Path(table.value.path()).read_bytes())
    assert (heading[0], len(cells)) == ("position", 50)
    assert "damaged" in " ".join(cells[47])


def test_a_dropped_picture_joins_those_that_were_chosen(
    page: Page, owner: Owner, picture: Path
) -> None:
    page.goto("/batches/new/")
    page.set_input_files("[name=pictures]", picture)
    page.evaluate(DROP, ["dropped.png", base64.b64encode(digits_png("7")).decode()])
    expect(page.locator("[data-chosen-files]")).to_contain_text("Files chosen: 2")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("[data-chosen-bar]")).to_be_hidden()


def test_nothing_chosen_is_told(page: Page, owner: Owner) -> None:
    page.goto("/batches/new/")
    page.get_by_role("button", name="Give the pictures").click()
    expect(page.get_by_role("alert").first).to_have_text("Choose some pictures first.")
    assert not Batch.objects.exists()


def test_sending_that_was_interrupted_is_continued(page: Page, owner: Owner, folder: Path) -> None:
    """Two files arrive, then the server is out of reach; the page is left, and opened again."""
    sent: list[Route] = []

    def two_alone(route: Route) -> None:
        sent.append(route)
        if len(sent) > 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/files/", lambda route: two_alone(route) if is_post(route) else route.continue_())
    page.goto("/batches/new/")
    give(page, folder)
    expect(page.get_by_text("Files sent: 2 of 3")).to_be_visible()
    batch = Batch.objects.get()
    assert batch.sources.count() == 2
    assert page.url.endswith(f"/batches/{batch.pk}/files/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute_all(behavior="ignoreErrors")
    page.goto(f"/batches/{batch.pk}/")
    expect(page.get_by_text("This batch still takes pictures.")).to_be_visible()
    page.get_by_role("link", name="Add more pictures").click()
    give(page, folder, by="Give these: that is all")
    expect(page.get_by_text("Waits to be read")).to_be_visible()
    assert names_of(batch) == ["page 1.png", "page 2.png", "page 3.png"]


def is_post(route: Route) -> bool:
    return route.request.method == "POST"


def test_leaving_while_files_are_sent_is_asked_about(
    page: Page, owner: Owner, folder: Path
) -> None:
    asked: list[object] = []

    def stay(dialog: object) -> None:
        asked.append(dialog)
        dialog.dismiss()  # type: ignore[attr-defined]

    page.route("**/files/", lambda _route: None)  # nothing answers
    page.goto("/batches/new/")
    give(page, folder)
    expect(page.get_by_text("Files sent: 0 of 3")).to_be_visible()
    page.on("dialog", stay)
    page.evaluate("() => { location.href = '/about/' }")
    expect(page.get_by_role("heading", name="The pictures are being sent")).to_be_visible()
    assert asked
    page.remove_listener("dialog", stay)
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute_all(behavior="ignoreErrors")
    page.goto("/about/")


def test_a_file_that_is_not_taken_is_shown_and_sent_again_alone(
    page: Page, owner: Owner, folder: Path
) -> None:
    (folder / "page 4.png").write_bytes(b"")
    page.goto("/batches/new/")
    give(page, folder)
    unsent = page.locator(".unsent li")
    expect(unsent).to_have_count(1)
    expect(unsent).to_contain_text("page 4.png")
    expect(unsent).to_contain_text("empty")
    assert Batch.objects.get().closed is None
    unsent.get_by_role("button", name="Try again").click()
    expect(unsent).to_contain_text("empty")
    page.get_by_role("button", name="Leave these out: that is all").click()
    expect(page.get_by_text("Waits to be read")).to_be_visible()
    assert Batch.objects.get().sources.count() == 3


def test_what_the_network_lost_is_sent_again_by_itself(
    page: Page, owner: Owner, folder: Path
) -> None:
    lost: list[Route] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route)
            route.abort()

    page.route("**/files/", lose_the_first)
    page.goto("/batches/new/")
    give(page, folder)
    expect(page.get_by_text("Waits to be read")).to_be_visible()
    assert lost
    assert names_of(Batch.objects.get()) == ["page 1.png", "page 2.png", "page 3.png"]


def test_a_server_that_asks_for_a_moment_gets_it(page: Page, owner: Owner, folder: Path) -> None:
    asked: list[object] = []

    def ask_first(route: Route) -> None:
        if asked:
            route.continue_()
            return
        asked.append(route)
        route.fulfill(
            status=503,
            headers={"Retry-After": "1"},
            json={"title": "Not now.", "code": "storage_unavailable"},
        )

    page.route("**/files/", ask_first)
    page.goto("/batches/new/")
    give(page, folder)
    expect(page.get_by_text("Waits to be read")).to_be_visible()
    assert Batch.objects.get().sources.count() == 3


def test_it_all_works_without_scripts(
    browser: Browser, live_server: LiveServer, folder: Path
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    sign_in(context, live_server)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Give them as a batch").click()
    page.get_by_label("Choose pictures").set_input_files(sorted(folder.glob("*.png")))
    page.get_by_role("button", name="Give the pictures").click()
    expect(page.get_by_text("3 files were taken.")).to_be_visible()
    work()
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("Finished", exact=True)).to_be_visible()
    page.get_by_label("Sort").select_option("Least sure first")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".batch-item")).to_have_count(3)
    page.get_by_text("Rename").click()
    page.get_by_label("Name").fill("June")
    page.get_by_role("button", name="Keep this name").click()
    expect(page.get_by_role("heading", name="June")).to_be_visible()
    page.locator(".batch-open").first.click()
    expect(page.locator(".answer-text")).to_have_text("4")
    page.get_by_role("link", name="Next picture").click()
    expect(page.locator(".answer-text")).to_have_text("7")
    page.get_by_role("link", name="Batch:").click()
    page.get_by_role("link", name="Delete…").click()
    expect(page.get_by_role("heading")).to_have_text("Delete this batch with 3 pictures?")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("were deleted")).to_be_visible()
    context.close()


@pytest.fixture
def addresses(owner: Owner) -> list[str]:
    """Every page of batches, of one that is read and has an answer of each kind."""
    assert owner.user
    return ["/batches/", "/batches/new/", *about(batch_of_every_kind(owner))]


def batch_of_every_kind(owner: Owner) -> Batch:
    assert owner.user
    batch = make_batch(owner.user, "A stack of 4,000 meters with a rather long name " * 2)
    uploads = [
        make_upload_row(owner, text="4711", confidence=0.98),
        make_upload_row(owner, text="4771", read=BY_RULE),
        make_upload_row(owner, text="1" * 60, state=Prediction.State.DOUBTFUL),
        make_upload_row(owner, state="not_digits", read={"reason": "letters"}),
        make_upload_row(owner, state=Prediction.State.FAILED),
        make_upload_row(owner, text="12", read={"unmet": "length"}),
    ]
    items = [make_item(batch, number, upload) for number, upload in enumerate(uploads)]
    refusal = "This picture is damaged or incomplete."
    make_item(batch, 10, state="refused", code="image_damaged", refusal=refusal)
    make_item(batch, 11, state="identical", same_as=items[0])
    make_item(batch, 12)
    locked = make_item(batch, 13, state="cancelled").source
    locked.name, locked.code, locked.refusal = "locked.pdf", "encrypted", "It has a password."
    locked.save()
    return batch


def about(batch: Batch) -> list[str]:
    here = f"/batches/{batch.pk}/"
    paths = ["", "files/", "cancel/", "delete/", "?text=99", "?text=x&sort=doubtful"]
    item = batch.items.get(upload__current_prediction__value="4711")
    assert item.upload
    return [*(f"{here}{path}" for path in paths), item.upload.get_absolute_url()]


def test_every_page_of_batches_fits_every_screen(page: Page, addresses: list[str]) -> None:
    too_wide = []
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for address in addresses:
            page.goto(address)
            if page.evaluate(OVERFLOWS):
                too_wide.append((address, width))
    assert not too_wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_batches_breaks_a_rule(page: Page, addresses: list[str], scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    found = []
    for address in addresses:
        page.goto(address)
        found += violations(page)
    assert not found


@pytest.mark.parametrize("language", ["es", "fr", "hi", "ar", "zh-hans"])
def test_no_language_is_too_wide_or_breaks_a_rule(
    page: Page, addresses: list[str], language: str
) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/about/")
    page.locator(f".languages button[value={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    found = []
    for address in addresses:
        page.goto(address)
        if page.evaluate(OVERFLOWS):
            found.append(f"{address} is too wide")
        found += violations(page)
    assert not found


def test_no_page_of_batches_breaks_the_policy_or_defines_a_global(
    page: Page, addresses: list[str]
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    for address in addresses:
        page.goto(address)
        assert page.evaluate(DEFINED) == [], address
    # The rows have no files, and so no thumbnails.
    assert [each for each in complaints if "503" not in each] == []


def test_what_a_page_of_batches_loads_at_once_is_all_that_it_imports(
    page: Page, addresses: list[str]
) -> None:
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state()
        loaded = [*page.evaluate(PRELOADED), page.evaluate(ENTRY)]
        assert sorted(page.evaluate(LOADED)) == sorted(loaded), address


def test_sending_breaks_no_rule(page: Page, owner: Owner, folder: Path) -> None:
    (folder / "page 4.png").write_bytes(b"")
    (folder / "page 5.png").write_bytes(b"")
    page.emulate_media(reduced_motion="reduce")
    page.goto("/batches/new/")
    page.set_input_files("[data-folder-input]", folder)
    found = violations(page)
    page.get_by_role("button", name="Give the pictures").click()
    expect(page.locator(".unsent li")).to_have_count(2)
    found += violations(page)
    assert not found
