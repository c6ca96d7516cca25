from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recognizer.checking.verified_text import verify
from recognizer.models import DigitPrediction, ModelVersion, Owner, Prediction, Upload
from recognizer.presentation.small_pictures import frame_data_uri
from tests.makers import (
    make_admin,
    make_model_version,
    make_upload,
    make_upload_row,
    make_user,
    make_visitor,
)
from tests.recognizer.test_typed_digits import SCRIPTS

pytestmark = pytest.mark.django_db

MODELS: dict[str, type[Upload | Prediction | DigitPrediction | ModelVersion]] = {
    "upload": Upload,
    "prediction": Prediction,
    "digitprediction": DigitPrediction,
    "modelversion": ModelVersion,
}


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_admin())
    return client


def list_of(name: str) -> str:
    return reverse(f"admin:recognizer_{name}_changelist")


def page_of(row: Upload | Prediction | DigitPrediction | ModelVersion, action: str) -> str:
    return reverse(f"admin:recognizer_{row._meta.model_name}_{action}", args=[row.pk])


def make_one_of_each() -> None:
    make_upload_row(Owner(user=make_user()), text="42|17")
    make_upload_row(state="failed")
    make_upload_row(state="nothing", original_name="")
    make_upload_row(state="not_digits", original_name="w.png", possibilities=[("", 0.9)])
    upload = make_upload_row(text="7", verified_text="1", verified=timezone.now())
    upload.current_prediction = None
    upload.save()


def staff_with(*permissions: str) -> Client:
    user = make_user("staff")
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("name", MODELS)
def test_every_list_opens(admin: Client, name: str) -> None:
    make_one_of_each()
    assert admin.get(list_of(name)).status_code == 200


@pytest.mark.parametrize("name", MODELS)
def test_every_list_opens_when_there_is_nothing(admin: Client, name: str) -> None:
    assert admin.get(list_of(name)).status_code == 200


@pytest.mark.parametrize("name", MODELS)
def test_every_row_opens(admin: Client, name: str) -> None:
    make_one_of_each()
    rows = list(MODELS[name]._default_manager.all())
    assert rows
    for row in rows:
        assert admin.get(page_of(row, "change")).status_code == 200


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("words", ["42", "digits.png", "ada 42", "'; --", "0" * 64, "%", "|"])
def test_every_list_can_be_searched(admin: Client, name: str, words: str) -> None:
    make_one_of_each()
    assert admin.get(list_of(name), {"q": words}).status_code == 200


@pytest.mark.parametrize(
    ("words", "found"),
    [("42|17", 1), ("digits.png", 3), ("ada", 1), ("0" * 64, 5), ("1" * 64, 0), ("nothing", 0)],
)
def test_uploads_are_found(admin: Client, words: str, found: int) -> None:
    make_one_of_each()
    answer = admin.get(list_of("upload"), {"q": words})
    assert answer.context["cl"].result_count == found


@pytest.mark.parametrize("name", ["upload", "prediction", "digitprediction"])
@pytest.mark.parametrize("typed", SCRIPTS.values(), ids=SCRIPTS)
def test_lists_are_searched_for_digits_of_any_script(admin: Client, name: str, typed: str) -> None:
    make_upload_row(text="4711")
    make_upload_row(text="1174")
    found = admin.get(list_of(name), {"q": typed}).context["cl"].result_count
    assert found == (4 if name == "digitprediction" else 1)


def test_a_name_is_found_in_the_script_that_it_is_written_in(admin: Client) -> None:
    make_upload_row(original_name="عداد ٤٢.png")
    assert admin.get(list_of("upload"), {"q": "٤٢.png"}).context["cl"].result_count == 1


def test_an_upload_is_found_by_its_id(admin: Client) -> None:
    upload = make_upload_row()
    make_upload_row()
    answer = admin.get(list_of("upload"), {"q": str(upload.pk)})
    assert list(answer.context["cl"].queryset) == [upload]


