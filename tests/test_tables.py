"""The tables say what was printed, and a broken cell is named with its place and its remedy."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from cbec import tables
from cbec.errors import DataNotFoundError, TableError
from cbec.tables import data_dir, load, names, read_rows

DATA = Path(__file__).resolve().parents[1] / "data"
DESCRIPTOR = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES = {resource["name"]: resource for resource in DESCRIPTOR["resources"]}
GRADES = {"corroborated", "single-source", "derived", "unconfirmed", "not-found", "printed"}

# Tables of figures: every row belongs to a series.
SERIES_TABLES = [
    name
    for name, resource in RESOURCES.items()
    if any(
        key["reference"]["resource"] == "series"
        for key in resource["schema"].get("foreignKeys", ())
    )
]
each_table = pytest.mark.parametrize("name", RESOURCES)
each_series_table = pytest.mark.parametrize("name", SERIES_TABLES)

Damage = Callable[[str, str, str], Path]


@pytest.fixture(autouse=True)
def _data_of_this_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CBEC_DATA", str(DATA))


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a copy of the data that it may damage."""
    folder = shutil.copytree(DATA, tmp_path / "data")
    monkeypatch.setenv("CBEC_DATA", str(folder))
    return folder


@pytest.fixture
def damage(copy: Path) -> Damage:
    """Replace the one place of a file that holds a text."""

    def replace(file: str, old: str, new: str) -> Path:
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} must stand in {file} once"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    return replace


def figure(table: pd.DataFrame, series: str, year: int) -> str:
    rows = table[(table["series"] == series) & (table["year"] == year)]
    assert len(rows) == 1
    return str(rows["printed"].iloc[0])


# What the tables hold


@each_table
def test_every_table_loads_with_the_columns_that_the_package_describes(name: str) -> None:
    table = load(name)
    described = [field["name"] for field in RESOURCES[name]["schema"]["fields"]]
    assert len(table) > 0
    assert list(table.columns[: len(described)]) == described


def test_every_csv_file_is_described_or_belongs_to_the_ledger() -> None:
    described = {resource["path"] for resource in RESOURCES.values()}
    ledger = {"claims.csv", "inputs.csv", "alternatives.csv", "evidence.csv", "references.csv"}
    assert {path.name for path in DATA.glob("*.csv")} - described <= ledger
    assert all((DATA / path).is_file() for path in described)


@each_table
def test_the_package_states_the_present_size_and_hash_of_the_file(name: str) -> None:
    resource = RESOURCES[name]
    data = (DATA / resource["path"]).read_bytes()
    found = f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert (resource.get("bytes"), resource.get("hash")) == (len(data), found), (
        f"{resource['path']} changed: write its size and hash into data/datapackage.json"
    )


@each_table
def test_every_field_is_described_and_every_grade_comes_from_the_list(name: str) -> None:
    resource = RESOURCES[name]
    assert resource["title"]
    assert resource["description"]
    for field in resource["schema"]["fields"]:
        assert field["title"], field["name"]
        assert field["description"], field["name"]
        if field["name"] == "evidence" and name in SERIES_TABLES:
            assert set(field["constraints"]["enum"]) == GRADES


@each_series_table
def test_a_series_stands_in_the_table_that_it_names(name: str) -> None:
    series = load("series")
    belonging = set(series.loc[series["table"] == name, "id"])
    assert set(load(name)["series"]) == belonging


@each_series_table
def test_the_value_is_the_printed_figure_and_the_labels_are_joined(name: str) -> None:
    table = load(name)
    assert table["value"].tolist() == [float(Decimal(text)) for text in table["printed"]]
    assert table[["label_en", "label_zh", "unit"]].notna().all(axis=None)


@each_series_table
def test_an_unconfirmed_figure_says_so_beside_it(name: str) -> None:
    table = load(name)
    recalled = table[table["evidence"] == "unconfirmed"]
    assert recalled["note"].str.startswith("unconfirmed").all()
    assert (recalled["source"] == "none-recalled").all()
    assert not (table[table["evidence"] != "unconfirmed"]["source"] == "none-recalled").any()


