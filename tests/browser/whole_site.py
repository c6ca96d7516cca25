"""The site as it is deployed, with compressed static files, on a server that can be stopped."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from pytest_django import Settings

from digitrec import settings as deployed


class OneAnswerAConnection(WSGIRequestHandler):
    """Kept open, a connection would be served on after the server was stopped."""

    protocol_version = "HTTP/1.0"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Tell nobody."""


class WholeSite:
    """A server in a thread; the static files are those that were collected before."""

    def __init__(self) -> None:
        self._server = ThreadedWSGIServer(("localhost", 0), OneAnswerAConnection)
        self._server.set_app(get_wsgi_application())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://localhost:{self._server.server_port}"

    def stop(self) -> None:
        """From now on, nobody answers at this address."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def whole_site(settings: Settings, static_root: Path) -> Iterator[WholeSite]:
    compressed = deployed.STORAGES["staticfiles"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": compressed}
    settings.STATIC_ROOT = static_root
    call_command("collectstatic", interactive=False, verbosity=0)
    site = WholeSite()
    try:
        yield site
    finally:
        site.stop()