@pytest.mark.parametrize("name", MODELS)
def test_every_filter_answers(admin: Client, name: str) -> None:
    make_one_of_each()
    changes = admin.get(list_of(name)).context["cl"]
    links = [
        choice["query_string"] for one in changes.filter_specs for choice in one.choices(changes)
    ]
    assert len(links) >= 4
    for link in links:
        assert admin.get(list_of(name) + link).status_code == 200, link


@pytest.mark.parametrize("column", range(1, 10))
def test_uploads_can_be_sorted_by_every_column(admin: Client, column: int) -> None:
    make_one_of_each()
    assert admin.get(list_of("upload"), {"o": f"-{column}"}).status_code == 200


def test_uploads_can_be_narrowed_to_a_day(admin: Client) -> None:
    make_one_of_each()
    today = timezone.now()
    days = {"created__year": today.year, "created__month": today.month, "created__day": today.day}
    assert admin.get(list_of("upload"), days).status_code == 200


@pytest.mark.parametrize("name", MODELS)
def test_nothing_can_be_added(admin: Client, name: str) -> None:
    assert admin.get(reverse(f"admin:recognizer_{name}_add")).status_code == 403


@pytest.mark.parametrize("name", ["prediction", "digitprediction", "modelversion"])
def test_what_the_program_wrote_cannot_be_changed(admin: Client, name: str) -> None:
    make_upload_row()
    row = MODELS[name]._default_manager.all()[0]
    assert b'name="_save"' not in admin.get(page_of(row, "change")).content
    assert admin.post(page_of(row, "change"), {}).status_code == 403


