import pytest
from django.test import Client

from recognizer.monitoring import events

pytestmark = pytest.mark.django_db

STRANGE = ["digits.example", "digits.example:8000", "192.0.2.7", "[2001:db8::7]:80"]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def said_by_us(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == events.__name__]


def test_a_line_about_a_host_is_short(visitor: Client, caplog: pytest.LogCaptureFixture) -> None:
    visitor.get("/", headers={"host": "x" * 4000})
    assert len(said_by_us(caplog)[0]) < 500


@pytest.mark.parametrize("host", STRANGE)
def test_the_log_names_the_host_and_the_setting(
    visitor: Client, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    assert visitor.get("/", headers={"host": host}).status_code == 400
    line = said_by_us(caplog)[0]
    assert "ALLOWED_HOSTS" in line
    name = host.rpartition(":")[0] if host.endswith((":8000", ":80")) else host
    assert f"host '{name}' refused" in line


@pytest.mark.parametrize("host", ["a_b@c", "évil.example", "a/b", "b" * 400 + "@"])
def test_what_is_no_host_is_not_to_be_added(
    visitor: Client, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    visitor.get("/", headers={"host": host})
    assert "no name that a server can have" in said_by_us(caplog)[0]


def test_the_page_says_whom_to_ask_and_leads_nowhere(visitor: Client) -> None:
    answer = visitor.get("/", headers={"host": "digits.example"})
    page = answer.content.decode()
    assert "Ask whoever runs it" in page
    assert answer["X-Request-ID"] in page
    assert "To the start page" not in page
    assert "digits.example" not in page


def test_a_script_is_told_in_json(visitor: Client) -> None:
    headers = {"host": "digits.example", "accept": "application/json"}
    problem = visitor.post("/", headers=headers).json()
    assert (problem["status"], problem["code"]) == (400, "unknown_host")
    assert "Ask whoever runs it" in problem["title"]


def test_another_bad_request_is_said_as_before(visitor: Client) -> None:
    answer = visitor.post("/", b"cut off", content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400
    assert "could not be understood" in answer.content.decode()
