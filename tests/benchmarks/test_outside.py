"""The outside test, on made-up files in the layout of the M4 competition's."""

from __future__ import annotations

import csv
import subprocess

import numpy as np
import pytest

from benchmarks import compare, outside, own
from benchmarks.windows import cut, read, save
from cbec_book.content import forecast_benchmark

RISING = [float(value) for value in range(10, 30)]


def write(folder, train, test, titles=("V1", "V2")):
    """Write both files: by id, the cells of a row."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in zip(outside.FILES, (train, test), strict=True):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(titles)
            writer.writerows([id, *cells] for id, cells in rows)
    return folder


def made_up(folder, count=24):
    """Write series of 13 to 36 values, some rising and some falling, in noise."""
    rng = np.random.default_rng(3)
    train, test = [], []
    for i in range(count):
        steps = 0.08 * (-1) ** (i % 3 == 0) + 0.03 * rng.standard_normal(19 + i)
        y = (100 * np.exp(steps.cumsum())).round(3).tolist()
        train.append((f"Y{i + 1}", [*y[:-6], *["", "NA"] * 2]))
        test.append((f"Y{i + 1}", y[-6:]))
    return write(folder, train, test)


def test_the_files_are_read_to_their_ends(tmp_path):
    train = [("Y1", [*RISING[:9], "", ""]), ("Y2", [*RISING[:10], "NA"])]
    test = [("Y2", RISING[:6]), ("Y1", [*RISING[1:7], "NA"])]
    assert outside.read_folder(write(tmp_path, train, test)) == [
        {"set": "M4", "id": "Y1", "before": RISING[:9], "after": RISING[1:7]},
        {"set": "M4", "id": "Y2", "before": RISING[:10], "after": RISING[:6]},
    ]


@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        ([], [], "train.csv holds no series"),
        ([("Y1", [1, 2, *["x"]])], [], "train.csv, row 2, series Y1, column 4: 'x' isn't a finite"),
        ([("Y1", [1, "inf", 3])], [], "row 2, series Y1, column 3: 'inf' isn't a finite number"),
        ([("Y1", [1, "", 3])], [], "row 2, series Y1, column 3: is empty, with values after it"),
        ([("Y1", [1, "NA", 3])], [], "column 3: is empty, .*; fill the gap"),
        ([("Y1", RISING)] * 2, [], "row 3: series Y1 is there again, after row 2"),
        ([("", RISING)], [], "row 2: no id"),
        ([("Y1", RISING)], [("Y2", [1] * 6)], "train.csv, row 2: series Y1 isn't in .*-test.csv"),
        (
            [("Y1", RISING)],
            [("Y1", [1] * 6), ("Y2", [1] * 6)],
            "test.csv, row 3: series Y2 isn't in .*-train.csv",
        ),
        ([("Y1", RISING[:8])], [("Y1", [1] * 6)], "row 2, series Y1: 8 values, and 9 are needed"),
        ([("Y1", RISING)], [("Y1", [1] * 5)], "test.csv, row 2, series Y1: 5 values, .* has 6"),
        ([("Y1", RISING)], [("Y1", [1] * 7)], "test.csv, row 2, series Y1: 7 values, .* has 6"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(train, test, message, tmp_path):
    with pytest.raises(SystemExit, match=message):
        outside.read_folder(write(tmp_path, train, test or [("Y1", [1] * 6)]))


def test_a_file_that_is_missing_or_lacks_its_titles_is_named(tmp_path):
    with pytest.raises(SystemExit, match=r"Yearly-train.csv is missing; name the folder"):
        outside.read_folder(tmp_path)
    write(tmp_path, [("Y1", RISING)], [("Y1", RISING[:6])], titles=("Y0", 12.5))
    with pytest.raises(SystemExit, match=r"row 1: 'Y0,12.5' is no row of titles"):
        outside.read_folder(tmp_path)


def test_the_sample_keeps_the_windows_of_the_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(outside, "DRAWN", 9)
    series = outside.read_folder(made_up(tmp_path / "m4"))
    outside.main([str(tmp_path / "m4"), str(tmp_path / "made"), "--draw"])
    target = tmp_path / "made/series.json"
    windows, _, _ = read(target)
    whole = {one.id: one.y.tolist() for one in cut(series)}
    assert len(windows) == 9
    assert all(one.y.tolist() == whole[one.id] for one in windows)
    before = target.stat().st_mtime_ns
    outside.main([str(tmp_path / "m4"), str(tmp_path / "made"), "--draw"])
    assert target.stat().st_mtime_ns == before


def test_errors_are_scaled_by_the_whole_series():
    item = {"set": "M4", "id": "Y1", "before": [0.0, 40.0, *range(40, 60)], "after": [60.0] * 6}
    (window,) = cut([item])
    scale = outside.whole_scale([item])
    assert scale == pytest.approx((40 + 19) / 21)
    found = outside.rows(outside.IN_TURN, [window], [own.forecasts("naive", [window])], scale)
    whole = next(row for row in found if row["group"] == "all")
    assert whole["mase"] == pytest.approx(1 / scale[0])
    assert {row["group"] for row in found} == {"all", "short"}


def test_a_group_is_scored_as_its_series_alone_would_be(tmp_path):
    series = outside.read_folder(made_up(tmp_path))
    windows, scale = list(cut(series)), outside.whole_scale(series)

    def rows(here, group):
        these = [windows[i] for i in here]
        made = [own.forecasts(name, these) for name in ("theta", "naive")]
        found = outside.rows(outside.IN_TURN, these, made, scale[here])
        return [{**row, "group": ""} for row in found if row["group"] == group]

    falling = np.flatnonzero([compare.falling(one.y) for one in windows])
    assert 0 < len(falling) < len(windows)
    np.testing.assert_equal(rows(np.arange(len(windows)), "falling"), rows(falling, "all"))


def test_falling_is_stricter_with_the_last_16_points():
    before = [99, 98, 97, 97, 97, 97, 96, 95, 94, 93]
    windows = list(cut([{"set": "M4", "id": "Y1", "before": before, "after": [93] * 6}]))
    made = [own.forecasts("naive", windows)]
    groups = {
        kind: {row["group"] for row in outside.rows(kind, windows, made, np.ones(1))}
        for kind in (outside.IN_TURN, outside.LAST_16)
    }
    assert groups == {
        outside.IN_TURN: {"all", "falling", "short"},
        outside.LAST_16: {"all", "short"},
    }


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the outside test on made-up files, with a state of the code."""
    monkeypatch.setattr(compare, "OUTSIDE", tmp_path / "outside.csv")
    monkeypatch.setattr(outside, "DRAWN", 9)
    monkeypatch.setattr(outside, "in_parallel", own.forecasts)
    folder = made_up(tmp_path / "m4")
    directory = tmp_path / "made"
    outside.main([str(folder), str(directory), "--draw"])

    def run(changed=(), differs=""):
        monkeypatch.setattr(outside, "commit", lambda: ("abc1234", list(changed)))
        if differs is not None:
            monkeypatch.setattr(outside, "disagreement", lambda found: differs)
        outside.main([str(folder), str(directory)])
        return compare.stored(compare.OUTSIDE)

    return run


