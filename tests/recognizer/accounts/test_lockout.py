from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.test import Client
from django.utils import timezone
from time_machine import travel

from recognizer.accounts.lockout import forget_old_attempts
from tests.faults.report import report
from tests.makers import PASSWORD, make_admin
from tests.recognizer.accounts.test_clients import FORGED

pytestmark = pytest.mark.django_db

GUESSES = 1000
MINUTE = timedelta(minutes=1)


def sign_in(password: str, *, address: str = "192.0.2.1", **headers: str) -> Any:
    client = Client(REMOTE_ADDR=address, headers=headers)
    return client.post("/admin/login/", {"username": "grace", "password": password})


@pytest.fixture(autouse=True)
def grace() -> None:
    make_admin("grace")


def lock_out() -> None:
    for number in range(5):
        sign_in(f"guess {number}")


def test_the_fifth_wrong_password_closes_the_door() -> None:
    statuses = [sign_in(f"guess {number}").status_code for number in range(6)]
    assert statuses == [200, 200, 200, 200, 429, 429]


def test_then_the_right_password_does_not_open_it_either() -> None:
    lock_out()
    assert sign_in(PASSWORD).status_code == 429


def test_it_says_what_to_do_and_when() -> None:
    lock_out()
    answer = sign_in(PASSWORD)
    assert answer["Retry-After"] == "900"
    assert "Too many wrong passwords" in answer.content.decode()
    assert "Wait 15&nbsp;minutes" in answer.content.decode()


def test_it_says_how_long_it_still_takes() -> None:
    lock_out()
    with travel(timezone.now() + 10 * MINUTE):
        answer = sign_in(PASSWORD)
    assert 290 <= int(answer["Retry-After"]) <= 300
    assert "Wait 5&nbsp;minutes" in answer.content.decode()


def test_after_a_quarter_of_an_hour_it_opens() -> None:
    lock_out()
    with travel(timezone.now() + 15 * MINUTE):
        assert sign_in(PASSWORD).status_code == 302


def test_guessing_on_does_not_keep_it_closed_for_longer() -> None:
    lock_out()
    with travel(timezone.now() + 14 * MINUTE):
        sign_in("one more guess")
    with travel(timezone.now() + 15 * MINUTE):
        assert sign_in(PASSWORD).status_code == 302


def test_another_browser_does_not_help() -> None:
    for number in range(5):
        sign_in(f"guess {number}", user_agent=f"browser {number}")
    assert sign_in(PASSWORD, user_agent="yet another").status_code == 429


def test_the_true_user_gets_in_from_another_address() -> None:
    lock_out()
    assert sign_in(PASSWORD, address="192.0.2.2").status_code == 302


def test_a_thousand_guesses_with_forged_headers_get_nowhere() -> None:
    headers = list(FORGED.items())
    statuses = []
    for number in range(GUESSES):
        name, value = headers[number % len(headers)]
        forged = {name: value.replace("198.51.100.7", f"198.51.100.{number % 250}")}
        statuses.append(sign_in(f"guess {number}", **forged).status_code)
    let_in = sign_in(PASSWORD, x_forwarded_for="198.51.100.7").status_code
    true_user = sign_in(PASSWORD, address="192.0.2.2").status_code
    locked_after = statuses.index(429) + 1
    slipped = sum(status != 429 for status in statuses[locked_after:])
    report(
        "S5",
        guesses=GUESSES,
        headers=len(headers),
        locked_after=locked_after,
        slipped=slipped + (let_in != 429),
        true_user_kept_out=int(true_user != 302),
    )
    assert (locked_after, slipped, let_in, true_user) == (5, 0, 429, 302)


def test_neither_address_nor_password_is_kept() -> None:
    lock_out()
    sign_in(PASSWORD, address="192.0.2.2")
    kept = str(list(AccessAttempt.objects.values()))
    assert "192.0.2." not in kept
    assert "guess" not in kept
    assert not AccessLog.objects.exists()


def test_guessing_for_hours_fills_no_table() -> None:
    for number in range(50):
        sign_in(f"guess {number}")
    attempt = AccessAttempt.objects.get()
    assert attempt.failures_since_start == 5
    assert len(attempt.post_data) < 1000


def test_what_locks_nobody_out_any_more_is_forgotten() -> None:
    lock_out()
    assert forget_old_attempts() == 0
    with travel(timezone.now() + 15 * MINUTE):
        assert forget_old_attempts() == 1
