"""Telling a page of print from other ink that is too much to be writing."""

import numpy as np
from numpy.typing import NDArray

from mlmodel.picture.locate import LEAST_AREA_PX, Components

# A page has at least this many characters, ...
_LEAST_CHARACTERS = 300
# ... of which this share is between these shares of their median height.
_LEAST_ALIKE, _LEAST_HEIGHT, _MOST_HEIGHT = 0.6, 0.5, 1.7
# They stand on lines: cut into rows of a quarter of their height, the fullest fifth of the rows
# hold the feet of at least this share of them; of a texture, it is half of them at most.
_ROW, _FULLEST, _LEAST_ON_LINES = 0.25, 0.2, 0.7
# Rows per column by which the lines may slope.
_SLOPES = np.linspace(-0.1, 0.1, 41)


def looks_printed(components: Components) -> bool:
    """Whether connected ink looks like lines of print, or of small and even writing."""
    rows = components.stats[1:]
    rows = rows[rows[:, 4] >= LEAST_AREA_PX]
    if len(rows) < _LEAST_CHARACTERS:
        return False
    usual = float(np.median(rows[:, 3]))
    alike = rows[(rows[:, 3] >= _LEAST_HEIGHT * usual) & (rows[:, 3] <= _MOST_HEIGHT * usual)]
    if len(alike) < _LEAST_ALIKE * len(rows):
        return False
    on_lines = max(_share_on_lines(alike, usual, float(slope)) for slope in _SLOPES)
    return on_lines >= _LEAST_ON_LINES


def _share_on_lines(rows: NDArray[np.int32], usual: float, slope: float) -> float:
    """The share of the characters whose feet stand in the fullest rows along a slope."""
    feet = rows[:, 1] + rows[:, 3] - slope * (rows[:, 0] + rows[:, 2] / 2)
    row = ((feet - feet.min()) / (_ROW * usual)).astype(int)
    counts = np.sort(np.bincount(row))[::-1]
    fullest = counts[: max(1, round(_FULLEST * len(counts)))]
    return float(fullest.sum()) / len(rows)
