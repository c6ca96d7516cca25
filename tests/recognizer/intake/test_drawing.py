import json
from typing import Any

import numpy as np
import pytest

from recognizer.intake.drawing import (
    MAX_POINTS,
    MAX_SIDE_PX,
    Drawing,
    DrawingEmpty,
    DrawingMalformed,
)

LINE = {"width": 6, "points": [[10, 10], [90, 40]]}


def drawn(*strokes: Any, width: Any = 100, height: Any = 50) -> str:
    return json.dumps({"width": width, "height": height, "strokes": list(strokes)})


def test_strokes_become_dark_lines_on_white_paper() -> None:
    picture = Drawing.parse(drawn(LINE)).render()
    assert picture.size == (200, 100)
    pixels = np.asarray(picture)
    assert pixels[50, 100] == 0
    assert pixels[0].min() == pixels[-1].min() == 255
    assert 11 <= (pixels[:, 100] < 128).sum() <= 15


def test_a_point_is_a_dot() -> None:
    pixels = np.asarray(Drawing.parse(drawn({"width": 6, "points": [[50, 25]]})).render())
    assert 60 < (pixels < 128).sum() < 200


def test_what_is_kept_gives_the_same_picture_again() -> None:
    drawing = Drawing.parse(drawn(LINE))
    again = Drawing.of(json.loads(json.dumps(drawing.content())))
    assert again == drawing
    assert again.png() == drawing.png()


def test_a_large_sheet_gives_no_huge_picture() -> None:
    picture = Drawing.parse(drawn(LINE, width=9_000, height=4_000)).render()
    assert max(picture.size) == MAX_SIDE_PX


def test_strokes_beside_the_sheet_do_no_harm() -> None:
    stroke = {"width": 6, "points": [[-500, 10], [700, 20]]}
    assert Drawing.parse(drawn(stroke)).render().size == (200, 100)


def test_an_empty_sheet_is_refused_by_name() -> None:
    with pytest.raises(DrawingEmpty):
        Drawing.parse(drawn())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"width": 1e999, "height": 5, "strokes": []}',
        drawn(LINE, width=0),
        drawn(LINE, width=-5),
        drawn(LINE, width="100"),
        drawn(LINE, width=True),
        drawn(LINE, height=20_000),
        drawn({"width": 0, "points": [[1, 1]]}),
        drawn({"width": 6, "points": []}),
        drawn({"width": 6, "points": [[1]]}),
        drawn({"width": 6, "points": [["1", "2"]]}),
        drawn({"width": 6, "points": [[1e9, 2]]}),
        drawn({"width": 6}),
        drawn("stroke"),
        drawn(*[LINE] * 1_001),
        drawn({"width": 6, "points": [[1, 1]] * (MAX_POINTS + 1)}),
        "[" * 100_000,
    ],
)
def test_what_is_no_drawing_is_refused_by_name(text: str) -> None:
    with pytest.raises(DrawingMalformed):
        Drawing.parse(text)
