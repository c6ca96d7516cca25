"""HEIC pictures, where the setting HEIC is on: decoded in a process of its own."""

import logging
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from PIL import Image

from recognizer.intake import heic_decoder
from recognizer.intake.heic_decoder import HEADER
from recognizer.refusals import HeicUnavailable, ImageDamaged, TooManyParts

logger = logging.getLogger(__name__)

DECODER = Path(heic_decoder.__file__)
# Of a clock; the decoder's own limit counts the time of a core.
MAX_SECONDS = 30
_UNAVAILABLE = {
    heic_decoder.NOT_INSTALLED: "needs pillow-heif: install requirements-heic.txt",
    heic_decoder.NO_LIMITS: "needs a system that limits a process's memory and time",
}
_TOO_COSTLY = {heic_decoder.TOO_COSTLY, -signal.SIGXCPU, -signal.SIGKILL}


@dataclass(frozen=True)
class HeicPicture:
    """What a HEIC file holds.

    Attributes:
        size: width and height of its picture.
        image: upright, RGB; half as wide and high if the picture is large, None if it is too large.
        more_frames: whether there are further pictures in the file.
    """

    size: tuple[int, int]
    image: Image.Image | None
    more_frames: bool


def decode(data: bytes, *, most_pixels: int, most_whole: int) -> HeicPicture:
    """Decode a HEIC file's main picture.

    Args:
        most_pixels: of a picture that is decoded at all.
        most_whole: of a picture that is not halved.

    Raises:
        ImageDamaged: it can't be decoded.
        TooManyParts: it would take too much time or memory.
        HeicUnavailable: the decoder is not installed, or can't be started.
    """
    answer = _answer(data, most_pixels, most_whole)
    if len(answer) < HEADER.size:
        raise ImageDamaged
    width, height, *size, pictures = HEADER.unpack_from(answer)
    pixels = answer[HEADER.size :]
    if len(pixels) != 3 * size[0] * size[1]:
        raise ImageDamaged
    image = Image.frombytes("RGB", (size[0], size[1]), pixels) if pixels else None
    return HeicPicture((width, height), image, pictures > 1)


def _answer(data: bytes, most_pixels: int, most_whole: int) -> bytes:
    """What the decoder says, by files: unlike a pipe's, their size can be limited."""
    command = [sys.executable, "-I", str(DECODER), str(most_pixels), str(most_whole)]
    try:
        with TemporaryFile() as given, TemporaryFile() as answer:
            given.write(data)
            given.seek(0)
            status = _status(command, given.fileno(), answer.fileno())
            answer.seek(0)
            _require_success(status)
            return answer.read(HEADER.size + 3 * most_whole)
    except OSError as error:
        logger.exception("the HEIC decoder could not be started")
        raise HeicUnavailable from error


def _status(command: list[str], given: int, answer: int) -> int:
    """The exit status of the decoder, which gets nothing of this process but two files."""
    try:
        return subprocess.run(  # noqa: S603
            command,
            stdin=given,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env={},
            cwd=os.sep,
            check=False,
            timeout=MAX_SECONDS,
        ).returncode
    except subprocess.TimeoutExpired:
        return heic_decoder.TOO_COSTLY


def _require_success(status: int) -> None:
    if status in _UNAVAILABLE:
        logger.error("HEIC=1 %s", _UNAVAILABLE[status])
        raise HeicUnavailable
    if status in _TOO_COSTLY:
        raise TooManyParts
    if status:
        raise ImageDamaged
