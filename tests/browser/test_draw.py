import re

from playwright.sync_api import FloatRect, Page, expect

from recognizer.models import Upload

# Digits as strokes, in shares of the space that each gets.
DIGITS = {
    "1": [[(0.2, 0.35), (0.4, 0.15), (0.4, 0.86)]],
    "2": [
        [
            (0.15, 0.3),
            (0.3, 0.15),
            (0.5, 0.2),
            (0.52, 0.38),
            (0.35, 0.6),
            (0.12, 0.85),
            (0.55, 0.84),
        ]
    ],
    "4": [[(0.35, 0.15), (0.12, 0.58), (0.55, 0.58)], [(0.45, 0.35), (0.42, 0.88)]],
    "7": [[(0.12, 0.18), (0.55, 0.17), (0.38, 0.5), (0.28, 0.85)], [(0.2, 0.52), (0.5, 0.5)]],
}


# What the form would send, for each stroke; nothing is sent.
STROKES = """() => {
    const form = document.querySelector("[data-upload-form]");
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = () => {};
    form.requestSubmit();
    XMLHttpRequest.prototype.send = send;
    return JSON.parse(form.elements.strokes.value).strokes;
}"""


def begin(page: Page) -> FloatRect:
    """Open the sheet; where it is on the page."""
    page.goto("/")
    page.get_by_role("button", name="Draw", exact=True).click()
    box = page.locator("[data-sheet]").bounding_box()
    assert box
    return box


def draw(page: Page, text: str) -> None:
    box = begin(page)
    for place, character in enumerate(text):
        left = box["x"] + box["width"] * (0.1 + 0.4 * place)
        for stroke in DIGITS[character]:
            points = [
                (left + x * 0.9 * box["height"], box["y"] + y * box["height"]) for x, y in stroke
            ]
            page.mouse.move(*points[0])
            page.mouse.down()
            for point in points[1:]:
                page.mouse.move(*point, steps=6)
            page.mouse.up()


def read(page: Page) -> None:
    page.get_by_role("button", name="Read the digits").click()


def test_drawn_digits_are_read_and_their_strokes_kept(page: Page) -> None:
    for text in ("2", "7", "41"):
        draw(page, text)
        read(page)
        expect(page.locator(".answer-text")).to_have_text(text)
    upload = Upload.objects.latest("created")
    assert upload.source == Upload.Source.DRAW
    assert upload.strokes
    assert len(upload.strokes["strokes"]) == 3


def test_undo_takes_back_one_stroke_and_clear_all(page: Page) -> None:
    draw(page, "4")
    assert len(page.evaluate(STROKES)) == 2
    page.get_by_role("button", name="Undo").click()
    assert len(page.evaluate(STROKES)) == 1
    page.get_by_role("button", name="Clear").click()
    assert page.evaluate(STROKES) == []
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_an_empty_sheet_is_not_sent(page: Page) -> None:
    begin(page)
    read(page)
    expect(page.get_by_text("Nothing is drawn yet. Draw some digits first.")).to_be_visible()


def test_a_page_that_grew_old_keeps_the_drawing(page: Page) -> None:
    draw(page, "7")
    page.context.clear_cookies()
    read(page)
    page.get_by_role("button", name="Reload, and keep the picture").click()
    read(page)
    expect(page.locator(".answer-text")).to_have_text("7")


def test_a_drawing_survives_the_turn_of_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 740, "height": 360})
    draw(page, "7")
    page.set_viewport_size({"width": 390, "height": 844})
    read(page)
    expect(page.locator(".answer-text")).to_have_text("7")


def test_a_pen_is_as_wide_as_it_says(page: Page) -> None:
    begin(page)
    page.get_by_label("thick").check(force=True)
    box = page.locator("[data-sheet]").bounding_box()
    assert box
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 90, steps=4)
    page.mouse.up()
    assert [stroke["width"] for stroke in page.evaluate(STROKES)] == [10]


def test_drawing_needs_no_aria_reflection(page: Page) -> None:
    # As in Firefox before 119.
    page.add_init_script("""for (const name of Object.getOwnPropertyNames(Element.prototype)) {
        if (name.startsWith("aria")) delete Element.prototype[name];
    }""")
    draw(page, "7")
    assert page.evaluate("document.body.ariaPressed") is None
    read(page)
    expect(page.locator(".answer-text")).to_have_text("7")


def test_who_has_a_keyboard_alone_is_told_what_to_do(page: Page) -> None:
    page.goto("/")
    hint = page.get_by_text("drawn on with the keyboard")
    expect(hint).to_be_hidden()
    page.get_by_role("button", name="Draw", exact=True).press("Enter")
    expect(hint).to_be_visible()
    expect(page.locator("[data-sheet]")).to_have_accessible_description(
        re.compile("choose “Picture”")
    )