@each_series_table
def test_a_derived_figure_says_how_it_was_computed(name: str) -> None:
    table = load(name)
    assert table[table["evidence"] == "derived"]["note"].str.startswith("derived: ").all()


def test_figures_of_the_paper_stand_as_it_prints_them() -> None:
    # The paper, sections 2.1.1 and 2.1.2: no zero is added to 13.7, none is lost.
    market = load("market")
    for series, year, text in [
        ("market-total", 2023, "16.85"),
        ("market-total", 2024, "17.66"),
        ("market-export", 2023, "13.24"),
        ("market-export", 2024, "13.7"),
        ("market-import", 2023, "3.61"),
        ("market-import", 2024, "3.96"),
    ]:
        assert figure(market, series, year) == text
    firms = load("firm_counts", evidence="printed").set_index("region")["printed"]
    assert firms.to_dict() == {
        "China": "70769",
        "Guangdong": "14772",
        "Zhejiang": "12239",
        "Shandong": "11784",
    }


def test_zeros_at_the_end_are_kept() -> None:
    # 100EC's 9.0 for 2018; the Federal Reserve's 6.7290 for 2022; customs' 16220 hundred million
    # CNY for 2020 and the statistics bureau's 538580.0 for 2012, both converted.
    assert figure(load("market"), "market-total", 2018) == "9.0"
    assert figure(load("exchange_rate"), "exchange-rate", 2022) == "6.7290"
    assert figure(load("customs", vintage="revised"), "customs-total", 2020) == "1.6220"
    assert figure(load("gdp"), "gdp", 2012) == "53.85800"


def test_vintages_of_a_year_stand_side_by_side() -> None:
    # Customs' first figure for 2024 and its revision; goods trade as the January press conference
    # and as the statistics bureau's communique of 28 February 2025 have it.
    customs = load("customs")
    year = customs[(customs["series"] == "customs-total") & (customs["year"] == 2024)]
    assert dict(zip(year["vintage"], year["printed"], strict=True)) == {
        "first-published": "2.63",
        "revised": "2.71",
    }
    trade = load("goods_trade", vintage=["first-published", "communique"])
    year = trade[(trade["series"] == "goods-trade-total") & (trade["year"] == 2024)]
    assert year["printed"].tolist() == ["43.85", "43.8468"]


@pytest.mark.parametrize("name", ["market", "customs"])
def test_exports_and_imports_make_the_total_within_rounding(name: str) -> None:
    table = load(name)
    table["part"] = table["series"].str.rsplit("-", n=1).str[-1]
    keys = [table["series"].str.rsplit("-", n=1).str[0], table["year"], table["vintage"]]
    checked = 0
    for _, group in table.groupby(keys):
        printed = {
            part: Decimal(text) for part, text in zip(group.part, group.printed, strict=True)
        }
        if printed.keys() == {"total", "export", "import"}:
            gap = abs(printed["export"] + printed["import"] - printed["total"])
            slack = sum(Decimal(1).scaleb(int(p.as_tuple().exponent)) / 2 for p in printed.values())
            assert gap <= slack, group
            checked += 1
    # Complete years: the market's 2013 to 2024; customs' 2018 to 2022 and 2025 revised, 2020 and
    # 2022 first published, 2016 and 2017 of the narrow series.
    assert checked == {"market": 12, "customs": 10}[name]


def test_pilot_zones_add_up() -> None:
    zones = load("pilot_zones")
    assert zones["date"].is_monotonic_increasing
    assert (zones["date"].dt.year == zones["year"]).all()
    running = (zones["added"] - zones["removed"]).cumsum()
    assert running.astype(float).tolist() == zones["value"].tolist()


def test_countries_are_china_and_the_ten_members_of_asean() -> None:
    assert load("countries")["group"].value_counts().to_dict() == {"China": 1, "ASEAN": 10}
    assert set(load("internet_users")["country"]) == set(load("countries")["iso3"])


def test_rows_can_be_kept_by_vintage_and_grade() -> None:
    edition = load("sea_ecommerce", vintage="2022-edition")
    assert edition["printed"].tolist() == ["131", "211"]
    sound = load("market", evidence=["corroborated", "single-source", "derived", "printed"])
    assert "unconfirmed" not in set(sound["evidence"])
    assert sound.index.tolist() == list(range(len(sound)))


