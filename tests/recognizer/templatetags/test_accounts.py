import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.template import engines
from pytest_django import Settings

HINT = "{% load accounts %}{% visitor_hint %}"
GIVES = "{% load accounts %}{% account_gives %}"


def shown(template: str, user: User | AnonymousUser | None = None) -> str:
    context = {"user": user or AnonymousUser()}
    return " ".join(engines["django"].from_string(template).render(context).split())


@pytest.mark.parametrize(
    ("days", "anonymous", "sentences"),
    [
        (90, 7, ["is deleted after 7 days.", "to keep it for 90 days, and to see it"]),
        (90, 1, ["is deleted after 1 day.", "to keep it for 90 days, and to see it"]),
        (0, 7, ["is deleted after 7 days.", "to keep it until you delete it, and"]),
        (30, 30, ["is deleted after 30 days.", "Sign up</a> to see it on every device."]),
        (90, 0, ["belongs to this browser alone. <a", "Sign up</a> to see it on every device."]),
    ],
)
def test_a_visitor_is_told_how_long_and_what_signing_up_changes(
    settings: Settings, days: int, anonymous: int, sentences: list[str]
) -> None:
    settings.RETENTION_DAYS, settings.RETENTION_DAYS_ANONYMOUS = days, anonymous
    hint = shown(HINT)
    assert [sentence for sentence in sentences if sentence not in hint] == []


def test_where_nobody_can_sign_up_a_visitor_may_still_log_in(settings: Settings) -> None:
    settings.SIGN_UP = False
    assert "If you have an account, <a" in shown(HINT)
    assert "Sign up" not in shown(HINT)


def test_who_is_logged_in_gets_no_hint() -> None:
    assert shown(HINT, User(username="ada")) == ""


def test_an_account_promises_nothing_that_a_visitor_has_already(settings: Settings) -> None:
    settings.RETENTION_DAYS = settings.RETENTION_DAYS_ANONYMOUS = 30
    settings.QUOTA_USER_FILES = settings.QUOTA_VISITOR_FILES = 50
    assert "instead of" not in shown(GIVES)
    settings.RETENTION_DAYS = 0
    assert "kept until you delete them" in shown(GIVES)
