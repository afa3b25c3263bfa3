"""Internet use abroad, by group of countries."""

from __future__ import annotations

import pandas as pd

from cbec.errors import TableError
from cbec.tables.frames import load


def internet_users() -> pd.DataFrame:
    """Return the World Bank's internet users, in percent of the population.

    Rows are as `cbec.load` gives them, with ``country`` by name, and ``group``: China, ASEAN or
    the other Belt-and-Road countries of a customary list.
    """
    countries = load("countries").set_index("iso3")
    users = load("internet_users").assign(group=lambda f: f["country"].map(countries["group"]))
    return users.replace({"country": countries["label_en"].to_dict()})


def method_breaks() -> pd.DataFrame:
    """Return the years in which the method of counting internet users seems to have changed.

    They are rows of the table ``method_breaks``, with ``country`` by name.
    """
    names = load("countries").set_index("iso3")["label_en"].to_dict()
    breaks = load("method_breaks", series="internet-users").drop(columns="evidence")
    return breaks.replace({"country": names})


def medians(first: int, last: int) -> pd.DataFrame:
    """Return the median share of internet users of each group in two years that compare.

    By group: ``first`` and ``last`` in percent, and ``countries``, how many count: those that have
    figures for both years and no change of method between them. `TableError` if the table has no
    figure of a year.

    Examples
    --------
    >>> int(medians(2005, 2023).loc["ASEAN", "countries"])  # without Cambodia
    9
    """
    users = internet_users()
    for year in (first, last):
        if year not in set(users["year"]):
            raise TableError(
                f"there are no internet users of {year!r}; the table has years from "
                f"{users['year'].min()} to {users['year'].max()}"
            )
    breaks = method_breaks()
    between = (breaks["from_year"] < max(first, last)) & (breaks["to_year"] > min(first, last))
    broken = users["country"].isin(breaks.loc[between, "country"])
    both = users[users["year"].isin([first, last]) & ~broken]
    both = both.pivot(index=["group", "country"], columns="year", values="value").dropna()
    groups = both.groupby("group")
    return pd.DataFrame(
        {"first": groups[first].median(), "last": groups[last].median(), "countries": groups.size()}
    )
