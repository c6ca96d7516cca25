import pytest
from django.test import Client

from recognizer.models import Upload
from tests.makers import make_admin, make_upload_row

pytestmark = pytest.mark.django_db

LISTS = {name: f"/admin/recognizer/{name}/" for name in ("upload", "prediction")}


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_admin())
    return client


@pytest.fixture
def upload() -> Upload:
    """Where 12.50 is written."""
    read = {"written": "12.50", "written_confidence": 0.93}
    return make_upload_row(text="1250", read=read)


def test_the_list_of_predictions_shows_what_is_written(admin: Client, upload: Upload) -> None:
    page = admin.get(LISTS["prediction"]).content.decode()
    assert "12.50 (93 %)" in page


@pytest.mark.parametrize("name", LISTS)
def test_what_is_written_is_shown_beside_the_digits(
    admin: Client, upload: Upload, name: str
) -> None:
    key = upload.pk if name == "upload" else upload.current_prediction_id
    page = admin.get(f"{LISTS[name]}{key}/change/").content.decode()
    assert "1250" in page
    assert "12.50 (93 %)" in page


def test_where_signs_are_not_known_the_digits_are_shown(admin: Client) -> None:
    make_upload_row(text="1250")
    page = admin.get(LISTS["prediction"]).content.decode()
    assert '<td class="field-with_signs">1250</td>' in page


@pytest.mark.parametrize("name", LISTS)
def test_what_is_written_can_be_searched(admin: Client, upload: Upload, name: str) -> None:
    make_upload_row(text="1250")
    assert admin.get(LISTS[name], {"q": "12.50"}).context["cl"].result_count == 1