def test_the_rows_are_stored_and_printed_with_their_commit(run, capsys):
    found = run()
    heard = capsys.readouterr().out
    assert "The naive forecast errs as much as the competition published" in heard
    assert "Without " in heard
    assert {row["window"] for row in found} == {"last 16", "last 9 to 16", "whole history"}
    assert {(row["commit"], row["command"]) for row in found} == {
        ("abc1234", "make bench-forecast M4=FOLDER")
    }
    whole = [row for row in found if (row["window"], row["group"]) == ("last 16", "all")]
    assert [row["model"] for row in whole] == ["combination", "naive", "drift"]
    assert [row["series"] for row in whole] == [24] * 3
    assert {
        whole[1][f"{name}{end}"] for name in ("owa", "crps") for end in ("", "_low", "_high")
    } == {1}
    assert all(row["mase_low"] < row["mase"] < row["mase_high"] for row in whole)
    compare.show()
    shown = capsys.readouterr().out
    assert "commit abc1234, 24 yearly series of M4" in shown
    assert "M4, last 16, all: owa" in shown


def test_nothing_is_stored_while_the_code_is_not_committed(run, capsys):
    with pytest.raises(SystemExit, match=r"Not stored, .*: benchmarks/windows.py; commit first"):
        run(["benchmarks/windows.py"])
    assert not compare.OUTSIDE.exists()
    assert "combination" in capsys.readouterr().out
    compare.show()
    assert "The outside test hasn't been made: make bench-forecast M4=" in capsys.readouterr().out


