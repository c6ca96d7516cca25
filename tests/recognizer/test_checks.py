from ipaddress import ip_network

import PIL
import pytest
from django.core.checks import run_checks
from PIL import ImageFile
from pytest_django import Settings

from digitrec import serve
from recognizer import checks
from recognizer.checks import (
    LEAST_PILLOW,
    heic_can_be_decoded,
    pictures_are_read_whole,
    pillow_is_safe,
    proxy_is_named,
)


def found() -> list[str | None]:
    return [error.id for error in [*pillow_is_safe(), *pictures_are_read_whole()]]


def test_nothing_is_wrong_as_it_is_installed() -> None:
    assert found() == []


def test_an_old_pillow_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PIL, "__version__", "12.2.9")
    assert found() == ["recognizer.E001"]


def test_the_oldest_pillow_that_will_do_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PIL, "__version__", ".".join(map(str, LEAST_PILLOW)) + ".0.dev1")
    assert found() == []


def test_half_pictures_must_not_be_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert found() == ["recognizer.E002"]


def test_django_looks_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert "recognizer.E002" in [error.id for error in run_checks()]


def test_the_server_does_not_start_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(serve.Unsound, match="cut off"):
        serve.read_settings()


def test_heic_without_its_decoder_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert heic_can_be_decoded() == []
    settings.HEIC = True
    monkeypatch.setattr(checks, "find_spec", lambda _name: None)
    (error,) = heic_can_be_decoded()
    assert error.id == "recognizer.E003"
    monkeypatch.setattr(checks, "find_spec", lambda name: name)
    assert heic_can_be_decoded() == []


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
