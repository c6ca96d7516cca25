"""The network that reads whole lines, strip by strip."""

import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.litert import Network, NetworkShapeWrong
from mlmodel.lines.columns import ANSWERS
from mlmodel.lines.strips import STRIP_HEIGHT_PX, WIDTH_STEP_PX


class LineReader:
    """The network that reads lines. One object serves all threads."""

    def __init__(self, artifact: bytes) -> None:
        """Open the network.

        Raises:
            ModelDamaged: LiteRT cannot read the artifact, or its answers are not numbers.
            NetworkShapeWrong: the network does not map (n, 40, width, 1) to (n, columns, 26).
        """
        self._network = Network(artifact)
        height, answer = self._network.input_shape[1], self._network.output_shape[-1]
        if (height, answer) != (STRIP_HEIGHT_PX, ANSWERS):
            raise NetworkShapeWrong(f"A network from {height} rows to {answer} reads no strips.")
        self._network.require_numbers((1, height, 2 * WIDTH_STEP_PX, 1))

    def columns(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """The answer for every column of a strip; `columns.decode` finds its digits.

        Args:
            pixels: (40, width) float32 in 0..1 as strips.cut_strips makes them.

        Returns:
            (width / 2, 26) float32: for each column the numbers that mlmodel.lines.columns
            describes.

        Raises:
            ValueError: a strip of another shape or type.
        """
        height, width = pixels.shape
        if height != STRIP_HEIGHT_PX or width % WIDTH_STEP_PX or pixels.dtype != np.float32:
            raise ValueError(f"A strip is {pixels.dtype} of shape {pixels.shape}.")
        return self._network.answer(pixels[np.newaxis, ..., np.newaxis]).reshape(-1, ANSWERS)
