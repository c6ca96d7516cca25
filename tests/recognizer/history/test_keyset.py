from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from recognizer.history import keyset
from recognizer.history.keyset import LEAST_SURE, NEWEST, OLDEST, SUREST, Order, page_of
from recognizer.models import Upload
from tests.makers import make_upload_row, make_visitor

pytestmark = pytest.mark.django_db

SIZE = 3


@pytest.fixture
def owner() -> object:
    """The owner of ten uploads; some share a moment or a confidence, some have no confidence."""
    owner = make_visitor()
    for number in range(10):
        moment = datetime(2026, 5, 1 + number // 3, tzinfo=UTC)
        confidence = None if number % 4 == 3 else (number % 3) / 10
        make_upload_row(owner, text=str(number), created=moment, confidence=confidence)
    return owner


def texts(page: keyset.Page[Upload]) -> list[str]:
    return [upload.current_prediction.text for upload in page.rows if upload.current_prediction]


@pytest.mark.parametrize("order", [NEWEST, OLDEST, LEAST_SURE, SUREST])
def test_every_upload_is_on_one_page_forwards_and_back(owner: object, order: Order) -> None:
    uploads = Upload.objects.all()
    pages = [page_of(uploads, order, SIZE, "", "")]
    while pages[-1].after:
        pages.append(page_of(uploads, order, SIZE, pages[-1].after, ""))
    found = [texts(page) for page in pages]
    assert sorted(text for page in found for text in page) == [str(number) for number in range(10)]
    assert [len(page) for page in found] == [3, 3, 3, 1]
    back = [pages[-1]]
    while back[-1].before:
        back.append(page_of(uploads, order, SIZE, "", back[-1].before))
    assert [texts(page) for page in reversed(back)] == found


def test_what_was_refused_is_the_least_sure(owner: object) -> None:
    page = page_of(Upload.objects.all(), LEAST_SURE, 20, "", "")
    first = {upload.current_prediction.confidence for upload in page.rows[:2]}  # type: ignore[union-attr]
    assert first <= {None, 0.0}


def test_a_new_upload_moves_none_to_another_page(owner: object) -> None:
    uploads = Upload.objects.all()
    first = page_of(uploads, NEWEST, SIZE, "", "")
    expected = texts(page_of(uploads, NEWEST, SIZE, first.after, ""))
    make_upload_row(text="99")
    assert texts(page_of(uploads, NEWEST, SIZE, first.after, "")) == expected


def test_counting_stops_where_it_would_take_long(
    owner: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyset, "MOST_COUNTED", 4)
    page = page_of(Upload.objects.all(), NEWEST, SIZE, "", "")
    assert (page.count, page.is_counted) == (4, False)


def test_a_page_takes_two_queries(
    owner: object, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        page_of(Upload.objects.with_current_prediction(), NEWEST, SIZE, "", "")
