"""RapidOCR as a whole: it finds the lines of a picture, and reads each with PP-OCRv6 small."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.ctc import DIGITS, digits_of
from benchmarks.recognizer import SIGNS


@dataclass(frozen=True)
class WholeWay:
    """How RapidOCR is asked.

    Attributes:
        name: distinguishes the way from others.
        limited: only digits and signs may be read, and no line is taken to stand on its head.
    """

    name: str
    limited: bool


WHOLE_WAYS = (
    WholeWay("RapidOCR as it comes", limited=False),
    WholeWay("RapidOCR, digits and signs, upright", limited=True),
)


class WholeRapidOCR:
    """The package with its own settings, on one core."""

    def __init__(self, way: WholeWay) -> None:
        from rapidocr import RapidOCR

        self._engine: Any = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": not way.limited,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            }
        )
        if way.limited:
            _limit(self._engine._load_rec_model())  # noqa: SLF001

    def text(self, pixels: NDArray[np.uint8]) -> str:
        """The digits of all lines, "|" between them.

        Args:
            pixels: (height, width, 3) uint8, RGB.
        """
        found = self._engine(pixels[..., ::-1].copy())
        if found.txts is None:
            return ""
        return lines_of(np.asarray(found.boxes), found.txts)


def _limit(recognizer: Any) -> None:
    """Have the recognizer read digits and signs alone."""
    ask = recognizer.session
    characters = recognizer.postprocess_op.character
    barred = [i for i, one in enumerate(characters) if i and one not in DIGITS + SIGNS]

    def asked(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        columns = np.array(ask(pictures))
        columns[..., barred] = 0
        return columns

    recognizer.session = asked


def lines_of(boxes: NDArray[np.float32], texts: tuple[str, ...]) -> str:
    """The digits of found texts, in reading order, "|" between lines; texts without are left out.

    A text goes on with the line before where it stands beside it: where they share more than half
    of the lower one's height.

    Args:
        boxes: (n, 4, 2) float32 corners, in the order of RapidOCR: from the top.
    """
    lines: list[list[tuple[float, float, float, str]]] = []  # left, top, bottom and digits
    for box, text in zip(boxes, texts, strict=True):
        (left, top), (_, bottom) = box.min(axis=0), box.max(axis=0)
        if not (digits := digits_of(text)):
            continue
        if lines and _beside(lines[-1][-1], top, bottom):
            lines[-1].append((left, top, bottom, digits))
        else:
            lines.append([(left, top, bottom, digits)])
    return "|".join("".join(part[-1] for part in sorted(line)) for line in lines)


def _beside(one: tuple[float, float, float, str], top: float, bottom: float) -> bool:
    _, other_top, other_bottom, _ = one
    shared = min(bottom, other_bottom) - max(top, other_top)
    return shared > min(bottom - top, other_bottom - other_top) / 2
