"""What people's pictures say of them, given to the site and then looked for everywhere."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import PngImagePlugin

from recognizer.models import Upload
from recognizer.monitoring.exposition import exposition
from tests.faults.report import report
from tests.hostile.case import after_start, jpeg_segment
from tests.hostile.pictures import COLOR, GREY
from tests.hostile.polyglots import personal_exif
from tests.makers import encoded

pytestmark = pytest.mark.django_db(transaction=True)

EXIF = personal_exif()
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>canary-in-xmp</x:xmpmeta>"
NOTE = "canary-in-a-note"
NAME = "canary-in-a-name.png"
ADDRESS = "203.0.113.77"
BROWSER = "canary-in-the-browser/1.0"
CANARIES = (
    b"SpyCam",
    b"Jane Doe",
    b"jane.doe@example.org",
    b"canary-in-",
    b"a-profile-of-a-screen",
    ADDRESS.encode(),
)
# Where a name may stand, as people gave it.
ALLOWED = ("recognizer_upload", "original_name")


def telling_pictures() -> dict[str, bytes]:
    """A picture in each format, with all that the format can tell besides."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", NOTE, zip=True)
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    profile = b"a-profile-of-a-screen" * 10
    jpeg = encoded(COLOR, "JPEG", exif=EXIF, xmp=XMP, comment=NOTE, icc_profile=profile)
    iptc = jpeg_segment(0xED, b"Photoshop 3.0\0" + NOTE.encode())
    return {
        "png": encoded(GREY, "PNG", exif=EXIF, pnginfo=text, icc_profile=profile),
        "jpg": after_start(jpeg, iptc) + NOTE.encode(),
        "webp": encoded(COLOR, "WEBP", exif=EXIF, xmp=XMP, icc_profile=profile),
        "gif": encoded(GREY, "GIF", comment=NOTE, xmp=XMP),
        "bmp": encoded(COLOR, "BMP") + NOTE.encode(),
    }


def give_all(client: Client) -> list[Upload]:
    pictures = telling_pictures()
    for data in pictures.values():
        assert any(canary in data for canary in CANARIES)
        client.post("/", {"picture": SimpleUploadedFile(NAME, data)})
        # Cut off, so that it is refused: what is refused must leave nothing, either.
        client.post("/", {"picture": SimpleUploadedFile(NAME, data[: len(data) // 2])})
    uploads = list(Upload.objects.all())
    assert len(uploads) == len(pictures)
    return uploads


def tables() -> dict[str, bytes]:
    """Each table as PostgreSQL writes it out, without the column in which names may stand."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = [
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
                if (table, column.name) != ALLOWED
            ]
            listed = ", ".join(connection.ops.quote_name(column) for column in columns)
            dump = io.BytesIO()
            query = f"COPY (SELECT {listed} FROM {table}) TO STDOUT"  # noqa: S608 - our own names
            cursor.copy_expert(query, dump)
            found[table] = dump.getvalue()
    return found


def served(client: Client, upload: Upload) -> dict[str, bytes]:
    responses: Any = {
        name: client.get(f"{upload.get_absolute_url()}{name}") for name in ("picture", "thumbnail")
    }
    return {f"{name} of {upload.pk}": each.getvalue() for name, each in responses.items()}


def archived(client: Client) -> dict[str, bytes]:
    """One's own data; names are one's own, too."""
    response: Any = client.post("/my-data/download")
    archive = zipfile.ZipFile(io.BytesIO(response.getvalue()))
    data = json.loads(archive.read("data.json"))
    for upload in data["uploads"]:
        del upload["name"]
    pictures = {name: archive.read(name) for name in archive.namelist() if "/" in name}
    return {**pictures, "data.json": json.dumps(data).encode()}


def test_nothing_that_a_picture_tells_is_found_anywhere(
    client: Client, media: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    teller = Client(REMOTE_ADDR=ADDRESS, HTTP_USER_AGENT=BROWSER)
    uploads = give_all(teller)
    places = tables() | archived(teller) | {"the log": caplog.text.encode()}
    places["the metrics"] = exposition()
    places |= {str(path): path.read_bytes() for path in media.rglob("*") if path.is_file()}
    for upload in uploads:
        places |= served(teller, upload)
    hits = [
        (place, canary)
        for place, content in places.items()
        for canary in CANARIES
        if canary in content
    ]
    report("S8", pictures=len(uploads), places=len(places), canaries=len(CANARIES), hits=len(hits))
    assert hits == []


def test_it_would_be_found_in_a_table(client: Client) -> None:
    give_all(client)
    Upload.objects.update(source="Jane Doe"[:10])
    assert b"Jane Doe" in tables()["recognizer_upload"]
