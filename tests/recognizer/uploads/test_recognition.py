from __future__ import annotations

import errno
import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import cv2
import pytest
from django.core.files.base import File
from django.db import connection
from pytest_django import Settings

from mlmodel.artifact.versions import publish
from recognizer.intake.crop import Crop
from recognizer.models import DigitPrediction, FileRemoval, ModelVersion, Owner, Prediction, Upload
from recognizer.refusals import EmptyFile, ImageDamaged, Refusal
from recognizer.storage.disk import MARKER, DurableFileStorage
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads import reading, storing
from recognizer.uploads.reading import MAX_POSSIBILITIES, read_again
from recognizer.uploads.recognition import recognize
from recognizer.uploads.storing import MAX_NAME_LENGTH, Given, KeyReused, printable_name
from tests.makers import (
    blank_png,
    digits_image,
    digits_png,
    encoded,
    letter_png,
    lose_the_model,
    make_model_version,
    make_upload,
    make_user,
    make_visitor,
    photo_jpeg,
)
from tests.mlmodel.cards import make_artifacts, make_card

pytestmark = pytest.mark.django_db


class WatchingStorage(DurableFileStorage):
    """Notes what other connections would find while the file is being written."""

    seen: list[tuple[int, bool, int]]

    def _save(self, name: str, content: File[Any]) -> str:
        upload = Upload.objects.get()
        WatchingStorage.seen.append(
            (Upload.objects.count(), connection.in_atomic_block, upload.predictions.count())
        )
        assert (upload.file.name, upload.stored) == (name, None)
        return super()._save(name, content)


class FullStorage(DurableFileStorage):
    def _save(self, *_args: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")


class DoubtfulStorage(FullStorage):
    cleans_up_at_once = False


def use_storage(settings: Settings, storage: type[DurableFileStorage]) -> None:
    backend = {"BACKEND": f"{__name__}.{storage.__name__}"}
    settings.STORAGES = settings.STORAGES | {"default": backend}


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file() and path.name != MARKER]


