import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from recognizer.models import Upload
from tests.makers import make_upload, make_user
from tests.recognizer.upkeep.test_retention import files
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_says_what_is_kept_and_for_how_long(client: Client) -> None:
    given(client)
    page = " ".join(client.get("/my-data/").content.decode().split())
    assert "1 picture of yours is kept here" in page
    assert (
        "Pictures of an account are deleted after 90 days; others are deleted after 7 days." in page
    )


def test_a_stranger_is_told_that_there_is_nothing_and_gets_no_session(client: Client) -> None:
    response = client.get("/my-data/")
    assert "Nothing of yours is kept here." in response.content.decode()
    assert "sessionid" not in response.cookies


def test_everything_can_be_downloaded(client: Client) -> None:
    upload = given(client)
    response: Any = client.post("/my-data/download")
    names = zipfile.ZipFile(io.BytesIO(response.getvalue())).namelist()
    assert names == [f"pictures/{upload.pk}.png", "data.json"]
    assert response["Cache-Control"] == "private, no-store"


def test_a_mere_link_downloads_nothing(client: Client) -> None:
    assert client.get("/my-data/download").status_code == 405


def test_deleting_asks_first(client: Client) -> None:
    given(client)
    page = " ".join(client.get("/my-data/delete/").content.decode().split())
    assert "1 picture goes, and with it everything" in page
    assert Upload.objects.count() == 1


def test_an_anonymous_visit_leaves_nothing_not_even_a_session(client: Client, media: Path) -> None:
    given(client)
    page = client.post("/my-data/delete/", follow=True).content.decode()
    assert "1 picture and everything read in it were deleted." in " ".join(page.split())
    assert (Upload.objects.count(), files(media)) == (0, 0)
    assert "visitor" not in client.session


def test_an_account_stays_and_is_signed_in_still(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    given(client)
    client.post("/my-data/delete/")
    assert not Upload.objects.exists()
    assert client.get("/my-data/").context["user"] == user


def test_what_is_others_stays(client: Client) -> None:
    make_upload()
    given(client)
    client.post("/my-data/delete/")
    assert Upload.objects.count() == 1


def test_every_page_says_how_long_pictures_are_kept(client: Client) -> None:
    for page in ("/", "/about/", "/not-there/"):
        assert "after 90 days" in client.get(page).content.decode()
