"""The network of the second reader, run on looks at lines."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.litert import Network, NetworkShapeWrong
from mlmodel.odds import softmax
from mlmodel.second.alphabet import CHARACTERS, CLASSES, OTHER
from mlmodel.second.decoding import digit_columns, likely_digits, placed
from mlmodel.second.look import HEIGHT_PX, LEAST_WIDTH_PX, WIDTH_STEP_PX, Look

# The width, in pixels of a look, that one column of the answer stands for.
COLUMN_PX = 4
# The largest number of its texts that are compared.
MOST_TEXTS = 6
_OTHER = CHARACTERS.index(OTHER)


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

    def read(self, look: Look, digit_height: float) -> "SecondLine":
        """Read a line.

        Args:
            digit_height: of its digits, in working pixels.

        Raises:
            ValueError: a look of another shape or type.
        """
        pixels = look.pixels
        height, width = pixels.shape
        if height != HEIGHT_PX or width % WIDTH_STEP_PX or pixels.dtype != np.float32:
            raise ValueError(f"A look is {pixels.dtype} of shape {pixels.shape}.")
        logits = self._network.answer(pixels[np.newaxis, ..., np.newaxis]).reshape(-1, CLASSES)
        return SecondLine(look.to_working, digit_height, softmax(logits.astype(np.float64)))


@dataclass(frozen=True)
class SecondLine:
    """What the second reader answers for a line.

    Attributes:
        to_working: (2, 3) float64, the affine map from pixels of the look to working pixels.
        digit_height: of the line's digits, in working pixels.
        shares: (width / 4, 22) float64 in 0..1, each column's probabilities of the characters and
            of none, by mlmodel.second.alphabet's classes.
    """

    to_working: NDArray[np.float64]
    digit_height: float
    shares: NDArray[np.float64]

    @cached_property
    def digits(self) -> NDArray[np.float64]:
        """The shares as decoding.digit_columns returns them."""
        return digit_columns(self.shares)

    @cached_property
    def texts(self) -> list[str]:
        """The likeliest texts of digits, the likeliest first."""
        return likely_digits(self.digits, MOST_TEXTS)

    @cached_property
    def letters(self) -> float:
        """The expected number of columns in which a letter, or another sign, has its middle."""
        return float(self.shares[:, _OTHER].sum())

    def places_of(self, text: str) -> NDArray[np.float64]:
        """(digits, 2): x and y in working pixels of the middle of each digit of a text."""
        columns = np.array(placed(self.shares, text).columns, np.float64)
        x = columns * COLUMN_PX + (COLUMN_PX - 1) / 2
        y = np.full(len(x), (HEIGHT_PX - 1) / 2)
        return np.asarray((self.to_working @ np.stack([x, y, np.ones(len(x))])).T)
