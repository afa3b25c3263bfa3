"""The forecasts that this book published before version 0.3.0, kept as they were.

The default model was replaced with version 0.3.0. What the first one had said of 2025 to 2030 stays
in ``data/forecasts.csv``: a published forecast is never rewritten, whatever later data and
constants would give. When the present default is replaced, its rows have to be frozen like these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

LAST_VERSION = "0.2.0"
"""The last version of the package whose default it was."""

DIGEST = "d56fac07720218dcf663f17f9ad0528c5863ad99c038ed2ee69130b997ea2080"
"""SHA-256 of its rows as they stand in the file, lines with their ends, in UTF-8."""

# The first digits of each line's own digest, by run of years, for 2025 to 2030: with `DIGEST` alone
# nobody could say which row was changed.
_DIGITS = {
    "market-total-as-published-all": "8d5d6245 93564cd7 dc4bad6c cdb8e2ad fc6adb8b d68d9c17",
    "market-total-as-published-without-unconfirmed": (
        "9f7081e9 4262406c 7e36f570 768a03d1 0fe88932 8d170d6b"
    ),
    "market-export-as-published-all": "bc8f2f40 78ed1de2 c5d82c93 f6b5989f 0e98eb5b 83a222d3",
    "market-import-as-published-all": "17a14cb4 7f16a35b e34dabc4 52c12894 94b65538 6b459d24",
    "market-trade-share-as-published-over-first-published-all": (
        "cc6a4f9a 490b9c60 f1e68b04 cc4ab7f7 42679a92 d2d6101a"
    ),
    "market-trade-share-as-published-over-first-published-without-unconfirmed": (
        "5ac0df76 3f82ab95 e3042dde 2b359d8b efea5d8c 487eeded"
    ),
    "customs-total-revised-all": "5119b744 493dd234 1f14ad16 9c0fd3eb 07b36c14 0aae1256",
    "customs-total-first-published-all": "dcc6cfa5 9d4eef07 84bbcf93 5f9b61d4 3f35b5a3 49d5f2ad",
    "customs-total-first-published-without-unconfirmed": (
        "0cf3d918 772d6c84 e5c221e2 236180ad d2412eb0 1c54898a"
    ),
    "customs-total-first-published-sourced": (
        "57b09401 601d8e96 2ea35990 07b0abbd cf30a79b d548cbaf"
    ),
}
_REMEDY = "restore data/forecasts.csv from git"


def problems(lines: Sequence[str]) -> list[str]:
    """Say which rows of the first default don't stand as they were published, and the remedy.

    The rows are given as the lines of the file, each with its end, in their order.
    """
    if _digest("".join(lines)) == DIGEST:
        return []
    published = {
        f"{run}-combination-2024-for-{year}": digits
        for run, of_run in _DIGITS.items()
        for year, digits in enumerate(of_run.split(), start=2025)
    }
    held = [(line.partition(",")[0], line) for line in lines]
    found = [
        f"{id}: is missing, and was published with {LAST_VERSION}; {_REMEDY}"
        for id in published
        if id not in dict(held)
    ]
    for id, line in held:
        if id not in published:
            found.append(
                f"{id}: is a row of neither the first default nor the present one; {_REMEDY}, or "
                "freeze the row in cbec.chapters.frozen_forecasts if the default was replaced"
            )
        elif not _digest(line).startswith(published[id]):
            found.append(f"{id}: was changed since it was published with {LAST_VERSION}; {_REMEDY}")
    return found or [f"the rows of the first default: one stands twice or elsewhere; {_REMEDY}"]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
