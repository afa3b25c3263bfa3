"""What goes by the name of cross-border e-commerce: the statistics side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cbec.audit.ledger_reader import read_ledger
from cbec.audit.results import ClaimAudit
from cbec.measures.growth import share, year_on_year
from cbec.tables.evidence_grades import weakest
from cbec.tables.frames import load

#: How a chart shows the statistics of `levels`. They are named from the largest, then those that
#: are no line, and the way from one to another that is no growth.
DRAWN: dict[str, Any] = {
    "order": ("100EC", "100EC's B2C", "customs", "platform", "others"),
    "rivals": ("others",),
    "leap": ("platform", "customs", "a change of definition"),
}
#: The vintages of `trade_shares`.
VINTAGES = ("as first published", "as revised")
_LABELS = {"market-total": "100EC", "customs-total": "customs", "customs-narrow-total": "platform"}


def levels() -> pd.DataFrame:
    """Return the level of each statistic by year, in trillion yuan.

    Rows are as `cbec.load` gives them; ``series`` is ``100EC`` (the market), ``100EC's B2C`` (its
    part that goes to consumers, computed from the printed share), ``customs`` (the survey as
    revised), ``platform`` (retail over customs' own platform) and ``others`` (single estimates of
    other publishers).
    """
    market = load("market", series="market-total")
    retail = load("market", series="market-b2c-share")
    retail = retail.merge(market, on="year", suffixes=("", "_of"))
    retail = retail.assign(
        series="100EC's B2C",
        value=retail["value"] * retail["value_of"] / 100,
        unit=retail["unit_of"],
        printed=retail["printed"] + "% of " + retail["printed_of"],
        row=retail["row"] + " " + retail["row_of"],
        evidence=[
            weakest(both) for both in zip(retail["evidence"], retail["evidence_of"], strict=True)
        ],
    )
    retail = retail[market.columns]
    survey = load("customs", series="customs-total", vintage="revised")
    narrow = load("customs", series="customs-narrow-total")
    rivals = load("conflicts", series="market-total", vintage="as-published")
    rivals = rivals.query("comparator == '='").assign(series="others")
    return pd.concat([market, retail, survey, narrow, rivals]).replace({"series": _LABELS})


def trade_shares() -> pd.DataFrame:
    """Return CBEC over goods trade, in percent, by definition and vintage.

    Besides the columns of `cbec.measures.growth.share` there are ``definition`` (100EC's market, or
    customs' count) and ``series`` (totals as first published, or as revised). The revised totals of
    trade are those that the next year's growth rate implies. On customs' definition numerator and
    denominator are both first-published or both revised. ``event`` is what is said of a year.
    """
    market = load("market", series="market-total")
    customs = load("customs", series="customs-total").groupby("vintage")
    trade = load("goods_trade", series="goods-trade-total").groupby("vintage")
    first, revised = trade.get_group("first-published"), trade.get_group("implied")
    shares = {
        ("100EC's market", VINTAGES[0]): share(market, first),
        ("100EC's market", VINTAGES[1]): share(market, revised),
        ("customs' count of CBEC", VINTAGES[0]): share(customs.get_group("first-published"), first),
        ("customs' count of CBEC", VINTAGES[1]): share(customs.get_group("revised"), revised),
    }
    found = pd.concat(shares, names=["definition", "series"]).reset_index()
    # Customs took down the total of a year before it printed the growth of the next.
    breaks = load("method_breaks").set_index("id")["from_year"]
    events = (
        ("100EC's market", _said("trade-share-2024")),
        ("customs' count of CBEC", {int(breaks["goods-trade-2023"]): "trade revised down"}),
    )
    for definition, said in events:
        own = (found["definition"] == definition) & (found["series"] == VINTAGES[0])
        found.loc[own, "event"] = found["year"].map(said)
    return found


def market_growth() -> pd.DataFrame:
    """Return the growth of 100EC's market, in percent, with what is to be said of a year.

    Besides the columns of `cbec.measures.growth.year_on_year` there are ``series`` and ``event``.

    Examples
    --------
    >>> market_growth().dropna(subset="event")[["year", "event"]].to_numpy().tolist()
    [[2024, 'the paper: 4.8%']]
    """
    growth = year_on_year(load("market", series="market-total")).reset_index()
    events = _said("market-growth-2024")
    return growth.assign(series="CBEC market, 100EC", event=growth["year"].map(events))


def _said(id: str) -> dict[int, str]:
    """Return what the paper prints, by the year that it speaks of."""
    claim = read_ledger().figure(id)
    return {int(claim.period): f"the paper: {claim.printed.text}"} if claim.printed else {}


def share_changes() -> pd.DataFrame:
    """Return how CBEC's share of goods trade changed from 2023 to 2024, in percentage points.

    Columns are those of `cbec.audit.ledger.Ledger.derive_all`, and ``definition``. The derivations
    are rows of the table ``derivations``.

    Examples
    --------
    >>> share_changes().round(2)[["definition", "lower", "upper"]].to_numpy().tolist()[0]
    ["100EC's market", -0.11, -0.04]
    """
    ledger, derived = read_ledger(), load("derivations").set_index("name")["expression"]
    changes = {
        "100EC's market": "trade-share-change-2024",
        "customs' count": "customs-share-change-2024",
    }
    tables = {}
    for definition, name in changes.items():
        expressions = {
            f"{definition}, {VINTAGES[0]}": derived[name],
            f"{definition}, {VINTAGES[1]}": derived[f"{name}-revised"],
        }
        tables[definition] = ledger.derive_all(expressions, scale=100)
    return pd.concat(tables, names=["definition"]).reset_index("definition")


def five_year_multiples(claim: ClaimAudit) -> pd.DataFrame:
    """Return the multiples over five years that each definition, and each mixture of two, gives.

    Columns are those of `cbec.audit.ledger.Ledger.derive_all`, and ``basis``: one definition, or
    two mixed. The claim is the audit's result for the multiple that the paper prints.
    """
    derived = read_ledger().derive_all({a.label_en: a.text for a, _ in claim.alternatives})
    mixed = derived["item"].str.startswith("mixed")
    return derived.assign(basis=mixed.map({True: "two mixed", False: "one definition"}))


def growth_statements() -> pd.DataFrame:
    """Return what officials and the press said of growth over five years.

    Examples
    --------
    >>> growth_statements().columns.tolist()
    ['Organisation', 'Claimed', 'Speaker', 'Year', 'Window', 'row', 'evidence']
    """
    said = load("growth_statements").sort_values("year").fillna("")
    shown = ["organisation", "claimed", "speaker", "year", "period"]
    names = {column: column.capitalize() for column in shown} | {"period": "Window"}
    return said[[*shown, "row", "evidence"]].rename(columns=names)
