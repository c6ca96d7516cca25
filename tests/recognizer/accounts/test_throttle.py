from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings
from time_machine import travel

from recognizer.accounts import throttle
from recognizer.accounts.throttle import (
    TooManyBatches,
    TooManySignUps,
    TooManyUploads,
    count_batch,
    count_sign_up,
    count_uploads,
    forget_old_windows,
)
from recognizer.models import Owner, ThrottleWindow, Upload
from tests.makers import make_user, make_visitor
from tests.recognizer.accounts.test_clients import FORGED
from tests.recognizer.views.visitors import give
from tests.threads import together

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLIENT, OTHER_CLIENT = "fd00::1", "fd00::2"


@pytest.fixture(autouse=True)
def small_limits(settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = 3
    settings.UPLOADS_PER_DAY = 5
    settings.UPLOADS_PER_MINUTE_AND_ADDRESS = 4


def count(owner: Owner, times: int, client: str = CLIENT) -> None:
    for _ in range(times):
        count_uploads(owner, client)


def hits() -> list[int]:
    """The hits in every window, the fewest first."""
    return sorted(ThrottleWindow.objects.values_list("hits", flat=True))


def test_a_user_may_make_so_many_batches_an_hour(settings: Settings) -> None:
    settings.BATCHES_PER_HOUR = 2
    ada, eve = make_user("ada"), make_user("eve")
    with travel(NOON, tick=False):
        for _ in range(2):
            count_batch(ada)
        count_batch(eve)
        with pytest.raises(TooManyBatches, match="Make this one in 60 minutes"):
            count_batch(ada)
    with travel(NOON + timedelta(minutes=61), tick=False):
        count_batch(ada)


def test_an_owner_may_give_so_many_a_minute_and_no_more() -> None:
    visitor = make_visitor()
    count(visitor, 3)
    with pytest.raises(TooManyUploads):
        count_uploads(visitor, OTHER_CLIENT)


def test_others_are_not_held_up() -> None:
    count(make_visitor(), 3)
    count_uploads(make_visitor(), OTHER_CLIENT)
    count_uploads(Owner(user=make_user()), OTHER_CLIENT)
    assert hits() == [1, 1, 1, 1, 2, 3, 3, 3]


def test_an_address_may_give_so_many_a_minute_as_whomever() -> None:
    count(make_visitor(), 2)
    count(make_visitor(), 2)
    with pytest.raises(TooManyUploads):
        count_uploads(make_visitor(), CLIENT)


@travel(NOON, tick=False)
def test_it_says_how_long_to_wait() -> None:
    visitor = make_visitor()
    count(visitor, 3)
    with pytest.raises(TooManyUploads, match=r"again in a minute\.") as refusal:
        count_uploads(visitor, CLIENT)
    assert refusal.value.retry_after_s == 60


def test_after_the_wait_it_goes_on() -> None:
    visitor = make_visitor()
    with travel(NOON, tick=False) as clock:
        count(visitor, 3)
        clock.shift(timedelta(seconds=60))
        count(visitor, 1)
    assert hits() == [1, 1, 4]  # new minutes of the address and the visitor; the same day


def test_a_day_has_its_own_limit() -> None:
    visitor = make_visitor()
    for minute in range(5):
        with travel(NOON + timedelta(minutes=minute), tick=False):
            count_uploads(visitor, CLIENT)
    with travel(NOON + timedelta(minutes=5), tick=False), pytest.raises(TooManyUploads) as refusal:
        count_uploads(visitor, CLIENT)
    assert str(refusal.value).endswith("again in 24 hours.")
    assert refusal.value.retry_after_s == 24 * 3600 - 5 * 60


def test_a_clock_that_is_set_back_shuts_nobody_out() -> None:
    visitor = make_visitor()
    with travel(NOON, tick=False):
        count(visitor, 3)
    with travel(NOON - timedelta(hours=1), tick=False):
        count(visitor, 1)
    assert hits() == [1, 1, 4]  # new minutes of the address and the visitor; the same day


def test_several_pictures_at_once_are_several() -> None:
    visitor = make_visitor()
    count_uploads(visitor, CLIENT, pictures=3)
    with pytest.raises(TooManyUploads):
        count_uploads(visitor, CLIENT)


def test_0_is_no_limit(settings: Settings) -> None:
    settings.UPLOADS_PER_MINUTE = settings.UPLOADS_PER_DAY = 0
    settings.UPLOADS_PER_MINUTE_AND_ADDRESS = 0
    count(make_visitor(), 10)
    assert not ThrottleWindow.objects.exists()


def test_an_address_may_make_so_many_accounts_an_hour(settings: Settings) -> None:
    settings.SIGN_UPS_PER_HOUR_AND_ADDRESS = 1
    with travel(NOON, tick=False):
        count_sign_up(CLIENT)
        count_sign_up(OTHER_CLIENT)
        with pytest.raises(TooManySignUps, match=r"again in 60 minutes\.") as refusal:
            count_sign_up(CLIENT)
    assert refusal.value.retry_after_s == 3600
    with travel(NOON + timedelta(hours=1), tick=False):
        count_sign_up(CLIENT)


def test_what_is_kept_names_nobody() -> None:
    visitor = make_visitor()
    count(visitor, 1)
    kept = str(list(ThrottleWindow.objects.values()))
    assert str(visitor.visitor) not in kept
    assert CLIENT not in kept


def test_old_windows_are_forgotten() -> None:
    with travel(NOON, tick=False):
        count(make_visitor(), 1)
    with travel(NOON + timedelta(hours=1), tick=False):
        assert forget_old_windows() == 2
        assert ThrottleWindow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_only_so_many_pass() -> None:
    visitor = make_visitor()
    refused = [
        one for one in together(8, lambda _: count_uploads(visitor, CLIENT)) if one.exception()
    ]
    assert len(refused) == 5
    assert all(isinstance(one.exception(), TooManyUploads) for one in refused)


def test_nobody_is_held_up_because_nothing_can_be_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(throttle, "_add", fail)
    count(make_visitor(), 10)
    assert "hits could not be counted" in caplog.text


def test_one_too_many_brings_the_form_back_with_a_sentence(client: Client) -> None:
    for _ in range(3):
        give(client)
    response = give(client)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert "Too many pictures came from you" in response.content.decode()
    assert 'enctype="multipart/form-data"' in response.content.decode()
    assert Upload.objects.count() == 3


def test_no_forged_header_gets_round_it() -> None:
    statuses = [give_as_stranger(header) for header in FORGED]
    assert statuses == [302] * 4 + [429] * (len(FORGED) - 4)


def give_as_stranger(header: str) -> int:
    """Upload without cookies, so that only the address can be recognized."""
    return int(give(Client(headers={header: FORGED[header]})).status_code)


def test_each_client_behind_our_proxy_has_a_limit_of_its_own(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    for number in range(6):
        client = Client(headers={"X-Forwarded-For": f"192.0.2.{number}"})
        assert give(client).status_code == 302
