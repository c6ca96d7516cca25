import pytest
from django.test import Client

from recognizer.models import Upload
from tests.makers import make_upload
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db


def test_it_asks_first(client: Client) -> None:
    upload = given(client)
    page = client.get(f"/uploads/{upload.pk}/delete/").content.decode()
    assert "Delete this picture?" in page
    assert Upload.objects.filter(pk=upload.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_picture_predictions_and_file_go(client: Client) -> None:
    upload = given(client)
    response = client.post(f"/uploads/{upload.pk}/delete/", follow=True)
    assert "were deleted" in response.content.decode()
    assert not Upload.objects.exists()
    assert not upload.file.storage.exists(str(upload.file.name))


def test_somebody_elses_upload_stays(client: Client) -> None:
    upload = make_upload()
    for request in (client.get, client.post):
        assert request(f"/uploads/{upload.pk}/delete/").status_code == 404
    assert Upload.objects.filter(pk=upload.pk).exists()
