"""Score the forecasts on the yearly series of the M4 competition (run in .venv).

    .venv/bin/python -m benchmarks.outside FOLDER _build/bench/outside

FOLDER holds the competition's own files, `Yearly-train.csv` and `Yearly-test.csv`: a row of titles,
then a series a row, its id and its values, with empty or NA cells after the end. With ``--draw``
the program only writes `series.json`, the sample that own.py and peers.py forecast.

There are two windows of each series: the last 9 to 16 points in turn, cut as those of windows.py,
and the last 16. The default, naive and drift forecast all of them, the other models the sample, 9
to 16 points. Measures are those of the competition: scaled by the mean absolute step of the whole
series, not of the window. The result is written to `outside.csv` with the commit that made it, so
only if the code is what was committed.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import compare
from benchmarks.compare import IN_TURN, LAST_16, OURS, PUBLISHED, REFERENCE, SAMPLE, Groups, Row
from benchmarks.own import in_parallel
from benchmarks.windows import LEVEL, LONGEST, SHORTEST, STEPS, Array, Forecasts, Window, cut, load
from cbec.trend import accuracy

ROOT = Path(__file__).parents[1]
CODE = ("src/cbec/trend", "benchmarks")
RESULTS = ("benchmarks/outside.csv", "benchmarks/results.csv")
FILES = ("Yearly-train.csv", "Yearly-test.csv")
FAST = (OURS, REFERENCE, "drift")
DRAWN, SEED = 2000, 20240917
IN_FULL: Groups = {"all": lambda y: True, **compare.GROUPS}
GROUPS: Mapping[str, Groups] = {
    IN_TURN: IN_FULL,
    LAST_16: {**IN_FULL, "falling": compare.fallen},
    SAMPLE: IN_FULL,
}

# Yearly series, from the file "Evaluation and Ranks.xlsx" of github.com/Mcompetitions/M4-methods.
# The forecasts were made from whole histories, those of the two best by learning across series.
SOURCE = "Mcompetitions/M4-methods"
FIGURES: Mapping[str, Row] = {
    "naive, as published": {"smape": 16.342, "mase": 3.974, "msis": 56.554},
    "winner of M4": {"smape": 13.176, "mase": 2.980, "msis": 23.898, "owa": 0.778},
    "second of M4": {"smape": 13.528, "mase": 3.060, "msis": 27.477, "owa": 0.799},
}


def read_folder(folder: Path) -> list[dict[str, Any]]:
    """Read the series of both files, in the order of the first."""
    train, test = (folder / name for name in FILES)
    try:
        before, after = dict(_series(train)), dict(_series(test))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SystemExit(f"{folder}: {error}; give the competition's own files") from error
    for path, other, these, those in ((train, test, before, after), (test, train, after, before)):
        if lone := next((id for id in these if id not in those), None):
            raise SystemExit(
                f"{path}, row {these[lone][0]}: series {lone} isn't in {other}; give the two files "
                "of one release"
            )
    for id, (row, values) in before.items():
        if len(values) < SHORTEST:
            raise SystemExit(
                f"{train}, row {row}, series {id}: {len(values)} values, and {SHORTEST} are "
                "needed; leave the series out of both files"
            )
    for id, (row, values) in after.items():
        if len(values) != STEPS:
            raise SystemExit(
                f"{test}, row {row}, series {id}: {len(values)} values, and the test has {STEPS} "
                "years; give the competition's own file"
            )
    return [
        {"set": "M4", "id": id, "before": values, "after": after[id][1]}
        for id, (_, values) in before.items()
    ]


def _series(path: Path) -> Iterator[tuple[str, tuple[int, list[float]]]]:
    """Read the rows of a file: id, row number and values."""
    if not path.is_file():
        raise SystemExit(f"{path} is missing; name the folder of the competition's {path.name}")
    seen: dict[str, int] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row, cells in enumerate(csv.reader(file), start=1):
            if row == 1:
                if len(cells) < 2 or _number(cells[1]) is not None:
                    raise SystemExit(
                        f"{path}, row 1: {','.join(cells[:2])!r} is no row of titles; put "
                        "V1,V2,... above the series"
                    )
                continue
            id, *texts = (cell.strip() for cell in cells or [""])
            if not id or id in seen:
                what = f"series {id} is there again, after row {seen[id]}" if id else "no id"
                raise SystemExit(f"{path}, row {row}: {what}; give each series one row and one id")
            seen[id] = row
            while texts and texts[-1] in ("", "NA"):
                texts.pop()
            yield id, (row, [_value(path, row, id, k, text) for k, text in enumerate(texts, 2)])
    if not seen:
        raise SystemExit(f"{path} holds no series; give the competition's own file")


def _value(path: Path, row: int, id: str, column: int, text: str) -> float:
    value = _number(text)
    if value is None:
        gap = text in ("", "NA")
        what = "is empty, with values after it" if gap else f"{text!r} isn't a finite number"
        remedy = "fill the gap or leave the series out of both files" if gap else "correct it"
        raise SystemExit(f"{path}, row {row}, series {id}, column {column}: {what}; {remedy}")
    return value


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def draw(series: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Draw the sample; each series keeps its place, on which the length of its window depends."""
    count = min(DRAWN, len(series))
    places = np.sort(np.random.default_rng(SEED).choice(len(series), count, replace=False))
    return [{**series[place], "place": int(place)} for place in places]


def whole_scale(series: Sequence[Mapping[str, Any]]) -> Array:
    """Return the mean absolute step of each whole series."""
    return np.array([accuracy.mase_scale(np.array(item["before"])) for item in series])


