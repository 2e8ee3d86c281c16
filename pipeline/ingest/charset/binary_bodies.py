"""Bodies that are no text, whatever they call themselves."""

from pipeline.ingest.charset.byte_shapes import shown
from pipeline.ingest.charset.decoding import Decoded

# The bytes that no text holds (WHATWG MIME sniffing, "binary data byte").
BINARY = bytes({*range(0x20)} - {0x09, 0x0A, 0x0C, 0x0D, 0x1B})
_MOST_BINARY = 0.02  # of all bytes: a random byte is one of them with a probability of .1
# U+FFFD of all characters, markup counted, on a page whose text is lost.
_MOST_LOST = 0.05
_MOST_LOST_OF_ASCII = 0.01  # where most of what is not ASCII is lost
_HEAD = 1_024
_LOOKED_AT = 1 << 13  # what is no text shows it soon
_ENOUGH = 64  # bytes: so many of a compressed body hold one of BINARY but once in a thousand
_CONTROLLED = ("utf-16", "utf-32", "iso-2022")


def looks_like_text(body: bytes) -> bool:
    """Whether the beginning of `body` can be text as it stands."""
    head = body[:_HEAD]
    if _binary_bytes(head):
        return head[:2] in (b"\xff\xfe", b"\xfe\xff") or shown(head) != ""
    if len(head) >= _ENOUGH or head.lstrip().startswith(b"<"):
        return True
    lost = len(head) - len(head.decode("utf-8", "ignore").encode())
    return lost < 4  # of a character that is cut


def is_binary(body: bytes, decoded: Decoded) -> bool:
    """Whether a `body` is no text as it was decoded: control characters, or little but U+FFFD."""
    text = decoded.text
    if text.find("\ufffd", 0, _LOOKED_AT) >= 0 and _is_lost(text):
        return True
    # In the bytes of these, control characters are part of letters.
    data = text.encode() if decoded.charset.startswith(_CONTROLLED) else body
    return _binary_bytes(data[:_HEAD]) > 0 and _binary_bytes(data) > _MOST_BINARY * len(data)


def _binary_bytes(data: bytes) -> int:
    return len(data) - len(data.translate(None, BINARY))


def _is_lost(text: str) -> bool:
    lost, beyond = text.count("\ufffd"), len(text) - len(text.encode("ascii", "ignore"))
    most = _MOST_LOST_OF_ASCII if 2 * lost > beyond else _MOST_LOST
    return lost > most * len(text)
