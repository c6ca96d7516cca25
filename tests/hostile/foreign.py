"""Files of other types, most of them under a picture's name."""

import base64
import gzip
import io
import struct
import zipfile
from functools import partial

from tests.hostile.case import NO_PICTURE, Case, Wanted, taken
from tests.hostile.pictures import COLOR, GREY, JPEG, PNG, TEXT
from tests.makers import encoded

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
XXE = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
# In two parts, so that a virus scanner lets the project be checked out.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MVG = b"push graphic-context\nviewbox 0 0 64 48\nfill 'url(https://127.0.0.1/x\"|ls \"-la)'\n"


def cases() -> list[Case]:
    eps = encoded(COLOR, "EPS")
    tiff = encoded(GREY, "TIFF")
    return [
        _case("text", "text.png", b"hello, I am text\n"),
        _case("a page", "page.png", b"<!doctype html><script>alert(1)</script>"),
        _case("an SVG with a script", "a.svg", SVG, "image/svg+xml"),
        _case("an SVG that asks for a file", "a.png", XXE),
        _case("a PDF", "doc.pdf", PDF, "application/pdf"),
        _case("an EPS", "e.eps", eps, "application/postscript"),
        _case("an EPS as a PNG", "e.png", eps),
        _case("a TIFF as a PNG", "t.png", tiff),
        _case("a TIFF", "t.tif", tiff, "image/tiff"),
        _case("a Photoshop file as a JPEG", "p.jpg", photoshop(), "image/jpeg"),
        _case("an ICNS", "i.icns", encoded(GREY.resize((128, 128)).convert("RGBA"), "ICNS")),
        _case("an ICO", "i.ico", encoded(GREY, "ICO"), "image/x-icon"),
        _case("a JPEG 2000", "j.jp2", encoded(GREY, "JPEG2000"), "image/jp2"),
        _case("a FITS as a PNG", "f.png", fits()),
        _case("a HEIC", "h.heic", b"\0\0\0\x18ftypheic" + bytes(80), "image/heic"),
        _case("an AVIF", "a.avif", b"\0\0\0\x1cftypavif" + bytes(80), "image/avif"),
        _case("a ZIP", "z.zip", archive(), "application/zip"),
        _case("a ZIP as a PNG", "z.png", archive()),
        _case("a packed PNG", "g.png", gzip.compress(PNG)),
        _case("a program for Linux", "x.jpg", b"\x7fELF\2\1\1" + bytes(200), "image/jpeg"),
        _case("a program for Windows", "m.jpg", b"MZ" + bytes(200), "image/jpeg"),
        _case("a virus scanner's test file", "e.com", EICAR),
        _case("a drawing that runs a program", "mvg.png", MVG),
        _case("a PGM", "p.pgm", b"P5 28 28 255\n" + bytes(784)),
        _case("a PPM that states 10 gigapixels", "r.png", b"P6 99999 99999 255\n" + bytes(100)),
        _case("a film", "mp4.jpg", b"\0\0\0\x18ftypmp42" + bytes(200), "image/jpeg"),
        _case("a pickle", "pickle.png", b"cos\nsystem\n(S'true'\ntR."),
        _case("a PNG in letters", "b64.png", base64.b64encode(PNG)),
        _case("a PNG's address", "url.png", b"data:image/png;base64," + base64.b64encode(PNG)),
        _case("a JPEG as a PNG", "mismatch.png", JPEG, wanted=taken("jpg", text=TEXT)),
        _case("a PNG as a JPEG", "mismatch.jpg", PNG, "image/jpeg", taken(text=TEXT)),
    ]


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.png", PNG)
    return buffer.getvalue()


def photoshop() -> bytes:
    shape = struct.pack(">HIIHH", 1, 28, 28, 8, 1)
    return b"8BPS\0\1" + bytes(6) + shape + bytes(14) + bytes(28 * 28)


def fits() -> bytes:
    number = partial("{:<8}= {:>20}".format)
    lines = [
        number("SIMPLE", "T"),
        number("BITPIX", 8),
        number("NAXIS", 2),
        number("NAXIS1", 28),
        number("NAXIS2", 28),
        "END",
    ]
    return "".join(line.ljust(80) for line in lines).ljust(2880).encode() + bytes(2880)


def _case(
    subject: str,
    file_name: str,
    data: bytes,
    content_type: str = "image/png",
    wanted: Wanted = NO_PICTURE,
) -> Case:
    return Case(subject, file_name, content_type, data, wanted)
