from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries, Settings

from mlmodel.artifact.directory import read_card
from mlmodel.model import SHIPPED_DIR
from recognizer.model_versions.promotion import promote
from recognizer.models import DigitPrediction, Owner, Upload
from recognizer.presentation.wording import percent
from tests.makers import (
    blank_png,
    digits_png,
    letter_png,
    lose_the_model,
    make_upload,
    make_upload_row,
)
from tests.recognizer.pages import without_tokens
from tests.recognizer.test_typed_digits import SCRIPTS
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db


def page_of(client: Client, upload: Upload) -> str:
    response = client.get(upload.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def said(page: str, text: str, probability: str) -> bool:
    """Whether the page lists this text with this probability."""
    return f"<span>{text}</span> <span>{probability}</span>" in " ".join(page.split())


def test_every_digit_has_a_box_and_a_card(client: Client) -> None:
    page = page_of(client, given(client, digits_png("42")))
    assert page.count('class="mark-box"') == page.count('<li class="digit-card') == 2
    assert 'href="#digit-2"' in page
    assert 'id="digit-2"' in page


def test_lines_stand_under_each_other(client: Client) -> None:
    page = page_of(client, given(client, digits_png("12|34")))
    assert '<span class="answer-line">12</span><span class="answer-line">34</span>' in page


def test_each_card_shows_frame_candidates_and_confidence(client: Client) -> None:
    upload = given(client, digits_png("7"))
    page = page_of(client, upload)
    assert upload.current_prediction is not None
    (digit,) = upload.current_prediction.digits.all()
    assert 'src="data:image/png;base64,' in page
    assert page.count("under 1 %") == 3
    assert digit.confidence > 0.95
    assert percent(digit.confidence) in page


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
    assert without_tokens(nobodys.content) == without_tokens(hers.content)


def test_a_result_takes_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    upload = given(client, digits_png("0123456789"))
    with django_assert_max_num_queries(5):
        page_of(client, upload)


def test_reading_again_keeps_the_earlier_reading(client: Client) -> None:
    upload = given(client)
    response = client.post(f"/uploads/{upload.pk}/read-again/")
    assert response["Location"] == upload.get_absolute_url()
    assert upload.predictions.count() == 2


def test_a_failed_reading_can_be_repeated(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    lose_the_model(settings, tmp_path)
    upload = given(client, digits_png("42"))
    promote(read_card(SHIPPED_DIR))
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


def test_a_blank_picture_is_called_blank_with_advice(client: Client) -> None:
    page = page_of(client, given(client, blank_png()))
    assert "it looks blank" in page
    assert "Come closer" in page


def test_a_letter_is_said_to_be_no_digits_with_advice(client: Client) -> None:
    page = page_of(client, given(client, letter_png()))
    assert "This looks like letters, not digits" in page
    assert "Crop the picture" in page


@pytest.mark.parametrize("state", ["not_digits", "nothing"])
def test_a_refusal_is_no_error(client: Client, owner: Owner, state: str) -> None:
    page = page_of(client, make_upload_row(owner, state=state))
    assert "note-info" in page
    assert "note-error" not in page
    assert "Copy the text" not in page


def test_other_possibilities_stand_in_one_line_each(client: Client, owner: Owner) -> None:
    possibilities = [("42|17", 0.7), ("47|17", 0.2), ("", 0.05)]
    upload = make_upload_row(owner, text="42|17", possibilities=possibilities)
    page = page_of(client, upload)
    assert "Other possibilities" in page
    assert said(page, "47 17", "20 %")
    assert said(page, "nothing to read", "5 %")
    assert not said(page, "42 17", "70 %")


def test_a_sure_text_has_no_other_possibilities(client: Client, owner: Owner) -> None:
    upload = make_upload_row(owner, possibilities=[("42", 0.995), ("47", 0.005)])
    assert "Other possibilities" not in page_of(client, upload)


def test_what_is_no_digits_says_what_it_could_be(client: Client, owner: Owner) -> None:
    upload = make_upload_row(owner, state="not_digits", possibilities=[("", 0.8), ("7", 0.15)])
    page = page_of(client, upload)
    assert "If these are digits after all" in page
    assert said(page, "7", "15 %")


@pytest.mark.parametrize(
    ("state", "words"), [("read", "quite sure"), ("doubtful", "sure of the whole text: doubtful")]
)
def test_a_text_is_as_doubtful_as_its_state(
    client: Client, owner: Owner, state: str, words: str
) -> None:
    page = page_of(client, make_upload_row(owner, state=state))
    assert words in " ".join(page.split())


@pytest.mark.parametrize(
    ("confidence", "advice"),
    [(0.5, "Look at the digits marked"), (0.95, "No single digit stands out")],
)
def test_a_doubtful_text_says_where_to_look(
    client: Client, owner: Owner, confidence: float, advice: str
) -> None:
    upload = make_upload_row(owner, state="doubtful")
    DigitPrediction.objects.update(confidence=confidence)
    assert advice in page_of(client, upload)


def test_signs_are_shown_beside_the_digits(client: Client, owner: Owner) -> None:
    upload = make_upload_row(owner, text="1250|5", read={"written": "12.50|-5"})
    page = page_of(client, upload)
    assert '<span class="answer-line">1250</span><span class="answer-line">5</span>' in page
    assert '<span class="answer-line">12.50</span><span class="answer-line">-5</span>' in page


@pytest.mark.parametrize("written", ["", "1250"])
def test_where_there_are_no_signs_the_digits_stand_alone(
    client: Client, owner: Owner, written: str
) -> None:
    upload = make_upload_row(owner, text="1250", read={"written": written})
    assert "As written" not in page_of(client, upload)


@pytest.mark.parametrize(
    ("confidence", "is_said"), [(None, False), (0.9, False), (0.89, True), (0.0, True)]
)
def test_uncertain_signs_are_said_to_be(
    client: Client, owner: Owner, confidence: float | None, is_said: bool
) -> None:
    read = {"written": "12.50", "written_confidence": confidence}
    page = page_of(client, make_upload_row(owner, text="1250", read=read))
    assert ("The signs are uncertain" in page) == is_said


def test_what_is_written_can_be_copied_line_by_line(client: Client, owner: Owner) -> None:
    upload = make_upload_row(owner, text="1250|5", read={"written": "12.50|-5"})
    page = page_of(client, upload)
    assert 'data-copy="12.50&#10;-5"' in page
    assert 'data-copy="1250&#10;5"' in page


def check(client: Client, upload: Upload, **fields: str) -> str | None:
    """Verify a text; returns the verified text that is stored afterwards."""
    client.post(f"{upload.get_absolute_url()}check/", fields)
    return Upload.objects.get(pk=upload.pk).verified_text


def test_one_click_says_that_it_is_right(client: Client) -> None:
    upload = given(client, digits_png("42"))
    page = page_of(client, upload)
    assert "Yes, it is right" in page
    assert check(client, upload, text="42") == "42"
    assert "Checked by a person" in page_of(client, upload)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("47", "47"),
        (" 4 7 ", "47"),
        ("12\r\n34\n", "12|34"),
        ("12.50\r\n-5", "1250|5"),
        ("1.250,00", "125000"),
        ("", ""),
    ],
)
def test_a_correction_is_kept_as_lines_of_digits(client: Client, typed: str, kept: str) -> None:
    assert check(client, given(client), text=typed) == kept


