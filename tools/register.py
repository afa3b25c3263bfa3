"""Remake data/forecasts.csv, the register of forecasts, and renew its entry in the data package.

Rows that come out the same keep the version and the date at which they were made, so the file stays
as it is, byte for byte, unless the data or the models changed. The rows of the first default aren't
remade: they stay whatever changed, and nothing is written where one of them isn't as published.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cbec.chapters.forecast_register import FIRST_DEFAULT, as_csv, forecasters, make_register
from cbec.errors import CbecError
from cbec.tables.csv_rows import write_whole
from cbec.tables.datapackage import data_dir
from cbec.tables.frames import load
from tools.datapackage import renew

FILE = "forecasts.csv"


def remake(folder: Path, *, anew: bool = False, today: date | None = None) -> str:
    """Write the register to a folder of data, and say what changed."""
    previous = load("forecasts")
    if anew:
        previous = previous[forecasters(previous) == FIRST_DEFAULT]
    register = make_register(previous, today=today)
    text = as_csv(register)
    path = folder / FILE
    before = as_csv(previous)
    if text != before or path.read_bytes() != text.encode():
        write_whole(path, text)
    renew(folder)
    return f"{len(register)} rows: {_changes(before, text)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 1 if a table or a model stands in the way."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--anew", action="store_true", help="take over no rows but those of the first default"
    )
    parser.add_argument(
        "--date", type=date.fromisoformat, help="date of new rows, YYYY-MM-DD; today unless given"
    )
    options = parser.parse_args(arguments)
    try:
        said = remake(data_dir(), anew=options.anew, today=options.date)
    except (CbecError, OSError) as error:
        print(f"the register can't be remade: {error}", file=sys.stderr)
        return 1
    print(said)
    return 0


def _changes(before: str, now: str) -> str:
    old, new = (
        {line.partition(",")[0]: line for line in text.splitlines()[1:]} for text in (before, now)
    )
    counts = {
        "new": len(new.keys() - old.keys()),
        "changed": sum(old[id] != new[id] for id in new.keys() & old.keys()),
        "gone": len(old.keys() - new.keys()),
    }
    told = [f"{number} {word}" for word, number in counts.items() if number]
    return ", ".join(told) or "nothing changed"


if __name__ == "__main__":
    sys.exit(main())
