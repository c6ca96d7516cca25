import numpy as np
import pytest

from benchmarks.recognizer import HEIGHT_PX, LEAST_WIDTH_PX, WAYS, plain_input, smooth_input


def test_a_narrow_picture_is_padded_with_grey() -> None:
    shown = plain_input(np.full((96, 96, 3), 255, np.uint8))
    assert shown.shape == (1, 3, HEIGHT_PX, LEAST_WIDTH_PX)
    assert (shown[..., :HEIGHT_PX] == 1).all()
    assert (shown[..., HEIGHT_PX:] == 0).all()


def test_a_wide_picture_keeps_its_proportions() -> None:
    assert plain_input(np.zeros((24, 301, 3), np.uint8)).shape == (1, 3, HEIGHT_PX, 602)


def test_colours_are_given_from_blue_to_red() -> None:
    red = np.zeros((HEIGHT_PX, HEIGHT_PX, 3), np.uint8)
    red[..., 0] = 255
    assert plain_input(red)[0, :, 0, 0].tolist() == [-1, -1, 1]


def test_a_smooth_picture_is_grey_with_grey_behind_it() -> None:
    red = np.zeros((HEIGHT_PX, 400, 3), np.uint8)
    red[..., 0] = 255
    shown = smooth_input(red)
    assert shown.shape == (1, 3, HEIGHT_PX, 464)
    assert np.ptp(shown[..., :400]) == 0
    assert (shown[..., 400:] == 0).all()


def test_shrinking_smoothly_keeps_thin_strokes() -> None:
    paper = np.full((480, 480, 3), 255, np.uint8)
    paper[:, 202:204] = 0
    assert plain_input(paper)[..., :HEIGHT_PX].min() == 1
    assert smooth_input(paper)[..., :HEIGHT_PX].min() == pytest.approx(0.6, abs=0.1)


def test_every_way_has_a_name_of_its_own() -> None:
    assert len({way.name for way in WAYS}) == len(WAYS)
