"""The worst mistakes side by side in one picture, for people to look at."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.evaluation.answers import Answer

TILE_WIDTH_PX, TILE_HEIGHT_PX, CAPTION_PX = 240, 120, 34
COLUMNS = 5
MOST = 20


def worst_mistakes(answers: Sequence[Answer]) -> list[Answer]:
    """The wrong answers with the highest confidence, at most MOST; those do most harm."""
    wrong = [answer for answer in answers if not answer.right]
    return sorted(wrong, key=lambda answer: -answer.confidence)[:MOST]


def contact_sheet(mistakes: Sequence[tuple[NDArray[np.uint8], Answer]]) -> NDArray[np.uint8]:
    """Draw mistakes side by side, each with what was read, what is right, and the confidence.

    Args:
        mistakes: pictures, (height, width) grey or (height, width, 3) RGB, with their answers.

    Returns:
        (height, width, 3) uint8 RGB; one white tile when there are none.
    """
    tiles = [_tile(pixels, answer) for pixels, answer in mistakes] or [_blank_tile()]
    tiles += [_blank_tile()] * (-len(tiles) % min(COLUMNS, len(tiles)))
    columns = min(COLUMNS, len(tiles))
    rows = [np.hstack(tiles[start : start + columns]) for start in range(0, len(tiles), columns)]
    return np.vstack(rows)


def _tile(pixels: NDArray[np.uint8], answer: Answer) -> NDArray[np.uint8]:
    tile = _blank_tile()
    rgb = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB) if pixels.ndim == 2 else pixels)
    height, width = rgb.shape[:2]
    scale = min((TILE_WIDTH_PX - 8) / width, TILE_HEIGHT_PX / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    tile[4 : 4 + size[1], 4 : 4 + size[0]] = cv2.resize(rgb, size, interpolation=way)
    _write(tile, f"{answer.text or '-'}  {answer.confidence:.2f}", TILE_HEIGHT_PX + 16)
    _write(tile, f"is {answer.picture.text or '-'}", TILE_HEIGHT_PX + 30)
    return tile


def _blank_tile() -> NDArray[np.uint8]:
    return np.full((TILE_HEIGHT_PX + CAPTION_PX, TILE_WIDTH_PX, 3), 255, np.uint8)


def _write(tile: NDArray[np.uint8], text: str, baseline: int) -> None:
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(tile, text, (4, baseline), font, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
