"""Bodies that are no text, whatever they call themselves."""

from pipeline.ingest.charset.byte_shapes import shown

# The bytes that no text holds (WHATWG MIME sniffing, "binary data byte").
BINARY = bytes({*range(0x20)} - {0x09, 0x0A, 0x0C, 0x0D, 0x1B})
_MOST_BINARY = 0.02  # of all bytes: a random byte is one of them with a probability of .1
# U+FFFD of all characters, markup counted, on a page whose text is lost.
_MOST_LOST = 0.05
_MOST_LOST_OF_ASCII = 0.01  # where most of what is not ASCII is lost
_HEAD = 1_024


def looks_like_text(body: bytes) -> bool:
    """Whether the beginning of `body` can be text as it stands: UTF-8, UTF-16, or some markup."""
    head = body[:_HEAD]
    if len(head.translate(None, BINARY)) < len(head):
        return head[:2] in (b"\xff\xfe", b"\xfe\xff") or shown(head) != ""
    if head.lstrip().startswith(b"<"):
        return True
    lost = len(head) - len(head.decode("utf-8", "ignore").encode())
    return lost < 4  # of a character that is cut


def is_binary(body: bytes, text: str) -> bool:
    """Whether a `body` decoded to `text` is none: control characters, or little but U+FFFD."""
    lost = text.count("\ufffd")
    beyond = len(text) - len(text.encode("ascii", "ignore")) if lost else 0
    most = _MOST_LOST_OF_ASCII if 2 * lost > beyond else _MOST_LOST
    if lost > most * len(text):
        return True
    signs = len(body) - len(body.translate(None, BINARY))
    if signs <= _MOST_BINARY * len(body):
        return False
    data = text.encode()  # of UTF-16 the text itself is asked
    return len(data) - len(data.translate(None, BINARY)) > _MOST_BINARY * len(data)
