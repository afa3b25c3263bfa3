"""Every name that a page may cite leads to what the data package says about it."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from cbec.audit.provenance import entries, find, split_names
from cbec.errors import TableError
from cbec.tables import frames
from cbec.tables.csv_rows import read_rows
from cbec.tables.datapackage import data_dir, read_package

ROWS = [entry for entry in entries().values() if entry.kind == "row"]


def cells(table: str) -> list[dict[str, str]]:
    """Return a table's rows as they stand in its file."""
    with (data_dir() / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the data that may be changed."""
    folder = tmp_path / "data"
    shutil.copytree(data_dir(), folder)
    monkeypatch.setenv("CBEC_DATA", str(folder))
    return folder


def test_every_sourced_row_is_found_by_its_name() -> None:
    for table in read_package().tables:
        frame = frames.load(table)
        if "row" in frame:
            held = [entry.name for entry in ROWS if entry.table == table]
            assert held == frame["row"].tolist(), table


@pytest.mark.parametrize("table", ["market", "customs", "goods_trade", "gdp", "inputs"])
def test_an_entry_says_what_its_row_says(table: str) -> None:
    found = [entry for entry in ROWS if entry.table == table]
    for entry, row in zip(found, cells(table), strict=True):
        comparator = row.get("comparator", "=").removeprefix("=")
        assert (entry.printed, entry.vintage, entry.evidence) == (
            f"{comparator} {row['printed']}".strip(),
            row["vintage"],
            row["evidence"],
        )
        assert entry.source is not None
        assert entry.source.id == row["source"]
        assert entry.period == row.get("period", row.get("year"))


def test_every_row_has_a_label_and_a_grade() -> None:
    assert [entry.name for entry in ROWS if not (entry.label_en and entry.evidence)] == []


def test_rows_of_a_series_have_its_labels_and_unit() -> None:
    series = {row["id"]: row for row in cells("series")}
    entry = find("market-total-2024-as-published")
    described = series["market-total"]
    assert (entry.label_en, entry.label_zh, entry.unit) == (
        described["label_en"],
        described["label_zh"],
        described["unit"],
    )


def test_places_and_dates_are_named() -> None:
    assert find("pilot-zones-2015-03-07").period == "2015-03-07"
    china = next(entry for entry in ROWS if entry.name.startswith("internet-users-chn-2010"))
    assert (china.place, china.period) == ("China", "2010")


def test_a_lower_bound_keeps_its_comparator() -> None:
    bound = find("market-2013-bound")  # a textbook says only that 3 trillion was passed
    assert bound.printed == "> 3"


def test_a_claim_is_printed_by_the_paper_at_its_place() -> None:
    entry = find("import-growth-2024")
    assert (entry.kind, entry.printed, entry.evidence) == ("claim", "9.57%", "printed")
    assert entry.place == "the paper, §2.1.1"
    assert entry.source is not None
    assert entry.source.id == "the-paper"
    assert find("market-2024").english == "17.66 trillion yuan"


def test_names_are_safe_in_an_anchor_and_in_a_list() -> None:
    unsafe = [
        name for name in entries() if not re.fullmatch(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*", name)
    ]
    assert unsafe == []


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        TableError, match=r"'market-totl-2024-as-published'.*did you mean"
    ) as raised:
        find("market-totl-2024-as-published")
    assert "'market-total-2024-as-published'" in str(raised.value)
    with pytest.raises(TableError, match="column 'row'"):
        find("")


def test_joined_names_come_apart_once_each() -> None:
    frame = frames.load("market", series="market-total", year=[2023, 2024])
    joined = [" ".join(frame["row"])] * 2
    assert split_names(joined) == tuple(frame["row"])
    assert split_names("a b a") == ("a", "b")
    assert split_names([]) == ()


def test_one_name_for_two_things_is_refused(copied: Path) -> None:
    path = copied / "growth_statements.csv"
    path.write_text(path.read_text("utf-8").replace("ren-hongbin-2021", "market-2024"), "utf-8")
    with pytest.raises(TableError, match="'market-2024' names something in table") as raised:
        entries()
    assert "rename one" in str(raised.value)


def test_one_name_for_two_rows_of_a_table_is_refused(copied: Path) -> None:
    path = copied / "growth_statements.csv"
    first, second = read_rows(path)[:2]
    text = path.read_text("utf-8").replace(second[1]["id"], f"{first[1]['id']}-", 1)
    path.write_text(text.replace(first[1]["id"], f"{first[1]['id']}_", 1), "utf-8")
    package = json.loads((copied / "datapackage.json").read_text("utf-8"))
    for table in package["resources"]:
        for field in table["schema"]["fields"]:
            field.get("constraints", {}).pop("pattern", None)
    (copied / "datapackage.json").write_text(json.dumps(package), "utf-8")
    with pytest.raises(TableError, match="names two rows; mend the key of one"):
        entries()


def test_a_changed_file_is_read_again(copied: Path) -> None:
    name = "market-total-2024-as-published"
    assert find(name).printed == "17.66"
    path = copied / "market.csv"
    path.write_text(path.read_text("utf-8").replace("2024,17.66,", "2024,17.67,", 1), "utf-8")
    assert find(name).printed == "17.67"


def test_the_files_of_the_package_are_its_tables_and_their_description() -> None:
    names = {path.name for path in read_package().files}
    described = json.loads((data_dir() / "datapackage.json").read_text("utf-8"))
    assert names == {"README.md", "datapackage.json"} | {
        table["path"] for table in described["resources"]
    }
