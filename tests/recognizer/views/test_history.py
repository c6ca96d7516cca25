import csv
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from recognizer.checking.verified_text import verify
from recognizer.models import ModelVersion, Owner, Prediction
from recognizer.views.history import PAGE_SIZE
from tests.makers import make_upload_row, make_user
from tests.recognizer.test_typed_digits import SCRIPTS

pytestmark = pytest.mark.django_db


def listed(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/uploads/{query}")
    assert response.status_code == 200
    return [upload.current_prediction.text for upload in response.context["page"].rows]


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


@pytest.mark.parametrize("typed", SCRIPTS.values(), ids=SCRIPTS)
def test_it_finds_digits_of_any_script(client: Client, owner: Owner, typed: str) -> None:
    for text in ("94711", "1147"):
        make_upload_row(owner, text=text)
    assert listed(client, "?" + urlencode({"text": f"\u00a0{typed}\u00a0"})) == ["94711"]


@pytest.mark.parametrize("mark", ["", "\u200f", "\u00a0"])
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("most_sure", "٥٠"),  # noqa: RUF001
        ("most_sure", "५०"),
        ("most_sure", "٤٩٫٥"),  # noqa: RUF001
        ("last_day", "۲۰۲۶-۰۵-۰۱"),  # noqa: RUF001
        ("last_day", "２０２６－０５－０１"),  # noqa: RUF001
    ],
)
def test_every_field_takes_digits_of_any_script(
    client: Client, owner: Owner, name: str, typed: str, mark: str
) -> None:
    may = datetime(2026, 5, 1, 12, tzinfo=UTC)
    make_upload_row(owner, text="1", confidence=0.2, created=may)
    make_upload_row(owner, text="2", confidence=0.6, created=may + timedelta(days=1))
    assert listed(client, "?" + urlencode({name: f"{mark}{typed}{mark}"})) == ["1"]


def test_letters_are_refused_in_a_sentence(client: Client, owner: Owner) -> None:
    make_upload_row(owner)
    page = client.get("/uploads/?text=abc").content.decode()
    assert "Type digits, with their signs" in page


@pytest.mark.parametrize("state", Prediction.State.values)
def test_it_finds_by_state(client: Client, owner: Owner, state: str) -> None:
    for other in Prediction.State.values:
        make_upload_row(owner, state=other)
    (upload,) = client.get(f"/uploads/?state={state}").context["page"].rows
    assert upload.current_prediction.state == state


@pytest.mark.parametrize("query", ["", "?view=table"])
def test_the_history_lists_digits_without_their_signs(
    client: Client, owner: Owner, query: str
) -> None:
    make_upload_row(owner, text="1250", read={"written": "12.50"})
    page = client.get(f"/uploads/{query}").content.decode()
    assert "1250" in page
    assert "12.50" not in page


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


def of_an_evening(owner: Owner) -> None:
    """On 1 May in Greenwich, and on 2 May in Tokyo already."""
    make_upload_row(owner, text="7", created=datetime(2026, 5, 1, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "day"),
    [("", 1), ("UTC", 1), ("Asia/Tokyo", 2), ("America/New_York", 1), ("Nowhere/Atlantis", 1)],
)
def test_a_day_is_that_of_the_zone_in_the_address(
    client: Client, owner: Owner, zone: str, day: int
) -> None:
    of_an_evening(owner)
    on = {1: "2026-05-01", 2: "2026-05-02"}
    for asked, date in on.items():
        query = urlencode({"first_day": date, "last_day": date, "zone": zone})
        assert listed(client, f"?{query}") == (["7"] if asked == day else [])


def test_the_page_shows_the_times_of_the_days_that_it_filters_by(
    client: Client, owner: Owner
) -> None:
    of_an_evening(owner)
    page = client.get("/uploads/?first_day=2026-05-02&zone=Asia/Tokyo").content.decode()
    assert "2 May 2026, 05:00 JST" in page
    assert '<bdi lang="en">Asia/Tokyo</bdi>' in page


