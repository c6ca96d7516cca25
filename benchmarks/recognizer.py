"""PP-OCRv6 small's recognizer alone, asked in several ways for the digits of a picture."""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.ctc import DIGITS, likeliest_digits, likeliest_path

HEIGHT_PX = 48
# RapidOCR pads what is narrower to this, with the grey between black and white.
LEAST_WIDTH_PX = 320
# Beside digits: what people write between them, and the line of a form that looks like a 1.
SIGNS = "=-.,/+| "
# Blank grey behind the last character, which the network sees cut off otherwise.
_BEHIND_PX = 64


@dataclass(frozen=True)
class Way:
    """How the recognizer is asked.

    Attributes:
        name: distinguishes the way from others.
        smooth: the picture is made grey and shrunk with antialiasing, with grey behind it; as
            RapidOCR does it, in colour and bilinear, otherwise.
        limited: only digits and signs may be read, in place of all characters.
        likeliest: the likeliest digits over all paths, in place of what the likeliest path gives.
        least_score: 0..1; where the recognizer is less sure than that, nothing is read.
    """

    name: str
    smooth: bool = False
    limited: bool = True
    likeliest: bool = False
    least_score: float = 0.0


PLAIN = Way("as RapidOCR asks", limited=False)
WAYS = (
    PLAIN,
    Way("digits and signs"),
    Way("digits and signs, if sure", least_score=0.5),
    Way("smooth", smooth=True),
    Way("smooth, likeliest digits", smooth=True, likeliest=True),
)


class Recognizer:
    """The network on one core, so that its times compare with those of digitrec."""

    def __init__(self, onnx: bytes) -> None:
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = 1
        self._session: Any = InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
        known = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.characters = "".join(known) + " "
        allowed = [self.characters.index(one) for one in DIGITS + SIGNS]
        self._allowed = np.array([0, *(1 + place for place in allowed)])

    def columns(self, pixels: NDArray[np.uint8], *, smooth: bool) -> NDArray[np.float32]:
        """(columns, 1 + characters) float32 in 0..1: none, then each character, by column.

        Args:
            pixels: (height, width, 3) uint8, RGB.
        """
        shown = smooth_input(pixels) if smooth else plain_input(pixels)
        (answer,) = self._session.run(None, {"x": shown})
        return np.asarray(answer[0], np.float32)

    def text(self, columns: NDArray[np.float32], way: Way) -> str:
        """What is read, asked in that way."""
        characters = self.characters
        if way.limited:
            columns, characters = columns[:, self._allowed], DIGITS + SIGNS
        text, score = likeliest_path(columns, characters)
        if score < way.least_score:
            return ""
        return likeliest_digits(columns, characters) if way.likeliest else text


def plain_input(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(1, 3, 48, width) float32 in -1..1, as RapidOCR makes it of a picture."""
    width = _width(*pixels.shape[:2])
    scaled = cv2.resize(pixels[..., ::-1], (width, HEIGHT_PX))
    return _padded(np.asarray(scaled, np.uint8), max(width, LEAST_WIDTH_PX))


def smooth_input(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(1, 3, 48, width) float32 in -1..1: grey, antialiased, and with grey behind it."""
    width = _width(*pixels.shape[:2])
    size = (width, HEIGHT_PX)
    scaled = Image.fromarray(pixels).convert("L").resize(size, Image.Resampling.BILINEAR)
    grey = np.repeat(np.asarray(scaled, np.uint8)[..., np.newaxis], 3, axis=2)
    return _padded(grey, max(width + _BEHIND_PX, LEAST_WIDTH_PX))


def _width(height: int, width: int) -> int:
    return math.ceil(HEIGHT_PX * width / height)


def _padded(scaled: NDArray[np.uint8], width: int) -> NDArray[np.float32]:
    shown = np.zeros((1, 3, HEIGHT_PX, width), np.float32)
    shown[0, :, :, : scaled.shape[1]] = scaled.transpose(2, 0, 1) / np.float32(127.5) - 1
    return shown
