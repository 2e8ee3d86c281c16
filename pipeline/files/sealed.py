"""Files that say of themselves, or of which another file says, what their bytes must be.

JSON is sealed by the checksum of its own value, so that a byte that has changed is told from one
that was written. Raises DamageError, which names the file.
"""

import json
from typing import Any

from pipeline.document import Checked
from pipeline.errors import DamageError
from pipeline.files.reads import blake3_of_file, checksum, checksum_of, read_bytes
from pipeline.files.whole import json_bytes, write_bytes_atomic

SEAL = "seal"


def read_checked(file: Checked) -> bytes:
    """The bytes of a file, held against its checksum where that is known."""
    if not file.checksum:
        return read_bytes(file.path)
    try:
        data = read_bytes(file.path)
    except FileNotFoundError:
        raise DamageError.of(file.path) from None
    if checksum_of(data) != file.checksum:
        raise DamageError.of(file.path)
    return data


def is_whole(file: Checked) -> bool:
    """Whether a file has its checksum, which is BLAKE3 where that is written before it."""
    kind, _, told = file.checksum.rpartition(":")
    try:
        return (blake3_of_file if kind else checksum)(file.path) == told
    except FileNotFoundError:
        return False


def sealed(value: dict[str, Any]) -> bytes:
    """Canonical JSON with the checksum of all other fields."""
    value = json.loads(json.dumps(value))  # keys are strings, as they will be read
    return json_bytes(value | {SEAL: checksum_of(json_bytes(value))})


def write_sealed(path: str, value: dict[str, Any], *, durable: bool = False) -> None:
    write_bytes_atomic(path, sealed(value), durable=durable)


def read_sealed(path: str) -> dict[str, Any]:
    """What `write_sealed` wrote. Raises FileNotFoundError where there is nothing."""
    data = read_bytes(path)
    try:
        value = json.loads(data)
        del value[SEAL]
        whole = sealed(value) == data
    except (ValueError, TypeError, KeyError):
        whole = False
    if not whole:
        raise DamageError.of(path)
    found: dict[str, Any] = value
    return found