def test_the_other_models_are_shown_on_the_sample(run, tmp_path):
    path = tmp_path / "made/own.npz"
    windows, _, _ = read(tmp_path / "made/series.json")
    made = [own.forecasts(name, windows) for name in ("combination", "naive", "drift", "theta")]
    save(path, windows, made)
    found = [row for row in run() if row["window"] == outside.SAMPLE and row["group"] == "all"]
    assert [row["model"] for row in found] == ["combination", "naive", "drift", "theta"]
    assert {row["series"] for row in found} == {9}
    of = {item["id"]: item for item in outside.read_folder(tmp_path / "m4")}
    scale = outside.whole_scale([of[one.id] for one in windows])
    alone = outside.rows(outside.SAMPLE, windows, made, scale)
    wanted = [row["mase"] for row in alone if row["group"] == "all"]
    assert [row["mase"] for row in found] == pytest.approx(wanted, abs=1e-3)
    made[0].upper[0] += 1
    save(path, windows, made)
    with pytest.raises(SystemExit, match=r"own\.npz was made by other code; remove it"):
        run()


def test_a_file_of_the_competition_is_known_by_its_naive_forecast():
    row = {"window": "last 16", "group": "all", "model": "naive", "smape": 16.3424, "mase": 3.9743}
    assert outside.disagreement([row]) == ""
    assert "mase 3.976 and not 3.974" in outside.disagreement([{**row, "mase": 3.976}])
    assert "mase nan" in outside.disagreement([{**row, "mase": float("nan")}])


def test_what_other_series_gave_is_not_stored(run):
    with pytest.raises(SystemExit, match=r"Not stored: these aren't the competition's series, .*"):
        run(differs=None)
    assert not compare.OUTSIDE.exists()


def test_only_the_results_may_differ_from_the_commit(tmp_path):
    def git(*words):
        named = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        subprocess.run(["git", *named, *words], cwd=tmp_path, check=True, capture_output=True)

    for name in ("benchmarks/outside.csv", "benchmarks/a.py", "src/cbec/trend/b.py", "c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1\n", encoding="utf-8")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "a")
    for name in ("benchmarks/outside.csv", "c.py"):
        (tmp_path / name).write_text("2\n", encoding="utf-8")
    head, changed = outside.commit(tmp_path)
    assert len(head) >= 7
    assert changed == []
    (tmp_path / "src/cbec/trend/b.py").write_text("2\n", encoding="utf-8")
    (tmp_path / "benchmarks/new.py").write_text("2\n", encoding="utf-8")
    assert outside.commit(tmp_path)[1] == ["src/cbec/trend/b.py", "benchmarks/new.py"]


def test_the_page_shows_what_was_stored(run, tmp_path, build_book, monkeypatch):
    run()
    monkeypatch.setattr(forecast_benchmark, "_OUTSIDE", compare.OUTSIDE)
    page = {"index": "# Comparison\n\n```{forecast-benchmark} outside\n```\n"}
    book = build_book(tmp_path / "book", page)
    assert not book.warnings
    whole, groups = book.tree["index"].select("table")
    across = [line.get_text() for line in whole.select("tr.cbec-group")]
    assert across == [
        "Last 16 points (24 series)",
        "Last 9 to 16 points, another number from series to series (24 series)",
        "Whole history, as published",
    ]
    assert len(whole.select("tbody tr")) == 3 + 3 + 3 + 3
    assert "winner of M4" in whole.get_text()
    caption = whole.select_one("caption").get_text()
    assert "abc1234" in caption
    assert "no blind test" in caption
    assert "Growing, last 16 points" in groups.get_text()


def test_the_page_says_that_the_outside_test_was_not_made(tmp_path, build_book, monkeypatch):
    monkeypatch.setattr(forecast_benchmark, "_OUTSIDE", tmp_path / "none.csv")
    page = {"index": "# Comparison\n\n```{forecast-benchmark} outside\n```\n"}
    book = build_book(tmp_path / "book", page)
    assert not book.warnings
    assert "make bench-forecast M4=FOLDER makes it" in book.text["index"]


def test_a_broken_outside_file_is_said(run, tmp_path, build_book, monkeypatch):
    run()
    text = compare.OUTSIDE.read_text(encoding="utf-8")
    compare.OUTSIDE.write_text(text.replace("msis", "score"), encoding="utf-8")
    monkeypatch.setattr(forecast_benchmark, "_OUTSIDE", compare.OUTSIDE)
    page = {"index": "# Comparison\n\n```{forecast-benchmark} outside\n```\n"}
    (heard,) = build_book(tmp_path / "book", page).warnings
    assert "outside.csv lacks msis; run make bench-forecast M4=FOLDER" in heard
