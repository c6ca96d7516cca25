import pytest
from django.db import connection
from django.test import Client

from recognizer.admin import estimates
from recognizer.admin.estimates import EstimatingPaginator, estimated_rows
from recognizer.models import Upload
from tests.makers import make_admin, make_upload_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_uploads_of_which_two_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "EXACT_UP_TO", 1)
    for name in ("7.png", "7.png"):
        make_upload_row(original_name=name)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE recognizer_upload")
    make_upload_row(original_name="7.png")


@pytest.mark.usefixtures("three_uploads_of_which_two_are_known")
def test_a_long_table_is_not_counted() -> None:
    assert EstimatingPaginator(Upload.objects.all(), 10).count == 2


@pytest.mark.usefixtures("three_uploads_of_which_two_are_known")
def test_what_was_searched_for_is_counted() -> None:
    assert EstimatingPaginator(Upload.objects.filter(original_name="7.png"), 10).count == 3


def test_a_short_table_is_counted() -> None:
    make_upload_row()
    assert EstimatingPaginator(Upload.objects.all(), 10).count == 1


def test_a_table_has_an_estimate_of_its_own() -> None:
    assert estimated_rows(Upload) < 100


@pytest.mark.usefixtures("three_uploads_of_which_two_are_known")
def test_the_administration_s_list_opens_with_an_estimate(client: Client) -> None:
    client.force_login(make_admin())
    answer = client.get("/admin/recognizer/upload/")
    assert answer.context["cl"].result_count == 2
    assert len(answer.context["cl"].result_list) == 3
