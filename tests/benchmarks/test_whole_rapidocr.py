import numpy as np

from benchmarks.whole_rapidocr import lines_of

Box = tuple[int, int, int, int]


def read(*found: tuple[Box, str]) -> str:
    """The lines of texts, each found in a box of left, top, right and bottom."""
    corners = [
        [(left, top), (right, top), (right, bottom), (left, bottom)]
        for (left, top, right, bottom), _ in found
    ]
    return lines_of(np.array(corners, np.float32), tuple(text for _, text in found))


def test_texts_below_each_other_are_lines() -> None:
    assert read(((0, 0, 50, 20), "12"), ((0, 25, 50, 45), "3")) == "12|3"


def test_texts_beside_each_other_are_one_line_from_left_to_right() -> None:
    assert read(((60, 0, 90, 20), "34"), ((0, 8, 50, 28), "12")) == "1234"


def test_signs_are_left_out_and_texts_of_nothing_else() -> None:
    assert read(((0, 0, 50, 20), "1,2"), ((0, 25, 50, 45), "ab"), ((0, 50, 50, 70), "3")) == "12|3"
