from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils import timezone

from mlmodel.reading import State
from recognizer.models import (
    VERIFIED_TEXT,
    DigitPrediction,
    ModelVersion,
    Owner,
    Prediction,
    Upload,
    stored_name,
)
from tests.makers import (
    make_digit,
    make_model_version,
    make_prediction,
    make_upload_row,
    make_user,
    make_visitor,
)
from tests.mlmodel.cards import make_artifacts, make_card

pytestmark = pytest.mark.django_db


def change(upload: Upload, **values: Any) -> None:
    Upload.objects.filter(pk=upload.pk).update(**values)


@pytest.mark.parametrize("name", ["user", "visitor"])
def test_an_upload_has_an_owner(name: str) -> None:
    user = make_user()
    upload = make_upload_row(Owner(user=user) if name == "user" else make_visitor())
    with pytest.raises(IntegrityError, match="upload_has_one_owner"):
        change(upload, **{name: None})


def test_an_upload_has_no_second_owner() -> None:
    upload = make_upload_row(Owner(user=make_user()))
    with pytest.raises(IntegrityError, match="upload_has_one_owner"):
        change(upload, visitor=uuid4())


@pytest.mark.parametrize("side", ["width", "height"])
def test_an_upload_has_pixels(side: str) -> None:
    with pytest.raises(IntegrityError, match="upload_has_pixels"):
        change(make_upload_row(), **{side: 0})


@pytest.mark.parametrize(("text", "has_time"), [("42", False), ("", False), (None, True)])
def test_a_verified_text_goes_with_its_time(text: str | None, has_time: bool) -> None:
    upload = make_upload_row()
    with pytest.raises(IntegrityError, match="upload_verified_text_has_time"):
        change(upload, verified_text=text, verified=timezone.now() if has_time else None)


def test_an_upload_is_not_both_stored_and_given_up() -> None:
    upload = make_upload_row()
    with pytest.raises(IntegrityError, match="upload_stored_or_given_up"):
        change(upload, given_up=timezone.now())


@pytest.mark.parametrize("constraint", ["upload_user_key_once", "upload_visitor_key_once"])
def test_an_owner_has_a_key_once(constraint: str) -> None:
    owner = Owner(user=make_user()) if "user" in constraint else make_visitor()
    make_upload_row(owner, key="k1")
    make_upload_row(owner, key="k2")
    make_upload_row(owner)
    make_upload_row(owner)
    with pytest.raises(IntegrityError, match=constraint):
        make_upload_row(owner, key="k1")


@pytest.mark.parametrize("text", ["42", ""])
def test_a_verified_text_with_its_time_is_kept(text: str) -> None:
    upload = make_upload_row()
    change(upload, verified_text=text, verified=timezone.now())
    assert Upload.objects.get().verified_text == text


@pytest.mark.parametrize("text", ["", "0", "42", "42|17", "1|2|3", "007"])
def test_digits_and_line_ends_can_be_verified(text: str) -> None:
    VERIFIED_TEXT(text)


@pytest.mark.parametrize("text", ["4 2", "42|", "|42", "4||2", "-1", "four", "٤٢", "42\n", "=1"])
def test_anything_else_cannot_be_verified(text: str) -> None:
    with pytest.raises(ValidationError):
        VERIFIED_TEXT(text)


def test_what_is_unreadable_has_no_text() -> None:
    upload = make_upload_row(verified_text="42", verified=timezone.now())
    with pytest.raises(IntegrityError, match="upload_verdict_has_no_text"):
        change(upload, verdict=Upload.Verdict.UNREADABLE)


@pytest.mark.parametrize("confidence", [-0.01, 1.01])
def test_a_confidence_is_a_probability(confidence: float) -> None:
    upload = make_upload_row()
    with pytest.raises(IntegrityError, match="prediction_confidence_0_to_1"):
        make_prediction(upload, confidence=confidence)


@pytest.mark.parametrize("confidence", [-0.01, 1.01])
def test_the_confidence_of_signs_is_a_probability(confidence: float) -> None:
    upload = make_upload_row()
    with pytest.raises(IntegrityError, match="prediction_written_confidence_0_to_1"):
        make_prediction(upload, written="4.2", written_confidence=confidence)


@pytest.mark.parametrize("reason", ["", "letters"])
def test_a_failure_has_a_reason(reason: str) -> None:
    upload = make_upload_row()
    with pytest.raises(IntegrityError, match="prediction_failed_has_reason"):
        make_prediction(upload, state="failed", reason=reason)


