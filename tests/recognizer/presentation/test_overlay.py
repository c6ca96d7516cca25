import pytest

from recognizer.models import Upload
from recognizer.presentation.overlay import Mark, marks
from tests.makers import make_upload_row

pytestmark = pytest.mark.django_db


def mark(upload: Upload, **box: int) -> Mark:
    assert upload.current_prediction
    digit = upload.current_prediction.digits.get()
    for name, value in box.items():
        setattr(digit, name, value)
    return marks(upload, [digit])[0]


def test_a_label_stands_above_its_box() -> None:
    upload = make_upload_row(text="7", width=1000, height=1000)
    label = mark(upload, x=400, y=500, width=100, height=200)
    assert label.label_x == 450
    assert 400 < label.label_y < 500


def test_a_label_without_room_above_stands_inside() -> None:
    upload = make_upload_row(text="7", width=1000, height=1000)
    label = mark(upload, x=400, y=0, width=100, height=200)
    assert 0 < label.label_y < 200


def test_a_label_is_readable_on_a_large_picture() -> None:
    upload = make_upload_row(text="7", width=4000, height=3000)
    assert mark(upload, x=0, y=0, width=10, height=20).label_size == 160
