"""Example pictures for the start page: drawn digits on synthetic paper, nobody's handwriting.

`python -m mlmodel.synthesis.examples static/images/examples` makes them.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from mlmodel.mnist.data import load_mnist
from mlmodel.synthesis import pictures
from mlmodel.synthesis.hands import careful_hand
from mlmodel.synthesis.photograph import Picture
from mlmodel.synthesis.shapes import MnistShapes
from mlmodel.synthesis.writing import Writer

_HEIGHT_PX, _QUALITY = 60.0, 85
# The function that composes each example, and a seed whose picture shows what the example is for.
EXAMPLES: dict[str, tuple[Callable[[Writer, np.random.Generator], Picture], int]] = {
    "amount": (pictures.one_line, 776),
    "touching": (pictures.one_line, 1312),
    "boxes": (pictures.form_boxes, 19),
    "board": (pictures.form_boxes, 199),
    "cell": (pictures.cell, 82),
    "crossed-out": (pictures.no_digits, 28),
}


def example(name: str) -> Picture:
    """The example of this name, a key of EXAMPLES."""
    return drawn(*EXAMPLES[name])


def drawn(compose: Callable[[Writer, np.random.Generator], Picture], seed: int) -> Picture:
    """A picture that one careful hand wrote, decided by the seed."""
    random = np.random.default_rng([77, seed])
    careful = careful_hand(random, _HEIGHT_PX)
    return compose(Writer(careful, MnistShapes(load_mnist().training.first(2_000)), random), random)


def main(folder: Path) -> None:
    for name in EXAMPLES:
        path = folder / f"{name}.jpg"
        cv2.imwrite(str(path), example(name).image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
