import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from recognizer.batches.giving import Wanted, close, give, open_batch
from recognizer.batches.opening import open_some
from recognizer.batches.serving import serve
from recognizer.model_versions import active_model
from recognizer.models import Batch, UploadQuerySet
from tests.makers import digits_png
from tests.recognizer.batches.rows import make_batch_row, make_item_row, make_source_row
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db

TOKEN = "a-long-random-token-of-the-tests"


@pytest.fixture
def scrape(settings: Settings) -> Callable[[], str]:
    """What Prometheus gets with the token."""
    settings.METRICS_TOKEN = TOKEN

    def scrape() -> str:
        answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        return answer.content.decode()

    return scrape


def value(exposition: str, series: str) -> float:
    found = re.search(rf"^{re.escape(series)} (\S+)$", exposition, re.MULTILINE)
    return float(found[1]) if found else 0.0


def grown(scrape: Callable[[], str], series: str, act: Callable[[], object]) -> float:
    before = value(scrape(), series)
    act()
    return value(scrape(), series) - before


@pytest.mark.parametrize(
    "sent", ["", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer \N{SNOWMAN}"]
)
def test_without_the_token_there_is_nothing(settings: Settings, sent: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    headers = {"Authorization": sent} if sent else {}
    assert Client().get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer "])
def test_where_no_token_is_set_none_opens_it(settings: Settings, sent: str) -> None:
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"Authorization": sent}).status_code == 404


def test_requests_are_counted_by_route_and_status(scrape: Callable[[], str]) -> None:
    series = 'digitrec_requests_total{route="recognizer:about",status="200"}'
    assert grown(scrape, series, lambda: Client().get("/about/")) == 1


def test_how_long_requests_take_is_counted(scrape: Callable[[], str]) -> None:
    series = 'digitrec_request_seconds_bucket{le="10.0",route="recognizer:about"}'
    assert grown(scrape, series, lambda: Client().get("/about/")) == 1


def test_addresses_that_lead_nowhere_share_one_series(scrape: Callable[[], str]) -> None:
    series = 'digitrec_requests_total{route="-",status="404"}'

    def stray() -> None:
        Client().get("/one/")
        Client().get("/two/")

    assert grown(scrape, series, stray) == 2


def test_a_picture_that_is_taken_is_counted(scrape: Callable[[], str]) -> None:
    series = 'digitrec_uploads_taken_total{outcome="read"}'
    assert grown(scrape, series, lambda: given(Client())) == 1


def test_how_long_reading_takes_is_counted(scrape: Callable[[], str]) -> None:
    assert grown(scrape, "digitrec_reading_seconds_count", lambda: given(Client())) == 1


def test_a_picture_that_is_refused_is_counted_by_the_reason(scrape: Callable[[], str]) -> None:
    half = digits_png("42")[:200]
    send = {"picture": SimpleUploadedFile("d.png", half)}
    series = 'digitrec_uploads_refused_total{code="image_damaged"}'
    assert grown(scrape, series, lambda: Client().post("/", send)) == 1


def test_pictures_that_are_kept_are_counted(scrape: Callable[[], str]) -> None:
    assert grown(scrape, "digitrec_stored_pictures", lambda: given(Client())) == 1


def test_the_model_that_reads_is_named(scrape: Callable[[], str]) -> None:
    card = active_model.model().card
    assert f'digitrec_model_info{{name="{card.name}",sha256="{card.sha256}"}} 1.0' in scrape()


def test_without_a_database_the_other_figures_are_there(
    scrape: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_uploads: UploadQuerySet) -> int:
        raise DatabaseError

    monkeypatch.setattr(UploadQuerySet, "count", away)
    found = scrape()
    assert "digitrec_requests_total" in found
    assert "digitrec_stored_pictures" not in found


def test_a_scrape_costs_little(
    scrape: Callable[[], str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(7):
        scrape()


def test_a_look_by_staff_costs_little(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(User.objects.create_user("staff", is_staff=True))
    with django_assert_num_queries(9):
        assert client.get("/metrics").status_code == 200


def test_what_waits_in_batches_is_told(scrape: Callable[[], str], admin_user: User) -> None:
    batch = open_batch(admin_user, Wanted("Meters"))
    for number in range(2):
        give(batch, ContentFile(digits_png()), f"{number}.png")
    Batch.objects.update(created=timezone.now() - timedelta(hours=1))
    assert value(scrape(), "digitrec_batches_unfinished") == 1
    assert value(scrape(), "digitrec_batch_oldest_waiting_seconds") == pytest.approx(3600, abs=60)
    open_some(batch, until=time.monotonic() + 60)
    assert value(scrape(), 'digitrec_batch_pictures{state="waiting"}') == 2
    close(batch)
    while serve():
        pass
    told = scrape()
    assert value(told, "digitrec_batches_unfinished") == 0
    assert value(told, 'digitrec_batch_pictures{state="waiting"}') == 0
    assert value(told, "digitrec_batch_oldest_waiting_seconds") == 0


@pytest.mark.parametrize(("ago", "count"), [(timedelta(hours=1), 1), (timedelta(hours=25), 0)])
def test_failures_are_told_for_a_day(
    scrape: Callable[[], str], admin_user: User, ago: timedelta, count: int
) -> None:
    batch = make_batch_row(admin_user, finished=timezone.now() - ago)
    make_item_row(make_source_row(batch), state="failed", code="reader_failed")
    make_item_row(make_source_row(batch, 1))
    assert value(scrape(), 'digitrec_batch_pictures{state="failed"}') == count


def test_jobs_in_the_queue_are_told(scrape: Callable[[], str], admin_user: User) -> None:
    before = value(scrape(), "digitrec_jobs_waiting")
    close(open_batch(admin_user, Wanted("Meters")))
    assert value(scrape(), "digitrec_jobs_waiting") == before + 1
