from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.second.alphabet import OTHER, classes_of
from mlmodel.second.look import HEIGHT_PX
from mlmodel.synthesis.photograph import KnownDigit, KnownSign, Picture
from mlmodel.training.second.config import SecondConfig
from mlmodel.training.second.pool import (
    MOST_CHARACTERS,
    WIDTHS_PX,
    looks_in,
    training_pool,
    validation_pool,
)
from mlmodel.training.second.samples import samples_of
from tests.mlmodel.handwriting.folders import make_folder

# Most digits of MNIST are held out: to measure all of them takes 6 s.
TINY = SecondConfig(
    held_out=59_500,
    pictures=6,
    without_digits=2,
    numbers=3,
    real_rounds=0,
    validation_pictures=8,
)


def drawn(*boxes: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    image = np.full((120, 400), 235, np.uint8)
    for x, y, width, height in boxes:
        image[y : y + height, x : x + width] = 40
    return image


ROW = [(60, 40, 14, 48), (110, 40, 30, 48), (150, 80, 8, 8), (180, 40, 30, 48)]
NUMBER = Picture(
    drawn(*ROW),
    tuple(KnownDigit(value, ROW[i]) for value, i in ((1, 0), (2, 1), (5, 3))),
    (KnownSign(".", ROW[2]),),
)


def test_digits_and_signs_are_labelled_from_left_to_right() -> None:
    (sample,) = samples_of(NUMBER, np.random.default_rng(1))
    assert sample.classes == classes_of("12.5")
    assert sample.pixels.shape[0] == HEIGHT_PX


def test_a_line_whose_characters_have_no_places_has_its_label() -> None:
    line = Picture(NUMBER.image, (), written="12.5")
    samples = [next(samples_of(line, np.random.default_rng(seed))) for seed in range(6)]
    assert all(sample.classes == classes_of("12.5") for sample in samples)
    assert len({sample.pixels.shape for sample in samples}) > 1  # along the line, or all of it


def test_a_digit_that_is_half_outside_is_not_taught() -> None:
    cut = Picture(NUMBER.image, (*NUMBER.digits, KnownDigit(7, (110, 76, 30, 64))))
    assert list(samples_of(cut, np.random.default_rng(1))) == []


def test_looks_are_stored_by_width() -> None:
    arrays = looks_in([NUMBER, Picture(NUMBER.image, (), written=OTHER)])
    count = sum(len(arrays[f"classes{width}"]) for width in WIDTHS_PX)
    assert count == 2
    for width in WIDTHS_PX:
        assert arrays[f"pixels{width}"].shape[1:] == (HEIGHT_PX, width)
        assert arrays[f"classes{width}"].shape[1:] == (MOST_CHARACTERS,)


def test_a_long_text_is_taught_by_a_part_and_a_long_number_is_left_out() -> None:
    long = np.tile(NUMBER.image, (1, 5))
    text = looks_in([Picture(long, (), written=OTHER)])
    number = looks_in([Picture(long, (), written="12.5" * 5)])
    assert len(text[f"classes{WIDTHS_PX[-1]}"]) == 1
    assert not any(len(number[f"classes{width}"]) for width in WIDTHS_PX)


@pytest.mark.parametrize("with_people", [False, True])
def test_a_pool_has_looks_of_all_kinds(tmp_path: Path, with_people: bool) -> None:
    folder = str(make_folder(tmp_path / "handwriting")) if with_people else ""
    config = replace(TINY, handwriting=folder)
    pools = [
        make(config, tmp_path / "work", lambda _share: None)
        for make in (training_pool, validation_pool)
    ]
    for pool in pools:
        assert set(pool) == set(WIDTHS_PX)
        assert sum(map(len, pool.values())) > 0
