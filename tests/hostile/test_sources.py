"""Files that would unpack to far more than anybody may send, and what the largest ones cost."""

import io
import random
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from recognizer.batches.sources.limits import Limits
from recognizer.batches.sources.members import members
from recognizer.batches.sources.refusals import (
    TooManyMembers,
    TooManyPages,
    ZipDamaged,
    ZipOverlapping,
    ZipRatio,
    ZipTooLarge,
)
from recognizer.intake.cleaning import clean
from recognizer.refusals import Refusal
from tests.hostile.peak_memory import watch_peak
from tests.makers import digits_png, encoded
from tests.recognizer.batches.sources.files import (
    Page,
    Raw,
    codes,
    pdf_file,
    pdf_of,
    pdf_stream,
    raw_zip,
    taken_apart,
    tiff_of,
    zip_of,
)

PNG = digits_png()
# Of a core, where nothing may be unpacked.
MAX_SECONDS = 2
MAX_GROWTH_MB = 60
# A page at its limits: its file, its pixels decoded, those turned for the encoder, and the PNG.
MAX_PAGE_GROWTH_MB = 300


def nested() -> bytes:
    """As 42.zip: ZIPs in ZIPs, the innermost full of zeros."""
    archive = zip_of(("zeros.png", bytes(4 * 2**20)))
    for _ in range(5):
        archive = zip_of(*((f"{number}.zip", archive) for number in range(16)))
    return archive


def overlapping() -> bytes:
    """As Fifield's: a kernel of zeros that a thousand entries claim."""
    kernel = Raw(b"0.png", bytes(10**7))
    others = (replace(kernel, name=b"%d.png" % number, like=0) for number in range(1, 1000))
    return raw_zip(kernel, *others)


def quoting() -> bytes:
    """The other way of Fifield's: each file begins with the header of the next, stored."""
    entries = [Raw(b"%04d.png" % number, PNG, method=0, packed=100_000) for number in range(900)]
    return raw_zip(*entries, Raw(b"last.png", bytes(200_000), method=0))


def many(stated: int) -> bytes:
    return raw_zip(*(Raw(b"%d.png" % number, method=0) for number in range(100_000)), count=stated)


def zeros() -> bytes:
    return zip_of(*((f"{number}.png", bytes(10 * 2**20)) for number in range(20)))


def stating(size: int) -> bytes:
    """Small files that state to be of this size."""
    return raw_zip(*(Raw(b"%d.png" % number, PNG, size=size) for number in range(2000)))


def quine() -> bytes:
    """A file that is its own only member, as far as its directory says."""
    return raw_zip(replace(Raw(b"r.zip", b"PK\3\4" + bytes(100)), method=0))


def long_chain() -> bytes:
    """A TIFF of 65,000 directories, each of one tag."""
    directory = struct.Struct("<HHHII I".replace(" ", ""))
    chain = bytearray(b"II*\0" + struct.pack("<I", 8))
    for number in range(65_000):
        following = 8 + directory.size * (number + 1)
        chain += directory.pack(1, 256, 4, 1, 9, following)
    return bytes(chain)


@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (overlapping, ZipOverlapping),
        (quoting, ZipOverlapping),
        (lambda: many(100_000 % 2**16), TooManyMembers),
        (lambda: many(1), TooManyMembers),
        (zeros, ZipRatio),
        (lambda: stating(100 * 2**20), ZipTooLarge),
        (lambda: stating(2**20), ZipTooLarge),
        (long_chain, TooManyPages),
        (lambda: b"PK\3\4" + bytes(10**7), ZipDamaged),
    ],
    ids=[
        "overlapping",
        "quoting",
        "100,000 entries",
        "100,000 entries, 1 stated",
        "zeros",
        "lying sizes",
        "small lying sizes",
        "long chain",
        "no directory",
    ],
)
def test_a_bomb_is_refused_whole_and_unopened(
    make: Callable[[], bytes], refusal: type[Refusal]
) -> None:
    data = make()
    grown, started = watch_peak(), time.process_time()
    with pytest.raises(refusal):
        taken_apart(data)
    assert time.process_time() - started < MAX_SECONDS
    assert grown() < MAX_GROWTH_MB


@pytest.mark.parametrize("make", [nested, quine])
def test_an_archive_in_an_archive_is_not_opened(make: Callable[[], bytes]) -> None:
    assert set(codes(taken_apart(make()))) == {"archive_inside"}


