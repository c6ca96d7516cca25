from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from recognizer.models import Upload
from tests.makers import blank_png, digits_png, make_upload
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db


def page_of(client: Client, upload: Upload) -> str:
    response = client.get(upload.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_every_digit_has_a_box_and_a_card(client: Client) -> None:
    page = page_of(client, given(client, digits_png("42")))
    assert page.count('class="mark-box"') == page.count('<li class="digit-card') == 2
    assert 'href="#digit-2"' in page
    assert 'id="digit-2"' in page


def test_lines_stand_under_each_other(client: Client) -> None:
    page = page_of(client, given(client, digits_png("12|34")))
    assert '<span class="answer-line">12</span><span class="answer-line">34</span>' in page


def test_each_card_shows_frame_candidates_and_confidence(client: Client) -> None:
    page = page_of(client, given(client, digits_png("7")))
    assert 'src="data:image/png;base64,' in page
    assert page.count("under 1 %") == 3
    assert "over 99 %" in page


def test_model_and_time_are_told(client: Client) -> None:
    upload = given(client)
    assert upload.current_prediction
    assert upload.current_prediction.model_version
    page = page_of(client, upload)
    assert upload.current_prediction.model_version.name in page
    assert "milliseconds" in page


def test_a_verified_text_is_shown_beside_what_was_read(client: Client) -> None:
    upload = given(client, digits_png("42"))
    Upload.objects.filter(pk=upload.pk).update(verified_text="47", verified=timezone.now())
    page = page_of(client, upload)
    assert "Checked by a person" in page
    assert "<strong>47</strong>" in page
    assert '<span class="answer-line">42</span>' in page


def test_somebody_elses_result_is_not_found(client: Client) -> None:
    assert client.get(make_upload().get_absolute_url()).status_code == 404


def test_an_unknown_result_is_not_found_in_the_same_words(client: Client) -> None:
    hers = client.get(make_upload().get_absolute_url())
    nobodys = client.get(f"/uploads/{uuid4()}/")
    assert nobodys.status_code == 404
    assert nobodys.content == hers.content


def test_a_result_takes_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    upload = given(client, digits_png("0123456789"))
    with django_assert_max_num_queries(4):
        page_of(client, upload)


def test_reading_again_keeps_the_earlier_reading(client: Client) -> None:
    upload = given(client)
    response = client.post(f"/uploads/{upload.pk}/read-again/")
    assert response["Location"] == upload.get_absolute_url()
    assert upload.predictions.count() == 2


def test_a_failed_reading_can_be_repeated(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    shipped, settings.MODEL_DIR = settings.MODEL_DIR, tmp_path
    upload = given(client, digits_png("42"))
    settings.MODEL_DIR = shipped
    response = client.post(f"/uploads/{upload.pk}/read-again/", follow=True)
    assert '<span class="answer-line">42</span>' in response.content.decode()


def test_a_stored_file_that_is_gone_is_said(client: Client) -> None:
    upload = given(client)
    upload.file.storage.delete(str(upload.file.name))
    response = client.post(f"/uploads/{upload.pk}/read-again/", follow=True)
    assert "could not be opened" in response.content.decode()


def test_reading_again_takes_post_from_the_owner_only(client: Client) -> None:
    upload = given(client)
    assert client.get(f"/uploads/{upload.pk}/read-again/").status_code == 405
    assert Client().post(f"/uploads/{upload.pk}/read-again/").status_code == 404


def test_a_picture_with_nothing_to_read_gives_advice(client: Client) -> None:
    assert "Come closer" in page_of(client, given(client, blank_png()))
