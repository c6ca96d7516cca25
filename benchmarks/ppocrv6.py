"""Measure PP-OCRv6 small, and RapidOCR around it, on the pictures that measure digitrec.

`python -m benchmarks.ppocrv6 PLACE... --output DIR` reads the same folders and archives as
`manage.py evaluate` does, and writes tables, figures, and what was read in each picture.
"""

import argparse
import io
import json
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from benchmarks.rapidocr_models import (
    RecognizerDamaged,
    RecognizerMissing,
    installed_recognizer,
)
from benchmarks.recognizer import PLAIN, WAYS, Recognizer
from benchmarks.report import Reading, as_markdown, measures
from benchmarks.whole_rapidocr import WHOLE_WAYS, WholeRapidOCR
from mlmodel.evaluation.labels import LabelledPicture, PictureSet, known_pictures
from mlmodel.mnist.data import DataError

REPORT, MEASURES, TEXTS = "ppocrv6.md", "ppocrv6.json", "ppocrv6-texts.json"


class Peer:
    """The recognizer alone, and RapidOCR as a whole, in all ways of asking."""

    def __init__(self, *, always_whole: bool) -> None:
        """always_whole: ask RapidOCR as a whole for pictures of a single line, too."""
        self._always_whole = always_whole
        self._alone = Recognizer(installed_recognizer())
        self._whole = {way.name: WholeRapidOCR(way) for way in WHOLE_WAYS}

    def read_set(self, pictures: PictureSet) -> list[Reading]:
        """What is read in each picture of the set."""
        return [self._read(picture, pictures.name) for picture in pictures.pictures]

    def _read(self, picture: LabelledPicture, set_name: str) -> Reading:
        pixels = upright_rgb(picture.read_bytes())
        started = time.perf_counter()
        plain = self._alone.columns(pixels, smooth=False)
        texts = {PLAIN.name: self._alone.text(plain, PLAIN)}
        ms = {PLAIN.name: _ms_since(started)}
        smooth = self._alone.columns(pixels, smooth=True)
        for way in WAYS:
            texts[way.name] = self._alone.text(smooth if way.smooth else plain, way)
        if self._always_whole or "|" in picture.text:
            for name, engine in self._whole.items():
                started = time.perf_counter()
                texts[name] = engine.text(pixels)
                ms[name] = _ms_since(started)
        return Reading(f"{set_name}/{picture.name}", picture.text, texts, ms)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def upright_rgb(data: bytes) -> NDArray[np.uint8]:
    """(height, width, 3) uint8: the picture, upright by its EXIF, over white paper."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.asarray(image.convert("RGB"))


def read_all(places: list[Path], *, always_whole: bool) -> dict[str, list[Reading]]:
    """What is read in every picture, by the names of the sets; says on stderr how far it is."""
    sets = [known_pictures(place) for place in places]
    peer = Peer(always_whole=always_whole)
    readings = {}
    for one in sets:
        sys.stderr.write(f"{one.name}: {len(one.pictures):,} pictures\n")
        readings[one.name] = peer.read_set(one)
    return readings


def write(readings: dict[str, list[Reading]], folder: Path) -> None:
    """Write the tables, the figures and the texts."""
    texts = {
        one.picture: {"digits": one.written, "texts": one.texts}
        for of in readings.values()
        for one in of
    }
    (folder / REPORT).write_text(as_markdown(readings), encoding="utf-8")
    (folder / MEASURES).write_text(_json(measures(readings)), encoding="utf-8")
    (folder / TEXTS).write_text(_json(texts), encoding="utf-8")


def _json(content: object) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("places", nargs="+", type=Path, metavar="PLACE")
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--whole",
        action="store_true",
        help="ask RapidOCR as a whole for every picture, not only for those of several lines; "
        "this takes seconds a picture",
    )
    given = parser.parse_args()
    try:
        given.output.mkdir(parents=True, exist_ok=True)
        readings = read_all(given.places, always_whole=given.whole)
        write(readings, given.output)
    except (DataError, RecognizerMissing, RecognizerDamaged, OSError) as error:
        sys.exit(str(error))
    sys.stdout.write((given.output / REPORT).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
