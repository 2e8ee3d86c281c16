"""An HTTP response taken apart: status, header fields, body."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_STATUS = re.compile(r"(?:HTTP|ICY|HTTPS)(?:/\d+(?:\.\d+)?)?[ \t]+(\d{3})(?![0-9])", re.IGNORECASE)
# A comma that begins another type; others stand inside of parameters.
_TYPE_COMMA = re.compile(r",\s*(?=[\w.+-]+/[\w.+*-]+)")
_HEAD = 1 << 13  # bytes in which a header usually ends


@dataclass(frozen=True, slots=True)
class Response:
    """Status 0 where the status line holds none."""

    status: int
    headers: dict[str, str]  # by name in lower case; the values of a repeated field are one list
    body: bytes  # with its codings

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def mime(self) -> str:
        return mime_of(self.content_type)


@lru_cache(maxsize=1_024)
def mime_of(content_type: str) -> str:
    """The type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def parse_response(block: bytes | memoryview) -> Response | None:
    """The response in `block`; None where it has no header at all."""
    head = bytes(block[:_HEAD])
    end, body = _blank_line(head)
    if not body and len(block) > _HEAD:
        head = bytes(block)
        end, body = _blank_line(head)
    text = head[:end].decode("latin-1")
    lines = text.split("\n")
    if "\n " in text or "\n\t" in text:
        lines = _unfolded(lines)
    status = _STATUS.match(lines[0])
    headers = _fields(lines[1:])
    if status is None and not headers:
        return None
    return Response(
        int(status.group(1)) if status else 0, headers, bytes(block[body:]) if body else b""
    )


def _blank_line(head: bytes) -> tuple[int, int]:
    """Where the header ends and the body begins; the end and 0 where no empty line tells."""
    end = head.find(b"\n\r\n")
    bare = head.find(b"\n\n", 0, end if end >= 0 else len(head))
    if bare >= 0:
        return bare, bare + 2
    if end < 0:
        return len(head), 0
    return end - (head[end - 1 : end] == b"\r"), end + 3


def _fields(lines: list[str]) -> dict[str, str]:
    """Header fields by lower-case name, the values of repeated ones joined by commas (RFC 9110)."""
    found: dict[str, str] = {}
    repeated: dict[str, list[str]] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            name, value = name.strip().lower(), value.strip()
            if name in found:
                repeated.setdefault(name, [found[name]]).append(value)
            else:
                found[name] = value
    for name, values in repeated.items():
        found[name] = ", ".join(filter(None, values))
    if "," in found.get("content-type", ""):
        found["content-type"] = media_type(repeated.get("content-type", [found["content-type"]]))
    return found


def _unfolded(lines: list[str]) -> list[str]:
    """Lines with those that begin with space joined to what they go on with."""
    parts: list[list[str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and parts:
            parts[-1].append(line.strip())
        else:
            parts.append([line.rstrip("\r")])
    return [" ".join(part) for part in parts]


def media_type(values: Sequence[str]) -> str:
    """The one type that Content-Type fields state (WHATWG Fetch, "extract a MIME type").

    The last valid one counts; a charset said before of the same type goes on.
    """
    stated = ""
    for value in values:
        for part in _TYPE_COMMA.split(value):
            mime = mime_of(part)
            if "/" not in mime or mime == "*/*":
                continue
            same = mime == mime_of(stated) and "charset" not in part.lower()
            stated = stated if same else part.strip()
    return stated or values[0]
