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
_ENOUGH = 64  # bytes: so many of a compressed body hold one of BINARY but once in a thousand
_CONTROLLED = ("utf-16", "utf-32", "iso-2022")


def looks_like_text(body: bytes) -> bool:
    """Whether the beginning of `body` can be text as it stands."""
    head = body[:_HEAD]
    if len(head.translate(None, BINARY)) < len(head):
        return head[:2] in (b"\xff\xfe", b"\xfe\xff") or shown(head) != ""
    if len(head) >= _ENOUGH or head.lstrip().startswith(b"<"):
        return True
    lost = len(head) - len(head.decode("utf-8", "ignore").encode())
    return lost < 4  # of a character that is cut


def is_binary(body: bytes, decoded: Decoded) -> bool:
    """Whether a `body` is no text as it was decoded: control characters, or little but U+FFFD."""
    text = decoded.text
    lost = text.count("\ufffd")
    beyond = len(text) - len(text.encode("ascii", "ignore")) if lost else 0
    most = _MOST_LOST_OF_ASCII if 2 * lost > beyond else _MOST_LOST
    if lost > most * len(text):
        return True
    # In the bytes of these, control characters are part of letters.
    data = text.encode() if decoded.charset.startswith(_CONTROLLED) else body
    return len(data) - len(data.translate(None, BINARY)) > _MOST_BINARY * len(data)