@pytest.mark.parametrize("typed", SCRIPTS.values(), ids=SCRIPTS)
def test_a_correction_may_be_typed_in_any_script(client: Client, typed: str) -> None:
    assert check(client, given(client), text=f"{typed}\r\n\u00a0{typed}") == "4711|4711"


@pytest.mark.parametrize("typed", ["4a", "-", "12\n-", "7%", "<b>", "1" * 1001, "⑳" * 501])
def test_what_is_no_digits_is_refused_in_place(client: Client, typed: str) -> None:
    upload = given(client)
    response = client.post(f"{upload.get_absolute_url()}check/", {"text": typed})
    assert response.status_code == 400
    page = response.content.decode()
    assert '<details class="correction" open>' in page
    assert "It says" in page or "No, it says" in page
    assert Upload.objects.get(pk=upload.pk).verified_text is None


@pytest.mark.parametrize("typed", ["12.50", "-5", "1.250,00", "(4)/2", "3:07", "1'250", "+4=2,-"])
def test_what_is_typed_is_kept_as_it_is_written(client: Client, typed: str) -> None:
    upload = given(client)
    assert check(client, upload, text=typed) == "".join(filter(str.isdigit, typed))
    page = page_of(client, upload).replace("<wbr>", "")
    assert f"Checked by a person: <strong>{escape(typed)}</strong>" in page


