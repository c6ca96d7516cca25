import io
import math
import os
from pathlib import Path

import pytest

from recognizer.batches.sources.pdf_renderer import (
    LEAST_LONG_SIDE_PX,
    MOST_LONG_SIDE_PX,
    _File,
    _scale,
)

PIXELS = 8_000_000


def test_a_sheet_is_drawn_at_its_resolution() -> None:
    assert _scale(595, 842, 72, PIXELS * 9) == LEAST_LONG_SIDE_PX / 842
    assert _scale(595, 842, 200, PIXELS) == 200 / 72


@pytest.mark.parametrize("sides", [(14_400, 14_400), (1e-3, 1e-3), (1e-9, 1e9), (3000, 4000)])
def test_no_stated_size_makes_too_many_pixels(sides: tuple[float, float]) -> None:
    scale = _scale(*sides, 200, PIXELS)
    assert scale * max(sides) <= MOST_LONG_SIDE_PX * 1.001
    assert scale**2 * math.prod(sides) <= PIXELS * 1.001


@pytest.mark.parametrize("sides", [(0, 9), (-1, 9), (math.inf, 9), (math.nan, 9)])
def test_sides_that_are_no_sides_are_refused(sides: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="sides"):
        _scale(*sides, 200, PIXELS)


def test_a_file_is_read_anywhere_without_being_moved(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    with (tmp_path / "file").open("rb") as opened:
        file, buffer = _File(opened.fileno()), bytearray(3)
        file.seek(-4, os.SEEK_END)
        assert (file.readinto(buffer), bytes(buffer), file.tell()) == (3, b"678", 9)
        file.seek(-8, io.SEEK_CUR)
        assert file.read(99) == b"123456789"
        assert opened.tell() == 0
