from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from recognizer.forms.upload import UploadForm
from recognizer.intake.crop import Crop
from recognizer.models import Upload
from recognizer.refusals import ImageDamaged
from tests.makers import blank_png


def form(*names: str, source: str = "") -> UploadForm:
    files: list[Any] = [SimpleUploadedFile(name, blank_png()) for name in names]
    return UploadForm({"source": source}, MultiValueDict({"picture": files}))


def test_a_picture_comes_from_a_file_unless_told_otherwise() -> None:
    given = form("a.png")
    assert given.is_valid()
    assert given.cleaned_data["source"] == Upload.Source.FILE


def test_only_one_picture_is_taken() -> None:
    assert form("a.png", "b.png").errors["picture"] == ["Send one picture at a time."]


def test_any_name_is_taken() -> None:
    assert form("no-extension").is_valid()


def test_a_refused_form_says_why_and_nothing_else() -> None:
    errors = UploadForm.refused(ImageDamaged()).errors
    assert errors == {"picture": [str(ImageDamaged())]}


def framed(**fields: str) -> UploadForm:
    picture = SimpleUploadedFile("a.png", blank_png())
    return UploadForm(fields, MultiValueDict({"picture": [picture]}))


def test_a_turn_and_a_crop_are_one_crop() -> None:
    given = framed(turn="3", crop="0,0.25,1,0.5")
    assert given.is_valid()
    assert given.cleaned_data["crop"] == Crop(3, (0, 0.25, 1, 0.5))


def test_without_them_the_picture_is_left_as_it_is() -> None:
    given = framed()
    assert given.is_valid()
    assert given.cleaned_data["crop"] == Crop()


@pytest.mark.parametrize(
    ("field", "value"), [("turn", "4"), ("turn", "-1"), ("turn", "x"), ("crop", "0,0,2,2")]
)
def test_a_crop_that_is_none_is_refused(field: str, value: str) -> None:
    assert list(framed(**{field: value}).errors) == [field]