def test_a_zone_stays_for_addresses_that_name_none(client: Client, owner: Owner) -> None:
    of_an_evening(owner)
    assert listed(client, "?last_day=2026-05-01") == ["7"]
    client.get("/uploads/?zone=Asia/Tokyo")
    assert listed(client, "?last_day=2026-05-01") == []
    assert '<input type="hidden" name="zone" value="Asia/Tokyo"' in (
        client.get("/uploads/?last_day=2026-05-01").content.decode()
    )
    client.get("/uploads/?zone=America/New_York")
    assert listed(client, "?last_day=2026-05-01") == ["7"]


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/localtime", "\0", "Z" * 5000, "ÄÖ"])
def test_a_zone_that_there_is_not_changes_nothing(client: Client, owner: Owner, zone: str) -> None:
    of_an_evening(owner)
    client.get("/uploads/?zone=Asia/Tokyo")
    assert listed(client, "?" + urlencode({"first_day": "2026-05-02", "zone": zone})) == ["7"]


def test_asking_for_a_zone_starts_no_session(client: Client) -> None:
    client.get("/uploads/?zone=Asia/Tokyo&first_day=2026-05-02")
    assert "sessionid" not in client.cookies


def test_a_file_holds_the_days_that_the_page_shows(client: Client, owner: Owner) -> None:
    of_an_evening(owner)
    page = client.get("/uploads/?last_day=2026-05-02&zone=Asia/Tokyo").content.decode()
    assert "last_day=2026-05-02&amp;zone=Asia%2FTokyo" in page
    asked = "/uploads/export?format=csv&first_day=2026-05-02&zone=Asia/Tokyo"
    assert b"digits.png" in client.get(asked).getvalue()
    assert b"digits.png" not in client.get(asked.replace("Asia/Tokyo", "UTC")).getvalue()


@pytest.mark.parametrize(
    ("zone", "day", "first", "last"),
    [
        # The clocks go back, and the day has 25 hours.
        ("Europe/Paris", "2025-10-26", "2025-10-25T22:00:00", "2025-10-26T22:59:59"),
        # They go back at midnight, so that the day's last hour comes twice.
        ("America/Asuncion", "2023-03-25", "2023-03-25T03:00:00", "2023-03-26T03:59:59"),
        # They go forward at midnight, so that the day's first hour is left out.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00", "2018-11-05T01:59:59"),
    ],
)
def test_a_day_is_whole_where_the_clocks_change(
    client: Client, owner: Owner, zone: str, day: str, first: str, last: str
) -> None:
    begin, end = (datetime.fromisoformat(f"{moment}+00:00") for moment in (first, last))
    second = timedelta(seconds=1)
    for text, moment in (("0", begin - second), ("1", begin), ("2", end), ("3", end + second)):
        make_upload_row(owner, text=text, created=moment)
    query = urlencode({"first_day": day, "last_day": day, "zone": zone})
    assert listed(client, f"?{query}") == ["2", "1"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Amsterdam"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_of_all_are_no_fault(
    client: Client, owner: Owner, day: str, zone: str
) -> None:
    make_upload_row(owner, text="7")
    found = {
        name: listed(client, f"?{name}={day}&zone={zone}") for name in ("first_day", "last_day")
    }
    assert found == (
        {"first_day": ["7"], "last_day": []}
        if day == "0001-01-01"
        else {"first_day": [], "last_day": ["7"]}
    )


def test_a_filter_that_finds_nothing_says_so(client: Client, owner: Owner) -> None:
    make_upload_row(owner)
    assert "Nothing matches" in client.get("/uploads/?text=999").content.decode()


def test_pages_keep_the_filter_and_the_order(client: Client, owner: Owner) -> None:
    for number in range(PAGE_SIZE + 2):
        make_upload_row(owner, text=f"5{number}")
    first = client.get("/uploads/?text=5&sort=oldest")
    assert "Next page" in first.content.decode()
    assert "Previous page" not in first.content.decode()
    after = urlencode({"text": "5", "sort": "oldest", "after": first.context["page"].after})
    second = client.get(f"/uploads/?{after}")
    assert listed(client, f"?{after}") == [f"5{PAGE_SIZE}", f"5{PAGE_SIZE + 1}"]
    page = second.content.decode()
    assert "Next page" not in page
    assert "text=5&amp;sort=oldest&amp;before=" in page


@pytest.mark.parametrize(
    "key",
    ["0", "-1~x", "2026-01-01~", "\0", "nan~38b1b855-d9b8-4569-8879-4c44e1329f2c", "9" * 9999],
)
@pytest.mark.parametrize("way", ["after", "before"])
def test_a_page_that_nobody_wrote_is_the_first(
    client: Client, owner: Owner, key: str, way: str
) -> None:
    make_upload_row(owner, text="5")
    assert listed(client, "?" + urlencode({way: key})) == ["5"]