def test_yes_means_the_signs_too(client: Client, owner: Owner) -> None:
    upload = make_upload_row(owner, text="1250|5", read={"written": "12.50|-5"})
    page = page_of(client, upload)
    assert '<input type="hidden" name="text" value="12.50|-5">' in page
    check(client, upload, text="12.50|-5")
    assert Upload.objects.get(pk=upload.pk).verified_written == "12.50|-5"


def test_a_correction_begins_with_what_is_written(client: Client, owner: Owner) -> None:
    upload = make_upload_row(owner, text="1250|5", read={"written": "12.50|-5"})
    assert "12.50\n-5</textarea>" in page_of(client, upload)
    check(client, upload, text="1,250|5")
    assert "1,250\n5</textarea>" in page_of(client, upload)


def doubtful(owner: Owner, confidence: float = 0.5, **fields: Any) -> Upload:
    return make_upload_row(owner, state="doubtful", confidence=confidence, **fields)


def led_to(client: Client, upload: Upload, **fields: str) -> str:
    """Where the answer to a check leads."""
    return client.post(f"{upload.get_absolute_url()}check/", fields)["Location"]


@pytest.mark.parametrize("text", ["42", "4.7"])
def test_a_check_leads_on_to_the_next_doubtful_picture(
    client: Client, owner: Owner, text: str
) -> None:
    first, second = doubtful(owner), doubtful(owner)
    page = page_of(client, first)
    assert "Yes, and next" in page
    assert "Save and next" in page
    assert led_to(client, first, text=text, next="1") == f"{second.get_absolute_url()}#answer"
    assert Upload.objects.get(pk=first.pk).verified_as_written == text
    assert "This is the next doubtful picture." in page_of(client, second)


def test_a_checked_picture_links_to_the_next_doubtful_one(client: Client, owner: Owner) -> None:
    first, second = doubtful(owner), doubtful(owner)
    assert led_to(client, first, text="42") == f"{first.get_absolute_url()}#next"
    page = " ".join(page_of(client, first).split())
    assert f'id="next" href="{second.get_absolute_url()}"' in page


def test_the_last_doubtful_picture_is_said_to_be_the_last(client: Client, owner: Owner) -> None:
    upload = doubtful(owner)
    assert "and next" not in page_of(client, upload)
    assert "No further picture is doubtful." not in page_of(client, upload)
    led_to(client, upload, text="42", next="1")
    page = page_of(client, upload)
    assert "Thank you: what you say is kept beside what was read." in page
    assert "No further picture is doubtful." in page
    assert 'id="next"' not in page


def test_what_is_no_digits_leads_nowhere(client: Client, owner: Owner) -> None:
    first, _ = doubtful(owner), doubtful(owner)
    answer = client.post(f"{first.get_absolute_url()}check/", {"text": "4a", "next": "1"})
    assert answer.status_code == 400


def test_a_check_can_be_taken_back(client: Client) -> None:
    upload = given(client)
    assert check(client, upload, text="-5") == "5"
    assert check(client, upload, forget="1") is None


def test_nobody_checks_somebody_elses_picture(client: Client) -> None:
    upload = make_upload()
    response = client.post(f"{upload.get_absolute_url()}check/", {"text": "1"})
    assert response.status_code == 404
    assert Upload.objects.get(pk=upload.pk).verified_text is None


def test_a_picture_that_was_given_up_says_so(client: Client) -> None:
    upload = given(client)
    upload.predictions.all().delete()
    Upload.objects.filter(pk=upload.pk).update(stored=None, given_up=timezone.now())
    page = page_of(client, upload)
    assert "This picture was not kept." in page
    assert "No picture" in page
    for query in ("", "?view=table"):
        assert "No picture" in client.get(f"/uploads/{query}").content.decode()


def test_a_file_that_was_given_before_is_said_to_be(client: Client) -> None:
    first, second = given(client, digits_png("42")), given(client, digits_png("42"))
    assert "You gave this very file before" not in page_of(client, first)
    page = page_of(client, second)
    assert "You gave this very file before" in page
    assert first.get_absolute_url() in page


def test_a_file_that_somebody_else_gave_is_nobody_else_s_business(client: Client) -> None:
    make_upload(data=digits_png("42"))
    assert "this very file" not in page_of(client, given(client, digits_png("42")))
