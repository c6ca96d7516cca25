"""Good files, damaged in ways that a decoder must survive; the same ones for the same seed."""

import random
import struct
import zlib
from collections.abc import Callable, Iterator

from PIL import Image

from tests.hostile.pictures import in_transparency
from tests.makers import digits_image, encoded, photo_jpeg

Damage = Callable[[bytearray, random.Random], None]

GREY = digits_image("42", scale=1)
COLOR = Image.merge("RGB", [GREY, GREY.point(lambda value: value // 2), GREY])
TINY = GREY.resize((24, 16))
EXTREMES = (0, 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1)


def good_files() -> list[bytes]:
    """Each format, in each way of writing it that a decoder has code of its own for."""
    frames: dict[str, object] = {"save_all": True}
    return [
        encoded(GREY, "PNG"),
        encoded(in_transparency(), "PNG"),
        encoded(COLOR.quantize(8), "PNG", transparency=3),
        encoded(GREY.convert("1"), "PNG"),
        encoded(GREY, "PNG", append_images=[GREY.rotate(9)], **frames),
        encoded(COLOR, "JPEG"),
        encoded(COLOR.convert("CMYK"), "JPEG", progressive=True),
        photo_jpeg("4", orientation=6, scale=1),
        encoded(COLOR, "MPO", append_images=[COLOR.rotate(9)], **frames),
        encoded(COLOR, "WEBP"),
        encoded(COLOR, "WEBP", lossless=True),
        encoded(COLOR, "WEBP", append_images=[COLOR.rotate(9)], **frames),
        encoded(GREY, "GIF"),
        encoded(GREY, "GIF", append_images=[GREY.rotate(9)], **frames),
        encoded(COLOR, "BMP"),
        encoded(GREY.convert("1"), "BMP"),
    ]


def mutations(count: int, seed: int) -> Iterator[bytes]:
    """So many damaged files, of all good ones in turn."""
    chance = random.Random(seed)
    files = good_files()
    for number in range(count):
        data = bytearray(files[number % len(files)])
        for _ in range(chance.randint(1, 4)):
            chance.choice(DAMAGES)(data, chance)
        # Checksums that are right let the decoder see the damage.
        yield _with_checksums(data) if chance.random() < 0.7 else bytes(data)


def cut_files() -> Iterator[bytes]:
    """A small file of each format, cut at every byte."""
    for image_format in ("PNG", "JPEG", "WEBP", "GIF", "BMP"):
        data = encoded(TINY, image_format)
        yield from (data[:length] for length in range(len(data)))


def _flip_bits(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        if data:
            data[_place(data, chance)] ^= 1 << chance.randrange(8)


def _swap_ranges(data: bytearray, chance: random.Random) -> None:
    places = sorted(_place(data, chance) for _ in range(4))
    first, second = data[places[0] : places[1]], data[places[2] : places[3]]
    data[places[2] : places[3]], data[places[0] : places[1]] = first, second


def _swap_chunks(data: bytearray, chance: random.Random) -> None:
    """Two neighbouring chunks of a PNG, else two ranges."""
    chunks = _chunks(data)
    if len(chunks) < 2:
        _swap_ranges(data, chance)
        return
    number = chance.randrange(len(chunks) - 1)
    (start, middle), (_, end) = chunks[number : number + 2]
    data[start:end] = data[middle:end] + data[start:middle]


def _change_number(data: bytearray, chance: random.Random) -> None:
    """A length, a side or an offset: one more, one less, or beyond all bounds."""
    form = chance.choice((">H", "<H", ">I", "<I"))
    at = _place(data, chance)
    if at + struct.calcsize(form) <= len(data):
        (number,) = struct.unpack_from(form, data, at)
        limit = 256 ** struct.calcsize(form)
        changed = chance.choice((number + 1, number - 1, *EXTREMES))
        struct.pack_into(form, data, at, changed % limit)


def _repeat(data: bytearray, chance: random.Random) -> None:
    start, end = sorted(_place(data, chance) for _ in range(2))
    data[end:end] = data[start : min(end, start + 1000)] * chance.randint(1, 20)


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randint(0, len(data)) :]


def _put_in(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    data[at:at] = chance.randbytes(chance.randint(1, 16))


DAMAGES: tuple[Damage, ...] = (
    _flip_bits,
    _swap_ranges,
    _swap_chunks,
    _change_number,
    _change_number,
    _repeat,
    _cut,
    _put_in,
)


def _place(data: bytearray, chance: random.Random) -> int:
    """Anywhere; every other time near the start, where all formats state what follows."""
    end = min(len(data), 100) if chance.random() < 0.5 else len(data)
    return chance.randrange(end) if end else 0


def _chunks(data: bytearray) -> list[tuple[int, int]]:
    """Where each chunk of a PNG begins and ends; none of another file."""
    found = []
    at = 8 if data.startswith(b"\x89PNG") else len(data)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        found.append((at, end))
        at = end
    return found


def _with_checksums(data: bytearray) -> bytes:
    for start, end in _chunks(data):
        if end <= len(data):
            struct.pack_into(">I", data, end - 4, zlib.crc32(data[start + 4 : end - 4]))
    return bytes(data)
