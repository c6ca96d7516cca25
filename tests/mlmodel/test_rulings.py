import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.rulings import remove_rulings

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
            patch.setattr("mlmodel.rulings._may_cross", lambda *_: True)
            thorough = remove_rulings(mask)
        assert (remove_rulings(mask) == thorough).all()
