"""
One server in this process that plays several providers: what it answers is said by path, and what came is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TypeAlias

Answer: TypeAlias = tuple[int, Mapping[str, str], bytes]
"""Status, headers, body; `{url}` in a body is where the server itself is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Hold a request that came, the names of its headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@contextmanager
def serving(answers: Mapping[str, Sequence[Answer]]) -> Iterator[tuple[str, list[Seen]]]:
    """
    Serve on this machine.

    Args:
        answers: By method and path, `GET /a`: one after the other, the last one again and again; else it is 404.

    Yields:
        Where it is, and what came so far.
    """
    left = {what: list(of_it) for what, of_it in answers.items()}
    came: list[Seen] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            came.append(Seen(method=self.command, path=self.path, headers=headers, body=body))
            known = left.get(f"{self.command} {self.path}", [(404, {}, b"")])
            status, said, content = known.pop(0) if len(known) > 1 else known[0]
            content = content.replace(b"{url}", url.encode())
            self.send_response(status)
            for name, value in {**said, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        url = f"http://127.0.0.1:{http.server_port}"
        Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        yield url, came
        http.shutdown()