@pytest.mark.parametrize("state", ["read", "doubtful", "nothing"])
@pytest.mark.parametrize("reason", ["reader_failed", "letters"])
def test_a_success_has_no_reason(state: str, reason: str) -> None:
    upload = make_upload_row()
    with pytest.raises(IntegrityError, match="prediction_reason_fits_state"):
        make_prediction(upload, state=state, reason=reason)


def test_only_letters_are_a_reason_for_no_digits() -> None:
    upload = make_upload_row()
    assert make_prediction(upload, state="not_digits", reason="letters").text == ""
    with pytest.raises(IntegrityError, match="prediction_reason_fits_state"):
        make_prediction(upload, state="not_digits", reason="reader_failed")


@pytest.mark.parametrize("state", ["read", "doubtful", "not_digits", "nothing"])
def test_a_reading_names_its_model(state: str) -> None:
    upload = make_upload_row()
    with pytest.raises(IntegrityError, match="prediction_names_its_model"):
        make_prediction(upload, state=state, model_version=None)


@pytest.mark.parametrize("text", ["4 2", "|42", "42|", "x", "٤٢", "42\n"])
def test_a_text_is_digits_and_line_ends(text: str) -> None:
    upload = make_upload_row()
    with pytest.raises(IntegrityError, match="prediction_text_digits"):
        Prediction.objects.filter(upload=upload).update(text=text)


@pytest.mark.parametrize("written", ["", "42", "4.2", "-42", "(4)/2", "+4=2,-", "'4:2"])
def test_what_is_written_is_the_text_with_its_signs(written: str) -> None:
    assert make_prediction(make_upload_row(), text="42", written=written).written == written


@pytest.mark.parametrize("written", ["43", "4", "4|2", "4 2", "4%2", "42\n", ".", "4a2"])
def test_what_is_written_is_nothing_else(written: str) -> None:
    upload = make_upload_row(text="42")
    with pytest.raises(IntegrityError, match="prediction_written_is_text_with_signs"):
        Prediction.objects.filter(upload=upload).update(written=written)


@pytest.mark.parametrize("written", ["", "42", "4.2", "-42", "(4)/2", "+4=2,-", "'4:2"])
def test_what_a_person_says_is_written_is_the_verified_text_with_its_signs(written: str) -> None:
    upload = make_upload_row(verified_text="42", verified=timezone.now(), verified_written=written)
    assert Upload.objects.get(pk=upload.pk).verified_as_written == written or "42"


@pytest.mark.parametrize("written", ["43", "4", "4|2", "4 2", "4%2", "42\n", ".", "4a2"])
@pytest.mark.parametrize("text", ["42", "", None])
def test_what_a_person_says_is_written_is_nothing_else(written: str, text: str | None) -> None:
    upload = make_upload_row(verified_text=text, verified=None if text is None else timezone.now())
    with pytest.raises(IntegrityError, match="upload_verified_written_is_text_with_signs"):
        change(upload, verified_written=written)


def test_a_refusal_has_no_signs() -> None:
    upload = make_upload_row(state="not_digits")
    with pytest.raises(IntegrityError, match="prediction_written_is_text_with_signs"):
        Prediction.objects.filter(upload=upload).update(written="-")


@pytest.mark.parametrize(
    ("written", "shown", "has_signs"),
    [("", "42", False), ("42", "42", False), ("4.2", "4.2", True)],
)
def test_where_signs_are_not_known_the_digits_are_shown(
    written: str, shown: str, has_signs: bool
) -> None:
    prediction = Prediction(text="42", written=written)
    assert (prediction.as_written, prediction.has_signs) == (shown, has_signs)


def test_reading_takes_time() -> None:
    upload = make_upload_row()
    with pytest.raises(IntegrityError, match="prediction_time_not_negative"):
        make_prediction(upload, milliseconds=-0.1)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"position": 0}, "digit_position_once"),
        ({"value": 10}, "digit_0_to_9"),
        ({"confidence": 1.01}, "digit_confidence_0_to_1"),
        ({"confidence": -0.01}, "digit_confidence_0_to_1"),
        ({"width": 0}, "digit_box_has_pixels"),
        ({"height": 0}, "digit_box_has_pixels"),
    ],
)
def test_a_digit_keeps_the_rules(fields: dict[str, Any], constraint: str) -> None:
    prediction = make_upload_row(text="4").predictions.get()
    with pytest.raises(IntegrityError, match=constraint):
        make_digit(prediction, **{"position": 1, **fields}).save()


@pytest.mark.parametrize("confidence", [-0.01, 1.01])
def test_the_confidence_of_a_value_is_a_probability(confidence: float) -> None:
    upload = make_upload_row()
    with pytest.raises(IntegrityError, match="prediction_value_confidence_0_to_1"):
        make_prediction(upload, value="42", value_confidence=confidence)