def make_unreadable(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the reader fail with this error."""

    def read(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(reading, "read", read)


def test_a_picture_is_kept_with_what_was_read_in_it(media: Path) -> None:
    user = make_user()
    upload = recognize(
        Given(digits_png("42|17"), "camera", original_name="meter.png"), Owner(user=user)
    )
    prediction = Upload.objects.get().current_prediction
    assert prediction is not None
    assert (prediction.text, prediction.state) == ("42|17", Prediction.State.READ)
    assert (upload.user, upload.visitor, upload.source) == (user, None, "camera")
    assert upload.original_name == "meter.png"
    assert upload.stored is not None
    assert len(files(media)) == 1


def test_a_visitor_s_picture_is_the_visitor_s() -> None:
    owner = make_visitor()
    assert make_upload(owner).visitor == owner.visitor


def test_a_user_s_picture_is_not_the_visitor_s_as_well() -> None:
    user = make_user()
    upload = make_upload(Owner(user=user, visitor=make_visitor().visitor))
    assert (upload.user, upload.visitor) == (user, None)


def test_every_digit_is_kept_in_reading_order() -> None:
    make_upload(data=digits_png("407|9"))
    digits = DigitPrediction.objects.order_by("position")
    assert [(digit.position, digit.line, digit.value) for digit in digits] == [
        (0, 0, 4),
        (1, 0, 0),
        (2, 0, 7),
        (3, 1, 9),
    ]


def test_a_digit_is_kept_with_its_place_and_its_rivals() -> None:
    upload = make_upload(data=digits_png("7"))
    digit = DigitPrediction.objects.get()
    x, y, width, height = digit.box
    assert 0 < x < x + width < upload.width
    assert 0 < y < y + height < upload.height
    assert len(bytes(digit.frame)) == 28 * 28
    assert len({digit.value, *(value for value, _ in digit.alternatives)}) == 4


def test_the_stored_file_is_the_clean_one(media: Path) -> None:
    data = photo_jpeg("42", orientation=6)
    upload = make_upload(data=data)
    stored = (media / str(upload.file.name)).read_bytes()
    assert upload.file_sha256 == hashlib.sha256(stored).hexdigest()
    assert upload.sha256 == hashlib.sha256(data).hexdigest()
    assert b"Exif" not in stored


def test_the_file_s_name_tells_nothing_of_a_stranger(media: Path) -> None:
    upload = make_upload(original_name="../../etc/passwd.php")
    assert upload.file.name == f"uploads/{upload.pk.hex[:2]}/{upload.pk}.png"
    assert files(media) == [media / upload.file.name]


def test_a_blank_picture_holds_nothing_to_read() -> None:
    prediction = make_upload(data=blank_png()).current_prediction
    assert prediction is not None
    assert (prediction.state, prediction.text) == (Prediction.State.NOTHING, "")
    assert prediction.confidence is None


def test_a_letter_is_refused_as_no_digit() -> None:
    prediction = make_upload(data=letter_png()).predictions.get()
    assert (prediction.state, prediction.text) == (Prediction.State.NOT_DIGITS, "")
    assert prediction.confidence is None


def test_a_prediction_keeps_the_likeliest_texts() -> None:
    prediction = make_upload(data=digits_png("42|17")).predictions.get()
    texts = [text for text, _ in prediction.possibilities]
    shares = [share for _, share in prediction.possibilities]
    assert texts[0] == "42|17"
    assert len(set(texts)) == MAX_POSSIBILITIES
    assert 1 >= shares[0] >= sum(shares[1:]) > 0
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    ("data", "refusal"), [(b"", EmptyFile), (digits_png()[:200], ImageDamaged)]
)
def test_of_a_refused_picture_nothing_is_kept(
    media: Path, data: bytes, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        recognize(Given(data, "file"), make_visitor())
    assert (Upload.objects.count(), files(media)) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_the_row_is_committed_before_the_file_and_the_file_before_the_reading(
    settings: Settings,
) -> None:
    use_storage(settings, WatchingStorage)
    WatchingStorage.seen = []
    make_upload()
    assert WatchingStorage.seen == [(1, False, 0)]


@pytest.mark.django_db(transaction=True)
def test_a_kill_before_the_reading_leaves_a_stored_picture(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_unreadable(monkeypatch, SystemExit())
    with pytest.raises(SystemExit):
        make_upload()
    upload = Upload.objects.get()
    assert upload.stored
    assert upload.state == "unread"
    assert files(media) == [media / str(upload.file.name)]


def test_a_full_disk_keeps_nothing(settings: Settings, media: Path) -> None:
    use_storage(settings, FullStorage)
    with pytest.raises(StorageUnavailable):
        make_upload()
    assert (Upload.objects.count(), files(media)) == (0, [])


def test_the_next_upload_works_once_there_is_space_again(settings: Settings) -> None:
    backends = settings.STORAGES
    use_storage(settings, FullStorage)
    with pytest.raises(StorageUnavailable):
        make_upload()
    settings.STORAGES = backends
    assert make_upload().stored


def test_where_a_file_may_be_left_it_is_noted_for_removal(settings: Settings) -> None:
    use_storage(settings, DoubtfulStorage)
    with pytest.raises(StorageUnavailable):
        make_upload()
    assert FileRemoval.objects.get().name.startswith("uploads/")
    assert not Upload.objects.exists()


def test_the_same_key_is_the_same_upload(media: Path) -> None:
    owner = make_visitor()
    first = recognize(Given(digits_png("42"), "file", key="k1"), owner)
    again = recognize(Given(digits_png("42"), "file", key="k1"), owner)
    assert again == first
    assert again.current_prediction == first.current_prediction
    assert (Upload.objects.count(), Prediction.objects.count(), len(files(media))) == (1, 1, 1)


def test_without_a_key_the_same_picture_is_another_upload() -> None:
    owner = make_visitor()
    make_upload(owner)
    make_upload(owner)
    assert Upload.objects.count() == 2


def test_a_key_is_its_owner_s_alone() -> None:
    for owner in (make_visitor(), make_visitor(), Owner(user=make_user())):
        recognize(Given(digits_png("42"), "file", key="k1"), owner)
    assert Upload.objects.count() == 3


def test_a_key_is_for_one_picture() -> None:
    owner = make_visitor()
    recognize(Given(digits_png("42"), "file", key="k1"), owner)
    with pytest.raises(KeyReused):
        recognize(Given(digits_png("7"), "file", key="k1"), owner)
    assert Upload.objects.count() == 1


def test_the_same_file_cropped_otherwise_is_another_picture() -> None:
    owner, crop = make_visitor(), Crop(box=(0, 0, 0.5, 1))
    data = digits_png("42")
    first = recognize(Given(data, "file", key="k1", crop=crop), owner)
    again = recognize(Given(data, "file", key="k1", crop=crop), owner)
    assert first == again
    with pytest.raises(KeyReused):
        recognize(Given(data, "file", key="k1"), owner)


@pytest.mark.parametrize("has_file", [True, False])
def test_what_was_cut_off_is_finished_by_its_repetition(
    media: Path, monkeypatch: pytest.MonkeyPatch, has_file: bool
) -> None:
    owner = make_visitor()
    with monkeypatch.context() as killed:
        killed.setattr(storing, "mark_stored", lambda _: sys.exit())
        with pytest.raises(SystemExit):
            recognize(Given(digits_png("42"), "file", key="k1"), owner)
    assert Upload.objects.get().stored is None
    if not has_file:
        files(media)[0].unlink()
    upload = recognize(Given(digits_png("42"), "file", key="k1"), owner)
    assert upload.stored
    assert upload.predictions.get().text == "42"
    assert (Upload.objects.count(), len(files(media))) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_with_one_key_are_one_upload(media: Path) -> None:
    owner, data = make_visitor(), digits_png("42")

    def give(_number: int) -> UUID:
        try:
            return recognize(Given(data, "file", key="k1"), owner).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        keys = set(pool.map(give, range(50)))
    assert len(keys) == 1
    assert (Upload.objects.count(), Prediction.objects.count(), len(files(media))) == (1, 1, 1)


def test_without_a_model_the_picture_is_kept(settings: Settings, tmp_path: Path) -> None:
    lose_the_model(settings, tmp_path)
    upload = make_upload()
    prediction = upload.current_prediction
    assert upload.stored
    assert prediction is not None
    assert (prediction.state, prediction.reason) == ("failed", "model_unavailable")
    assert prediction.model_version is None


def test_a_model_that_is_no_network_is_unavailable(settings: Settings, tmp_path: Path) -> None:
    settings.MODEL_DIR = tmp_path
    publish(make_card(), make_artifacts(), tmp_path)
    make_model_version(make_card(), activate=True)
    assert make_upload().predictions.get().reason == "model_unavailable"


@pytest.mark.parametrize("error", [cv2.error("assertion"), ValueError("shape"), MemoryError()])
def test_what_is_beyond_the_reader_is_kept(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    make_unreadable(monkeypatch, error)
    prediction = make_upload().predictions.get()
    assert (prediction.state, prediction.reason) == ("failed", "reader_failed")
    assert prediction.possibilities == []
    assert prediction.model_version == ModelVersion.objects.get()


def test_reading_again_keeps_earlier_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        make_unreadable(broken, ValueError("shape"))
        upload = make_upload()
    prediction = read_again(upload)
    assert (prediction.state, prediction.text) == ("read", "42")
    assert Upload.objects.get().current_prediction == prediction
    assert {reading.state for reading in upload.predictions.all()} == {"failed", "read"}


@pytest.mark.parametrize("data", [digits_png("42"), photo_jpeg("42", orientation=8)])
def test_reading_again_sees_the_same_picture(data: bytes) -> None:
    upload = make_upload(data=data)
    first, second = upload.current_prediction, read_again(upload)
    assert first is not None
    assert second.text == first.text
    assert second.confidence == pytest.approx(first.confidence, abs=0.02)


def test_a_missing_file_cannot_be_read_again(media: Path) -> None:
    upload = make_upload()
    files(media)[0].unlink()
    with pytest.raises(StorageUnavailable):
        read_again(upload)
    assert upload.predictions.count() == 1


@pytest.mark.parametrize("damaged", [b"", b"no picture", digits_png()[:300]])
def test_a_damaged_file_cannot_be_read_again(media: Path, damaged: bytes) -> None:
    upload = make_upload()
    files(media)[0].write_bytes(damaged)
    with pytest.raises(StorageUnavailable):
        read_again(upload)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("meter.png", "meter.png"),
        ("../../etc/cron.d/x.png", "x.png"),
        ("..\\..\\win.ini.png", "win.ini.png"),
        ("/etc/passwd", "passwd"),
        ("a\x00.php.png", "a.php.png"),
        ("пример-数字-😀.png", "пример-数字-😀.png"),
        ("\u202egnp.exe.png", "gnp.exe.png"),
        ('a"\r\nSet-Cookie: x=1\r\n.png', 'a"Set-Cookie: x=1.png'),
        ("\ud800.png", ".png"),
        ("   .png  ", ".png"),
        ("folder/", ""),
        ("", ""),
        ("a" * 300 + ".png", "a" * MAX_NAME_LENGTH),
    ],
)
def test_names_are_made_printable(given: str, shown: str) -> None:
    assert printable_name(given) == shown


def test_any_name_can_be_kept() -> None:
    for name in ("a" * 300, "\ud800\x00", "'; DROP TABLE uploads;--.png", "\U000e0001"):
        make_upload(original_name=name)
    assert Upload.objects.count() == 4


def test_boxes_lie_in_the_picture_that_is_kept() -> None:
    picture = digits_image("42")
    large = picture.resize((picture.width * 25, picture.height * 25))
    upload = make_upload(data=encoded(large, "PNG"))
    assert upload.current_prediction
    first, second = upload.current_prediction.digits.all()
    assert upload.width == large.width
    assert first.x + first.width < large.width / 2 + 100 < second.x + second.width < large.width
