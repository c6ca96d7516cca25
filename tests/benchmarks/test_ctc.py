import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.ctc import digits_of, likeliest_digits, likeliest_path

CHARACTERS = "12="


def columns(path: str, share: float = 0.9) -> NDArray[np.float32]:
    """Columns in which the path's characters are likely; "_" stands for none."""
    shares = np.full((len(path), 4), (1 - share) / 3, np.float32)
    for row, one in zip(shares, path, strict=True):
        row["_12=".index(one)] = share
    return shares


def test_only_figures_of_ours_are_digits() -> None:
    assert digits_of("1 2.5=\N{SUPERSCRIPT TWO}\N{ARABIC-INDIC DIGIT THREE}a") == "125"


@pytest.mark.parametrize(
    ("path", "text"), [("_111_", "1"), ("1_1", "11"), ("12_2", "122"), ("__", ""), ("2=", "2=")]
)
def test_the_same_character_in_adjacent_columns_is_one(path: str, text: str) -> None:
    assert likeliest_path(columns(path), CHARACTERS)[0] == text
    assert likeliest_digits(columns(path), CHARACTERS) == text


def test_the_score_is_the_mean_of_the_characters() -> None:
    shares = np.vstack([columns("1_", 0.9), columns("2", 0.7)])
    assert likeliest_path(shares, CHARACTERS)[1] == pytest.approx(0.8)


def test_where_nothing_is_read_the_score_is_nothing() -> None:
    assert likeliest_path(columns("__"), CHARACTERS) == ("", 0.0)


def test_many_paths_to_the_same_digits_outweigh_the_likeliest_one() -> None:
    # Each column says none with 0.4, "1" with 0.35, and "2" or "=" with the rest.
    shares = np.tile(np.array([0.4, 0.35, 0.05, 0.2], np.float32), (2, 1))
    assert likeliest_path(shares, CHARACTERS)[0] == ""
    assert digits_of(likeliest_digits(shares, CHARACTERS)) == "1"
