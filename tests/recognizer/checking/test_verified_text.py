import pytest

from recognizer.checking.verified_text import unverify, verify
from recognizer.models import Owner, Upload
from tests.makers import make_upload, make_user, make_visitor

pytestmark = pytest.mark.django_db


def test_what_a_person_says_stands_beside_the_prediction() -> None:
    user = make_user()
    upload = make_upload()
    assert upload.current_prediction
    read = upload.current_prediction.text
    verify(upload, "471", by=Owner(user=user))
    kept = Upload.objects.get(pk=upload.pk)
    assert (kept.verified_text, kept.verified_by) == ("471", user)
    assert kept.verified is not None
    assert kept.current_prediction
    assert kept.current_prediction.text == read


def test_a_visitor_without_an_account_may_check_too() -> None:
    upload = make_upload()
    verify(upload, "", by=make_visitor())
    kept = Upload.objects.get(pk=upload.pk)
    assert (kept.verified_text, kept.verified_by) == ("", None)


def test_what_is_written_stands_beside_its_digits() -> None:
    upload = make_upload()
    verify(upload, "12.50|-5", by=make_visitor())
    kept = Upload.objects.get(pk=upload.pk)
    assert (kept.verified_text, kept.verified_written) == ("1250|5", "12.50|-5")
    assert kept.verified_as_written == "12.50|-5"


def test_it_can_be_forgotten() -> None:
    upload = make_upload()
    verify(upload, "4.71", by=Owner(user=make_user()))
    unverify(upload)
    kept = Upload.objects.get(pk=upload.pk)
    assert (kept.verified_text, kept.verified, kept.verified_by) == (None, None, None)
    assert (kept.verified_written, kept.verified_as_written) == ("", None)
