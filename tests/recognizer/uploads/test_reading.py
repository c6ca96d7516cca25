from threading import Event

import pytest
from django.db import connection

from mlmodel.rules.field_rule import FieldRule
from recognizer.models import ModelVersion, Prediction, Upload
from recognizer.uploads import reading
from recognizer.uploads.deletion import delete_uploads
from recognizer.uploads.reading import Outcome, Pixels, UploadGone, read_again, read_stored
from recognizer.uploads.storing import Given, take_in
from tests.makers import digits_png, letter_png, make_model_version, make_upload, make_visitor
from tests.mlmodel.cards import make_artifacts, make_card
from tests.recognizer.readers import let_it_see
from tests.threads import together

pytestmark = pytest.mark.django_db


def taken_in(text: str = "42") -> Upload:
    """A picture that is stored, and not read yet."""
    return take_in(Given(digits_png(text), "file"), make_visitor())


def fresh(upload: Upload) -> Upload:
    return Upload.objects.with_current_prediction().get(pk=upload.pk)


def test_what_was_taken_in_is_stored_and_not_read() -> None:
    upload = fresh(taken_in())
    assert upload.stored
    assert upload.state == "unread"
    assert list(Upload.objects.unread()) == [upload]
    assert not Prediction.objects.exists()


def test_what_is_stored_can_be_read_later() -> None:
    upload = taken_in()
    assert read_stored(fresh(upload)).text == "42"
    assert fresh(upload).state == "read"
    assert not Upload.objects.unread().exists()


def test_signs_and_their_confidence_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    let_it_see(monkeypatch, written="4.2", written_confidence=0.75)
    read_stored(fresh(taken_in("42")))
    prediction = Prediction.objects.get()
    assert (prediction.text, prediction.written) == ("42", "4.2")
    assert prediction.written_confidence == 0.75


def test_where_nobody_looked_for_signs_their_confidence_is_not_known() -> None:
    read_stored(fresh(taken_in("42")))
    prediction = Prediction.objects.get()
    assert (prediction.written, prediction.written_confidence) == ("42", None)


def test_letters_are_kept_as_the_reason_for_no_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    let_it_see(monkeypatch, letters=True)
    upload = take_in(Given(letter_png(), "file"), make_visitor())
    prediction = read_stored(fresh(upload))
    assert (prediction.state, prediction.reason) == ("not_digits", "letters")


def test_it_is_read_once_however_often_a_job_runs() -> None:
    upload = taken_in()
    first = read_stored(fresh(upload))
    assert read_stored(fresh(upload)) == first
    assert Prediction.objects.count() == 1


def test_a_reading_that_failed_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    upload = taken_in()

    def fail(*_args: object, **_options: object) -> None:
        raise ValueError("shape")

    with monkeypatch.context() as broken:
        broken.setattr(reading, "read", fail)
        assert read_stored(fresh(upload)).state == "failed"
    assert read_stored(fresh(upload)).text == "42"
    assert Prediction.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_jobs_at_once_one_makes_the_prediction() -> None:
    upload = taken_in()

    def read(_number: int) -> Prediction:
        try:
            return read_stored(fresh(upload))
        finally:
            connection.close()

    results = [answer.result() for answer in together(4, read)]
    assert set(results) == {Prediction.objects.get()}


@pytest.mark.django_db(transaction=True)
def test_a_reading_by_an_earlier_model_does_not_cross_one_by_the_active(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It begins before a promotion, and ends after a reading that began after the promotion."""
    upload, own_read = make_upload(), reading.read_pixels
    earlier = make_model_version(make_card(make_artifacts(b"earlier")))
    has_begun, may_end = Event(), Event()

    def slow(pixels: Pixels, rule: FieldRule | None) -> Outcome:
        has_begun.set()
        assert may_end.wait(30)
        outcome = own_read(pixels, rule)
        return Outcome(earlier, outcome.reading, outcome.reason, outcome.milliseconds)

    def both(number: int) -> Prediction:
        try:
            if number == 0:
                return read_again(fresh(upload))
            assert has_begun.wait(30)
            monkeypatch.setattr(reading, "read_pixels", own_read)
            newer = read_again(fresh(upload))
            assert newer.model_version
            newer.model_version.activate()
            may_end.set()
            return newer
        finally:
            connection.close()

    monkeypatch.setattr(reading, "read_pixels", slow)
    slower, newer = (answer.result() for answer in together(2, both))
    assert slower.model_version == earlier
    assert ModelVersion.objects.active() == newer.model_version
    assert fresh(upload).current_prediction == newer
    assert Prediction.objects.count() == 3


def test_what_was_deleted_meanwhile_is_gone() -> None:
    upload = fresh(taken_in())
    pixels = reading.pixels_of(upload)
    delete_uploads([fresh(upload)])
    with pytest.raises(UploadGone, match="deleted before it was read"):
        read_stored(upload, pixels)
    assert not Prediction.objects.exists()
