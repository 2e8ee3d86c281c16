"""Files behind http and https, read by Range; each answer is checked for the bytes it should hold.

A server that ignores Range has the file copied to a temporary file first.
"""

from typing import Any

import requests
from urllib3.exceptions import HTTPError

from pipeline.files.stamps import UNKNOWN, Stamp, web_stamp
from pipeline.ingest.remote.block_reads import Blocks, Copy, Passing, again, read_again
from pipeline.ingest.remote.redirects import WebSession

TIMEOUT = (20, 120)  # seconds to connect, and between bytes
_PASSING = (408, 425, 429, 500, 502, 503, 504)


def web_session(connections: int, private: bool = False) -> requests.Session:
    """A session that many threads share, with a connection for each.

    `private`: it follows redirects to private addresses too.
    """
    return WebSession(connections, private)


def url_stamp(session: requests.Session, url: str) -> Stamp:
    """The stamp of a file, for one byte of it: not every server that has GET has HEAD."""
    response, _ = again(url, lambda: _get(session, url, 0, 1))
    return _told(response)


def open_http(
    url: str, first: int = 1, shared: requests.Session | None = None, private: bool = False
) -> Any:
    """The file behind `url`, with as many bytes as `first` says in its first request.

    Without a `shared` session it has one of its own, with `private` as `web_session` has it.
    """
    session = shared or web_session(1, private)

    def close() -> None:
        if shared is None:
            session.close()

    def fetch(start: int, stop: int) -> bytes:
        return read_again(url, lambda: _exactly(session, url, start, stop))

    try:
        response, head = again(url, lambda: _get(session, url, 0, first))
        stamp = _told(response)
        if response.status_code == 206 and stamp.size >= 0:
            return Blocks(stamp, fetch, close, head)
        copy = again(url, lambda: _copied(session, url))
    except BaseException:
        close()
        raise
    close()
    return copy


def _told(response: requests.Response) -> Stamp:
    """What a response tells of its file: of the whole of it, whatever range it holds."""
    if response.status_code not in (200, 206):
        return UNKNOWN
    part = response.headers.get("Content-Range", "").rpartition("/")[2]
    size = part if response.status_code == 206 else response.headers.get("Content-Length", "")
    return web_stamp(int(size) if size.isdigit() else -1, response.headers)


def _exactly(session: requests.Session, url: str, start: int, stop: int) -> bytes:
    response, data = _get(session, url, start, stop)
    if response.status_code != 206 or len(data) != stop - start:
        raise Passing(f"status {response.status_code} for bytes {start}-{stop}")
    return data


def part(session: requests.Session, url: str, start: int, stop: int) -> bytes | None:
    """A range of `url`, also from a server that sends the whole; None if it has no such range."""
    response, data = _get(session, url, start, stop)
    if response.status_code == 206:
        return data
    if response.status_code == 416:
        return None
    with _copied(session, url) as copy:
        copy.seek(start)
        return bytes(copy.read(stop - start)) or None


def _get(
    session: requests.Session, url: str, start: int, stop: int
) -> tuple[requests.Response, bytes]:
    """The response to a Range request, and its body if that is the range."""
    headers = {"Range": f"bytes={start}-{stop - 1}", "Accept-Encoding": "identity"}
    with session.get(url, headers=headers, timeout=TIMEOUT, stream=True) as response:
        if response.status_code in _PASSING:
            raise Passing(f"status {response.status_code}")
        if response.status_code in (404, 410):
            raise FileNotFoundError(url)
        if response.status_code in (401, 403):
            raise PermissionError(url)
        if response.status_code != 206:
            return response, b""
        if not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            raise Passing("another range than asked for")
        try:  # past requests, which would hand it on in pieces of 10 kB
            return response, bytes(response.raw.read(stop - start, decode_content=False))
        except HTTPError as error:
            raise Passing(str(error)) from error


def _copied(session: requests.Session, url: str) -> Any:
    """A temporary file with the whole of `url`."""
    copy = Copy(1 << 26)
    try:
        with session.get(
            url, headers={"Accept-Encoding": "identity"}, timeout=TIMEOUT, stream=True
        ) as response:
            if response.status_code != 200:
                raise Passing(f"status {response.status_code}")
            copy.stamp = _told(response)
            for data in response.iter_content(1 << 20):
                copy.write(data)
    except BaseException:
        copy.close()
        raise
    copy.seek(0)
    return copy
