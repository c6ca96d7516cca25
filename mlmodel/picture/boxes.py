"""Boxes around things in a picture: joining and comparing them."""

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]  # x, y, width, height in pixels


def box_of(row: NDArray[np.int32]) -> Box:
    """The box in a row of Components.stats."""
    x, y, width, height = (int(value) for value in row[:4])
    return x, y, width, height


def union(one: Box, other: Box) -> Box:
    """The smallest box around both boxes."""
    x, y = min(one[0], other[0]), min(one[1], other[1])
    right = max(one[0] + one[2], other[0] + other[2])
    bottom = max(one[1] + one[3], other[1] + other[3])
    return x, y, right - x, bottom - y


def reaches_edge(box: Box, shape: tuple[int, ...]) -> bool:
    """Whether a box reaches the edge of a picture of this shape: height and width."""
    x, y, width, height = box
    return min(x, y) <= 0 or x + width >= shape[1] or y + height >= shape[0]


def common_share(one: Box, other: Box) -> float:
    """Intersection over union, 0..1."""
    common = common_area(one, other)
    return common / (one[2] * one[3] + other[2] * other[3] - common)


def common_area(one: Box, other: Box) -> int:
    """The area, in pixels, that both boxes cover."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    if width <= 0:  # true of most pairs of places on a page
        return 0
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return width * max(height, 0)


def in_picture(box: Box, scale: float, size: tuple[int, int]) -> Box:
    """Convert a box from working pixels to the picture's own, clipped to the picture."""
    width, height = size
    x, y, box_width, box_height = box
    left = min(max(int(x / scale), 0), width - 1)
    top = min(max(int(y / scale), 0), height - 1)
    right = min(max(int(np.ceil((x + box_width) / scale)), left + 1), width)
    bottom = min(max(int(np.ceil((y + box_height) / scale)), top + 1), height)
    return left, top, right - left, bottom - top
