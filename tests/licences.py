"""The licence of everything that is installed here, and whether we may use it: `make licences`."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping

# What may be used, and handed on beside our code, under the Apache licence. The MPL covers its own
# files alone (certifi, pathspec, tqdm, hypothesis); PSF and CNRI are Python's.
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC",
    "MIT", "MIT-0", "MIT-CMU", "MPL-1.1", "MPL-2.0", "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
# How licences are called in metadata that names none of the SPDX list.
_CALLED = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
_NO_LICENCE = "DFSG approved"  # a classifier that stands among those of licences
# Packages that do not say it in their metadata, with what their own files say.
ODD: Mapping[str, str] = {}


def allowed(licence: str) -> bool:
    """Whether a licence lets us use what is under it: all that AND joins, one of what OR does.

    Some packages have the whole text in its place, whose first line is the name; several
    classifiers, between semicolons, all count.
    """
    parts = re.split(r"; | AND ", licence.partition("\n")[0].strip())
    choices = (part.strip("() ").split(" OR ") for part in map(_name, parts) if part != _NO_LICENCE)
    return all(any(_name(one) in ALLOWED for one in choice) for choice in choices)


def _name(licence: str) -> str:
    return _CALLED.get(licence, licence)


def installed() -> dict[str, str]:
    """The licences of all packages that are installed beside this Python, by name."""
    listing = [sys.executable, "-m", "piplicenses", "--format=json", "--with-system"]
    found = json.loads(subprocess.run(listing, capture_output=True, check=True).stdout)
    return {row["Name"]: ODD.get(row["Name"], row["License"]) for row in found}


def main() -> None:
    found = installed()
    for name, licence in found.items():
        line = licence.partition("\n")[0]
        print(f"{'' if allowed(licence) else 'REFUSED '}{name}: {line}")
    refused = [name for name, licence in found.items() if not allowed(licence)]
    if refused:
        sys.exit(f"{len(refused)} licences are not among those that we may use; see tests/licences")


if __name__ == "__main__":
    main()
