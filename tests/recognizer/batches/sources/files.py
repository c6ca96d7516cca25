"""Makes the files that batches are made from: good ones, and ones that lie."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from recognizer.batches.sources.limits import Limits
from recognizer.batches.sources.member import Member
from recognizer.batches.sources.members import members
from tests.makers import digits_image, encoded

DEFLATED = zipfile.ZIP_DEFLATED
LINK_MODE = 0o120777 << 16


def taken_apart(
    data: bytes, limits: Limits | None = None, *, name: str = "given", start: int = 0
) -> list[Member]:
    """All members of a file."""
    return list(members(io.BytesIO(data), limits, name=name, start=start))


def codes(found: Sequence[Member]) -> list[str]:
    """What came of each member: its refusal's code, or nothing for a picture."""
    return [member.refusal.code if member.refusal else "" for member in found]


def zip_of(*files: tuple[str, bytes], method: int = DEFLATED) -> bytes:
    """An honest archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


@dataclass(frozen=True)
class Raw:
    """An entry of an archive, with every number that may lie; None is the truth.

    Attributes:
        like: the entry, by its number, whose own header and bytes this one claims as well.
    """

    name: bytes
    content: bytes = b""
    method: int = DEFLATED
    flags: int = 0
    checksum: int | None = None
    size: int | None = None
    packed: int | None = None
    local_name: bytes | None = None
    local_size: int | None = None
    system: int = 3
    attributes: int = 0
    extra: bytes = field(default=b"", repr=False)
    like: int | None = None


def raw_zip(*entries: Raw, count: int | None = None, before: bytes = b"") -> bytes:
    """An archive of these entries, which states that there are so many."""
    archive, directory = bytearray(before), bytearray()
    places: list[int] = []
    contents: list[bytes] = []
    for entry in entries:
        packed = _packed(entry) if entry.like is None else contents[entry.like]
        contents.append(packed)
        places.append(len(archive) if entry.like is None else places[entry.like])
        checksum = zlib.crc32(entry.content) if entry.checksum is None else entry.checksum
        size = len(entry.content) if entry.size is None else entry.size
        stated = len(packed) if entry.packed is None else entry.packed
        numbers = (20, entry.flags, entry.method, 0, 0, checksum, stated)
        if entry.like is None:
            name = entry.name if entry.local_name is None else entry.local_name
            local = size if entry.local_size is None else entry.local_size
            archive += struct.pack("<4s5H3I2H", b"PK\3\4", *numbers, local, len(name), 0)
            archive += name + packed
        directory += struct.pack(
            "<4s6H3I5H2I",
            *(b"PK\1\2", entry.system << 8, *numbers, size, len(entry.name), len(entry.extra)),
            *(0, 0, 0, entry.attributes, places[-1] - len(before)),
        )
        directory += entry.name + entry.extra
    stated = len(entries) if count is None else count
    end = (b"PK\5\6", 0, 0, stated, stated, len(directory), len(archive) - len(before), 0)
    return bytes(archive + directory + struct.pack("<4s4H2IH", *end))


def _packed(entry: Raw) -> bytes:
    if entry.method != DEFLATED:
        return entry.content
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return packer.compress(entry.content) + packer.flush()


def pdf_of(*pictures: Image.Image, points: tuple[float, float] | None = None) -> bytes:
    """A PDF with a picture on each page, which fills it.

    Args:
        points: the size of a page; as many as the picture has pixels, unless told.
    """
    pages = []
    for picture in pictures:
        grey = picture.convert("L")
        width, height = points or grey.size
        pixels = pdf_stream(
            zlib.compress(grey.tobytes()),
            f"/Type/XObject/Subtype/Image/Width {grey.width}/Height {grey.height}"
            "/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode",
        )
        drawing = f"q {width} 0 0 {height} 0 0 cm /I Do Q".encode()
        pages.append((f"/MediaBox[0 0 {width} {height}]", pdf_stream(drawing), {"I": pixels}))
    return pdf_file(*pages)


Page = tuple[str, bytes, dict[str, bytes]]


def pdf_file(*pages: Page, catalog: str = "", trailer: str = "", count: int | None = None) -> bytes:
    """A PDF of pages: each one's entries, its contents and the pictures that these draw."""
    objects: list[bytes] = [b"", b""]
    kids = []
    for entries, contents, pictures in pages:
        objects.append(contents)
        drawn = f"/Contents {len(objects)} 0 R"
        names = ""
        for name, picture in pictures.items():
            objects.append(picture)
            names += f"/{name} {len(objects)} 0 R"
        objects.append(
            f"<</Type/Page/Parent 2 0 R{drawn}/Resources<</XObject<<{names}>>>>{entries}>>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    stated = len(pages) if count is None else count
    objects[0] = f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode()
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {stated}>>".encode()
    return _pdf_of_objects(objects, trailer)


def pdf_stream(content: bytes, entries: str = "") -> bytes:
    """A stream, as an object's content."""
    return f"<</Length {len(content)}{entries}>>stream\n".encode() + content + b"\nendstream"


def _pdf_of_objects(objects: list[bytes], trailer: str) -> bytes:
    data, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    about = f"<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>"
    return bytes(data + f"trailer{about}\nstartxref\n{start}\n%%EOF\n".encode())


def tiff_of(*pictures: Image.Image, **options: object) -> bytes:
    """A TIFF with a picture on each page."""
    first, *others = pictures
    return encoded(first, "TIFF", save_all=True, append_images=others, **options)


def numbered(count: int) -> list[Image.Image]:
    """Pictures of the numbers from 0 on."""
    return [digits_image(str(number), scale=1) for number in range(count)]


def tiff_tags(tiff: bytes, page: int = 0) -> dict[int, int]:
    """Where in a little-endian TIFF the tags of a page stand, by their numbers."""
    at = int.from_bytes(tiff[4:8], "little")
    for _ in range(page):
        at = int.from_bytes(tiff[_after(tiff, at) :][:4], "little")
    tags = range(at + 2, _after(tiff, at), 12)
    return {int.from_bytes(tiff[tag : tag + 2], "little"): tag for tag in tags}


def next_page_at(tiff: bytes, page: int = 0) -> int:
    """Where in a little-endian TIFF the place of the page after this one is written."""
    return max(tiff_tags(tiff, page).values()) + 12


def _after(tiff: bytes, at: int) -> int:
    return at + 2 + 12 * int.from_bytes(tiff[at : at + 2], "little")


def put(data: bytes, at: int, number: int, form: str = "<I") -> bytes:
    """The file with another number at this place."""
    changed = bytearray(data)
    struct.pack_into(form, changed, at, number)
    return bytes(changed)