def rows(
    window: str, windows: Sequence[Window], made: Sequence[Forecasts], scale: Array
) -> list[Row]:
    """Return a row of results for each group and model."""
    scores = [compare.score(one, windows, scale) for one in made]
    naive = scores[[one.name for one in made].index(REFERENCE)]
    found = []
    for group, members in compare.grouped(windows, GROUPS[window]).items():
        here = np.flatnonzero(members)
        if not here.size:
            continue
        (counts,) = compare.samples([windows[i] for i in here]).values()
        for one, scored in zip(made, scores, strict=True):
            row: Row = {
                "window": window,
                "group": group,
                "model": one.name,
                "package": one.package,
                "series": len(here),
                "failed": sum(int(i) in one.reasons for i in here),
            }
            found.append(row | _measured(scored.of(here), naive.of(here), counts))
    return found


def _measured(scored: compare.Scores, naive: compare.Scores, counts: Array) -> Row:
    values = {
        name: compare.averaged(getattr(scored, name), counts) for name in ("smape", "mase", "msis")
    }
    values["owa"] = compare.owa(scored, naive, counts)
    values["crps"] = compare.relative_crps(scored, naive, counts)
    covered = compare.coverage(scored, counts)
    values |= {f"coverage_{level}": covered[..., k].mean(axis=1) for k, level in enumerate(LEVEL)}
    values["interval_error"] = compare.interval_error(covered)
    row: Row = {}
    for name, each in values.items():
        row |= compare.with_interval(name, each)
    return row


def make(series: Sequence[Mapping[str, Any]], directory: Path) -> list[Row]:
    """Forecast and score all windows, and what own.py and peers.py made of the sample."""
    scale = whole_scale(series)
    in_turn = list(cut(series))
    last = [
        Window(
            item["set"], item["id"], np.array(item["before"][-LONGEST:]), np.array(item["after"])
        )
        for item in series
    ]
    found = []
    for window, windows in ((LAST_16, last), (IN_TURN, in_turn)):
        made = [in_parallel(name, windows) for name in FAST]
        found += rows(window, windows, made, scale)
    places = [item["place"] for item in draw(series)]
    sample = [in_turn[place] for place in places]
    own, peers = directory / "own.npz", directory / "peers.npz"
    lacking = [str(path) for path in (own, peers) if not path.exists()]
    if lacking:
        print(f"Without {' and '.join(lacking)} the models of these files are left out")
    if own.exists():
        others = load(own, sample)
        then = {one.name: one for one in others}
        for now in made:
            # Forecasts of other code would stand under this commit.
            if not np.allclose(now.upper[places], then[now.name].upper, equal_nan=True):
                raise SystemExit(f"{own} was made by other code; remove it and run again")
        others += load(peers, sample) if peers.exists() else []
        found += rows(SAMPLE, sample, others, scale[places])
    return found


def published() -> list[Row]:
    """Return the competition's own figures as rows."""
    return [
        {"window": PUBLISHED, "group": "all", "model": name, "package": SOURCE, **figures}
        for name, figures in FIGURES.items()
    ]


def disagreement(found: Sequence[Row]) -> str:
    """Say how the naive forecast of the last 16 points differs from the published one, if it does.

    What other files gave would be shown as a result on the competition's series.
    """
    (naive,) = (
        row
        for row in found
        if (row["window"], row["group"], row["model"]) == (LAST_16, "all", REFERENCE)
    )
    published = FIGURES["naive, as published"]
    # Not the other way round: what can't be computed differs, too.
    if all(abs(naive[name] - published[name]) < 0.00051 for name in ("smape", "mase")):
        return ""
    said = ", ".join(
        f"{name} {naive[name]:.3f} and not {published[name]}" for name in ("smape", "mase")
    )
    return f"these aren't the competition's series, since their naive forecast has {said}"


def commit(root: Path = ROOT) -> tuple[str, list[str]]:
    """Return the short hash of HEAD, and which files of the code differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=root, check=True, capture_output=True, text=True
        ).stdout

    try:
        changed = [line[3:] for line in git("status", "--porcelain", "--", *CODE).splitlines()]
        return git("rev-parse", "--short", "HEAD").strip(), [p for p in changed if p not in RESULTS]
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(
            f"git doesn't tell the commit that a row must name ({error}); run this in a clone"
        ) from error


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help=f"where {' and '.join(FILES)} are")
    parser.add_argument("directory", type=Path, help="where the sample and its forecasts are")
    parser.add_argument("--draw", action="store_true", help="only write the sample")
    options = parser.parse_args(words)
    series = read_folder(options.folder)
    if options.draw:
        target = options.directory / "series.json"
        text = json.dumps({"source": SOURCE, "series": draw(series)})
        # Written only if it changed: make forecasts it anew when it is newer than the forecasts.
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return
    # Asked before, since this is the code that is loaded.
    head, changed = commit()
    stamp: Row = {
        "date": date.today().isoformat(),
        "commit": head,
        "data": f"{len(series)} yearly series of M4",
        "command": f"{compare.COMMAND} M4=FOLDER",
    }
    found = [row | stamp for row in [*make(series, options.directory), *published()]]
    differs = disagreement(found)
    if not (changed or differs):
        compare.write(found, compare.OUTSIDE)
        found = compare.stored(compare.OUTSIDE)
    compare.show_outside(found)
    if differs:
        raise SystemExit(f"Not stored: {differs}; give the competition's own files")
    print("\nThe naive forecast errs as much as the competition published.")
    if changed:
        raise SystemExit(
            f"Not stored, since the code isn't that of a commit: {', '.join(changed)}; commit first"
        )


if __name__ == "__main__":
    main()
