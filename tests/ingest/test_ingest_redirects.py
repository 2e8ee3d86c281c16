"""A web server may send us on to the public web; what it does wrong ends in one sentence."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from support_archives import Read, gzipped, pages
from support_server import Server, serving

from pipeline.errors import CheckError, UsageError
from pipeline.ingest.remote import block_reads
from pipeline.ingest.remote.opening import open_file
from pipeline.ingest.remote.redirects import check_redirect
from pipeline.ingest.sources import plan_units
from pipeline.recipe import ExtractConfig, Source


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_reads, "WAIT", lambda _: 0.001)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with an archive."""
    (tmp_path / "a.warc.gz").write_bytes(gzipped(pages(5)))
    with serving(tmp_path) as server:
        yield server


def source(url: str, private: bool = False) -> Source:
    return Source(name="s", paths=(url,), private_redirects=private)


def planned(url: str, private: bool = False) -> Any:
    return plan_units(source(url, private), ExtractConfig(), "")


NAMES = {
    "localhost": "127.0.0.1",
    "inside.example": "10.1.2.3",
    "partly.example": "192.168.0.9",
    "outside.example": "93.184.216.34",
}


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names have the addresses of NAMES; numbers are read as ever."""
    really = socket.getaddrinfo

    def found(host: str, *arguments: Any, **keys: Any) -> Any:
        rows = really(NAMES.get(host, host), *arguments, **keys)
        return [*really("93.184.216.34", None), *rows] if host == "partly.example" else rows

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.usefixtures("resolved")
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]",
        "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:a00:1]",
        "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "2130706433", "0x7f000001", "0177.0.0.1",
        "127.1", "localhost", "LOCALHOST", "inside.example", "partly.example",
        "user:word@127.0.0.1", "127.0.0.1:8080", "[::1]:80",
    ],
)  # fmt: skip
def test_redirect_to_a_private_or_local_address_is_refused(host: str) -> None:
    for start in ("https://93.184.216.34/a", "https://10.0.0.1/a"):
        with pytest.raises(UsageError, match=r"private or local; .* private_redirects = true"):
            check_redirect(start, f"https://{host}/x", private=False)
        check_redirect(start, f"https://{host}/x", private=True)


@pytest.mark.usefixtures("resolved")
@pytest.mark.parametrize(
    "host",
    ["93.184.216.34", "[2606:2800:220:1::1]", "outside.example", "[64:ff9b::5db8:d822]",
     "[::ffff:93.184.216.34]", "1572395042"],
)  # fmt: skip
def test_redirect_to_a_public_address_is_followed(host: str) -> None:
    check_redirect("http://10.0.0.1/a", f"https://{host}/x", private=False)
    check_redirect("http://10.0.0.1/a", f"http://{host}:8080/x", private=False)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("http://93.184.216.34/a", "on the way can read"),
        ("file:///etc/passwd", "no address of the web"),
        ("ftp://93.184.216.34/a", "no address of the web"),
        ("data:text/plain,x", "no address of the web"),
    ],
)
def test_redirect_away_from_https_is_refused(target: str, why: str) -> None:
    with pytest.raises(UsageError, match=f"{why}; give the address of the file itself"):
        check_redirect("https://93.184.216.34/", target, private=True)


@pytest.mark.parametrize("target", ["{url}/a.warc.gz", "//{host}/a.warc.gz", "/a.warc.gz"])
def test_server_that_sends_on_to_itself_is_refused_unless_its_source_allows(
    server: Server, target: str
) -> None:
    host = server.url.removeprefix("http://")
    server.redirects["/b.warc.gz"] = target.format(url=server.url, host=host)
    with pytest.raises(UsageError, match=r"/b\.warc\.gz redirects to .*, which is private"):
        planned(f"{server.url}/b.warc.gz")
    assert "/a.warc.gz" not in server.asked
    there = Read(source(f"{server.url}/b.warc.gz", private=True))
    here = Read(source(f"{server.folder}/a.warc.gz"))
    assert [page.html for page in there.pages] == [page.html for page in here.pages]


def test_name_that_turns_private_once_it_was_checked_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, asked = socket.getaddrinfo, []

    def turning(host: str, *arguments: Any, **keys: Any) -> Any:
        if host != "turning.example":
            return really(host, *arguments, **keys)
        asked.append(host)
        return really("93.184.216.34" if len(asked) == 1 else "127.0.0.1", *arguments, **keys)

    monkeypatch.setattr(socket, "getaddrinfo", turning)
    server.redirects["/b"] = server.url.replace("127.0.0.1", "turning.example") + "/a.warc.gz"
    with pytest.raises(UsageError, match=r"turning\.example.*, which is private or local"):
        planned(f"{server.url}/b")
    assert len(asked) == 2


def test_redirect_key_changes_no_name(server: Server) -> None:
    url = f"{server.url}/a.warc.gz"
    assert planned(url, private=True) == planned(url)


def test_redirects_in_a_circle_end_in_one_sentence(server: Server) -> None:
    server.redirects |= {"/b": "/c", "/c": "/b"}
    with pytest.raises(UsageError, match="/b redirects in a circle, or too often; check"):
        planned(f"{server.url}/b", private=True)
    assert server.requests == 11


def test_crawl_list_and_captures_obey_the_same_rule(server: Server) -> None:
    crawl = "/crawl-data/CC-MAIN-2026-30/warc.paths.gz"
    server.redirects[crawl] = "/paths.gz"
    (server.folder / "paths.gz").write_bytes(b"a.warc.gz\n")
    of = {"name": "s", "crawl": "CC-MAIN-2026-30", "base": server.url}
    with pytest.raises(UsageError, match="private or local"):
        plan_units(Source.model_validate(of), ExtractConfig(), "")
    allowed = Source.model_validate(of | {"private_redirects": True})
    assert len(plan_units(allowed, ExtractConfig(), "")) == 1


def test_credentials_are_not_sent_on_to_another_host(server: Server) -> None:
    with serving(server.folder) as other:
        server.redirects["/b.warc.gz"] = other.url.replace("127.0.0.1", "localhost") + "/a.warc.gz"
        url = server.url.replace("//", "//miller:s3cr3t@")
        Read(source(f"{url}/b.warc.gz", private=True))
    assert server.credentials["miller:s3cr3t"]
    assert other.requests
    assert not +other.credentials


@contextmanager
def answering(head: bytes) -> Iterator[str]:
    """A server whose every answer is these bytes."""

    def answer() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(1 << 16)
                connection.sendall(head)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/a.warc.gz"
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("head", "kind", "said"),
    [
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", CheckError, "run again"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nnone\r\n", CheckError, "run again"),
        (OK + b"Content-Encoding: gzip\r\n\r\nno gzip", CheckError, "run again"),
        (b"no HTTP at all", CheckError, "run again"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n", UsageError, "check"),
        (b"HTTP/1.1 302 Found\r\nLocation: http:///x\r\n\r\n", UsageError, "check"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://a:b/\r\n\r\n", UsageError, "check"),
        (b"HTTP/1.1 302 Found\r\nLocation: gopher://a/\r\n\r\n", UsageError, "give the"),
        (b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\n\r\n", UsageError, "check"),
        (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", UsageError, "permissions"),
        (b"HTTP/1.1 302 Found\r\n\r\n", CheckError, "run again"),
    ],
)
def test_what_a_server_does_wrong_ends_in_one_sentence(
    head: bytes, kind: type[Exception], said: str
) -> None:
    with answering(head) as url, pytest.raises(kind, match=said) as told:
        planned(url, private=True)
    assert told.value.__suppress_context__ or told.value.__cause__ is None


@pytest.mark.parametrize(
    "url", ["http://", "http://[::1", "http://a:b/c", "https://.x/", "http://*/x"]
)
def test_address_that_is_none_ends_in_one_sentence(url: str) -> None:
    with pytest.raises((UsageError, CheckError), match="; "):
        planned(url)


def test_file_that_goes_while_it_is_read_ends_in_one_sentence(server: Server) -> None:
    with open_file(f"{server.url}/a.warc.gz") as file:
        (server.folder / "a.warc.gz").unlink()
        file.seek(5)
        with pytest.raises(UsageError, match=r"a\.warc\.gz does not exist; check the path"):
            file.read(9)
