import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.picture.ink import Ink
from mlmodel.picture.locate import Components
from mlmodel.picture.rulings import _vertical_run, remove_rulings

Mask = NDArray[np.bool_]


def _blank(height: int = 120, width: int = 200) -> Mask:
    return np.zeros((height, width), np.bool_)


def _with_line(tilt: float = 0.0, bend: float = 0.0, thickness: int = 2) -> Mask:
    """A ruling from edge to edge."""
    mask = _blank()
    for column in range(mask.shape[1]):
        row = round(60 + tilt * (column - 100) + bend * (column - 100) ** 2)
        mask[row : row + thickness, column] = True
    return mask


def _with_stroke(mask: Mask) -> Mask:
    """The mask and a thick upright stroke that a ruling crosses."""
    crossed = mask.copy()
    crossed[25:95, 90:98] = True
    return crossed


@pytest.mark.parametrize("tilt", [0.0, 0.05, -0.12])
@pytest.mark.parametrize("thickness", [1, 2, 4])
def test_a_ruling_goes(tilt: float, thickness: int) -> None:
    mask = _with_line(tilt, thickness=thickness)
    assert remove_rulings(mask).sum() < 0.05 * mask.sum()


def test_a_ruling_on_bent_paper_goes() -> None:
    mask = _with_line(bend=0.001)
    assert remove_rulings(mask).sum() < 0.05 * mask.sum()


def test_an_upright_ruling_goes() -> None:
    assert not remove_rulings(np.ascontiguousarray(_with_line(tilt=0.0).T)).any()


def test_all_sides_of_a_box_go() -> None:
    mask = _blank()
    mask[[4, 5, -6, -5], :] = mask[:, [4, 5, -6, -5]] = True
    assert remove_rulings(mask).sum() < 0.05 * mask.sum()


def test_a_pale_spot_does_not_save_a_ruling() -> None:
    mask = _with_line()
    mask[:, 50:60] = False
    assert not remove_rulings(mask).any()


def test_a_stroke_that_crosses_stays_whole() -> None:
    kept = remove_rulings(_with_stroke(_with_line()))
    assert kept[25:95, 90:98].all()
    assert not kept[:, :85].any()


def test_a_line_that_does_not_reach_the_edges_stays() -> None:
    mask = _with_line()
    mask[:, :40] = mask[:, -40:] = False
    assert (remove_rulings(mask) == mask).all()


def test_the_bar_of_a_large_digit_stays() -> None:
    mask = _with_line(thickness=16)
    assert (remove_rulings(mask) == mask).all()


def test_a_wave_across_the_picture_stays() -> None:
    columns = np.arange(200)
    mask = _blank()
    mask[np.round(60 + 12 * np.sin(columns / 12)).astype(int), columns] = True
    assert (remove_rulings(mask) == mask).all()


def test_a_picture_of_one_small_digit_is_left_alone() -> None:
    mask = np.zeros((28, 28), np.bool_)
    mask[14] = True
    assert (remove_rulings(mask) == mask).all()


def test_nothing_is_ever_added() -> None:
    mask = np.random.default_rng(1).random((80, 120)) < 0.3
    assert not (remove_rulings(mask) & ~mask).any()


def test_the_given_mask_stays_as_it_is() -> None:
    mask = _with_stroke(_with_line())
    before = mask.copy()
    remove_rulings(mask)
    assert (mask == before).all()


@pytest.mark.parametrize("shape", [(120, 200), (80, 300)])
def test_pages_told_at_a_glance_have_no_rulings(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(2)
    for _ in range(30):
        mask = random.random(shape) < 0.01
        left, right = sorted(random.integers(0, shape[1], 2))
        mask[random.integers(0, shape[0] - 2, 3), left:right] = True
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("mlmodel.picture.rulings._may_cross", lambda *_: True)
            thorough = remove_rulings(mask)
        assert (remove_rulings(mask) == thorough).all()


def cell(*lines: tuple[slice, slice]) -> Mask:
    """A round digit in the middle of a cell, and lines beside it."""
    canvas = np.zeros((128, 128), np.uint8)
    cv2.ellipse(canvas, (70, 64), (25, 42), 0, 0, 360, 1, 7)
    for rows, columns in lines:
        canvas[rows, columns] = 1
    return canvas > 0


def components_of(mask: Mask) -> NDArray[np.int32]:
    """Those that are left: x, y, width, height, area."""
    strength = mask.astype(np.float32)
    stats = Components.of(Ink(strength, mask, strength, 1.0, 255 * (1 - strength))).stats[1:]
    return stats[stats[:, 4] > 0]


@pytest.mark.parametrize("thickness", [6, 9, 12])
@pytest.mark.parametrize("from_side", [0, 6])
def test_a_thick_line_that_the_edge_cuts_off_is_a_grid_s(thickness: int, from_side: int) -> None:
    beside = cell(np.s_[:, from_side : from_side + thickness])
    for mask in (beside, beside.T):
        (digit,) = components_of(mask)
        assert max(digit[2:4]) > 80


def test_a_one_in_a_crop_that_is_as_tight_as_can_be_stays() -> None:
    mask = np.zeros((60, 80), np.bool_)
    mask[:, 2:10] = True
    mask[:, 40:48] = mask[26:34, 30:80] = True
    assert len(components_of(mask)) == 2


def test_a_one_that_ends_before_the_edge_stays() -> None:
    assert len(components_of(cell(np.s_[20:110, 6:14]))) == 2


@pytest.mark.parametrize("row", [-3, 0, 19, 22])
def test_a_line_s_curve_may_leave_the_picture(row: int) -> None:
    assert _vertical_run(np.ones(20, np.uint8), row) == (0, 20)
