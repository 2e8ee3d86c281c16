"""A file server on loopback that supports Range and fails on purpose."""

import base64
import email.utils
import hashlib
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

Fault = Literal[
    "none", "resets", "unavailable", "no_range", "short_bodies", "wrong_total", "broken", "no_file"
]


Tells = Literal["etag", "modified"]


class Server:
    """Address, what has been asked of it and how many bytes of each file it has sent."""

    def __init__(self, folder: Path, fault: Fault, tells: tuple[Tells, ...] = ()) -> None:
        self.folder = folder
        self.fault: Fault = fault
        self.tells = tells
        self.asked: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.requests = 0
        self.connections = 0
        self.redirects: dict[str, str] = {}  # where a path sends on to
        self.password = ""  # "user:password" that is demanded, if any
        self.query = ""  # of an address, that is demanded, if any
        self.credentials: Counter[str] = Counter()  # what came, "user:password"
        self.gone_after = 0  # requests; then every file is gone
        self.lock = threading.Lock()  # of the counts and credentials
        self.url = ""


@contextmanager
def serving(folder: Path, fault: Fault = "none", tells: tuple[Tells, ...] = ()) -> Iterator[Server]:
    """Serves `folder` with the headers that it `tells`; every fifth request fails by `fault`."""
    server = Server(folder, fault, tells)
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    httpd.daemon_threads = True
    server.url = f"http://127.0.0.1:{httpd.server_address[1]}"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"server_of_files": server})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of_files: Server

    def setup(self) -> None:
        super().setup()
        with self.server_of_files.lock:
            self.server_of_files.connections += 1

    def do_GET(self) -> None:
        server = self.server_of_files
        with server.lock:
            server.requests += 1
            server.asked[self.path] += 1
            fifth = server.requests % 5 == 0
            given = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic "))
            server.credentials[given.decode()] += bool(given)
        name, _, query = self.path.partition("?")
        path = server.folder / name.lstrip("/")
        if name in server.redirects:
            self._redirect(server.redirects[name])
        elif given.decode() != server.password and server.password:
            self.send_error(401)
        elif query != server.query and server.query:
            self.send_error(403)
        elif not path.is_file() or 0 < server.gone_after < server.requests:
            self.send_error(404)
        elif server.fault == "resets" and fifth:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif server.fault == "broken" or (server.fault == "unavailable" and fifth):
            self.send_error(503)
        else:
            self._told = dict(_told(path, server.tells))
            self._answer(path.read_bytes(), server.fault, fifth)

    def _redirect(self, target: str) -> None:
        self.send_response(302)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, data: bytes, fault: Fault, fifth: bool) -> None:
        wanted = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if wanted is None or fault == "no_range":
            self._send(200, data)
            return
        start, stop = int(wanted[1]), min(int(wanted[2]) + 1, len(data))
        if start >= stop:
            self.send_error(416)
            return
        total = len(data) + (1_000 if fault == "wrong_total" else 0)
        lie = 9 if fault == "short_bodies" and fifth else 0
        self._send(206, data[start:stop], f"bytes {start}-{stop - 1}/{total}", lie)

    def _send(self, status: int, body: bytes, content_range: str = "", lie: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + lie))
        if content_range:
            self.send_header("Content-Range", content_range)
        for name, value in self._told.items():
            self.send_header(name, value)
        self.end_headers()
        with self.server_of_files.lock:
            self.server_of_files.sent[self.path] += len(body)
        self.wfile.write(body)
        if lie:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Keeps the test's output clean."""


def _told(path: Path, tells: tuple[Tells, ...]) -> Iterator[tuple[str, str]]:
    if "etag" in tells:
        yield "ETag", f'"{hashlib.md5(path.read_bytes()).hexdigest()}"'
    if "modified" in tells:
        yield "Last-Modified", email.utils.formatdate(path.stat().st_mtime, usegmt=True)