def test_a_value_satisfies_the_rule() -> None:
    upload = make_upload_row()
    with pytest.raises(IntegrityError, match="prediction_value_or_unmet"):
        make_prediction(upload, value="42", unmet="too_short")


def test_every_constraint_is_proved_here() -> None:
    models = (ModelVersion, Upload, Prediction, DigitPrediction)
    assert {rule.name for model in models for rule in model._meta.constraints} == {
        "model_version_one_active",
        "upload_has_one_owner",
        "upload_has_pixels",
        "upload_stored_or_given_up",
        "upload_user_key_once",
        "upload_visitor_key_once",
        "upload_verified_text_has_time",
        "upload_verdict_has_no_text",
        "upload_verified_written_is_text_with_signs",
        "prediction_confidence_0_to_1",
        "prediction_failed_has_reason",
        "prediction_reason_fits_state",
        "prediction_value_confidence_0_to_1",
        "prediction_value_or_unmet",
        "prediction_written_confidence_0_to_1",
        "prediction_written_is_text_with_signs",
        "prediction_names_its_model",
        "prediction_text_digits",
        "prediction_time_not_negative",
        "digit_position_once",
        "digit_0_to_9",
        "digit_confidence_0_to_1",
        "digit_box_has_pixels",
    }


def test_two_versions_cannot_be_active() -> None:
    make_model_version(make_card(make_artifacts(b"one")), activate=True)
    second = make_model_version(make_card(make_artifacts(b"two")))
    with pytest.raises(IntegrityError, match="model_version_one_active"):
        ModelVersion.objects.filter(pk=second.pk).update(active=True)


def test_activating_a_version_retires_the_one_before() -> None:
    first = make_model_version(make_card(make_artifacts(b"one")), activate=True)
    second = make_model_version(make_card(make_artifacts(b"two")))
    second.activate()
    assert ModelVersion.objects.active() == second
    first.refresh_from_db()
    assert not first.active


def test_activating_the_active_version_changes_nothing() -> None:
    version = make_model_version(activate=True)
    version.activate()
    assert list(ModelVersion.objects.filter(active=True)) == [version]


def test_no_version_is_active_before_the_first() -> None:
    make_model_version()
    assert ModelVersion.objects.active() is None


def test_a_version_is_registered_once() -> None:
    card = make_card()
    first = ModelVersion.objects.register(card)
    assert ModelVersion.objects.register(card) == first
    assert ModelVersion.objects.count() == 1


def test_registering_a_version_activates_none() -> None:
    before = make_model_version(activate=True)
    ModelVersion.objects.register(make_card(make_artifacts(b"another")))
    assert ModelVersion.objects.active() == before


def test_a_version_keeps_its_whole_card() -> None:
    version = make_model_version(make_card(data_checksum="f" * 64))
    version.refresh_from_db()
    assert version.card["data_checksum"] == "f" * 64
    assert version.card["lines"]["recipe"] == {"epochs": 1, "held_out": 5_000}


def test_a_version_that_has_read_cannot_be_deleted() -> None:
    upload = make_upload_row()
    version = upload.predictions.get().model_version
    assert version is not None
    with pytest.raises(ProtectedError):
        version.delete()


def test_users_see_their_own_uploads() -> None:
    ada, grace = make_user("ada"), make_user("grace")
    hers = make_upload_row(Owner(user=ada))
    make_upload_row(Owner(user=grace))
    make_upload_row(make_visitor())
    assert list(Upload.objects.visible_to(Owner(user=ada))) == [hers]


def test_visitors_see_their_own_uploads() -> None:
    visitor = make_visitor()
    own = make_upload_row(visitor)
    make_upload_row(make_visitor())
    make_upload_row(Owner(user=make_user()))
    assert list(Upload.objects.visible_to(visitor)) == [own]


def test_who_signed_in_also_sees_what_was_given_before() -> None:
    visitor, ada = make_visitor(), make_user()
    before = make_upload_row(visitor)
    after = make_upload_row(Owner(user=ada))
    make_upload_row(make_visitor())
    both = Owner(user=ada, visitor=visitor.visitor)
    assert list(Upload.objects.visible_to(both)) == [after, before]


def test_nobody_sees_nothing() -> None:
    make_upload_row(make_visitor())
    make_upload_row(Owner(user=make_user()))
    assert not Upload.objects.visible_to(Owner()).exists()


def test_what_is_not_safely_stored_is_not_seen() -> None:
    visitor = make_visitor()
    make_upload_row(visitor, stored=None)
    assert not Upload.objects.visible_to(visitor).exists()


