"""A receiver on this machine: remembers what it was sent and answers as it is told."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Heard:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Reply = tuple[int, dict[str, str], bytes] | None
"""Status, headers and body; None: the connection is cut without a word."""

ACCEPTED: Reply = (202, {}, b"")


@dataclass
class Receiver:
    """Answers each request with the next prepared reply, or with what `reply` makes of it."""

    reply: Callable[[Heard], Reply] = lambda _heard: ACCEPTED
    heard: list[Heard] = field(default_factory=list)
    prepared: list[Reply] = field(default_factory=list)

    def __enter__(self) -> "Receiver":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a sender that was killed hangs up
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def url(self, path: str = "/masuk") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def _answer(self, heard: Heard) -> Reply:
        with self._lock:
            self.heard.append(heard)
            return self.prepared.pop(0) if self.prepared else self.reply(heard)

    def _handler(receiver) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                if len(body) < length:  # the sender was killed in the middle of the sentence
                    self.close_connection = True
                    return
                told = {name.lower(): value for name, value in self.headers.items()}
                reply = receiver._answer(Heard(self.command, self.path, told, body))
                if reply is None:
                    self.close_connection = True
                    return
                status, headers, content = reply
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = handle_any  # noqa: N815 - http.server's own names

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        return Handler
