"""HEIC and AVIF, told apart."""

import struct

import pytest

from recognizer.intake.brands import kind_by_brands


def container(main: bytes, *others: bytes) -> bytes:
    """The first box of a file, and a part of the next one."""
    brands = b"".join(others)
    return (
        struct.pack(">I", 16 + len(brands)) + b"ftyp" + main + bytes(4) + brands + b"\0\0\1\0meta"
    )


@pytest.mark.parametrize(
    ("main", "others", "kind"),
    [
        (b"heic", (b"mif1", b"heic"), "HEIC"),
        (b"heix", (), "HEIC"),
        (b"mif1", (b"mif1", b"heic", b"miaf"), "HEIC"),
        (b"mif1", (), "HEIC"),
        (b"msf1", (b"hevc",), "HEIC"),
        (b"avif", (b"avif", b"mif1", b"miaf"), "AVIF"),
        (b"avis", (b"avif", b"msf1"), "AVIF"),
        (b"mif1", (b"mif1", b"avif", b"miaf"), "AVIF"),
        (b"msf1", (b"avis",), "AVIF"),
        (b"avif", (b"heic",), "AVIF"),
        (b"isom", (b"mp42",), ""),
        (b"qt  ", (), ""),
    ],
)
def test_brands_tell_the_kind(main: bytes, others: tuple[bytes, ...], kind: str) -> None:
    assert kind_by_brands(container(main, *others)) == kind


@pytest.mark.parametrize("data", [b"", b"\0\0\0\x18ftyp", b"\xff\xff\xff\xffftypmif1", b"hello"])
def test_what_is_cut_off_does_no_harm(data: bytes) -> None:
    assert kind_by_brands(data) in {"", "HEIC"}


def test_brands_end_with_their_box() -> None:
    data = container(b"mif1", b"heic")
    assert kind_by_brands(data[:16].replace(data[:4], struct.pack(">I", 16)) + b"avif") == "HEIC"


def test_brands_that_are_looked_at_are_bounded() -> None:
    assert kind_by_brands(container(b"mif1", *[b"miaf"] * 10_000, b"avif")) == "HEIC"
