import pytest
from django.test import Client

from tests.makers import PASSWORD, make_admin, make_upload_row
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db

GRACE = {"username": "grace", "password": PASSWORD}


def test_signing_in_takes_along_what_this_browser_gave(client: Client) -> None:
    grace = make_admin("grace")
    upload = given(client)
    client.post("/admin/login/", GRACE)
    upload.refresh_from_db()
    assert upload.user == grace


def test_a_wrong_password_takes_nothing_along(client: Client) -> None:
    make_admin("grace")
    upload = given(client)
    client.post("/admin/login/", GRACE | {"password": "guess"})
    upload.refresh_from_db()
    assert upload.user is None


def test_signing_in_changes_the_key_of_the_session(client: Client) -> None:
    make_admin("grace")
    given(client)
    before = client.cookies["sessionid"].value
    client.post("/admin/login/", GRACE)
    assert client.cookies["sessionid"].value != before


def test_what_was_taken_along_is_out_of_sight_after_signing_out(client: Client) -> None:
    make_admin("grace")
    upload = given(client)
    client.post("/admin/login/", GRACE)
    assert client.get(f"/uploads/{upload.pk}/").status_code == 200
    client.post("/admin/logout/")
    assert client.get(f"/uploads/{upload.pk}/").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"])
def test_no_page_answers_a_method_that_no_browser_sends(client: Client, method: str) -> None:
    client.force_login(make_admin())
    upload = make_upload_row()
    for page in ("", "login/", "recognizer/upload/", f"recognizer/upload/{upload.pk}/change/"):
        assert client.generic(method, f"/admin/{page}").status_code == 405
