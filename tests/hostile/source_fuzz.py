"""Takes damaged ZIPs, PDFs and TIFFs apart, in a process that may die of it."""

import io
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from recognizer.batches.sources.limits import Limits
from recognizer.batches.sources.members import members
from recognizer.refusals import Refusal
from tests.hostile.mutations import COLOR, DAMAGES, GREY
from tests.hostile.peak_memory import watch_peak
from tests.makers import encoded
from tests.recognizer.batches.sources.files import Raw, pdf_of, raw_zip, tiff_of, zip_of

# Damage may make it many members, but no more than these.
LIMITS = Limits(members=50, pdf_pages=20, tiff_pages=20, page_seconds=10)
SMALL = GREY.resize((24, 16))


def main(kind: str, count: str, seed: str, last: str) -> None:
    """Print what came of so many files, as JSON.

    Args:
        last: the file to hold what was given last: what killed the process, if something did.
    """
    answers: Counter[str] = Counter()
    given = damaged(GOOD_FILES[kind](), int(count), int(seed))
    answer(next(given))
    grown = watch_peak()
    for data in given:
        Path(last).write_bytes(data)
        answers.update(answer(data))
    sys.stdout.write(json.dumps({"answers": answers, "grown_mb": round(grown())}))


def answer(data: bytes) -> Iterator[str]:
    """What came of each member, or of the file; any error that is no refusal ends the process."""
    try:
        found = list(members(io.BytesIO(data), LIMITS, name="given"))
    except Refusal as refusal:
        return iter([f"whole: {refusal.code}"])
    if [member.number for member in found] != list(range(len(found))):
        raise AssertionError("Members are not numbered from 0.")
    if len(found) > LIMITS.members + 1:
        raise AssertionError("There are more members than may be.")
    return iter([member.refusal.code if member.refusal else "taken" for member in found])


def damaged(files: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """So many damaged files, of all good ones in turn; the same ones for the same seed."""
    chance = random.Random(seed)
    for number in range(count):
        data = bytearray(files[number % len(files)])
        for _ in range(chance.randint(1, 4)):
            chance.choice(DAMAGES)(data, chance)
        yield bytes(data)


def _zips() -> list[bytes]:
    png, tiff = encoded(SMALL, "PNG"), tiff_of(SMALL, SMALL)
    return [
        zip_of(("1.png", png), ("2.png", png)),
        zip_of(("1.png", png), ("2.tif", tiff), method=0),
        raw_zip(Raw(b"1.png", png, flags=8), Raw(b"2.tif", tiff), before=b"MZ"),
    ]


def _pdfs() -> list[bytes]:
    return [pdf_of(SMALL, COLOR), pdf_of(SMALL)]


def _tiffs() -> list[bytes]:
    bits = SMALL.convert("1")
    deep = Image.frombytes("I;16", SMALL.size, bytes(2 * SMALL.width * SMALL.height))
    return [
        *(tiff_of(bits, compression=name) for name in ("group3", "group4", "tiff_ccitt")),
        *(tiff_of(SMALL, COLOR, compression=name) for name in ("raw", "tiff_lzw", "packbits")),
        *(tiff_of(COLOR, SMALL, compression=name) for name in ("tiff_adobe_deflate", "jpeg")),
        tiff_of(COLOR.quantize(8), COLOR.convert("CMYK"), COLOR.convert("RGBA")),
        tiff_of(deep, bits),
        tiff_of(SMALL, COLOR, big_tiff=True),
    ]


GOOD_FILES = {"zip": _zips, "pdf": _pdfs, "tiff": _tiffs}
