from collections.abc import Callable

import numpy as np
import pytest

from mlmodel.picture.boxes import (
    Box,
    box_of,
    common_area,
    common_share,
    in_picture,
    reaches_edge,
    union,
)

BOX: Box = (10, 20, 30, 40)
APART: dict[str, Box] = {
    "side by side": (40, 20, 30, 40),
    "one below the other": (10, 60, 30, 40),
    "far to the right": (200, 20, 30, 40),
    "far below": (10, 150, 30, 40),
    "at its corner": (40, 60, 30, 40),
}


def test_a_row_of_stats_begins_with_a_box() -> None:
    assert box_of(np.array([10, 20, 30, 40, 999], np.int32)) == BOX


def test_a_box_holds_whole_numbers_of_python() -> None:
    assert {type(value) for value in box_of(np.array([10, 20, 30, 40, 999], np.int32))} == {int}


def test_a_union_reaches_from_the_first_to_the_last_edge_of_both() -> None:
    assert union(BOX, (50, 10, 5, 20)) == (10, 10, 45, 50)


def test_a_union_with_a_box_inside_is_the_outer_box() -> None:
    assert union(BOX, (15, 25, 5, 5)) == BOX


@pytest.mark.parametrize("measure", [union, common_area, common_share])
def test_the_order_of_two_boxes_does_not_matter(measure: Callable[[Box, Box], object]) -> None:
    other = (30, 50, 60, 20)
    assert measure(BOX, other) == measure(other, BOX)


def test_the_common_area_is_that_of_the_overlap() -> None:
    assert common_area(BOX, (30, 50, 60, 20)) == 10 * 10


def test_a_box_inside_another_has_its_whole_area_in_common() -> None:
    assert common_area(BOX, (15, 25, 5, 6)) == 5 * 6


@pytest.mark.parametrize("other", APART.values(), ids=APART)
def test_boxes_that_do_not_overlap_have_no_area_in_common(other: Box) -> None:
    assert common_area(BOX, other) == 0


def test_the_same_box_twice_has_everything_in_common() -> None:
    assert common_share(BOX, BOX) == 1


def test_boxes_shifted_by_half_their_width_have_a_third_in_common() -> None:
    assert common_share(BOX, (25, 20, 30, 40)) == pytest.approx(1 / 3)


def test_a_box_of_half_the_sides_inside_another_has_a_quarter_in_common() -> None:
    assert common_share(BOX, (10, 20, 15, 20)) == pytest.approx(1 / 4)


@pytest.mark.parametrize("other", APART.values(), ids=APART)
def test_boxes_that_do_not_overlap_have_no_share_in_common(other: Box) -> None:
    assert common_share(BOX, other) == 0


@pytest.mark.parametrize(
    "box",
    [(0, 50, 30, 40), (70, 50, 30, 40), (30, 0, 30, 40), (30, 160, 30, 40), (-5, 50, 30, 40)],
    ids=["left", "right", "top", "bottom", "beyond"],
)
def test_a_box_with_a_pixel_at_the_edge_reaches_it(box: Box) -> None:
    assert reaches_edge(box, (200, 100))


def test_a_box_a_pixel_away_from_every_edge_reaches_none() -> None:
    assert not reaches_edge((1, 1, 98, 198), (200, 100))


def test_a_box_is_given_in_pixels_of_the_picture() -> None:
    assert in_picture((10, 20, 30, 40), 0.5, (200, 200)) == (20, 40, 60, 80)


@pytest.mark.parametrize("box", [(-5, -5, 300, 300), (95, 95, 1, 1), (300, 300, 5, 5)])
def test_a_box_in_a_picture_is_inside_it(box: Box) -> None:
    x, y, width, height = in_picture(box, 1.0, (100, 100))
    assert min(x, y) >= 0
    assert min(width, height) >= 1
    assert max(x + width, y + height) <= 100
