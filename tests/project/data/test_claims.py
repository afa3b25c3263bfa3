"""The ledger's data hold the paper's 42 statistics as printed, and agree with the other tables.

Expected values are the list of statistics in the project's brief, section 1, copied here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cbec.audit.ledger import Ledger
from cbec.audit.ledger_reader import read_ledger
from cbec.figures.expression import names
from cbec.tables.csv_rows import read_rows

DATA = Path(__file__).resolve().parents[3] / "data"

# id | section | printed | comparator
STATISTICS = """
market-2024 | 2.1.1 | 17.66万亿元 | =
market-2023 | 2.1.1 | 16.85万亿元 | =
market-growth-2024 | 2.1.1 | 4.8% | =
trade-share-2024 | 2.1.1 | 40.27% | =
export-share-2024 | 2.1.1 | 77.6% | =
import-share-2024 | 2.1.1 | 22.4% | =
export-2024 | 2.1.1 | 13.7万亿元 | =
export-2023 | 2.1.1 | 13.24万亿元 | =
export-growth-2024 | 2.1.1 | 3.5% | =
import-2024 | 2.1.1 | 3.96万亿元 | =
import-2023 | 2.1.1 | 3.61万亿元 | =
import-growth-2024 | 2.1.1 | 9.57% | =
firms-association | 2.1.1 | 12万家 | >
overseas-trademarks | 2.1.1 | 3万个 | >
five-year-multiple | 2.1.1 | 10倍 | >
five-year-window | 2.1.1 | 5年 | =
firms-2024 | 2.1.2 | 70,769家 | =
firms-guangdong | 2.1.2 | 14,772家 | =
firms-guangdong-share | 2.1.2 | 20.87% | =
firms-guangdong-rank | 2.1.2 | 全国首位 | =
firms-zhejiang | 2.1.2 | 12,239家 | =
firms-zhejiang-share | 2.1.2 | 17.29% | =
firms-shandong | 2.1.2 | 11,784家 | =
firms-shandong-share | 2.1.2 | 16.65% | =
asean-mous | 2.1.2 | 6个 | =
sea-ecommerce-2022 | 2.1.2 | 1310亿美元 | =
cbec-programmes | 3.4 | 58所 | =
cbec-programmes-share | 3.4 | 10% | <
data-classes | 4.1 | 三类 | =
security-threshold | 4.1 | 10亿元 | >
beidou-accuracy | 4.2 | 厘米级 | =
training-theory | 4.4 | 1学期 | =
training-enterprise | 4.4 | 3学期 | =
training-internship | 4.4 | 1学期 | =
training-retention | 4.4 | 65% | =
talent-salary | 4.4 | 50万元 | >
tax-refund | 4.4 | 全额 | =
talent-visa | 4.4 | 5年 | =
talent-subsidy | 4.4 | 500万元 | ≤
talent-inflow | 4.4 | 42% | =
talent-window | 4.4 | 两年 | =
countermeasure-dimensions | abstract | 四个 | =
"""
EXPECTED = [tuple(cell.strip() for cell in row.split("|")) for row in STATISTICS.split("\n") if row]

# Outside figure | table | series | year | vintage in that table.
SAME_FIGURE = """
goods-trade-2024-first | goods_trade | goods-trade-total | 2024 | first-published
goods-trade-2024-communique | goods_trade | goods-trade-total | 2024 | communique
goods-trade-2024-revised | goods_trade | goods-trade-total | 2024 | implied
goods-trade-2023-first | goods_trade | goods-trade-total | 2023 | first-published
goods-trade-2022-first | goods_trade | goods-trade-total | 2022 | first-published
goods-trade-2014-first | goods_trade | goods-trade-total | 2014 | first-published
goods-trade-2023-communique | goods_trade | goods-trade-total | 2023 | communique
goods-trade-2025-first | goods_trade | goods-trade-total | 2025 | first-published
customs-2018-revised | customs | customs-total | 2018 | revised
customs-2019-revised | customs | customs-total | 2019 | revised
customs-2020-revised | customs | customs-total | 2020 | revised
customs-2021-revised | customs | customs-total | 2021 | revised
customs-2022-revised | customs | customs-total | 2022 | revised
customs-2023-first | customs | customs-total | 2023 | first-published
customs-2024-first | customs | customs-total | 2024 | first-published
customs-2024-revised | customs | customs-total | 2024 | revised
customs-narrow-2018 | customs | customs-narrow-total | 2018 | as-published
customs-narrow-2019 | customs | customs-narrow-total | 2019 | as-published
market-2012 | market | market-total | 2012 | as-published
market-2013 | market | market-total | 2013 | as-published
market-2014 | market | market-total | 2014 | as-published
market-2015 | market | market-total | 2015 | as-published
market-2016 | market | market-total | 2016 | as-published
market-2017 | market | market-total | 2017 | as-published
market-2018 | market | market-total | 2018 | as-published
market-2019 | market | market-total | 2019 | as-published
market-2020 | market | market-total | 2020 | as-published
market-2021 | market | market-total | 2021 | as-published
market-2022 | market | market-total | 2022 | as-published
export-2019 | market | market-export | 2019 | as-published
export-2020 | market | market-export | 2020 | as-published
export-2021 | market | market-export | 2021 | as-published
import-2019 | market | market-import | 2019 | as-published
import-2020 | market | market-import | 2020 | as-published
import-2021 | market | market-import | 2021 | as-published
undergraduate-institutions-2020 | cbec_programmes | institutions-undergraduate | 2020 | as-published
institutions-2020 | cbec_programmes | institutions-total | 2020 | as-published
exchange-rate-2019 | exchange_rate | exchange-rate | 2019 | fred-2026-07-21
exchange-rate-2020 | exchange_rate | exchange-rate | 2020 | fred-2026-07-21
exchange-rate-2021 | exchange_rate | exchange-rate | 2021 | fred-2026-07-21
exchange-rate-2022 | exchange_rate | exchange-rate | 2022 | fred-2026-07-21
exchange-rate-2023 | exchange_rate | exchange-rate | 2023 | fred-2026-07-21
exchange-rate-2024 | exchange_rate | exchange-rate | 2024 | fred-2026-07-21
cbec-programmes-2022 | cbec_programmes | cbec-programmes-undergraduate | 2022 | as-published
b2b-share-2022 | market | market-b2b-share | 2022 | as-published
"""
PAIRS = [tuple(cell.strip() for cell in row.split("|")) for row in SAME_FIGURE.split("\n") if row]

# Growth rates have no series of levels; they stand only here.
ALONE = {
    "goods-trade-growth-2025",
    "goods-trade-growth-2024",
    "customs-growth-2023-first",
    "customs-growth-2024-first",
    "customs-growth-2024-revised",
}

# Subsections of sections 2 to 5 of the paper, with their paragraphs.
PARAGRAPHS = {
    "2.1.1": 3,
    "2.1.2": 2,
    "2.2.1": 1,
    "2.2.2": 1,
    "2.3.1": 2,
    "2.3.2": 1,
    "3.1": 2,
    "3.2": 2,
    "3.3": 2,
    "3.4": 1,
    "4.1": 2,
    "4.2": 1,
    "4.3": 2,
    "4.4": 2,
    "5": 2,
}

# Claims that the series tables hold too, as the paper's readers meet them in charts.
CLAIM_SERIES = [
    (f"{flow}-{year}", f"market-{'total' if flow == 'market' else flow}", year)
    for flow in ("market", "export", "import")
    for year in ("2023", "2024")
]


def rows(name: str) -> list[dict[str, str]]:
    return [cells for _, cells in read_rows(DATA / f"{name}.csv")]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return read_ledger(DATA / "claims.csv")


def test_the_ledger_holds_all_42_statistics_in_the_order_of_the_paper() -> None:
    assert len(EXPECTED) == 42
    printed = [row["id"] for row in rows("claims") if row["kind"] != "cross-check"]
    assert printed == [row[0] for row in EXPECTED]


@pytest.mark.parametrize(
    ("id", "section", "printed", "comparator"), EXPECTED, ids=[e[0] for e in EXPECTED]
)
def test_a_statistic_stands_verbatim_with_its_comparator_and_section(
    id: str, section: str, printed: str, comparator: str
) -> None:
    row = next(row for row in rows("claims") if row["id"] == id)
    assert (row["section"], row["printed"], row["comparator"]) == (section, printed, comparator)


def test_every_claim_is_labelled_in_both_languages_and_says_where_it_stands() -> None:
    for row in rows("claims"):
        assert row["label_en"].isascii(), row["id"]
        assert row["label_en"], row["id"]
        assert re.search("[\u4e00-\u9fff]", row["label_zh"]), row["id"]
        assert row["section"], row["id"]


@pytest.mark.parametrize(
    "table", ["claims", "inputs", "alternatives", "evidence", "searches", "references"]
)
def test_what_is_said_in_one_language_is_said_in_the_other(table: str) -> None:
    for row in rows(table):
        for column in row:
            if column.endswith("_en"):
                twin = column.removesuffix("_en") + "_zh"
                assert bool(row[column]) == bool(row[twin]), (row, column)


def test_the_cross_checks_of_the_brief_are_there(ledger: Ledger) -> None:
    found = {c.id: c.derivation_text for c in ledger.claims.values() if c.is_cross_check}
    assert found["market-identity-2024"] == "sum(export-2024, import-2024) = market-2024"
    assert found["market-identity-2023"] == "sum(export-2023, import-2023) = market-2023"
    assert found["shares-sum"] == "sum(export-share-2024, import-share-2024) = 100%"
    assert found["provinces-below-total"] == (
        "sum(firms-guangdong, firms-zhejiang, firms-shandong) < firms-2024"
    )
    # Five semesters are two and a half years.
    assert found["semesters-sum"] == (
        "sum(training-theory, training-enterprise, training-internship) = 2.5"
    )
    assert "problems-number" in found


@pytest.mark.parametrize(
    ("id", "derivation"),
    [
        ("market-growth-2024", "growth(market-2024, market-2023)"),
        ("export-share-2024", "share(export-2024, market-2024)"),
        ("import-share-2024", "share(import-2024, market-2024)"),
        ("export-growth-2024", "growth(export-2024, export-2023)"),
        ("import-growth-2024", "growth(import-2024, import-2023)"),
        ("trade-share-2024", "share(market-2024, goods-trade-2024-first)"),
        ("firms-guangdong-share", "share(firms-guangdong, firms-2024)"),
        ("firms-zhejiang-share", "share(firms-zhejiang, firms-2024)"),
        ("firms-shandong-share", "share(firms-shandong, firms-2024)"),
    ],
)
def test_a_derived_statistic_has_the_derivation_of_the_brief(
    ledger: Ledger, id: str, derivation: str
) -> None:
    assert ledger.claims[id].derivation_text == derivation


def test_every_finding_is_about_a_claim_and_cites_a_known_source(ledger: Ledger) -> None:
    known = {row["id"] for row in rows("sources")}
    for row in rows("evidence"):
        assert row["claim"] in ledger.claims
        # Only a search that found nothing has no source to cite.
        assert row["source"] in known or (row["source"], row["grade"]) == ("", "not-found"), row


def test_every_outside_figure_cites_a_known_source_and_has_a_vintage_and_a_grade() -> None:
    known = {row["id"] for row in rows("sources")}
    for row in rows("inputs"):
        assert row["source"] in known
        assert row["vintage"]
        assert row["evidence"]


@pytest.mark.parametrize(
    ("id", "table", "series", "year", "vintage"), PAIRS, ids=[p[0] for p in PAIRS]
)
def test_an_outside_figure_is_the_one_of_the_series_table(
    id: str, table: str, series: str, year: str, vintage: str
) -> None:
    inside = next(row for row in rows("inputs") if row["id"] == id)
    (row,) = (
        row
        for row in rows(table)
        if (row["series"], row["year"], row["vintage"]) == (series, year, vintage)
    )
    assert inside["period"].startswith(year)
    assert inside["vintage"] == vintage
    # A ledger writes the sign of a percentage, a series has it as its unit.
    assert (inside["printed"].removesuffix("%"), inside["evidence"], inside["source"]) == (
        row["printed"],
        row["evidence"],
        row["source"],
    )


def test_every_outside_figure_is_compared_with_the_series_tables_or_stands_alone() -> None:
    assert {row["id"] for row in rows("inputs")} == {p[0] for p in PAIRS} | ALONE


def test_an_outside_figure_measures_in_the_unit_of_its_series() -> None:
    units = {row["id"]: row["unit"] for row in rows("series")}
    inputs = {row["id"]: row for row in rows("inputs")}
    for id, _, series, _, _ in PAIRS:
        if inputs[id]["unit"]:
            assert inputs[id]["unit"] == units[series], id


@pytest.mark.parametrize(("id", "series", "year"), CLAIM_SERIES)
def test_a_claimed_level_is_the_one_of_the_market_table(
    ledger: Ledger, id: str, series: str, year: str
) -> None:
    (row,) = (r for r in rows("market") if (r["series"], r["year"]) == (series, year))
    claim = ledger.claims[id].printed
    assert claim is not None
    assert claim.text == f"{row['printed']}万亿元"


def test_the_programmes_of_the_paper_stand_in_the_programmes_table() -> None:
    (row,) = (r for r in rows("cbec_programmes") if r["printed"] == "58")
    assert row["evidence"] == "printed"


def test_an_unconfirmed_outside_figure_says_so_where_it_is_shown() -> None:
    unconfirmed = [row for row in rows("inputs") if row["evidence"] == "unconfirmed"]
    assert unconfirmed, "the level of 2018 is unconfirmed"
    for row in unconfirmed:
        shown = (row["label_en"] + row["note_en"]).lower(), row["label_zh"] + row["note_zh"]
        assert "unconfirmed" in shown[0], row["id"]
        assert "未证实" in shown[1], row["id"]
        for alternative in rows("alternatives"):
            if re.search(rf"\b{row['id']}(?![\w-])", alternative["expression"]):
                assert "unconfirmed" in alternative["label_en"]
                assert "未证实" in alternative["label_zh"]


def test_a_figure_that_was_derived_says_so_in_its_note() -> None:
    for row in rows("inputs"):
        if row["evidence"] == "derived":
            assert "derived" in row["note_en"].lower(), row["id"]


def test_the_eight_references_are_there_and_two_of_them_cannot_bear_what_follows() -> None:
    references = rows("references")
    assert [row["number"] for row in references] == [str(n) for n in range(1, 9)]
    # By its date ref [7], by its abstract ref [8]; nothing was found of [2], [3], [4] and [6].
    assert {row["number"]: row["can_bear"] for row in references} == {
        "1": "partly",
        "2": "unknown",
        "3": "unknown",
        "4": "unknown",
        "5": "partly",
        "6": "unknown",
        "7": "no, by date",
        "8": "no, by abstract",
    }
    assert {r["number"]: r["year"] for r in references}["7"] == "2013"


def test_what_a_reference_says_is_told_only_where_something_was_read() -> None:
    for row in rows("references"):
        told = [bool(row[column]) for column in ("abstract_en", "abstract_zh", "url")]
        assert told == [row["abstract_read"] != "no"] * 3, row["number"]
        judged = row["can_bear"] in ("unknown", "no, by date")
        assert judged is (row["abstract_read"] == "no"), row["number"]


def test_the_references_are_those_that_the_claims_cite() -> None:
    cited = {row["reference"] for row in rows("claims")} - {""}
    assert cited == {"[4]", "[5]", "[7]", "[8]"}


def test_counted_items_are_those_of_the_derivations_in_order() -> None:
    counted: dict[str, list[str]] = {}
    for row in rows("counted_items"):
        if row["counted"] == "true":
            counted.setdefault(row["claim"], []).append(row["item_en"])
    derived = {row["id"]: row["derivation"] for row in rows("claims")}
    expected = {id: re.findall('"([^"]*)"', text) for id, text in derived.items()}
    assert counted == {id: items for id, items in expected.items() if items}


def test_qualitative_claims_cover_every_subsection_in_the_order_of_the_paper() -> None:
    table = rows("qualitative_claims")
    assert [row["id"] for row in table] == [f"q{n}" for n in range(1, len(table) + 1)]
    places = [(row["section"], int(row["paragraph"])) for row in table]
    assert places == sorted(places)
    assert set(places) == {
        (section, paragraph)
        for section, paragraphs in PARAGRAPHS.items()
        for paragraph in range(1, paragraphs + 1)
    }


def test_each_qualitative_claim_is_a_paraphrase_of_its_own_and_short() -> None:
    table = rows("qualitative_claims")
    for column in ("claim_en", "claim_zh"):
        assert len({row[column] for row in table}) == len(table)
    for row in table:
        assert len(row["claim_en"].split()) <= 15, row["id"]
        assert row["claim_en"].isascii(), row["id"]
        assert re.search("[\u4e00-\u9fff]", row["claim_zh"]), row["id"]


def test_a_numeral_left_out_is_no_statistic_and_says_why() -> None:
    printed = {row["printed"] for row in rows("claims")}
    for row in rows("uncounted_numerals"):
        parts = row["numeral"].split("、")
        assert not printed & set(parts), row
        assert len(parts) in {1, len(row["meaning_en"].split(", "))}, row
        for section in row["sections"].split():
            known = any(place.startswith(section) for place in PARAGRAPHS)
            assert known or section in {"abstract", "citation", "references", "1"}, row


def test_what_the_scoreboard_rests_on_are_claims(ledger: Ledger) -> None:
    for row in rows("scoreboard"):
        assert set(row["claims"].split()) <= set(ledger.claims), row["id"]


def test_the_outside_inputs_of_a_claim_are_those_of_its_derivation(ledger: Ledger) -> None:
    for _, row in read_rows(DATA / "claims.csv"):
        derivation = ledger.claims[row["id"]].derivation
        used = names(derivation) if derivation is not None else ()
        assert row["inputs"].split() == [name for name in used if name in ledger.inputs], row["id"]
