"""The network that rapidocr 3.10.0 brings for reading lines: PP-OCRv6 small's recognizer."""

import hashlib
from importlib.util import find_spec
from pathlib import Path
from zipfile import BadZipFile, ZipFile

RECOGNIZER = "PP-OCRv6_rec_small.onnx"
RECOGNIZER_SHA256 = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"


class RecognizerMissing(Exception):
    """The network is not where it should be."""


class RecognizerDamaged(Exception):
    """The network is not the one of rapidocr 3.10.0."""


def recognizer_of_wheel(wheel: Path) -> bytes:
    """The ONNX file inside of a wheel.

    Raises:
        RecognizerMissing: there is no such wheel, or the file is not in it.
        RecognizerDamaged: the wheel is no archive, or the file's SHA-256 is not the recorded one.
    """
    try:
        with ZipFile(wheel) as archive:
            return _checked(archive.read(f"rapidocr/models/{RECOGNIZER}"), wheel)
    except (FileNotFoundError, KeyError) as error:
        raise RecognizerMissing(f"{wheel} has no {RECOGNIZER}.") from error
    except BadZipFile as error:
        raise RecognizerDamaged(f"{wheel} is no wheel.") from error


def installed_recognizer() -> bytes:
    """The ONNX file of the package that is installed.

    Raises:
        RecognizerMissing: rapidocr is not installed, or has no such file.
        RecognizerDamaged: the file's SHA-256 is not the recorded one.
    """
    package = find_spec("rapidocr")
    if package is None or package.origin is None:
        raise RecognizerMissing("rapidocr is not installed.")
    path = Path(package.origin).parent / "models" / RECOGNIZER
    try:
        return _checked(path.read_bytes(), path)
    except FileNotFoundError as error:
        raise RecognizerMissing(f"{path} is missing.") from error


def _checked(onnx: bytes, place: Path) -> bytes:
    if hashlib.sha256(onnx).hexdigest() != RECOGNIZER_SHA256:
        raise RecognizerDamaged(f"{RECOGNIZER} in {place} is not the one of rapidocr 3.10.0.")
    return onnx
