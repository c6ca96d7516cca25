"""What a visitor does with a browser, for the tests of pages."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from recognizer.models import Upload
from tests.makers import digits_png


def give(client: Client, data: bytes | None = None, name: str = "digits.png", **fields: str) -> Any:
    """Send a picture through the form of the upload page; the response as it came."""
    picture = SimpleUploadedFile(name, digits_png() if data is None else data)
    return client.post("/", {"picture": picture, **fields})


def given(client: Client, data: bytes | None = None, **fields: str) -> Upload:
    """A picture that this visitor gave."""
    response = give(client, data, **fields)
    assert response.status_code == 302, response.content.decode()
    return Upload.objects.get(pk=response["Location"].strip("/").split("/")[-1])
