from ipaddress import ip_network

from pytest_django import Settings

from recognizer.deployment import proxy_is_named


def test_a_proxy_that_is_not_named_is_missed(settings: Settings) -> None:
    settings.HTTPS = True
    settings.TRUSTED_PROXIES = []
    (warning,) = proxy_is_named()
    assert "TRUSTED_PROXIES names none" in warning.msg


def test_a_proxy_that_is_named_is_fine(settings: Settings) -> None:
    settings.HTTPS = True
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    assert not proxy_is_named()


def test_without_https_no_proxy_is_missed(settings: Settings) -> None:
    settings.HTTPS = False
    settings.TRUSTED_PROXIES = []
    assert not proxy_is_named()