# What a broken table says


@pytest.mark.parametrize(
    ("table", "file", "old", "new", "said"),
    [
        pytest.param(
            "market",
            "market.csv",
            "market-total,2012,2.1,",
            "market-total,,2.1,",
            ["data/market.csv line 2, column year: '' is missing", "fill it in"],
            id="missing key",
        ),
        pytest.param(
            "market",
            "market.csv",
            "market-total,2012,2.1,",
            "market-total,2012a,2.1,",
            ["line 2, column year: '2012a' is not a whole number", "write it like 2024"],
            id="wrong type",
        ),
        pytest.param(
            "market",
            "market.csv",
            "market-total,2012,2.1,",
            "market-total,2031,2.1,",
            ["line 2, column year: '2031' is above the maximum 2024", "mend the cell"],
            id="year out of range",
        ),
        pytest.param(
            "market",
            "market.csv",
            "market-total,2012,2.1,",
            'market-total,2012,"2,1",',
            ["line 2, column printed: '2,1' doesn't have the form", "it must match"],
            id="not a figure",
        ),
        pytest.param(
            "market",
            "market.csv",
            "market-total,2012,2.1,",
            "market-total,2014,2.1,",
            [
                "line 4, column series, year, vintage: 'market-total, 2014, as-published' "
                "is the key of line 2 already",
                "delete one",
            ],
            id="duplicate key",
        ),
        pytest.param(
            "sources",
            "sources.csv",
            "\nown-calculation,",
            "\nnone-recalled,",
            ["line 4, column id: 'none-recalled' is the key of line 3 already"],
            id="duplicate source",
        ),
        pytest.param(
            "market",
            "market.csv",
            "corroborated,askci-2023-04-23",
            "proven,askci-2023-04-23",
            ["line 12, column evidence: 'proven' is not an allowed value", "use one of corrobor"],
            id="bad grade",
        ),
        pytest.param(
            "market",
            "market.csv",
            "corroborated,askci-2023-04-23",
            "corroborated,askci-2023-04-24",
            [
                "line 12, column source: 'askci-2023-04-24' is not in column id of "
                "data/sources.csv (did you mean 'askci-2023-04-23'?)",
                "add its row there",
            ],
            id="unknown source",
        ),
        pytest.param(
            "market",
            "market.csv",
            "market-total,2012,",
            "market-all,2012,",
            ["column series: 'market-all' is not in column id of data/series.csv"],
            id="unknown series",
        ),
        pytest.param(
            "internet_users",
            "internet_users.csv",
            "internet-users,CHN,2005,",
            "internet-users,CHI,2005,",
            ["line 2, column country: 'CHI' is not in column iso3 of data/countries.csv"],
            id="unknown country",
        ),
        pytest.param(
            "market",
            "market.csv",
            "market-total,2012,2.1,",
            "market-total,2012,2.1,2.2,",
            ["data/market.csv line 2 has 8 cells, the header has 7", "quote any cell"],
            id="ragged row",
        ),
        pytest.param(
            "market",
            "market.csv",
            "\nmarket-total,2014,",
            "\n\nmarket-total,2014,",
            ["data/market.csv line 4 is empty; delete it"],
            id="empty row",
        ),
        pytest.param(
            "market",
            "market.csv",
            "two relays of 100EC",
            '"two" relays of 100EC',
            ["data/market.csv line 12 can't be read as CSV", "close every quote"],
            id="bad quotes",
        ),
        pytest.param(
            "market",
            "market.csv",
            "series,year,printed,",
            "series,jahr,printed,",
            ["line 1 lacks year; has undescribed jahr", "the columns must be: series,year,"],
            id="renamed column",
        ),
        pytest.param(
            "market",
            "market.csv",
            "series,year,printed,",
            "year,series,printed,",
            ["line 1 has its columns in another order", "the columns must be: series,year,"],
            id="columns swapped",
        ),
        pytest.param(
            "market",
            "market.csv",
            "series,year,printed,",
            "series,year,year,",
            ["line 1: column 'year' is named twice; rename one"],
            id="column named twice",
        ),
        pytest.param(
            "pilot_zones",
            "pilot_zones.csv",
            ",2015-03-07,",
            ",2015-02-30,",
            ["line 2, column date: '2015-02-30' is not a date", "2024-11-18"],
            id="no such day",
        ),
        pytest.param(
            "market",
            "series.csv",
            "market-total,market,Cross-border e-commerce market,",
            "market-total,market,,",
            ["data/series.csv line 2, column label_en: '' is missing"],
            id="label missing",
        ),
        pytest.param(
            "market",
            "datapackage.json",
            '"name": "cbec-companion-data",',
            '"name": "cbec-companion-data"',
            ["data/datapackage.json line 4 isn't JSON"],
            id="package not JSON",
        ),
        pytest.param(
            "market",
            "datapackage.json",
            '"resources": [',
            '"tables": [',
            ["data/datapackage.json isn't a tabular data package", "resources"],
            id="package without tables",
        ),
    ],
)
def test_damage_is_named_with_its_place_and_remedy(
    damage: Damage, table: str, file: str, old: str, new: str, said: list[str]
) -> None:
    damage(file, old, new)
    with pytest.raises(TableError) as error:
        load(table)
    for text in said:
        assert text in str(error.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "can't be opened", id="missing file"),
        pytest.param(b"", "line 1 has no header", id="empty file"),
        pytest.param(b"series,year,printed\n", "holds no rows", id="header alone"),
        pytest.param(b"series;year\nx;1\n", "separated by commas", id="semicolons"),
        pytest.param(b"series\n\xd6\xd0\n", "line 2 isn't UTF-8", id="another encoding"),
        pytest.param(b"series,,year\nx,y,z\n", "column 2 has no name", id="nameless column"),
    ],
)
def test_an_unusable_file_is_named(copy: Path, content: bytes | None, said: str) -> None:
    path = copy / "market.csv"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(TableError, match=said) as error:
        load("market")
    assert "data/market.csv" in str(error.value)