def test_it_finds_what_a_person_said(client: Client, owner: Owner) -> None:
    upload = make_upload_row(owner, text="1")
    make_upload_row(owner, text="2")
    verify(upload, "7", by=owner)
    assert listed(client, "?text=7") == ["1"]


@pytest.mark.parametrize("asked", ["1250", "12.50", "2.5", "12 .50"])
def test_it_finds_what_a_person_said_with_its_signs_and_without(
    client: Client, owner: Owner, asked: str
) -> None:
    for text, written in (("1", "12.50"), ("2", "12|50"), ("3", "125")):
        verify(make_upload_row(owner, text=text), written, by=owner)
    assert listed(client, "?" + urlencode({"text": asked})) == ["1"]


@pytest.mark.parametrize("asked", ["1250", "12.50"])
def test_it_finds_what_was_read_with_its_signs_and_without(
    client: Client, owner: Owner, asked: str
) -> None:
    make_upload_row(owner, text="1250", read={"written": "12.50"})
    make_upload_row(owner, text="12", read={"written": "1.2"})
    assert listed(client, f"?text={asked}") == ["1250"]


@pytest.mark.parametrize("query", ["", "?view=table"])
def test_the_history_shows_what_a_person_typed(client: Client, owner: Owner, query: str) -> None:
    verify(make_upload_row(owner), "12.50|-5", by=owner)
    assert "12.50 -5" in client.get(f"/uploads/{query}").content.decode()


@pytest.mark.parametrize(
    ("checked", "found"), [("no", ["3"]), ("yes", ["2", "1"]), ("right", ["1"]), ("wrong", ["2"])]
)
def test_it_finds_by_check(client: Client, owner: Owner, checked: str, found: list[str]) -> None:
    right, wrong, _ = (make_upload_row(owner, text=text) for text in ("1", "2", "3"))
    verify(right, "-1", by=owner)
    verify(wrong, "7", by=owner)
    assert listed(client, f"?checked={checked}") == found


def test_it_finds_by_confidence_source_and_model(client: Client, owner: Owner) -> None:
    for text, confidence, source in (("1", 0.2, "file"), ("2", 0.6, "camera")):
        make_upload_row(owner, text=text, source=source, confidence=confidence)
    assert listed(client, "?most_sure=50") == ["1"]
    assert listed(client, "?source=camera") == ["2"]
    version = ModelVersion.objects.get()
    assert listed(client, f"?model={version.pk}") == ["2", "1"]
    assert "<details open>" in client.get("/uploads/?most_sure=50").content.decode()


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", ["3", "2", "1"]),
        ("oldest", ["1", "2", "3"]),
        ("doubtful", ["2", "3", "1"]),
        ("sure", ["1", "3", "2"]),
    ],
)
def test_it_sorts(client: Client, owner: Owner, sort: str, expected: list[str]) -> None:
    for text, confidence in (("1", 0.9), ("2", 0.1), ("3", 0.5)):
        make_upload_row(owner, text=text, confidence=confidence)
    assert listed(client, f"?sort={sort}") == expected


def test_a_table_shows_the_same_pictures(client: Client, owner: Owner) -> None:
    make_upload_row(owner, text="471", original_name="meter.png")
    page = client.get("/uploads/?view=table").content.decode()
    assert "<table" in page
    assert "471" in page
    assert "meter.png" in page


def test_all_that_match_come_as_a_file(client: Client, owner: Owner) -> None:
    for text in ("1", "12", "3"):
        make_upload_row(owner, text=text)
    make_upload_row(text="1")
    response = client.get("/uploads/export?format=csv&text=1")
    assert response["Content-Disposition"].startswith('attachment; filename="digitrec-')
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert [row["text"] for row in rows] == ["12", "1"]


def test_an_unknown_format_is_not_found(client: Client) -> None:
    assert client.get("/uploads/export?format=exe").status_code == 404


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
    with django_assert_max_num_queries(8):
        client.get("/uploads/")


def test_a_visitors_pictures_stay_in_sight_after_signing_in(client: Client) -> None:
    user = make_user()
    session = client.session
    visitor = make_upload_row(text="77").visitor
    session["visitor"] = str(visitor)
    session.save()
    client.force_login(user)
    assert listed(client) == ["77"]
