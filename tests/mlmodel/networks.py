"""Networks for tests: their answers follow from the ink alone, without an artifact."""

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.classifier import CLASSES, Classifier
from mlmodel.lines.columns import ANSWERS, COLUMN_PX, EXTENTS, NONE, SEQUENCE
from mlmodel.lines.columns import CLASSES as COLUMN_CLASSES
from mlmodel.lines.line_reader import LineReader
from mlmodel.lines.strips import DIGIT_HEIGHT_PX

SURE = 12.0  # the logit by which a digit beats all other classes

# Where a reader sees a digit in an ink: its column, its left and its right, as shares of the
# ink's width.
Seen = tuple[float, float, float]
ONCE: tuple[Seen, ...] = ((0.5, 0.0, 1.0),)
TWICE: tuple[Seen, ...] = ((0.2, 0.0, 1.0), (0.8, 0.0, 1.0))
IN_HALVES: tuple[Seen, ...] = ((0.25, 0.0, 0.5), (0.75, 0.5, 1.0))


class InkReader(LineReader):
    """Sees a 3 wherever ink of the strip is connected."""

    def __init__(self, *blind_to: int, sees: tuple[Seen, ...] = ONCE, looks: int = 99) -> None:
        """Blind to some inks of a strip, by their number from the left, and after some looks."""
        self.blind_to, self.sees, self.looks = blind_to, sees, looks
        # Look by look, of each ink from the left: its height and its middle row.
        self.heights: list[list[int]] = []
        self.rows: list[list[float]] = []

    def columns(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        answer = np.zeros((pixels.shape[1] // COLUMN_PX, ANSWERS), np.float32)
        answer[:, NONE] = SURE
        inked = (pixels > 0.5).astype(np.uint8)
        parts = sorted(cv2.connectedComponentsWithStats(inked)[2][1:].tolist())
        self.heights.append([height for _, _, _, height, _ in parts])
        self.rows.append([y + (height - 1) / 2 for _, y, _, height, _ in parts])
        if len(self.heights) > self.looks:
            return answer
        for number, (x, y, width, height, _) in enumerate(parts):
            for middle, left, right in self.sees if number not in self.blind_to else ():
                column = round((x + middle * width) / COLUMN_PX - 0.5)
                answer[column, 3] = 2 * SURE
                reach = (middle - left) * width, y, (right - middle) * width, y + height
                answer[column, COLUMN_CLASSES : COLUMN_CLASSES + EXTENTS] = (
                    np.array(reach) / DIGIT_HEIGHT_PX
                )
        return answer


class UprightReader(InkReader):
    """Finds a strip's text the likelier, the more upright its ink is."""

    def columns(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        answer = super().columns(pixels)
        inked = (pixels > 0.5).any(axis=0).sum()
        answer[:, SEQUENCE.start] = 2 * SURE / inked
        return answer


class RowSums(Classifier):
    """Answers for a frame how its ink is shared among eleven rows."""

    def __init__(self) -> None:
        """Need no artifact."""

    def classify(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        sums = frames.sum(axis=2)[:, 8 : 8 + CLASSES]
        return np.asarray(sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-9), np.float32)
