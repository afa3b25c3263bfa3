"""Renew sizes, hashes and row counts in data/datapackage.json from the tables beside it.

Nothing else of the file changes, and it is replaced in one step, so no reader meets half of it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from cbec.errors import TableError
from cbec.tables.csv_rows import read_rows, write_whole

DATA = Path(__file__).resolve().parents[1] / "data"
DESCRIPTOR = "datapackage.json"


def renew(folder: Path) -> list[str]:
    """Write the present size, hash and number of rows of every table; name those that changed."""
    path = folder / DESCRIPTOR
    package = json.loads(path.read_text(encoding="utf-8"))
    changed = []
    for resource in package["resources"]:
        table = folder / resource["path"]
        rows = len(read_rows(table))
        content = table.read_bytes()
        present = {
            "bytes": len(content),
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
            "rows": rows,
        }
        if any(resource.get(key) != value for key, value in present.items()):
            changed.append(resource["name"])
        schema = resource.pop("schema")
        resource |= present
        resource["schema"] = schema  # long, so it stays last
    if changed:
        write_whole(path, json.dumps(package, ensure_ascii=False, indent=2) + "\n")
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 1 if a table or the package can't be read."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DATA)
    folder = parser.parse_args(arguments).folder
    try:
        changed = renew(folder)
    except (TableError, OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, TableError):
            problem = str(error)
        else:
            problem = f"{folder / DESCRIPTOR} can't be renewed ({type(error).__name__}: {error})"
        print(problem, file=sys.stderr)
        return 1
    print(f"renewed: {', '.join(changed) or 'nothing, all is as it was'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
