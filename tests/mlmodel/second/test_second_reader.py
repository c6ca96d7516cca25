import numpy as np
import pytest

from mlmodel.artifact.directory import ModelDamaged
from mlmodel.second.second_reader import COLUMN_PX, SecondReader
from tests.mlmodel.second.columns import columns, line


def test_bytes_that_are_no_network_are_damaged() -> None:
    with pytest.raises(ModelDamaged):
        SecondReader(b"no network")


def test_its_texts_are_the_likeliest_ones() -> None:
    shares = columns("17")
    shares[4, 1], shares[4, 7] = 0.3, 0.66
    assert line(shares).texts[:2] == ["17", "11"]


def test_letters_are_counted_by_columns() -> None:
    assert line(columns("12", 1)).letters == 0
    assert line(columns("aa", 1)).letters == 2


def test_digits_have_places_in_the_working_picture() -> None:
    read = line(columns("40", apart=3))
    middle = (COLUMN_PX - 1) / 2
    assert read.places_of("40")[:, 0] == pytest.approx(np.array([3, 6]) * COLUMN_PX + middle)
    assert read.places_of("").shape == (0, 2)