def test_uploads_are_listed_newest_first() -> None:
    now = timezone.now()
    days = [1, 3, 2]
    for day in days:
        make_upload_row(created=now - timedelta(days=day), width=day)
    assert [upload.width for upload in Upload.objects.all()] == [1, 2, 3]


def test_a_user_s_uploads_go_with_the_user() -> None:
    user = make_user()
    make_upload_row(Owner(user=user))
    user.delete()
    assert not Upload.objects.exists()


def test_a_checked_text_outlives_its_checker() -> None:
    checker = make_user()
    make_upload_row(verified_text="42", verified=timezone.now(), verified_by=checker)
    checker.delete()
    assert Upload.objects.get().verified_text == "42"


def test_an_upload_outlives_its_current_reading() -> None:
    upload = make_upload_row()
    upload.predictions.get().delete()
    upload.refresh_from_db()
    assert upload.current_prediction is None


def test_its_confidence_is_that_of_the_current_prediction() -> None:
    upload = make_upload_row()
    upload.refresh_from_db()
    assert upload.confidence == 0.95
    again = make_prediction(upload, confidence=0.25)
    Upload.objects.filter(pk=upload.pk).update(current_prediction=again)
    upload.refresh_from_db()
    assert upload.confidence == 0.25
    again.delete()
    upload.refresh_from_db()
    assert upload.confidence == 0


def test_what_was_refused_has_no_confidence() -> None:
    upload = make_upload_row(state=Prediction.State.NOT_DIGITS)
    upload.refresh_from_db()
    assert upload.confidence == 0


def test_the_current_prediction_comes_in_the_same_query(
    django_assert_num_queries: Any,
) -> None:
    make_upload_row()
    with django_assert_num_queries(1):
        upload = Upload.objects.with_current_prediction().get()
        assert upload.current_prediction
        assert upload.current_prediction.model_version


def test_a_file_s_name_is_made_of_the_key_alone() -> None:
    upload = Upload(original_name="../../evil.php")
    assert stored_name(upload, "png") == f"uploads/{upload.pk.hex[:2]}/{upload.pk}.png"


def test_things_are_called_what_people_call_them() -> None:
    upload = make_upload_row(original_name="meter.png", text="42|17")
    prediction = upload.predictions.get()
    assert (str(upload), str(prediction), prediction.lines) == ("meter.png", "42|17", ["42", "17"])
    assert [str(digit) for digit in prediction.digits.all()] == ["4", "2", "1", "7"]
    assert str(make_model_version()) == make_card().name


def test_what_has_no_name_or_text_is_called_by_key_or_state() -> None:
    upload = make_upload_row(original_name="", state="nothing")
    prediction = upload.predictions.get()
    assert (str(upload), str(prediction)) == (str(upload.pk), "No writing")
    assert prediction.lines == []


def test_whatever_the_reader_answers_can_be_kept() -> None:
    assert {state.value for state in State} == set(Prediction.State.values) - {"failed"}


def test_a_digit_s_box_is_in_the_picture() -> None:
    digit = make_upload_row(text="4").predictions.get().digits.get()
    assert digit.box == (0, 10, 15, 30)


def test_the_next_to_check_is_doubtful_unchecked_and_surer() -> None:
    owner = make_visitor()
    make_upload_row(owner, state="read", confidence=0.5)
    make_upload_row(owner, state="not_digits")
    make_upload_row(state="doubtful", confidence=0.5)
    doubt = {
        share: make_upload_row(owner, state="doubtful", confidence=share)
        for share in (0.4, 0.6, 0.2, 0.8)
    }
    change(doubt[0.6], verified_text="42", verified=timezone.now())
    own = Upload.objects.visible_to(owner)
    loaded = {share: own.get(pk=upload.pk) for share, upload in doubt.items()}
    assert own.next_to_check(loaded[0.2]) == doubt[0.4]
    assert own.next_to_check(loaded[0.4]) == doubt[0.8]
    assert own.next_to_check(loaded[0.8]) == doubt[0.2]


def test_equally_sure_pictures_come_one_after_the_other() -> None:
    owner = make_visitor()
    for _ in range(5):
        make_upload_row(owner, state="doubtful", confidence=0.3)
    own = Upload.objects.visible_to(owner)
    seen = [own.order_by("pk")[0]]
    while (following := own.next_to_check(seen[-1])) not in seen:
        assert following
        seen.append(following)
    assert len(seen) == 5


def test_a_lone_doubtful_picture_has_no_next() -> None:
    owner = make_visitor()
    upload = make_upload_row(owner, state="doubtful")
    upload.refresh_from_db()
    assert Upload.objects.visible_to(owner).next_to_check(upload) is None