def test_a_size_that_is_understated_ends_its_member_alone() -> None:
    bomb = Raw(b"bomb.png", bytes(10**8), size=1000)
    grown = watch_peak()
    assert codes(taken_apart(raw_zip(bomb, Raw(b"1.png", PNG)))) == ["member_damaged", ""]
    assert grown() < MAX_GROWTH_MB


def test_members_are_not_held_together(tmp_path: Path) -> None:
    noise = random.Random(1)
    path = tmp_path / "batch.zip"
    path.write_bytes(zip_of(*((f"{n}.png", noise.randbytes(5 * 2**20)) for n in range(40))))
    grown, count = watch_peak(), 0
    with path.open("rb") as file:
        for member in members(file, name="batch.zip"):
            count += member.refusal is None
    assert count == 40
    assert grown() < MAX_GROWTH_MB


def test_a_document_in_an_archive_lies_on_disk(tmp_path: Path) -> None:
    page = pdf_stream(random.Random(1).randbytes(80 * 2**20))
    path = tmp_path / "batch.zip"
    drawn = pdf_file(("/MediaBox[0 0 99 99]", pdf_stream(b""), {"I": page}))
    path.write_bytes(zip_of(("scan.pdf", drawn), method=0))
    del page, drawn
    grown = watch_peak()
    with path.open("rb") as file:
        assert codes(list(members(file, name="batch.zip"))) == [""]
    assert grown() < MAX_GROWTH_MB


def noise(side: int) -> Image.Image:
    band = Image.effect_noise((side, side), 90)
    return Image.merge("RGB", [band, band.transpose(Image.Transpose.ROTATE_90), band])


def large_tiff(compression: str) -> bytes:
    return tiff_of(noise(4000), compression=compression)


def wide_fax() -> bytes:
    """As many pixels as are taken at all, in a few kilobytes."""
    return tiff_of(Image.new("1", (7211, 7211), 1), compression="group4")


def large_page() -> bytes:
    """A page that is drawn as large as any, with a picture of four times as many pixels in it."""
    return pdf_of(Image.effect_noise((5600, 5600), 90), points=(2000, 2000))


@pytest.mark.parametrize(
    "make",
    [
        lambda: large_tiff("raw"),
        lambda: large_tiff("tiff_lzw"),
        lambda: large_tiff("jpeg"),
        wide_fax,
        large_page,
    ],
    ids=["TIFF", "packed TIFF", "JPEG in TIFF", "fax", "PDF"],
)
def test_a_page_at_the_limits_stays_within_memory(make: Callable[[], bytes]) -> None:
    file = io.BytesIO(make())
    grown = watch_peak()
    (member,) = members(file, name="scan")
    assert member.refusal is None
    assert grown() < MAX_PAGE_GROWTH_MB


def test_the_largest_page_passes_the_gate() -> None:
    (member,) = taken_apart(large_tiff("raw"))
    assert len(member.data) > 10 * 2**20
    assert clean(member.data, max_bytes=member.max_bytes).size == (4000, 4000)


def test_a_tiff_of_pages_that_share_their_pixels_is_no_endless_work() -> None:
    """Each page is small or it is refused, and there are few."""
    tiff = bytearray(tiff_of(Image.new("L", (3000, 3000)), compression="tiff_adobe_deflate"))
    first = struct.unpack_from("<I", tiff, 4)[0]
    length = 2 + 12 * struct.unpack_from("<H", tiff, first)[0]
    directory = bytes(tiff[first : first + length])
    for _ in range(Limits().tiff_pages + 1):
        place = len(tiff)
        tiff += directory + struct.pack("<I", place + length + 4)
    tiff[4:8] = struct.pack("<I", place - Limits().tiff_pages * (length + 4))
    with pytest.raises(TooManyPages):
        taken_apart(bytes(tiff))


def test_a_pdf_that_unpacks_in_two_steps_takes_no_memory_here() -> None:
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(bytes(2**20)) for _ in range(1024)) + packer.flush()
    bomb = pdf_stream(zlib.compress(once, 9), "/Filter[/FlateDecode/FlateDecode]")
    blank: Page = ("/MediaBox[0 0 99 99]", pdf_stream(b""), {})
    pdf = pdf_file(("/MediaBox[0 0 99 99]", bomb, {}), blank)
    grown = watch_peak()
    assert codes(taken_apart(pdf)) == ["page_too_costly", ""]
    assert grown() < MAX_GROWTH_MB


def test_a_gif_or_png_bomb_inside_is_left_to_the_gate() -> None:
    bomb = encoded(Image.new("L", (5000, 5000)), "PNG")
    (member,) = taken_apart(zip_of(("bomb.png", bomb)))
    assert member.data == bomb
