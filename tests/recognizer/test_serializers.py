import json

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from recognizer.models import ModelVersion, Prediction, Upload
from recognizer.serializers import reading_as_data, upload_as_data
from recognizer.uploads.reading import Pixels, read_pixels, rows_of
from tests.makers import digits_image, make_upload, make_upload_row

pytestmark = pytest.mark.django_db


def test_an_upload_with_its_reading_asks_the_database_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_upload_row(text="42", confidence=0.95)
    upload = Upload.objects.with_current_prediction().get()
    with django_assert_num_queries(0):
        data = upload_as_data(upload)
    assert (data["state"], data["text"], data["confidence"]) == ("read", "42", 0.95)
    assert data["model"] == ModelVersion.objects.get().name


def test_a_reading_can_be_written_as_json() -> None:
    data = reading_as_data(make_upload().predictions.get())
    assert json.loads(json.dumps(data)) == data
    assert [digit["value"] for digit in data["digits"]] == [4, 2]
    assert set(data["digits"][0]["alternatives"][0]) == {"value", "probability"}


def test_what_was_read_before_is_written_as_its_digits() -> None:
    upload = make_upload_row(text="42", read={"written": ""})
    assert upload.current_prediction
    for data in (upload_as_data(upload), reading_as_data(upload.current_prediction)):
        assert (data["written"], data["written_confidence"]) == ("42", None)


def test_a_failure_is_named_and_explained() -> None:
    upload = make_upload_row(state="failed")
    assert upload.current_prediction
    data = reading_as_data(upload.current_prediction)
    assert data["reason"] == "reader_failed"
    assert data["explanation"] == "The reader could not cope with this picture."


def test_what_is_not_saved_has_the_same_shape() -> None:
    saved = reading_as_data(make_upload().predictions.get())
    image = digits_image("42")
    pixels = Pixels(np.asarray(image), image.size)
    outcome = read_pixels(pixels)
    unsaved = reading_as_data(*rows_of(outcome))
    assert Prediction.objects.count() == 1
    assert {**unsaved, "milliseconds": 0} == {**saved, "milliseconds": 0}
