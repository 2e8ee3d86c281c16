"""An HTTP response taken apart: status, header fields, body."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_STATUS = re.compile(r"(?:HTTP|ICY|HTTPS)(?:/\d+(?:\.\d+)?)?[ \t]+(\d{3})(?![0-9])", re.IGNORECASE)
# A comma that begins another type; others stand inside of parameters.
_TYPE_COMMA = re.compile(r",\s*(?=[\w.+-]+/[\w.+*-]+)")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
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
    lines = head[:end].decode("latin-1").split("\n")
    status = _STATUS.match(lines[0])
    headers = _fields(lines[1:])
    if status is None and not headers:
        return None
    return Response(
        int(status.group(1)) if status else 0, headers, bytes(block[body:]) if body else b""
    )


def _blank_line(head: bytes) -> tuple[int, int]:
    """Where the header ends and the body begins; the end and 0 where no empty line tells."""
    found = _BLANK_LINE.search(head)
    return found.span() if found else (len(head), 0)


def _fields(lines: list[str]) -> dict[str, str]:
    """Header fields by lower-case name: folded lines joined, repeated ones by commas (RFC 9110)."""
    lists: dict[str, list[list[str]]] = {}  # of each field its values, of each value its lines
    last: list[str] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and lists:
            last.append(line.strip())
        elif colon:
            last = [value.strip()]
            lists.setdefault(name.strip().lower(), []).append(last)
    values = {name: [" ".join(value) for value in found] for name, found in lists.items()}
    found = {name: ", ".join(filter(None, each)) for name, each in values.items()}
    if "content-type" in values:
        found["content-type"] = media_type(values["content-type"])
    return found


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
