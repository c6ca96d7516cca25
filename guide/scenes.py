"""What happens in each scene; recognizer.presentation.guide_video has durations and captions."""

from collections.abc import Callable

import cv2
from playwright.sync_api import expect

from guide.film import Film
from mlmodel.synthesis import pictures
from mlmodel.synthesis.examples import drawn as drawn_picture

# A made-up number that is easily misread, so that the scene `correct` has something to correct.
NUMBER_SEED, NUMBER = 894, "57170"
# Points of strokes as fractions of the sheet's height, from its upper left corner.
FOUR_AND_ONE = [
    [(0.55, 0.15), (0.32, 0.58), (0.75, 0.58)],
    [(0.65, 0.35), (0.62, 0.88)],
    [(1.1, 0.35), (1.3, 0.15), (1.3, 0.86)],
]


def number_jpeg() -> bytes:
    _, data = cv2.imencode(".jpg", drawn_picture(pictures.one_line, NUMBER_SEED).image)
    return data.tobytes()


def home(film: Film) -> None:
    film.page.goto("/")
    film.hold(1)
    film.point_at(film.page.locator(".upload-intro .lead"))


def choose(film: Film) -> None:
    chosen = film.page.locator("#id_picture")
    film.point_at(film.page.locator("[data-drop-zone]"))
    chosen.set_input_files(
        {"name": "number.jpg", "mimeType": "image/jpeg", "buffer": number_jpeg()}
    )
    expect(film.page.locator("[data-preview]")).to_be_visible()
    film.hold(2)
    film.point_at(film.page.locator("[data-submit]"))


def read(film: Film) -> None:
    film.press(film.page.locator("[data-submit]"))
    expect(film.page.locator("#answer")).to_be_visible()
    film.hold(1)
    for mark in film.page.locator(".mark").all():
        film.point_at(mark)
        film.hold(0.3)


def correct(film: Film) -> None:
    film.press(film.page.locator(".correction summary"))
    text = film.page.locator(".correction-form textarea, .correction-form input[type=text]").first
    text.fill("")
    film.type(text, NUMBER)
    film.press(film.page.locator(".correction-form button"))
    expect(film.page.locator(".note-success").first).to_be_visible()


def draw(film: Film) -> None:
    film.page.goto("/")
    film.press(film.page.locator("[data-way=draw]"))
    sheet = film.page.locator("[data-sheet]").bounding_box()
    if sheet is None:
        raise ValueError("There is no sheet to draw on.")
    for stroke in FOUR_AND_ONE:
        film.stroke(
            [
                (sheet["x"] + x * sheet["height"], sheet["y"] + y * sheet["height"])
                for x, y in stroke
            ]
        )


def drawn(film: Film) -> None:
    film.press(film.page.locator("[data-submit]"))
    expect(film.page.locator(".answer-text")).to_have_text("41")


def search(film: Film) -> None:
    film.press(film.page.locator(".site-nav a[href='/uploads/']"))
    film.hold(1)
    film.type(film.page.locator("input[name=text]"), "41")
    film.page.keyboard.press("Enter")
    film.page.wait_for_url("**text=41**")
    film.page.wait_for_load_state("networkidle")


def export(film: Film) -> None:
    film.press(film.page.locator(".history-bar a[href*='view=table']"))
    film.hold(1)
    with film.page.expect_download():
        film.press(film.page.locator("a[download][href*='xlsx']"))


SCENES: dict[str, Callable[[Film], None]] = {
    scene.__name__: scene for scene in (home, choose, read, correct, draw, drawn, search, export)
}
