from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from recognizer.models import Prediction
from recognizer.owners import Owner
from recognizer.views.history import PAGE_SIZE
from tests.makers import PASSWORD, make_upload_row, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Owner:
    user = make_user()
    client.force_login(user)
    return Owner(user=user)


def listed(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/uploads/{query}")
    assert response.status_code == 200
    return [upload.current_prediction.text for upload in response.context["page"]]


def test_an_empty_history_says_what_to_do(client: Client) -> None:
    page = client.get("/uploads/").content.decode()
    assert "Nothing here yet" in page
    assert "sessionid" not in client.cookies


def test_own_uploads_stand_newest_first(client: Client, owner: Owner) -> None:
    for text in ("1", "2", "3"):
        make_upload_row(owner, text=text)
    assert listed(client) == ["3", "2", "1"]


def test_other_peoples_uploads_are_not_shown(client: Client, owner: Owner) -> None:
    make_upload_row()
    assert listed(client) == []


def test_an_upload_that_was_never_stored_is_not_shown(client: Client, owner: Owner) -> None:
    make_upload_row(owner, stored=None)
    assert listed(client) == []


def test_it_finds_digits_within_the_text(client: Client, owner: Owner) -> None:
    for text in ("4711", "1147", "90"):
        make_upload_row(owner, text=text)
    assert listed(client, "?text=47") == ["1147", "4711"]
    assert listed(client, "?text=47+11") == ["4711"]


def test_letters_are_refused_in_a_sentence(client: Client, owner: Owner) -> None:
    make_upload_row(owner)
    page = client.get("/uploads/?text=abc").content.decode()
    assert "Type digits only" in page


@pytest.mark.parametrize("state", Prediction.State.values)
def test_it_finds_by_state(client: Client, owner: Owner, state: str) -> None:
    for other in Prediction.State.values:
        make_upload_row(owner, state=other)
    (upload,) = client.get(f"/uploads/?state={state}").context["page"]
    assert upload.current_prediction.state == state


@pytest.mark.parametrize("state", Prediction.State)
def test_a_card_names_its_state(client: Client, owner: Owner, state: Prediction.State) -> None:
    make_upload_row(owner, state=state)
    badge = f'<span class="state state-{state}">{state.label}</span>'
    assert badge in client.get("/uploads/").content.decode()


def test_it_finds_by_day_both_ends_included(client: Client, owner: Owner) -> None:
    for day in (1, 2, 3, 4):
        moment = datetime(2026, 5, day, 12, tzinfo=UTC)
        make_upload_row(owner, text=str(day), created=moment)
    assert listed(client, "?first_day=2026-05-02&last_day=2026-05-03") == ["3", "2"]


def test_a_filter_that_finds_nothing_says_so(client: Client, owner: Owner) -> None:
    make_upload_row(owner)
    assert "Nothing matches" in client.get("/uploads/?text=999").content.decode()


def test_pages_keep_the_filter(client: Client, owner: Owner) -> None:
    for _ in range(PAGE_SIZE + 1):
        make_upload_row(owner, text="5")
    page = client.get("/uploads/?text=5").content.decode()
    assert "?text=5&amp;page=2" in page
    assert listed(client, "?text=5&page=2") == ["5"]


@pytest.mark.parametrize("number", ["0", "-1", "999999999999", "x", "1%00"])
def test_a_page_that_is_not_there_shows_the_nearest(
    client: Client, owner: Owner, number: str
) -> None:
    make_upload_row(owner, text="5")
    assert listed(client, f"?page={number}") == ["5"]


@pytest.mark.parametrize(
    "query", ["?text=%00", "?state=%00", "?first_day=%00", "?state=drop", "?first_day=yesterday"]
)
def test_odd_questions_never_break_it(client: Client, owner: Owner, query: str) -> None:
    make_upload_row(owner)
    assert client.get(f"/uploads/{query}").status_code == 200


def test_more_pictures_take_no_more_queries(
    client: Client, owner: Owner, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(PAGE_SIZE + 1):
        make_upload_row(owner)
    with django_assert_max_num_queries(6):
        client.get("/uploads/")


def test_a_visitors_pictures_stay_in_sight_after_signing_in(client: Client) -> None:
    user = make_user()
    session = client.session
    visitor = make_upload_row(text="77").visitor
    session["visitor"] = str(visitor)
    session.save()
    client.login(username=user.username, password=PASSWORD)
    assert listed(client) == ["77"]
