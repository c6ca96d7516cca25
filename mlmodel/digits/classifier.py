"""Which digit a frame shows, or that it shows none."""

import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.litert import Network, NetworkShapeWrong
from mlmodel.digits.normalize import FRAME_SIDE_PX

DIGIT_CLASSES = 10
# The class of everything that is no digit: letters, dashes, two halves, dirt.
OTHER = DIGIT_CLASSES
CLASSES = DIGIT_CLASSES + 1
# The activations of a frame take about 150 kB, so 32 frames keep an interpreter under 5 MB.
MAX_BATCH = 32


class Classifier:
    """The network that classifies single digits. One object serves all threads."""

    def __init__(self, artifact: bytes) -> None:
        """Open the network.

        Raises:
            ModelDamaged: LiteRT cannot read the artifact, or its answers are not numbers.
            NetworkShapeWrong: the network does not map (n, 28, 28, 1) to (n, 11).
        """
        self._network = Network(artifact)
        frame, answer = self._network.input_shape[1:], self._network.output_shape[1:]
        if (frame, answer) != ((FRAME_SIDE_PX, FRAME_SIDE_PX, 1), (CLASSES,)):
            raise NetworkShapeWrong(f"A network from {frame} to {answer} classifies no frames.")
        self._network.require_numbers((2, *frame))

    def classify(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        """The probability of each class for each frame.

        Args:
            frames: (n, 28, 28) float32 in 0..1 as normalize.frame_digits makes them; n may
                be 0.

        Returns:
            (n, 11) float32 in 0..1: ten digits and OTHER; every row sums to 1.

        Raises:
            ValueError: frames of another shape or type.
        """
        if frames.shape[1:] != (FRAME_SIDE_PX, FRAME_SIDE_PX) or frames.dtype != np.float32:
            raise ValueError(f"Frames are {frames.dtype} of shape {frames.shape}.")
        probabilities = np.empty((len(frames), CLASSES), np.float32)
        for start in range(0, len(frames), MAX_BATCH):
            batch = np.s_[start : start + MAX_BATCH]
            probabilities[batch] = self._network.answer(frames[batch, ..., np.newaxis])
        return probabilities
