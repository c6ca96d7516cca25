from ipaddress import IPv6Address, ip_network

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from recognizer.accounts.clients import client_of

# Every header in which some proxy names the client that it forwards for.
HEADERS = (
    "X-Forwarded-For",
    "X-Real-IP",
    "Client-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Originating-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "Remote-Addr",
)
FORGED = dict.fromkeys(HEADERS, "198.51.100.7") | {"Forwarded": "for=198.51.100.7"}


def client(address: str, **headers: str) -> str:
    return client_of(RequestFactory(REMOTE_ADDR=address).get("/", headers=headers))


def test_one_address_is_one_client() -> None:
    assert client("192.0.2.1") == client("192.0.2.1")
    assert client("192.0.2.1") != client("192.0.2.2")


def test_the_address_is_not_kept() -> None:
    assert "192.0.2.1" not in client("192.0.2.1")
    assert IPv6Address(client("192.0.2.1")).is_private


def test_another_key_makes_another_pseudonym(settings: Settings) -> None:
    before = client("192.0.2.1")
    settings.SECRET_KEY = "another"
    assert client("192.0.2.1") != before


def test_all_addresses_of_one_ipv6_network_are_one_client() -> None:
    assert client("2001:db8::1") == client("2001:db8::ffff:1")
    assert client("2001:db8::1") != client("2001:db8:0:1::1")


def test_an_ipv4_address_is_the_same_client_however_it_is_written() -> None:
    assert client("::ffff:192.0.2.1") == client("192.0.2.1")
    assert client("::ffff:192.0.2.1") != client("::ffff:192.0.2.2")


@pytest.mark.parametrize("header", FORGED)
def test_a_forged_header_changes_nothing(header: str) -> None:
    assert client("192.0.2.1", **{header: FORGED[header]}) == client("192.0.2.1")


def test_a_proxy_of_ours_says_whom_it_speaks_for(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/24")]
    behind = client("10.0.0.7", x_forwarded_for="192.0.2.1")
    assert behind == client("192.0.2.1")


def test_what_a_client_told_our_proxy_is_not_believed(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/24")]
    behind_two = client("10.0.0.7", x_forwarded_for="198.51.100.7, 192.0.2.1, 10.0.0.8")
    assert behind_two == client("192.0.2.1")


@pytest.mark.parametrize("nonsense", ["", "unknown", "a" * 10_000, "999.1.1.1", "\0"])
def test_nonsense_from_a_proxy_leaves_the_proxy(settings: Settings, nonsense: str) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/24")]
    assert client("10.0.0.7", x_forwarded_for=nonsense) == client("10.0.0.7")


def test_a_client_without_an_address_is_a_client() -> None:
    assert client("") == client("")
