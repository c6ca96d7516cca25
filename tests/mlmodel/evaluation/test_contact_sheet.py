import numpy as np

from mlmodel.evaluation.contact_sheet import (
    CAPTION_PX,
    COLUMNS,
    MOST,
    TILE_HEIGHT_PX,
    TILE_WIDTH_PX,
    contact_sheet,
    worst_mistakes,
)
from tests.mlmodel.evaluation.answers import make_answer

GREY = np.full((30, 20), 100, np.uint8)
TILE = (TILE_HEIGHT_PX + CAPTION_PX, TILE_WIDTH_PX)


def test_the_surest_mistakes_come_first_and_right_answers_not_at_all() -> None:
    doubtful, right, sure = (
        make_answer("1", "7", 0.6),
        make_answer("1", "1"),
        make_answer("1", "7", 0.9),
    )
    assert worst_mistakes([doubtful, right, sure]) == [sure, doubtful]


def test_a_sheet_holds_so_many_mistakes_at_the_most() -> None:
    assert len(worst_mistakes([make_answer("1", "7")] * (MOST + 1))) == MOST


def test_mistakes_stand_in_rows() -> None:
    sheet = contact_sheet([(GREY, make_answer("1", "7"))] * (COLUMNS + 1))
    assert sheet.shape == (2 * TILE[0], COLUMNS * TILE[1], 3)


def test_pictures_of_any_shape_fit() -> None:
    shapes = [(1, 1), (1, 5000), (5000, 1), (300, 200, 3)]
    for shape in shapes:
        sheet = contact_sheet([(np.zeros(shape, np.uint8), make_answer("1", ""))])
        assert sheet.shape == (*TILE, 3)


def test_no_mistakes_give_a_white_tile() -> None:
    assert contact_sheet([]).min() == 255
