"""Which way up pictures are taken."""

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from recognizer.intake.cleaning import clean
from recognizer.intake.orientation import turn_of
from tests.makers import digits_image, encoded

WIDE = digits_image("0815").convert("RGB")
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" {0}</rdf:RDF></x:xmpmeta>'
)
WAYS = ['tiff:Orientation="6"/>', "><tiff:Orientation>6</tiff:Orientation></rdf:Description>"]


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    return tags


def with_xmp(image_format: str, xmp: str, orientation: int | None = None) -> bytes:
    tags = {} if orientation is None else {"exif": exif(orientation)}
    if image_format != "PNG":
        return encoded(WIDE, image_format, xmp=xmp.encode(), **tags)
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", xmp)
    return encoded(WIDE, image_format, pnginfo=text, **tags)


def size_of(data: bytes) -> tuple[int, int]:
    return clean(data, max_bytes=10**7).size


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("way", WAYS)
def test_xmp_alone_turns_nothing_as_in_browsers(image_format: str, way: str) -> None:
    assert size_of(with_xmp(image_format, XMP.format(way))) == WIDE.size


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_exif_turns_whatever_xmp_says(image_format: str) -> None:
    turned = with_xmp(image_format, XMP.format('tiff:Orientation="1"/>'), orientation=6)
    assert size_of(turned) == (WIDE.height, WIDE.width)
    kept = with_xmp(image_format, XMP.format('tiff:Orientation="6"/>'), orientation=1)
    assert size_of(kept) == WIDE.size


def test_a_profile_that_imagemagick_writes_as_text_turns_nothing() -> None:
    data = exif(6).tobytes()
    text = PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", f"\nexif\n{len(data):8}\n{data.hex()}\n")
    assert size_of(encoded(WIDE, "PNG", pnginfo=text)) == WIDE.size


def test_no_exif_is_upright() -> None:
    assert turn_of(None) is turn_of(b"") is None