def test_rows_carry_the_line_that_they_begin_on(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('id,note\na,"two\nlines"\nb,\n', encoding="utf-8")
    assert read_rows(path) == [(2, {"id": "a", "note": "two\nlines"}), (4, {"id": "b", "note": ""})]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"name": "markets"}, ["no table 'markets' (did you mean 'market'?)", "goods_trade"]),
        (
            {"name": "goods_trade", "vintage": "latest"},
            ["'goods_trade' holds no vintage 'latest'", "first-published, implied"],
        ),
        (
            {"name": "market", "evidence": "proven"},
            ["'market' holds no evidence 'proven'", "single-source, unconfirmed"],
        ),
        ({"name": "exchange_rate", "evidence": "printed"}, ["it holds corroborated"]),
        ({"name": "market", "evidence": []}, ["(none given)", "single-source"]),
        ({"name": "sources", "vintage": "final"}, ["no column 'vintage'", "publisher"]),
    ],
)
def test_asking_for_what_is_not_there_says_what_is(request_: dict, said: list[str]) -> None:
    with pytest.raises(TableError) as error:
        load(**request_)
    for text in said:
        assert text in str(error.value)


# Where the data are looked for


def test_the_variable_comes_first(copy: Path) -> None:
    assert data_dir() == copy


def test_a_variable_that_points_nowhere_is_an_error_and_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CBEC_DATA", str(tmp_path))
    with pytest.raises(DataNotFoundError, match=r"CBEC_DATA is .*unset it"):
        data_dir()


def test_the_nearest_ancestor_with_data_comes_before_the_checkout(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CBEC_DATA")
    deep = copy.parent / "chapters" / "drafts"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert data_dir().samefile(copy)


def test_elsewhere_the_checkout_that_was_imported_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CBEC_DATA")
    monkeypatch.chdir(tmp_path)
    assert data_dir().samefile(DATA)
    assert names() == tuple(RESOURCES)


def test_without_data_the_error_lists_what_was_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CBEC_DATA")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tables, "__file__", str(tmp_path / "lib" / "cbec" / "tables.py"))
    with pytest.raises(FileNotFoundError) as error:
        data_dir()
    assert isinstance(error.value, DataNotFoundError)
    assert os.path.join("data", "datapackage.json") in str(error.value)
    assert "set CBEC_DATA" in str(error.value)
