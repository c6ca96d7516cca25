"""A reverse proxy for a host on which digitrec is one site of several, each below its own path."""

import http.client
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

# These are between two hops, or written anew.
NOT_PASSED_ON = {"connection", "keep-alive", "transfer-encoding", "date", "server"}
TIMEOUT_S = 60


class SiteProxy:
    """Passes what is below a path on as it is, and notes what was asked of the other sites."""

    def __init__(self, path: str, port: int) -> None:
        self.strayed: list[str] = []
        strayed = self.strayed

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path == path.rstrip("/") or self.path.startswith(path):
                    self._pass_on(body)
                else:
                    strayed.append(self.path)
                    self.send_error(404, "Another site")

            do_GET = do_POST = do_HEAD = answer  # noqa: N815 - as http.server calls them

            def _pass_on(self, body: bytes) -> None:
                server = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
                passed = {k: v for k, v in self.headers.items() if k.lower() not in NOT_PASSED_ON}
                passed["X-Forwarded-For"] = self.client_address[0]
                server.request(self.command, self.path, body, passed)
                answer = server.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in NOT_PASSED_ON | {"content-length"}:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                with suppress(OSError):  # the browser has gone
                    self.wfile.write(content)
                server.close()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Tell nobody."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.host = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
