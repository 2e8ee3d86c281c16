"""Which licences let us use what is under them."""

import pytest
from licences import allowed


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "MIT License",
        "Apache Software License; BSD License",
        "DFSG approved; MIT License",
        "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
        "MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later",
        "MIT AND (Apache-2.0 OR BSD-2-Clause)",
        "MIT License\n\nPermission is hereby granted, free of charge",
    ],
)
def test_licence_that_lets_us_use_it_is_allowed(licence: str) -> None:
    assert allowed(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "UNKNOWN",
        "",
        "GPL-3.0-only",
        "GNU General Public License v3 (GPLv3)",
        "MIT AND GPL-3.0-or-later",
        "MIT License; GNU Affero General Public License v3",
        "Proprietary, use liMITed",
        "GPL-2.0-only OR AGPL-3.0-only",
        "MIT AND (GPL-3.0-only OR SSPL-1.0)",
    ],
)
def test_licence_that_does_not_is_refused(licence: str) -> None:
    assert not allowed(licence)