def test_a_model_version_cannot_be_deleted(admin: Client) -> None:
    version = make_model_version()
    assert admin.post(page_of(version, "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("name", ["upload", "prediction", "digitprediction"])
def test_longer_lists_need_no_more_queries(admin: Client, name: str) -> None:
    make_upload_row(Owner(user=make_user("first")))
    admin.get(list_of(name))
    with CaptureQueriesContext(connection) as few:
        admin.get(list_of(name))
    for number in range(5):
        make_upload_row(Owner(user=make_user(f"user{number}")))
    with CaptureQueriesContext(connection) as many:
        admin.get(list_of(name))
    assert len(many) == len(few)


def test_a_thumbnail_is_shown_to_staff_that_may_see_uploads() -> None:
    upload = make_upload()
    answer = staff_with("view_upload").get(page_of(upload, "thumbnail"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")


def test_a_thumbnail_is_refused_to_other_staff() -> None:
    upload = make_upload()
    answer = staff_with("view_prediction").get(page_of(upload, "thumbnail"))
    assert answer.status_code == 403


def test_a_thumbnail_is_refused_to_others(client: Client) -> None:
    user = make_user()
    upload = make_upload(Owner(user=user))
    for _ in range(2):
        answer = client.get(page_of(upload, "thumbnail"))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("admin:login"))
        client.force_login(user)


def test_a_list_shows_thumbnails(admin: Client) -> None:
    upload = make_upload_row()
    assert page_of(upload, "thumbnail") in admin.get(list_of("upload")).content.decode()


def test_a_verified_text_names_who_gave_it_and_when(admin: Client) -> None:
    upload = make_upload_row()
    admin.post(page_of(upload, "change"), verified("17"))
    upload.refresh_from_db()
    assert upload.verified_text == "17"
    assert upload.verified_by is not None
    assert upload.verified_by.username == "grace"
    assert upload.verified is not None


@pytest.mark.parametrize("typed", SCRIPTS.values(), ids=SCRIPTS)
def test_a_verified_text_may_be_typed_in_any_script(admin: Client, typed: str) -> None:
    upload = make_upload_row()
    admin.post(page_of(upload, "change"), verified(f"\u00a0{typed}\u200f"))
    upload.refresh_from_db()
    assert upload.verified_text == "4711"


def test_an_emptied_text_takes_the_check_back(admin: Client) -> None:
    upload = make_upload_row(verified_text="17", verified_written="1.7", verified=timezone.now())
    admin.post(page_of(upload, "change"), verified(""))
    upload.refresh_from_db()
    assert (upload.verified_text, upload.verified_by, upload.verified) == (None, None, None)
    assert upload.verified_written == ""


def test_a_text_is_verified_as_it_is_written(admin: Client) -> None:
    upload = make_upload_row()
    admin.post(page_of(upload, "change"), verified("1.250,00|-5"))
    upload.refresh_from_db()
    assert (upload.verified_text, upload.verified_written) == ("125000|5", "1.250,00|-5")
    for page in (list_of("upload"), page_of(upload, "change")):
        assert "1.250,00|-5" in admin.get(page).content.decode()


@pytest.mark.parametrize("asked", ["1250", "12.50"])
def test_a_verified_text_is_found_with_its_signs_and_without(admin: Client, asked: str) -> None:
    for written in ("12.50", "125"):
        verify(make_upload_row(original_name=f"{written}.jpg"), written, by=make_visitor())
    page = admin.get(list_of("upload"), {"q": asked}).content.decode()
    assert "1 upload" in page


def test_who_may_only_look_sees_what_is_written(client: Client) -> None:
    user = make_user()
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_upload"))
    client.force_login(user)
    upload = make_upload_row()
    verify(upload, "12.50", by=make_visitor())
    assert "12.50" in client.get(page_of(upload, "change")).content.decode()


def test_saving_without_a_change_keeps_the_one_who_checked(admin: Client) -> None:
    checker = make_user()
    upload = make_upload_row()
    verify(upload, "1.7", by=Owner(user=checker))
    admin.post(page_of(upload, "change"), verified("1.7"))
    upload.refresh_from_db()
    assert upload.verified_by == checker


@pytest.mark.parametrize("text", ["seventeen", "17a", "-", "17|-"])
def test_only_digits_and_signs_can_be_verified(admin: Client, text: str) -> None:
    upload = make_upload_row()
    answer = admin.post(page_of(upload, "change"), verified(text))
    upload.refresh_from_db()
    assert "Type only digits" in answer.content.decode()
    assert upload.verified_text is None


def test_a_verified_text_never_changes_what_was_read(admin: Client) -> None:
    upload = make_upload_row(text="42")
    admin.post(page_of(upload, "change"), {**verified("17"), "sha256": "f" * 64, "source": "api"})
    upload.refresh_from_db()
    assert upload.predictions.get().text == "42"
    assert (upload.sha256, upload.source) == ("0" * 64, "file")


def verified(text: str) -> dict[str, str]:
    return {"verified_as_written": text, **no_inlines("predictions")}


def no_inlines(prefix: str) -> dict[str, str]:
    return {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}


@pytest.mark.django_db(transaction=True)
def test_deleting_an_upload_removes_its_file(admin: Client, media: Path) -> None:
    upload = make_upload()
    admin.post(page_of(upload, "delete"), {"post": "yes"})
    assert not Upload.objects.exists()
    assert not list(media.rglob("*.png"))


@pytest.mark.django_db(transaction=True)
def test_deleting_many_uploads_removes_their_files(admin: Client, media: Path) -> None:
    kept, *gone = make_upload(), make_upload(), make_upload()
    action = {
        "action": "delete_selected",
        "_selected_action": [str(upload.pk) for upload in gone],
        "post": "yes",
    }
    admin.post(list_of("upload"), action)
    assert list(Upload.objects.all()) == [kept]
    assert len(list(media.rglob("*.png"))) == 1


def test_a_digit_is_shown_with_what_the_model_saw(admin: Client) -> None:
    digit = make_upload_row().predictions.get().digits.all()[0]
    assert frame_data_uri(digit.frame) in admin.get(page_of(digit, "change")).content.decode()


@pytest.mark.parametrize("name", ["upload", "prediction"])
def test_the_likely_texts_are_shown(admin: Client, name: str) -> None:
    make_upload_row(text="42|17", possibilities=[("42|17", 0.93), ("", 0.05)])
    row = MODELS[name]._default_manager.get()
    page = admin.get(page_of(row, "change")).content.decode()
    assert "42 17 (93 %), nothing to read (5 %)" in page
    assert "[[" not in page


def test_a_hostile_name_is_shown_as_text(admin: Client) -> None:
    make_upload_row(original_name="<script>alert(1)</script>.png")
    page = admin.get(list_of("upload")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
