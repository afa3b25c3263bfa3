"""The tables say what was printed, and a broken cell is named with its place and its remedy."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from frictionless import Package, system

from cbec.errors import DataNotFoundError, TableError
from cbec.tables import datapackage
from cbec.tables.csv_rows import read_rows
from cbec.tables.datapackage import data_dir, read_package
from cbec.tables.frames import load
from cbec.tables.package_checks import check_package

DATA = Path(__file__).resolve().parents[2] / "data"
DESCRIPTOR = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES = {resource["name"]: resource for resource in DESCRIPTOR["resources"]}
GRADES = {"corroborated", "single-source", "derived", "unconfirmed", "not-found", "printed"}

# Tables of figures: every row belongs to a series.
SERIES_TABLES = list(dict.fromkeys(row["table"] for _, row in read_rows(DATA / "series.csv")))
SOURCED_TABLES = [
    name
    for name, resource in RESOURCES.items()
    if "source" in {field["name"] for field in resource["schema"]["fields"]}
]
each_table = pytest.mark.parametrize("name", RESOURCES)
each_sourced_table = pytest.mark.parametrize("name", SOURCED_TABLES)
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


def test_the_package_is_whole_by_our_own_check_and_by_frictionless() -> None:
    assert check_package() == ()
    with system.use_context(trusted=True):  # an absolute path
        report = Package(str(DATA / "datapackage.json")).validate()
    assert report.valid, report.to_summary()


@each_table
def test_every_table_is_described_with_keys_measures_sources_and_licence(name: str) -> None:
    resource = RESOURCES[name]
    schema = resource["schema"]
    for key in ("title", "description", "sources", "licenses", "bytes", "hash", "rows"):
        assert resource[key], key
    assert schema["primaryKey"]
    assert all(value["label"] for value in schema["missingValues"])
    for field in schema["fields"]:
        assert field["title"], field["name"]
        assert field["description"], field["name"]
        assert field["type"], field["name"]
        rules = field.get("constraints", {})
        if field["name"] == "evidence" or (name, field["name"]) == ("evidence", "grade"):
            assert rules["required"]
            assert set(rules["enum"]) == GRADES
        if field["name"] == "vintage":
            assert rules["enum"]
        if field["name"] == "year" or field["name"].endswith("_year"):
            assert {"minimum", "maximum"} <= rules.keys()


LINKS = {
    "series": ("series", "id"),
    "outturn_series": ("series", "id"),
    "source": ("sources", "id"),
    "country": ("countries", "iso3"),
    "claim": ("claims", "id"),
}


@each_table
def test_a_column_that_names_a_row_of_another_table_is_a_foreign_key(name: str) -> None:
    schema = RESOURCES[name]["schema"]
    keys = {
        key["fields"][0]: (key["reference"]["resource"], key["reference"]["fields"][0])
        for key in schema.get("foreignKeys", ())
    }
    columns = [field["name"] for field in schema["fields"]]
    assert {column: keys.get(column) for column in columns if column in LINKS} == {
        column: link for column, link in LINKS.items() if column in columns
    }


@each_series_table
def test_the_unit_of_a_table_of_one_unit_is_that_of_its_series(name: str) -> None:
    series = load("series")
    units = set(series.loc[series["table"] == name, "unit"])
    fields = {field["name"]: field for field in RESOURCES[name]["schema"]["fields"]}
    assert fields["printed"].get("unit") == (units.pop() if len(units) == 1 else None)


def test_a_missing_value_may_be_labelled_or_not(copy: Path) -> None:
    path = copy / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    sources = next(r for r in package["resources"] if r["name"] == "sources")
    assert sources["schema"]["missingValues"] == [{"value": "", "label": "not recorded"}]
    labelled = load("sources")
    sources["schema"]["missingValues"] = [""]
    path.write_text(json.dumps(package), encoding="utf-8")
    pd.testing.assert_frame_equal(load("sources"), labelled)
    assert labelled["url"].isna().any()


def test_every_row_with_a_source_has_a_name_of_its_own() -> None:
    rows = [row for name in SOURCED_TABLES for row in load(name)["row"]]
    assert len(set(rows)) == len(rows)
    assert all(re.fullmatch("[0-9a-z]+(-[0-9a-z]+)*", row) for row in rows)


def test_every_source_is_cited_and_says_what_may_be_done_with_it() -> None:
    sources = load("sources")
    cited = {source for name in SOURCED_TABLES for source in load(name)["source"].dropna()}
    assert set(sources["id"]) == cited
    assert sources["licence"].notna().all()


def test_a_source_without_an_address_says_why() -> None:
    sources = load("sources").set_index("id")
    bare = sources[sources["url"].isna()]
    assert set(bare["grade"]) <= {"unaddressed", "recalled", "own", "source-file", "transcription"}
    assert not set(sources.loc[sources["url"].notna(), "grade"]) & {"unaddressed", "recalled"}


@each_sourced_table
def test_only_a_search_that_found_nothing_has_no_source(name: str) -> None:
    table = load(name)
    grade = table["grade" if name == "evidence" else "evidence"]
    assert (grade[table["source"].isna()] == "not-found").all()


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


@pytest.mark.parametrize(
    ("name", "note"),
    [
        *((name, "note") for name in SERIES_TABLES),
        ("published_forecasts", "note"),
        ("programme_facts", "note"),
        ("digital_trade_rules", "note"),
        ("conflicts", "note_en"),
        ("method_breaks", "note"),
    ],
)
def test_what_was_derived_recalled_or_not_found_says_so_first(name: str, note: str) -> None:
    table = load(name)
    for grade, word in {
        "derived": "derived: ",
        "unconfirmed": "unconfirmed",
        "not-found": "not found",
    }.items():
        assert table.loc[table["evidence"] == grade, note].str.startswith(word).all()


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
    firms = load("firms_by_province", evidence="printed").set_index("region")["printed"]
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


def test_countries_are_china_asean_and_the_others_of_the_customary_list_of_65() -> None:
    # The list of 65 holds the ten members of ASEAN, which stand in their own group here.
    countries = load("countries")
    groups = {"China": 1, "ASEAN": 10, "Belt-and-Road other": 55}
    assert countries["group"].value_counts().to_dict() == groups
    assert set(load("internet_users")["country"]) == set(countries["iso3"])
    near = countries[countries["group"] != "Belt-and-Road other"]
    assert set(load("logistics_index")["country"]) == set(near["iso3"])


def test_internet_use_of_the_other_countries_is_of_six_years() -> None:
    users = load("internet_users").merge(load("countries"), left_on="country", right_on="iso3")
    other = users[users["group"] == "Belt-and-Road other"]
    # Countries without a value in the file that was gathered.
    without = {2005: 2, 2010: 1, 2015: 0, 2020: 2, 2022: 3, 2023: 4}
    assert other["year"].value_counts().to_dict() == {y: 55 - n for y, n in without.items()}
    assert users["value"].between(0, 100).all()


def test_shares_of_trade_between_firms_and_of_retail_make_the_whole() -> None:
    market = load("market", series=["market-b2b-share", "market-b2c-share"])
    total = market.assign(printed=market["printed"].map(Decimal)).groupby("year")["printed"].sum()
    assert total.to_dict() == {2021: 100, 2022: 100}


def test_the_forecasts_are_those_of_the_brief() -> None:
    # Section 3: 18.76 to 18.93 for 2023, 20.5 for 2022, 16.8 for 2023, definitions unstated.
    forecasts = load("published_forecasts").set_index("id")
    assert len(forecasts) == 18
    for id, year, printed, upper in [
        ("jide-2024-for-2023", 2023, "18.760", "18.934"),
        ("nipa-2021-for-2022", 2022, "20.5", None),
        ("askci-2023-for-2023", 2023, "16.8", None),
    ]:
        row = forecasts.loc[id]
        assert (row.target_year, row.printed, row.definition) == (year, printed, "unstated")
        assert row.printed_upper == upper or pd.isna(row.printed_upper)
    # One was made in the January after its year, before the year's figures were out.
    late = forecasts[forecasts["origin_year"] > forecasts["target_year"]]
    assert late["outturn_series"].isna().to_dict() == {"kotra-2021-for-2020": True}
    bounds = forecasts["note"].str.startswith("lower bound")
    assert (bounds == (forecasts["comparator"] == ">")).all()


def test_a_target_of_a_plan_is_no_forecast() -> None:
    # The fourteenth five-year plan for e-commerce: 2.5 trillion CNY in 2025.
    targets = load("published_forecasts", vintage="target").set_index("id")
    assert targets["printed"].to_dict() == {"plan-2021-for-2025": "2.5"}
    assert targets["note"].str.startswith("a target of a plan, not a forecast").all()
    assert not set(targets.index) & set(load("published_forecasts", vintage="forecast")["id"])


def test_a_part_of_a_year_stands_apart_from_the_years() -> None:
    # Goods trade of January to August 2026 with its parts, and of the same months of 2025.
    parts = load("goods_trade_part_year").set_index("id")["printed"].map(Decimal)
    assert parts["goods-trade-total-2026-01-to-08"] == Decimal("34.78")
    assert parts["goods-trade-total-2025-01-to-08"] == Decimal("29.57")
    for to in ("02", "06", "08"):
        total, *flows = (
            parts[f"goods-trade-{flow}-2026-01-to-{to}"] for flow in ("total", "export", "import")
        )
        assert sum(flows) == total, to
    assert load("goods_trade")["year"].max() == 2025


def test_part_year_trade_without_an_address_is_unconfirmed_and_says_so() -> None:
    addressed = load("sources").set_index("id")["url"].notna()
    for row in load("goods_trade_part_year").itertuples():
        unconfirmed = row.evidence == "unconfirmed"
        assert unconfirmed is not bool(addressed[row.source]), row.id
        assert unconfirmed is row.note.startswith("unconfirmed"), row.id


def test_an_outturn_is_in_the_unit_of_its_forecast() -> None:
    units = load("series").set_index("id")["unit"]
    known = load("published_forecasts").dropna(subset="outturn_series")
    assert (known["outturn_series"].map(units) == known["unit"]).all()
    for row in known.itertuples():
        table = load("series").set_index("id").loc[row.outturn_series, "table"]
        assert not load(table, series=row.outturn_series, year=row.target_year).empty


def test_a_conflict_is_with_a_figure_of_the_series_and_never_the_same() -> None:
    for row in load("conflicts").itertuples():
        assert row.evidence in {"single-source", "derived"}
        table = load("series").set_index("id").loc[row.series, "table"]
        held = load(table, series=row.series)
        held = held[held["year"] == row.year]
        if row.id == "sea-2020-restated":
            held = held[held["vintage"] == "2020-edition"]
        if row.vintage == "final":
            held = held[held["vintage"] == "revised"]
        assert len(held), row.id
        assert row.value not in set(held["value"]), row.id


def test_what_may_not_be_shipped_is_not() -> None:
    # TAPED is under CC BY-NC-SA 4.0, which is no open licence.
    for path in DATA.glob("*.csv"):
        assert "taped" not in path.read_text(encoding="utf-8").lower(), path.name


def test_breaks_lie_between_years_that_the_series_has() -> None:
    for row in load("method_breaks").itertuples():
        table = load("series").set_index("id").loc[row.series, "table"]
        held = load(table, series=row.series)
        if pd.notna(row.country):
            held = held[held["country"] == row.country]
        assert {row.from_year, row.to_year} <= set(held["year"]), row.id


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
            "15.7,as-published,single-source,askci-2023-04-23",
            "15.7,as-published,proven,askci-2023-04-23",
            ["line 12, column evidence: 'proven' is not an allowed value", "use one of corrobor"],
            id="bad grade",
        ),
        pytest.param(
            "market",
            "market.csv",
            "15.7,as-published,single-source,askci-2023-04-23",
            "15.7,as-published,single-source,askci-2023-04-24",
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
            ["line 1, column year is not in the header; add it", "must be: series,year,"],
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
            ["line 1 has column 'year' twice; rename one"],
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
        pytest.param(b"series,,year\nx,y,z\n", "no name for column 2", id="nameless column"),
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


# All that is wrong


def test_every_problem_is_found_and_each_once(copy: Path) -> None:
    (copy / "sources.csv").unlink()
    path = copy / "market.csv"
    text = path.read_text(encoding="utf-8").replace(",2012,2.1,", ",2031,2.1,")
    path.write_text(text.replace(",2.7,", ",-2.7,"), encoding="utf-8")
    found = check_package()
    assert [str(problem).partition(";")[0] for problem in found if problem.line] == [
        "data/market.csv line 2, column year: '2031' is above the maximum 2024",
        "data/market.csv line 15, column printed: '-2.7' doesn't have the form of this column",
    ]
    assert [(p.file, p.field) for p in found if not p.line] == [
        ("data/sources.csv", ""),
        ("data/market.csv", "bytes"),
        ("data/market.csv", "hash"),
    ]


def test_a_table_that_was_changed_on_purpose_still_loads(damage: Damage) -> None:
    damage("market.csv", "market-total,2012,2.1,", "market-total,2012,2.3,")
    assert load("market")["printed"].iloc[0] == "2.3"
    (problem,) = check_package()
    assert (problem.file, problem.field) == ("data/market.csv", "hash")
    assert "run 'make data' if the change was meant" in problem.remedy


def test_what_the_package_does_not_state_is_to_be_stated(copy: Path) -> None:
    path = copy / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    del package["resources"][0]["rows"]
    path.write_text(json.dumps(package), encoding="utf-8")
    (problem,) = check_package()
    assert str(problem).endswith("isn't stated in datapackage.json; run 'make data'")


def test_a_folder_without_a_package_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError, match="there is no datapackage"):
        check_package(tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"primaryKey": ["jahr"]}, "table 'gdp', key: 'jahr' is no field of 'gdp'"),
        (
            {
                "foreignKeys": [
                    {"fields": ["source"], "reference": {"resource": "sources", "fields": ["no"]}}
                ]
            },
            "table 'gdp', key: 'no' is no field of 'sources'",
        ),
    ],
)
def test_a_key_of_the_package_that_points_nowhere_is_named(
    copy: Path, change: dict, said: str
) -> None:
    path = copy / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    next(r for r in package["resources"] if r["name"] == "gdp")["schema"] |= change
    path.write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(TableError, match=said):
        check_package()


def test_a_column_that_must_be_unique_is_held_to_it_though_it_is_no_key(copy: Path) -> None:
    path = copy / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    market = next(r for r in package["resources"] if r["name"] == "market")
    year = next(field for field in market["schema"]["fields"] if field["name"] == "year")
    year["constraints"]["unique"] = True
    path.write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(
        TableError, match=r"market\.csv line 15, column year: '2013' is the key of line 3"
    ):
        load("market")


@pytest.mark.parametrize("rule", [{"minimum": "early"}, {"pattern": "("}, ["minimum"]])
def test_a_constraint_that_cannot_be_read_is_named(copy: Path, rule: object) -> None:
    path = copy / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    gdp = next(r for r in package["resources"] if r["name"] == "gdp")
    gdp["schema"]["fields"][1]["constraints"] = rule
    path.write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(TableError, match=r"datapackage\.json isn't a tabular data package"):
        load("market")


# Where the data are looked for


def test_a_linked_folder_is_shown_by_its_own_name(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(copy, target_is_directory=True)
    monkeypatch.setenv("CBEC_DATA", str(tmp_path / "link"))
    assert check_package() == ()
    (copy / "gdp.csv").unlink()
    (problem,) = check_package()
    assert problem.file == "data/gdp.csv"


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
    assert tuple(read_package().tables) == tuple(RESOURCES)


def test_without_data_the_error_lists_what_was_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CBEC_DATA")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        datapackage, "__file__", str(tmp_path / "lib/src/cbec/tables/datapackage.py")
    )
    with pytest.raises(FileNotFoundError) as error:
        data_dir()
    assert isinstance(error.value, DataNotFoundError)
    assert os.path.join("data", "datapackage.json") in str(error.value)
    assert "set CBEC_DATA" in str(error.value)
