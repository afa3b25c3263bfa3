"""Internet use abroad: groups and medians, recounted from the tables' own text."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from statistics import median

import pytest

from cbec.chapters.internet_users import internet_users, medians, method_breaks
from cbec.errors import TableError

DATA = Path(__file__).parents[2] / "data"


def read(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_every_figure_has_a_country_and_a_group():
    found = internet_users()
    assert len(found) == len(read("internet_users.csv"))
    assert not found["group"].isna().any()
    assert set(found["country"]) <= {row["label_en"] for row in read("countries.csv")}


@pytest.mark.parametrize(
    ("first", "last", "broken"),
    [
        (2005, 2023, {"CHN", "KHM"}),
        (2023, 2005, {"CHN", "KHM"}),
        (2010, 2020, {"KHM"}),
        (2005, 2010, set()),
        (2016, 2022, set()),
    ],
)
def test_medians_are_of_the_countries_with_both_years_on_one_method(first, last, broken):
    groups = {row["iso3"]: row["group"] for row in read("countries.csv")}
    figures = {
        (row["country"], int(row["year"])): float(row["printed"])
        for row in read("internet_users.csv")
    }
    found = medians(first, last)
    for group in sorted({of for iso, of in groups.items() if iso not in broken}):
        both = [
            iso
            for iso, of in groups.items()
            if of == group and iso not in broken and {(iso, first), (iso, last)} <= figures.keys()
        ]
        if not both:
            continue
        assert found.loc[group, "countries"] == len(both)
        for column, year in (("first", first), ("last", last)):
            by_hand = median(figures[iso, year] for iso in both)
            assert found.loc[group, column] == pytest.approx(by_hand)


@pytest.mark.parametrize("years", [(1900, 2023), (2005, 2100), ("2005", 2023)])
def test_a_year_without_figures_is_named(years):
    with pytest.raises(TableError, match=r"there are no internet users of .* years from 2005 to"):
        medians(*years)


def test_breaks_of_method_name_countries_that_have_figures_on_both_sides():
    found = method_breaks()
    users = internet_users().set_index(["country", "year"]).index
    for row in found.to_dict("records"):
        assert (row["country"], row["from_year"]) in users
        assert (row["country"], row["to_year"]) in users


def test_a_broken_share_is_named(tmp_path, monkeypatch):
    folder = shutil.copytree(DATA, tmp_path / "data")
    path = folder / "internet_users.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",CHN,2005,8.52326,", ",CHN,2005,some,"), encoding="utf-8")
    monkeypatch.setenv("CBEC_DATA", str(folder))
    with pytest.raises(TableError, match=r"internet_users\.csv line 2"):
        internet_users()
