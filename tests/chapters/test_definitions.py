"""What goes by one name: recomputed by hand from the tables' own text."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from cbec.chapters.definitions import growth_statements, levels, market_growth, trade_shares
from cbec.errors import TableError

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(autouse=True)
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let every test read a copy of the data that it may change."""
    folder = shutil.copytree(DATA, tmp_path / "data")
    monkeypatch.setenv("CBEC_DATA", str(folder))
    return folder


def rows(file: str, **wanted: str) -> dict[int, dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as opened:
        found = [row for row in csv.DictReader(opened) if wanted.items() <= row.items()]
    return {int(row["year"]): row for row in found}


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_each_level_is_the_printed_one():
    found = levels().set_index(["series", "year"])["value"]
    for series, file, wanted in (
        ("100EC", "market.csv", {"series": "market-total"}),
        ("customs", "customs.csv", {"series": "customs-total", "vintage": "revised"}),
    ):
        printed = {year: float(row["printed"]) for year, row in rows(file, **wanted).items()}
        assert found[series].to_dict() == printed


def test_the_part_for_consumers_is_the_share_of_the_market():
    total, shares = (rows("market.csv", series=f"market-{of}") for of in ("total", "b2c-share"))
    by_hand = {
        year: float(row["printed"]) / 100 * float(total[year]["printed"])
        for year, row in shares.items()
    }
    found = levels().query('series == "100EC\'s B2C"').set_index("year")
    assert found["value"].to_dict() == pytest.approx(by_hand)
    assert set(found["unit"]) == {"trillion CNY"}
    assert all(len(row.split()) == 2 for row in found["row"])


def test_a_product_is_as_doubtful_as_the_worse_of_its_factors(copy):
    change(
        copy,
        "market.csv",
        "market-total,2022,15.7,as-published,single-source,",
        "market-total,2022,15.7,as-published,unconfirmed,",
    )
    found = levels().query('series == "100EC\'s B2C"').set_index("year")["evidence"]
    assert found[2022] == "unconfirmed"
    assert found[2021] == "single-source"


def test_a_broken_figure_is_named(copy):
    change(copy, "market.csv", "market-total,2022,15.7,", "market-total,2022,many,")
    with pytest.raises(TableError, match=r"market\.csv line"):
        levels()


@pytest.mark.parametrize(
    ("definition", "file", "series", "vintage", "year", "trade"),
    [
        ("100EC's market", "market.csv", "market-total", "as-published", 2022, "first-published"),
        ("100EC's market", "market.csv", "market-total", "as-published", 2022, "implied"),
        (
            "customs' count of CBEC",
            "customs.csv",
            "customs-total",
            "first-published",
            2021,
            "first-published",
        ),
        ("customs' count of CBEC", "customs.csv", "customs-total", "revised", 2021, "implied"),
    ],
)
def test_a_share_keeps_to_its_vintages(definition, file, series, vintage, year, trade):
    part = float(rows(file, series=series, vintage=vintage)[year]["printed"])
    of = rows("goods_trade.csv", series="goods-trade-total", vintage=trade)[year]
    label = "as first published" if trade == "first-published" else "as revised"
    found = trade_shares().set_index(["definition", "series", "year"])
    row = found.loc[(definition, label, year)]
    assert row["value"] == pytest.approx(100 * part / float(of["printed"]))
    assert row["lower"] < row["value"] < row["upper"]


def test_growth_statements_keep_what_was_said():
    found = growth_statements()
    assert found["Year"].is_monotonic_increasing
    with (DATA / "growth_statements.csv").open(encoding="utf-8", newline="") as opened:
        said = {row["claimed"] for row in csv.DictReader(opened)}
    assert set(found["Claimed"]) == said
    assert not found.isna().any(axis=None)


def test_what_is_said_of_a_year_is_what_the_tables_have():
    with (DATA / "claims.csv").open(encoding="utf-8", newline="") as opened:
        printed = {row["id"]: row["printed"] for row in csv.DictReader(opened)}
    with (DATA / "method_breaks.csv").open(encoding="utf-8", newline="") as opened:
        revised = {row["id"]: int(row["from_year"]) for row in csv.DictReader(opened)}
    growth = market_growth().dropna(subset="event").set_index("year")["event"]
    assert growth.to_dict() == {2024: f"the paper: {printed['market-growth-2024']}"}
    shares = trade_shares().dropna(subset="event").set_index(["definition", "year"])["event"]
    assert shares["100EC's market", 2024] == f"the paper: {printed['trade-share-2024']}"
    year = revised["goods-trade-2023"]
    assert shares["customs' count of CBEC", year] == "trade revised down"
    assert len(shares) == 2, "nothing is said that no table has"
