"""What s3 is asked directly: fsspec's own ways to the same answers take several requests.

A bucket that is not there holds nothing.
"""

import errno
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pipeline.files.stamps import Stamp, store_stamp

DELETED = 1_000  # keys of one request, s3's own limit


def is_s3(fs: Any) -> bool:
    return "s3" in fs.protocol


def listed(fs: Any, inner: str, deep: bool) -> Iterator[tuple[str, Stamp | None]]:
    """(name, stamp) of all objects below a name; else of those directly in it, and its folders,
    which have None for a stamp.
    """
    start = _folder(inner)
    for page in _pages(fs, inner, Prefix=start, **({} if deep else {"Delimiter": "/"})):
        for row in page.get("CommonPrefixes", ()):
            yield row["Prefix"][len(start) :].rstrip("/"), None
        for row in page.get("Contents", ()):
            if not row["Key"].endswith("/"):  # else what some tools leave to mark a folder
                yield row["Key"][len(start) :], store_stamp(row | {"size": row["Size"]})


def holds(fs: Any, inner: str) -> bool:
    """Whether there is an object of this name, or objects below it."""
    key = _key(inner)
    if not key:
        return is_folder(fs, inner)
    for page in _pages(fs, inner, Prefix=key, Delimiter="/"):
        found = {row["Key"] for row in page.get("Contents", ())}
        found |= {row["Prefix"] for row in page.get("CommonPrefixes", ())}
        if found & {key, f"{key}/"}:
            return True
    return False


def is_folder(fs: Any, inner: str) -> bool:
    """Whether there are objects below a name; a bucket is a folder, full or not."""
    for page in _pages(fs, inner, Prefix=_folder(inner), MaxKeys=1):
        return not _key(inner) or bool(page.get("Contents"))
    return False


def remove_below(fs: Any, inner: str) -> None:
    """Removes all objects below a name, marks of folders too."""
    pages = _pages(fs, inner, Prefix=_folder(inner))
    keys = [{"Key": row["Key"]} for page in pages for row in page.get("Contents", ())]
    for at in range(0, len(keys), DELETED):
        wanted = {"Objects": keys[at : at + DELETED], "Quiet": True}
        refused = fs.call_s3("delete_objects", Bucket=_bucket(inner), Delete=wanted).get("Errors")
        if refused:
            raise OSError(errno.EIO, f"{refused[0]['Key']} is not removed: {refused[0]['Message']}")


def abort_uploads(fs: Any, inner: str) -> None:
    """Aborts the unfinished uploads below a name; a store that cannot list them keeps them."""
    try:
        uploads = list(_uploads(fs, inner))
    except OSError as error:
        if error.errno == errno.ENOSYS:
            return
        raise
    for key, upload in uploads:
        with suppress(FileNotFoundError):  # ended since it was listed
            fs.abort_mpu(_bucket(inner), key, upload)


def _uploads(fs: Any, inner: str) -> Iterator[tuple[str, str]]:
    """(key, id) of the unfinished uploads below a name."""
    wanted = {"Bucket": _bucket(inner), "Prefix": _folder(inner)}
    page: dict[str, Any] = {"IsTruncated": True}
    with suppress(FileNotFoundError):
        while page.get("IsTruncated"):
            page = fs.call_s3("list_multipart_uploads", **wanted)
            for row in page.get("Uploads", ()):
                if row["Key"].startswith(wanted["Prefix"]):  # in case a store knows no prefix here
                    yield row["Key"], row["UploadId"]
            wanted["KeyMarker"] = page.get("NextKeyMarker", "")
            wanted["UploadIdMarker"] = page.get("NextUploadIdMarker", "")


def is_past_the_end(error: OSError) -> bool:
    """Whether a request failed because its range begins behind the end of the object."""
    response = getattr(error.__cause__, "response", {})
    return response.get("Error", {}).get("Code") in ("InvalidRange", "416")


def _pages(fs: Any, inner: str, **wanted: Any) -> Iterator[dict[str, Any]]:
    """The pages of a listing, as s3 gives them."""
    page: dict[str, Any] = {"IsTruncated": True}
    with suppress(FileNotFoundError):
        while page.get("IsTruncated"):
            page = fs.call_s3("list_objects_v2", Bucket=_bucket(inner), **wanted)
            yield page
            wanted["ContinuationToken"] = page.get("NextContinuationToken")


def _bucket(inner: str) -> str:
    return inner.partition("/")[0]


def _key(inner: str) -> str:
    return inner.partition("/")[2].rstrip("/")


def _folder(inner: str) -> str:
    """How the names of all objects in a folder begin."""
    key = _key(inner)
    return f"{key}/" if key else ""
