"""The network of the second reader, run on looks at lines."""

import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.litert import Network, NetworkShapeWrong
from mlmodel.odds import softmax
from mlmodel.second.alphabet import CLASSES
from mlmodel.second.look import HEIGHT_PX, LEAST_WIDTH_PX, WIDTH_STEP_PX, Look

# The width, in pixels of a look, that one column of the answer stands for.
COLUMN_PX = 4


class SecondReader:
    """The network that reads looks. One object serves all threads."""

    def __init__(self, artifact: bytes) -> None:
        """Open the network.

        Raises:
            ModelDamaged: LiteRT cannot read the artifact, or its answers are not numbers.
            NetworkShapeWrong: the network does not map (n, 48, width, 1) to (n, columns, 22).
        """
        self._network = Network(artifact)
        height, answer = self._network.input_shape[1], self._network.output_shape[-1]
        if (height, answer) != (HEIGHT_PX, CLASSES):
            raise NetworkShapeWrong(f"A network from {height} rows to {answer} reads no looks.")
        self._network.require_numbers((1, HEIGHT_PX, LEAST_WIDTH_PX, 1))

    def columns(self, look: Look) -> NDArray[np.float64]:
        """Each column's probabilities of the characters, and of none.

        Returns:
            (width / 4, 22) float64 in 0..1, by mlmodel.second.alphabet's classes.

        Raises:
            ValueError: a look of another shape or type.
        """
        pixels = look.pixels
        height, width = pixels.shape
        if height != HEIGHT_PX or width % WIDTH_STEP_PX or pixels.dtype != np.float32:
            raise ValueError(f"A look is {pixels.dtype} of shape {pixels.shape}.")
        logits = self._network.answer(pixels[np.newaxis, ..., np.newaxis]).reshape(-1, CLASSES)
        return softmax(logits.astype(np.float64))
