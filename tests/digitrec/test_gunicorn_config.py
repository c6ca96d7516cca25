import importlib
import socket
import struct
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from digitrec import gunicorn_config


@pytest.mark.parametrize("name", ["WEB_WORKERS", "WEB_THREADS"])
def test_no_worker_or_thread_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "0")
    with pytest.raises(ImproperlyConfigured, match=f"{name} must be a whole number, 1 or more"):
        importlib.reload(gunicorn_config)


def test_the_model_is_never_loaded_before_the_fork() -> None:
    assert gunicorn_config.preload_app is False


def test_what_is_being_answered_may_finish_before_a_worker_counts_as_hanging() -> None:
    assert gunicorn_config.graceful_timeout < gunicorn_config.timeout


def test_connections_inherit_how_long_to_wait_for_more() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gunicorn_config.when_ready(SimpleNamespace(LISTENERS=[SimpleNamespace(sock=listener)]))
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            kept = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, 16)
    assert struct.unpack("ll", kept) == (gunicorn_config.SILENCE_S, 0)
