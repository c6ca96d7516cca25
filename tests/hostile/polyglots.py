"""Good pictures that are something else as well, or that carry what nobody else may see."""

from PIL import ExifTags, Image

from tests.hostile.case import (
    DAMAGED,
    Case,
    Wanted,
    after_start,
    black_rows,
    chunk,
    jpeg_segment,
    png,
    taken,
)
from tests.hostile.foreign import archive
from tests.hostile.pictures import COLOR, GREY, JPEG, PNG, TEXT
from tests.makers import encoded, photo_jpeg

PAGE = b"<html><script>alert(document.cookie)</script>"
SCRIPT_GIF = b"GIF89a/*" + bytes(5) + b"*/=1;alert(1)//" + bytes(40)


def cases() -> list[Case]:
    note = chunk(b"tEXt", b"Comment\0" + PAGE)
    program = jpeg_segment(0xFE, b"<?php system($_GET['c']); ?>")
    cut_exif = jpeg_segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff")
    return [
        Case("a PNG with a page at its end", "a.png", "text/html", PNG + PAGE, taken(text=TEXT)),
        Case(
            "a PNG with a page in a note",
            "h.png",
            "image/png",
            png(28, 28, black_rows(28, 28), note),
            taken(size=(28, 28)),
        ),
        _jpeg("a JPEG with a program in a note", after_start(JPEG, program)),
        Case(
            "a GIF that is a ZIP",
            "g.gif",
            "image/gif",
            encoded(GREY, "GIF") + archive(),
            taken(text=TEXT),
        ),
        Case("a GIF that is a script", "js.gif", "image/gif", SCRIPT_GIF, DAMAGED),
        _jpeg("a JPEG with a PDF at its end", JPEG + b"%PDF-1.4\n"),
        _jpeg("a JPEG that says where and by whom", encoded(COLOR, "JPEG", exif=personal_exif())),
        _jpeg(
            "a JPEG that lies on its side",
            photo_jpeg(TEXT, orientation=6),
            taken("jpg", text=TEXT, size=GREY.size),
        ),
        _jpeg("a JPEG turned in no known way", encoded(COLOR, "JPEG", exif=_turned(99))),
        _jpeg("a JPEG with cut metadata", after_start(JPEG, cut_exif)),
    ]


def personal_exif() -> Image.Exif:
    """Who took the picture, with what, and where."""
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "SpyCam"
    exif[ExifTags.Base.Artist] = "Jane Doe"
    exif[ExifTags.Base.ImageDescription] = "jane.doe@example.org"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (51.0, 30.0, 0.0)
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "W", (0.0, 7.0, 0.0)
    return exif


def _turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return exif


def _jpeg(subject: str, data: bytes, wanted: Wanted | None = None) -> Case:
    return Case(subject, "p.jpg", "image/jpeg", data, wanted or taken("jpg", text=TEXT))
