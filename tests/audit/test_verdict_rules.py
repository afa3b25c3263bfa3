"""The audit gives every figure the two verdicts that the rulings of reference/verdicts.md define.

Facts about the paper's figures are those of the project's brief, sections 1 and 2.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbec.audit.ledger import Claim, Finding, Kind, Ledger, OutsideFigure, Source
from cbec.audit.ledger_reader import read_ledger
from cbec.audit.results import COLUMNS, Audit, record
from cbec.audit.verdict_rules import audit_ledger
from cbec.audit.verdicts import Arithmetic, Evidence, Standing, sense
from cbec.errors import LedgerError
from cbec.figures.bounds import bounds
from cbec.figures.expression import parse
from cbec.figures.in_words import interval_text
from cbec.figures.interval import Interval
from cbec.figures.printed import Printed, parse_printed
from cbec.figures.rounding import Rule, decimal_text, round_to
from cbec.figures.units import parse_unit
from cbec.tables.frames import load

DATA = Path(__file__).resolve().parents[2] / "data"
HEADER = "id,printed,comparator,kind,derivation"


@pytest.fixture(scope="module")
def ours() -> Audit:
    return audit_ledger(read_ledger(DATA / "claims.csv"))


def audit_rows(folder: Path, *rows: Sequence[str], header: str = HEADER) -> Audit:
    """Write a ledger, read it and audit it."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([header.split(","), *rows])
    path = folder / "claims.csv"
    path.write_text(stream.getvalue(), encoding="utf-8")
    return audit_ledger(read_ledger(path))


# Our ledger -----------------------------------------------------------------------------------


def test_import_growth_is_within_rounding(ours: Audit) -> None:
    # F1 of the brief.
    result = ours["import-growth-2024"]
    assert result.arithmetic is Arithmetic.ROUNDING
    assert result.recomputed_text == "9.70%"
    assert result.bounds_text == "9.405 to 9.986%"


def test_the_trade_share_depends_on_the_vintage_of_the_total(ours: Audit) -> None:
    # Brief, section 1: exact as first published, rounding on 43.8468, inconsistent on the
    # revised total.
    result = ours["trade-share-2024"]
    verdicts = {a.text: c.verdict for a, c in result.alternatives}
    assert result.arithmetic is Arithmetic.EXACT
    assert verdicts["share(market-2024, goods-trade-2024-communique)"] is Arithmetic.ROUNDING
    assert verdicts["share(market-2024, goods-trade-2024-revised)"] is Arithmetic.INCONSISTENT


def test_on_customs_own_count_the_trade_share_is_6_percent(ours: Audit) -> None:
    # F5 of the brief: 6.0 to 6.2% of trade.
    result = ours["trade-share-2024"]
    faces = {a.text: c.face_text(result.claim) for a, c in result.alternatives}
    assert faces["share(customs-2024-first, goods-trade-2024-first)"] == "6.00%"
    # F2 of the brief: 6.19% with both revised.
    revised = "ratio(goods-trade-2025-first, sum(1, goods-trade-growth-2025))"
    assert faces[f"share(customs-2024-revised, {revised})"] == "6.19%"


def test_the_five_year_multiple_is_disputed_and_both_sides_are_named(ours: Audit) -> None:
    # F6 of the brief: customs' figure on one side, the ministry's statement on the other.
    result = ours["five-year-multiple"]
    assert (result.arithmetic, result.code) == (Arithmetic.NOT_DERIVABLE, "no-inputs")
    assert result.evidence is Evidence.DISPUTED
    notes = " ".join(finding.note_en for finding in result.findings)
    assert "Ministry of Commerce" in notes
    assert "customs" in notes
    rows = load("evidence")
    assert "商务部" in " ".join(rows.loc[rows["claim"] == result.claim.id, "note_zh"])


def test_no_constant_definition_exceeds_ten_in_five_years(ours: Audit) -> None:
    # F6 of the brief.
    result = ours["five-year-multiple"]
    found = {a.text: (c.face_text(result.claim), c.verdict) for a, c in result.alternatives}
    decision, exact = Arithmetic.DECISION, Arithmetic.EXACT
    assert found == {
        "multiple(customs-2023-first, customs-2018-revised)": ("2.25倍", decision),
        "multiple(customs-2024-first, customs-2019-revised)": ("2.04倍", decision),
        "multiple(customs-2024-revised, customs-2019-revised)": ("2.10倍", decision),
        "multiple(market-2023, market-2018)": ("1.87倍", decision),
        "multiple(market-2024, market-2019)": ("1.68倍", decision),
        "multiple(customs-2023-first, customs-narrow-2018)": ("17.7倍", exact),
        "multiple(customs-2024-first, customs-narrow-2019)": ("14.1倍", exact),
        "multiple(customs-2024-revised, customs-narrow-2019)": ("14.6倍", exact),
    }


@pytest.mark.parametrize("id", ["security-threshold", "talent-salary", "tax-refund", "talent-visa"])
def test_a_policy_parameter_is_a_proposal(ours: Audit, id: str) -> None:
    result = ours[id]
    assert result.evidence is Evidence.PROPOSAL
    assert (result.arithmetic, result.code) == (Arithmetic.NOT_DERIVABLE, "parameter")


@pytest.mark.parametrize(
    ("id", "evidence"),
    [
        # F8 of the brief.
        ("training-retention", "misattributed"),
        ("talent-inflow", "misattributed"),
        ("talent-window", "untraced"),
        ("firms-association", "relayed"),
        ("overseas-trademarks", "relayed"),
        ("five-year-window", "relayed"),
        # Counted in the paper's own text.
        ("data-classes", "own-text"),
        ("countermeasure-dimensions", "own-text"),
        # F10: no count of finance-and-economics institutions was found.
        ("cbec-programmes-share", "untraced"),
        # Only the paper prints them.
        ("market-2024", "untraced"),
        ("market-2023", "untraced"),
        ("market-growth-2024", "untraced"),
        ("trade-share-2024", "untraced"),
        ("firms-guangdong-rank", "untraced"),
        # Given by one secondary text.
        ("sea-ecommerce-2022", "single-source"),
        # A statement about a technology, no parameter of a policy.
        ("beidou-accuracy", "not-checked"),
        # Derived figures without a source of their own.
        ("import-growth-2024", "not-checked"),
    ],
)
def test_a_statistic_has_the_evidence_that_was_found(ours: Audit, id: str, evidence: str) -> None:
    assert ours[id].evidence == evidence


@pytest.mark.parametrize(
    "id",
    [
        "market-growth-2024",
        "export-share-2024",
        "import-share-2024",
        "export-growth-2024",
        "firms-guangdong-share",
        "firms-zhejiang-share",
        "firms-shandong-share",
        "data-classes",
        "countermeasure-dimensions",
    ],
)
def test_a_statistic_follows_exactly(ours: Audit, id: str) -> None:
    assert ours[id].arithmetic is Arithmetic.EXACT


def test_rank_one_cannot_be_derived_among_all_provinces(ours: Audit) -> None:
    # F9: 31,974 firms remain; in one other province they would take the first rank.
    provinces = "firms-guangdong, firms-zhejiang, firms-shandong"
    rest = f"difference(firms-2024, sum({provinces}))"
    assert ours.ledger.derive(rest)[0] == 31_974
    assert ours.ledger.derive(f"rank({provinces}, {rest})")[0] == 2


def test_the_programmes_are_below_ten_percent_of_all_undergraduate_institutions(
    ours: Audit,
) -> None:
    # 58 of 1270 is 4.57%.
    result = ours["cbec-programmes-share"]
    ((_, check),) = result.alternatives
    assert (result.arithmetic, result.code) == (Arithmetic.NOT_DERIVABLE, "no-denominator")
    assert (check.verdict, check.face) == (Arithmetic.EXACT, Fraction(58, 1270))


def test_no_check_of_ours_broke(ours: Audit) -> None:
    checks = [r.primary for r in ours.results if r.primary]
    checks += [check for r in ours.results for _, check in r.alternatives]
    assert [c for c in checks if c.verdict is Arithmetic.FAILED] == []


@pytest.mark.parametrize("axis", ["arithmetic", "evidence"])
def test_the_counts_add_up_to_the_42_statistics(ours: Audit, axis: str) -> None:
    counts = ours.counts(axis)
    assert sum(counts.values()) == len(ours.claims) == 42
    assert list(counts) == [str(v) for v in (Arithmetic if axis == "arithmetic" else Evidence)]


def test_cross_checks_are_counted_apart(ours: Audit) -> None:
    found = {r.claim.id: str(r.arithmetic) for r in ours.cross_checks}
    assert found == {
        "market-identity-2024": "exact",
        "market-identity-2023": "exact",
        "shares-sum": "exact",
        "guangdong-first-of-three": "exact",
        "provinces-below-total": "exact",
        "semesters-sum": "exact",
        "problems-number": "exact",
    }
    assert len(ours.claims) + len(ours.cross_checks) == len(ours.results)
    assert ours.failing == ()


def test_the_identities_narrow_export_growth(ours: Audit) -> None:
    # Exports of 2024 are the market less imports, [13.69, 13.71), divided by [13.235, 13.245).
    result = ours["export-growth-2024"]
    assert result.claim.printed is not None
    assert result.joint is not None
    assert interval_text(result.joint, result.claim.printed) == "3.36 to 3.59%"
    assert result.bounds_text == "3.06 to 3.89%"


def test_a_joint_bound_lies_within_the_first_one_and_is_absent_where_it_adds_nothing(
    ours: Audit,
) -> None:
    for result in ours.results:
        if result.joint is not None:
            assert result.primary is not None
            first = result.primary.recomputed[Rule.HALF_UP]
            assert result.joint.within(first)
            assert result.joint != first
    assert ours["firms-guangdong-share"].joint is None


def test_a_part_of_an_audit_is_chosen_by_section(ours: Audit) -> None:
    part = ours.in_section("2.1")
    assert {r.claim.section for r in part.results} == {"2.1.1", "2.1.2"}
    assert len(part.claims) == 26
    assert ours.in_section("2.1.1", "2.1.2").results == part.results
    assert ours.in_section("2.1.").results == ours.in_section("2").in_section("4").results == ()


def test_a_table_of_verdicts_has_a_row_for_each_result(ours: Audit) -> None:
    frame = ours.to_frame()
    assert tuple(frame.columns) == COLUMNS
    assert frame["id"].tolist() == [r.claim.id for r in ours.results]
    row = frame.set_index("id").loc["firms-association"]
    assert row["printed"] == "> 12万家"
    assert row["arithmetic"] == "not-derivable (given)"


def test_verdicts_are_shown_by_symbol_and_word(ours: Audit) -> None:
    page = ours._repr_html_()
    assert page.count("<tr>") == len(ours.results) + 1
    for result in ours.results:
        for verdict in (result.arithmetic, result.evidence):
            assert f"verdict--{verdict.tone}" in page
            assert f"{verdict.symbol}</span> {verdict.label_en}" in page
    assert repr(ours) == "Audit of 42 claims and 7 cross-checks"


def test_an_unknown_claim_is_named_with_its_nearest(ours: Audit) -> None:
    with pytest.raises(LedgerError, match=r"no claim 'import-growth-2042' \(did you mean 'import-"):
        ours["import-growth-2042"]


def test_each_verdict_has_its_own_symbol_and_word() -> None:
    verdicts = [*Arithmetic, *Evidence]
    for attribute in ("symbol", "label_en", "label_zh", "meaning_en"):
        assert len({getattr(v, attribute) for v in verdicts}) == len(verdicts)
    assert all(len(v.symbol) == 1 for v in verdicts)
    assert all(sense(str(v)) is v for v in (*verdicts, *Standing))
    with pytest.raises(KeyError):
        sense("guessed")


# Every verdict --------------------------------------------------------------------------------


ALL = {*Rule}
BASE = "growth(1.0, difference(a, sum(b, c, d)))"
UP = "share(0.6, difference(sum(a, b, c), d))"
# Inputs a, b, … | figure | comparator | kind | derivation | verdict | rules that reconcile them.
REACHED: list[tuple[str, str, str, str, str, str, set[Rule]]] = [
    # 3/8 = 37.5%, of exact counts.
    ("3 8", "37.5%", "=", "share", "share(a, b)", "exact", ALL),
    # Face 5.0%; at least from 2.095/2.005 - 1 = 4.5% to 2.105/1.995 - 1 = 5.5%.
    ("2.10 2.00", "5.3%", "=", "growth", "growth(a, b)", "rounding", ALL),
    # a in [0.4, 0.5) less 1 is [-0.6, -0.5), and -0.5 cut towards zero stands for (-0.6, -0.5].
    # Under half-up [-0.65, -0.55) misses (-0.55, -0.45].
    ("0.4", "-0.5", "=", "level", "difference(a, 1)", "rounding-rule", {Rule.TRUNCATION}),
    # Four of (0.3, 0.4] add up to (1.2, 1.6], which meets (1.2, 1.3]: rounded up throughout, which
    # excuses nothing. Half-up [1.4, 1.8) misses [1.25, 1.35).
    ("0.4 " * 4, "1.3", "=", "level", "sum(a, b, c, d)", "inconsistent", {Rule.CEILING}),
    # 0.5 less three of [0.2, 0.3) is (-0.4, -0.1], which meets [-0.4, -0.3).
    (
        *("0.2 " * 3, "-0.4", "=", "level", "difference(0.5, sum(a, b, c))"),
        *("rounding-rule", {Rule.FLOOR}),
    ),
    # Closed ends meet in 0.35 + 0.35 - 0.45 = 0.25, the upper end of the even 0.2.
    (
        *("0.4 " * 3, "0.2", "=", "level", "difference(sum(a, b), c)"),
        *("rounding-rule", {Rule.HALF_EVEN}),
    ),
    # 10.0% at face value, but anything from 0% to 21%.
    ("1.1 1.0", "10.0%", "=", "growth", "growth(a, b)", "wide", ALL),
    # Within rounding, and too wide to say so.
    ("1.1 1.0", "12.0%", "=", "growth", "growth(a, b)", "wide", ALL),
    # From -0.01% to 0.01%: wider than 0.0, and inside of (-0.05, 0.05).
    ("1001.5 1001.5", "0.0%", "=", "growth", "growth(a, b)", "exact", ALL),
    # From -1% to 1%, more than rounds to 0.0.
    ("10.0 10.0", "0.0%", "=", "growth", "growth(a, b)", "wide", ALL),
    # Thresholds are never wide.
    ("1.1 1.0", "-50%", ">", "growth", "growth(a, b)", "exact", ALL),
    ("3 8", "38.5%", "=", "share", "share(a, b)", "inconsistent", set()),
    # A threshold: 3/8 isn't above a half.
    ("3 8", "50%", ">", "share", "share(a, b)", "decision", set()),
    # A rank: two others are larger.
    ("3 8 9", "首位", "=", "rank", "rank(a, b, c)", "decision", set()),
    # A sign: 3/8 - 1 is negative.
    ("3 8", "62.5%", "=", "growth", "growth(a, b)", "decision", set()),
    ("8 3", "-62.5%", "=", "growth", "growth(a, b)", "decision", set()),
    # Another growth rate of the same sign is no decision, nor is the sign of a difference.
    ("3 8", "-52.5%", "=", "growth", "growth(a, b)", "inconsistent", set()),
    ("3 8", "62.5%", "=", "share", "growth(a, b)", "inconsistent", set()),
    # From above 0 to 21%: open at zero is another sign than a fall; zero itself has no sign.
    ("1.1 1.0", "-12.0%", "=", "growth", "growth(a, b)", "decision", set()),
    ("5.0", "0.1%", "=", "growth", "growth(a, a)", "inconsistent", set()),
    # A count is the very number, though 5.5 would round to 6.
    ("12", "6家", "=", "count", "ratio(a, 2)", "exact", ALL),
    ("11", "6家", "=", "count", "ratio(a, 2)", "inconsistent", set()),
    # Only rounded up the sum isn't monotone: its range is left out, and the check stands.
    (
        *("1.2 1.08", "2.0倍", "=", "multiple", "sum(ratio(a, b), ratio(b, a))", "exact"),
        ALL - {Rule.CEILING},
    ),
    # Half-up and half-even the base is 0.095 to 0.405, and cut off or down it may be zero. So 147
    # to 953% holds 900%; no other growth is a decision, for there the range isn't known.
    *(
        ("0.85 0.2 0.2 0.2", *row)
        for row in (
            ("900%", "=", "growth", BASE, "rounding", {Rule.HALF_UP, Rule.HALF_EVEN}),
            ("-50%", "=", "growth", BASE, "inconsistent", set()),
            ("10%", "<", "growth", BASE, "inconsistent", set()),
            ("", "=", "cross-check", f"{BASE} < 10%", "inconsistent", set()),
            (
                *("", "=", "cross-check", f"{BASE} > 800%", "rounding"),
                {Rule.HALF_UP, Rule.HALF_EVEN},
            ),
        )
    ),
    # Here it may be zero rounded up, as nobody publishes; 0.6 over 0.095 to 0.405 is 148 to 632%.
    *(
        ("1.0 1.0 1.0 2.75", *row)
        for row in (
            ("500%", "=", "share", UP, "rounding", {Rule.HALF_UP, Rule.HALF_EVEN}),
            ("240%", "=", "share", UP, "wide", ALL - {Rule.CEILING}),
            ("9999%", "=", "share", UP, "inconsistent", set()),
            ("50%", "<", "share", UP, "decision", set()),
            ("", "=", "cross-check", f"{UP} < 1", "decision", set()),
        )
    ),
    # A threshold that the whole range satisfies is exact, one that a part does is rounding.
    ("2.0 4.0", "45%", ">", "share", "share(a, b)", "exact", ALL),
    ("2.0 4.0", "50%", ">", "share", "share(a, b)", "rounding", ALL),
    # Cross-checks: an identity is exact at face values, an ordering throughout the ranges.
    ("0.4 0.6", "", "=", "cross-check", "sum(a, b) = 1", "exact", ALL),
    # (0.7, 0.9] misses 0.95, [0.8, 1.0) and [0.9, 1.1) hold it.
    ("0.4 0.5", "", "=", "cross-check", "sum(a, b) = 0.95", "rounding", ALL - {Rule.CEILING}),
    # [0.8, 1.0) misses 1; closed ends and [0.9, 1.1) hold it.
    (
        *("0.4 0.5", "", "=", "cross-check", "sum(a, b) = 1", "rounding-rule"),
        {Rule.TRUNCATION, Rule.FLOOR},
    ),
    ("0.4 0.4", "", "=", "cross-check", "sum(a, b) = 2", "inconsistent", set()),
    ("0.4 0.4", "", "=", "cross-check", "a < b", "rounding", ALL),
    ("0.4 0.6", "", "=", "cross-check", "a < b", "exact", ALL),
    # An ordering that can't hold is a decision.
    ("0.6 0.4", "", "=", "cross-check", "a < b", "decision", set()),
]


@pytest.mark.parametrize(
    ("inputs", "printed", "comparator", "kind", "derivation", "verdict", "rules"), REACHED
)
def test_a_verdict_is_reached(
    tmp_path: Path,
    inputs: str,
    printed: str,
    comparator: str,
    kind: str,
    derivation: str,
    verdict: str,
    rules: set[Rule],
) -> None:
    rows = [
        (id, text, "=", "count" if text.isdecimal() else "level", "")
        for id, text in zip("abcd", inputs.split(), strict=False)
    ]
    result = audit_rows(tmp_path, *rows, ("x", printed, comparator, kind, derivation))["x"]
    assert result.primary is not None
    assert result.arithmetic == verdict
    assert set(result.primary.rules) == rules
    told = any("rounding up" in remark for remark in result.primary.remarks)
    assert told is (rules == {Rule.CEILING})


@pytest.mark.parametrize(
    ("given", "of", "printed", "kind", "derivation", "shown"),
    [
        ("11家", "count", "6家", "count", "ratio(a, 2)", "5.50家"),
        ("10亿元", "level", "3亿元", "policy parameter", "ratio(a, 4)", "2.50亿元"),
        ("13个月", "duration", "1年", "duration", "sum(a)", "1.08年"),
        ("12家", "count", "6家", "count", "ratio(a, 2)", "6家"),
        ("3.4家", "level", "6家", "count", "sum(a)", "3家"),
    ],
)
def test_a_value_that_misses_is_not_shown_as_the_figure(
    tmp_path: Path, given: str, of: str, printed: str, kind: str, derivation: str, shown: str
) -> None:
    row = ("x", printed, "=", kind, derivation)
    result = audit_rows(tmp_path, ("a", given, "=", of, ""), row)["x"]
    assert result.recomputed_text == shown
    assert (result.arithmetic is Arithmetic.EXACT) is (shown == printed)


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        ("level", "", "given"),
        ("level", "given", "given"),
        ("share", "no-denominator", "no-denominator"),
        ("growth", "no-inputs", "no-inputs"),
        ("policy parameter", "", "parameter"),
        ("level", "parameter", "parameter"),
    ],
)
def test_a_figure_without_a_derivation_says_why(
    tmp_path: Path, kind: str, given: str, code: str
) -> None:
    row = ("x", "5%", "=", kind, "", given)
    result = audit_rows(tmp_path, row, header=HEADER + ",not_derivable")["x"]
    assert (result.arithmetic, result.code) == (Arithmetic.NOT_DERIVABLE, code)


@pytest.mark.parametrize(
    ("old", "derivation", "reason"),
    [
        ("0", "growth(a, b)", "the base of growth, b, is zero"),
        ("0.0", "growth(a, b)", "the base of growth, b, may be zero or negative"),
        ("-4.0", "growth(a, b)", "the base of growth, b, is negative"),
        ("-4.0", "multiple(a, b)", "the base of multiple, b, is negative"),
        ("-4.0", "cagr(a, b, 3)", "the base of cagr, b, is negative"),
        ("-4.0", "cagr(b, a, 2)", "what it is taken of may be negative: b"),
        ("-2.0", "annualise(b, 2)", "what it is taken of may be negative: b"),
        ("1", "share(a, 0)", "the divisor of share, 0, may be zero"),
        ("0.3", "ratio(a, difference(b, 0.3))", "the divisor of ratio, difference(…), may be zero"),
        ("0.3", "growth(a, difference(b, 0.3))", "growth, difference(…), may be zero or negative"),
    ],
)
def test_what_has_no_value_is_not_derivable_and_says_why(
    tmp_path: Path, old: str, derivation: str, reason: str
) -> None:
    # The kind of a ratio of counts is a ratio; all inputs have one dimension here.
    kind = "count" if old.isdecimal() else "level"
    unit = "%" if "annualise" in derivation else ""
    rows = [("a", "3", "=", "count", ""), ("b", old + unit, "=", kind, "")]
    if unit:
        rows[1] = ("b", "-200%", "=", "growth", "")
    found = audit_rows(tmp_path, *rows, ("x", "5%", "=", "growth", derivation))
    result = found["x"]
    assert (result.arithmetic, result.code) == (Arithmetic.NOT_DERIVABLE, "undefined")
    assert result.primary is not None
    assert reason in result.primary.reason
    assert (result.recomputed_text, result.bounds_text, result.candidates) == ("", "", ())
    assert found.failing == ()


def test_a_negative_divisor_has_a_share(tmp_path: Path) -> None:
    rows = [("a", "-3", "=", "count", ""), ("b", "-8", "=", "count", "")]
    result = audit_rows(tmp_path, *rows, ("x", "37.5%", "=", "share", "share(a, b)"))["x"]
    assert result.arithmetic is Arithmetic.EXACT


def test_a_cross_check_without_a_value_does_not_hold(tmp_path: Path) -> None:
    rows = [("a", "3", "=", "count", ""), ("b", "0", "=", "count", "")]
    found = audit_rows(tmp_path, *rows, ("x", "", "=", "cross-check", "growth(a, b) > 0"))
    assert (found["x"].arithmetic, found["x"].code) == (Arithmetic.NOT_DERIVABLE, "undefined")
    assert found.holding == found.failing == ()


def test_a_check_that_breaks_fails_and_says_why(tmp_path: Path) -> None:
    rows = [("a", "3", "=", "count", ""), ("b", "2", "=", "count", "")]
    found = audit_rows(tmp_path, *rows, ("x", "5%", "=", "growth", "cagr(a, b, 0)"))
    result = found["x"]
    assert result.arithmetic is Arithmetic.FAILED
    assert result.primary is not None
    assert "needs a whole number of years" in result.primary.reason
    assert found.failing == (result,)
    # The others are audited all the same.
    assert found["a"].arithmetic is Arithmetic.NOT_DERIVABLE


def test_an_alternative_without_a_value_leaves_the_claim_alone(tmp_path: Path) -> None:
    (tmp_path / "alternatives.csv").write_text('claim,expression\nx,"share(a, 0)"\n')
    rows = [("a", "3", "=", "count", ""), ("x", "37.5%", "=", "share", "share(a, 8)")]
    result = audit_rows(tmp_path, *rows)["x"]
    assert result.arithmetic is Arithmetic.EXACT
    assert [c.verdict for _, c in result.alternatives] == [Arithmetic.NOT_DERIVABLE]


def test_rounding_up_throughout_is_a_remark_and_excuses_nothing(tmp_path: Path) -> None:
    # Half-up: 6.05/5.25 - 1 to 6.15/5.15 - 1 is 15.2 to 19.4%. Up: (6.0, 6.1] over (5.1, 5.2].
    rows = [("a", "6.1亿元", "=", "level", ""), ("b", "5.20亿元", "=", "level", "")]
    found = audit_rows(tmp_path, *rows, ("x", "15.9%", "=", "growth", "growth(a, b)"))
    result = found["x"]
    assert result.primary is not None
    assert result.arithmetic is Arithmetic.INCONSISTENT
    assert result.primary.rules == (Rule.CEILING,)
    assert [remark.partition(" would")[0] for remark in result.primary.remarks] == [
        "rounding up throughout"
    ]
    assert {c.id for c in result.candidates} == {"a", "b", "x"}
    assert found.failing == (result,)


@pytest.mark.parametrize(
    ("printed", "derivation", "remark"),
    [
        # From 2.0 to 5.0: by 1.5, to 2.5.
        ("2.5倍", "growth(a, b)", "grew to 2.5 times and by 1.5 times (增长到2.5倍, 增长1.5倍)"),
        ("1.5倍", "multiple(a, b)", "grew to 2.5 times and by 1.5 times (增长到2.5倍, 增长1.5倍)"),
        ("250%", "growth(a, b)", "grew to 250% and by 150% (增长到250%, 增长150%)"),
    ],
)
def test_growth_to_a_multiple_is_told_from_growth_by_it(
    tmp_path: Path, printed: str, derivation: str, remark: str
) -> None:
    rows = [("a", "5.00亿元", "=", "level", ""), ("b", "2.00亿元", "=", "level", "")]
    result = audit_rows(tmp_path, *rows, ("x", printed, "=", "growth", derivation))["x"]
    assert result.arithmetic is Arithmetic.INCONSISTENT
    assert result.primary is not None
    said = [r for r in result.primary.remarks if remark in r]
    assert len(said) == 1
    assert said[0].endswith("former" if "growth" in derivation else "latter")
    # Nothing of the kind where neither reading fits.
    other = audit_rows(tmp_path, *rows, ("x", "7.5倍", "=", "growth", derivation))["x"]
    assert other.primary is not None
    assert not any("grew" in r for r in other.primary.remarks)


@pytest.mark.parametrize(
    ("levels", "printed", "derivation", "remark"),
    [
        # 1.0 to 3.0 is 2.81 to 3.21 times half-up, and [2.73, 3.1) cut off, where 2倍 is [2, 3).
        ("3.0 1.0", "2倍", "multiple(a, b)", "grew to 3 times and by 2 times (增长到3倍, 增长2倍)"),
        # A fall, and neither a sign nor a word of the printed figure goes into the remark.
        ("5.9 10.0", "59%", "growth(a, b)", "fell to 59% and by 41% (下降到59%, 下降41%)"),
        ("5.9 10.0", "-41%", "multiple(a, b)", "fell to 59% and by 41% (下降到59%, 下降41%)"),
        ("5.00 2.00", "+250%", "growth(a, b)", "grew to 250% and by 150% (增长到250%, 增长150%)"),
        (
            "5.00 2.50",
            "两倍",
            "growth(a, b)",
            "grew to 2 times and by 1 times (增长到2倍, 增长1倍)",
        ),
        # 300 times: a unit of its own is kept.
        (
            "300.0 1.000",
            "3.000百倍",
            "growth(a, b)",
            "grew to 3.000百倍 and by 2.990百倍 (增长到3.000",
        ),
    ],
)
def test_the_remark_says_which_way_the_levels_moved(
    tmp_path: Path, levels: str, printed: str, derivation: str, remark: str
) -> None:
    a, b = levels.split()
    rows = [("a", f"{a}亿元", "=", "level", ""), ("b", f"{b}亿元", "=", "level", "")]
    result = audit_rows(tmp_path, *rows, ("x", printed, "=", "growth", derivation))["x"]
    assert result.arithmetic not in AGREES
    assert result.primary is not None
    assert sum(remark in r for r in result.primary.remarks) == 1


@pytest.mark.parametrize(
    ("levels", "printed", "comparator"),
    # Thresholds aren't readings of a rate, and a level below zero has grown to no multiple.
    [("5.0 2.0", "250%", ">"), ("5.0 2.0", "300%", "<"), ("-5.0 2.0", "-250%", "=")],
)
def test_there_is_no_such_remark_on_thresholds_and_negative_levels(
    tmp_path: Path, levels: str, printed: str, comparator: str
) -> None:
    a, b = levels.split()
    rows = [("a", f"{a}亿元", "=", "level", ""), ("b", f"{b}亿元", "=", "level", "")]
    claim = ("x", printed, comparator, "growth", "growth(a, b)")
    result = audit_rows(tmp_path, *rows, claim)["x"]
    assert result.primary is not None
    assert not any("at face values" in remark for remark in result.primary.remarks)


@pytest.mark.parametrize(
    ("kind", "printed", "point"),
    [
        ("count", "58", True),
        ("count", "58所", True),
        ("rank", "2", True),
        ("rank", "全国首位", True),
        ("duration", "5年", True),
        ("duration", "两年", True),
        ("duration", "1学期", True),
        ("duration", "12个月", True),
        ("duration", "1.5年", False),
        ("count", "12万家", False),
        ("level", "58", False),
        ("level", "58家", False),
        ("level", "105", False),
        ("growth", "5%", False),
        ("multiple", "10倍", False),
        ("share", "38%", False),
    ],
)
def test_the_kind_decides_whether_digits_are_exact(
    tmp_path: Path, kind: str, printed: str, point: bool
) -> None:
    claim = audit_rows(tmp_path, ("x", printed, "=", kind, ""))["x"].claim
    assert claim.interval().is_point is point


@pytest.mark.parametrize(
    ("printed", "unit", "point"),
    [("1270", "institutions", True), ("1270所", "", True), ("1270", "", False), ("5", "年", True)],
)
def test_of_an_outside_figure_a_counting_word_decides(
    tmp_path: Path, printed: str, unit: str, point: bool
) -> None:
    (tmp_path / "inputs.csv").write_text(f"id,printed,unit\no,{printed},{unit}\n", "utf-8")
    ledger = audit_rows(tmp_path, ("x", "5%", "=", "share", "")).ledger
    assert ledger.inputs["o"].interval().is_point is point


def test_outside_figures_are_taken_under_the_same_rule(tmp_path: Path) -> None:
    # As for truncation above, with the input outside of the paper.
    (tmp_path / "inputs.csv").write_text("id,printed,unit\na,0.4,\n")
    result = audit_rows(tmp_path, ("x", "-0.5", "=", "level", "difference(a, 1)"))["x"]
    assert result.primary is not None
    assert result.primary.rules == (Rule.TRUNCATION,)


def test_a_root_of_a_threshold_has_no_single_value(tmp_path: Path) -> None:
    rows = [("a", "10倍", ">", "multiple", ""), ("x", "58.5%", "=", "growth", "cagr(a, 1, 5)")]
    result = audit_rows(tmp_path, *rows)["x"]
    assert result.primary is not None
    assert result.primary.face is None
    # 10 to the power of a fifth is 1.58489, and 58.489% lies within what 58.5% stands for.
    assert result.arithmetic is Arithmetic.WIDE


def test_a_root_is_exact_where_it_rounds_to_the_printed_rate(tmp_path: Path) -> None:
    # 42% in two years is 19.2% a year.
    rows = [("x", "19.2%", "=", "growth", "annualise(42%, 2)")]
    assert audit_rows(tmp_path, *rows)["x"].arithmetic is Arithmetic.EXACT


def test_an_inequality_as_an_input_keeps_its_whole_range(tmp_path: Path) -> None:
    # Less than 10% and 20% together are less than 30.5%, so 30.0% is within the range only.
    rows = [("a", "10%", "<", "share", ""), ("b", "20%", "=", "share", "")]
    result = audit_rows(tmp_path, *rows, ("x", "30%", "=", "share", "sum(a, b)"))["x"]
    assert result.primary is not None
    assert result.primary.face is None
    assert result.arithmetic is Arithmetic.ROUNDING


def test_a_section_without_claims_has_an_empty_audit(ours: Audit) -> None:
    found = ours.in_section("99")
    assert found.results == found.failing == ()
    assert set(found.counts().values()) == {0}
    assert found.to_frame().empty


# Candidates -----------------------------------------------------------------------------------

INCONSISTENT: list[list[tuple[str, ...]]] = [
    [
        ("a", "12.4亿元", "=", "level", ""),
        ("b", "11.0亿元", "=", "level", ""),
        ("x", "21.7%", "=", "growth", "growth(a, b)"),
    ],
    [
        ("a", "12.4", "=", "level", ""),
        ("b", "11.0", "=", "level", ""),
        ("x", "24.6", "=", "level", "sum(a, b)"),
    ],
    [
        ("a", "3.40", "=", "level", ""),
        ("b", "5.10", "=", "level", ""),
        ("x", "50.0%", "=", "share", "share(a, sum(a, b))"),
    ],
    [
        ("a", "3.40", "=", "level", ""),
        ("b", "5.10", "=", "level", ""),
        ("x", "25.0%", "=", "growth", "growth(a, b)"),
    ],
]
AGREES = {Arithmetic.EXACT, Arithmetic.ROUNDING, Arithmetic.WIDE}


@pytest.mark.parametrize("rows", INCONSISTENT)
def test_each_candidate_alone_restores_consistency_in_its_range(
    tmp_path: Path, rows: list[tuple[str, ...]]
) -> None:
    result = audit_rows(tmp_path, *rows)["x"]
    assert result.arithmetic in {Arithmetic.INCONSISTENT, Arithmetic.DECISION}
    assert [c.id for c in result.candidates] == ["x", "a", "b"]
    for candidate in result.candidates:
        found = re.fullmatch(r"(-?[\d.]+) to (-?[\d.]+)(\D*)", candidate.needed)
        assert found is not None, candidate.needed
        middle = (Fraction(found[1]) + Fraction(found[2])) / 2
        mended = f"{decimal_text(middle, 6)}{found[3]}"
        assert next(row[1] for row in rows if row[0] == candidate.id) == candidate.printed
        changed = [(row[0], mended, *row[2:]) if row[0] == candidate.id else row for row in rows]
        assert audit_rows(tmp_path, *changed)["x"].arithmetic in AGREES


def test_an_identity_that_fails_names_what_each_figure_would_have_to_be(tmp_path: Path) -> None:
    rows = [("a", "0.40", "=", "level", ""), ("b", "0.40", "=", "level", "")]
    rows += [("c", "0.90", "=", "level", ""), ("x", "", "=", "cross-check", "sum(a, b) = c")]
    result = audit_rows(tmp_path, *rows)["x"]
    needed = {c.id: c.needed for c in result.candidates}
    assert needed == {"a": "0.490 to 0.510", "b": "0.490 to 0.510", "c": "0.790 to 0.810"}


def test_only_inconsistent_figures_have_candidates(ours: Audit) -> None:
    assert [r.claim.id for r in ours.results if r.candidates] == []


def test_an_audit_never_says_which_figure_is_wrong(tmp_path: Path) -> None:
    result = audit_rows(tmp_path, *INCONSISTENT[0])["x"]
    # Inputs and output alike are listed, and nothing ranks them.
    assert {c.id for c in result.candidates} == {"a", "b", "x"}


# Evidence -------------------------------------------------------------------------------------


def a_finding(finding: str, grade: str = "single-source", source: str = "s") -> Finding:
    return Finding("x", finding, source, grade, "", "", "", 2)  # type: ignore[arg-type]


# Two relays of one office, a page of another office, and pages of nobody knows whom.
ORIGINS = {"s": "office", "relay": "office", "other": "ministry", "blog": "", "forum": ""}
SOURCES = {id: Source(id, "", "", "", "", origin) for id, origin in ORIGINS.items()}


def evidence(*found: Finding, kind: Kind = "level") -> Evidence:
    claim = Claim("x", "x", "", "", parse_printed("5%"), 2, kind=kind)
    return audit_ledger(Ledger({"x": claim}, findings=found, sources=SOURCES))["x"].evidence


# The order of reference/verdicts.md, with the findings that lead to each verdict.
PRECEDENCE = [
    ((a_finding("contradicts"),), Evidence.CONTRADICTED),
    ((a_finding("cannot-bear", "printed"),), Evidence.MISATTRIBUTED),
    ((a_finding("not-found", "not-found"),), Evidence.UNTRACED),
    ((a_finding("earlier-origin", "corroborated"),), Evidence.RELAYED),
]
SUPPORTS = [
    ((a_finding("supports"), a_finding("supports", source="other")), Evidence.CONFIRMED),
    ((a_finding("supports", "corroborated"),), Evidence.SINGLE_SOURCE),
]
Case = tuple[tuple[Finding, ...], Evidence]


@pytest.mark.parametrize(("findings", "verdict"), PRECEDENCE + SUPPORTS)
def test_the_findings_of_one_verdict_decide_alone(
    findings: tuple[Finding, ...], verdict: Evidence
) -> None:
    assert evidence(*findings) is verdict


@pytest.mark.parametrize(
    ("stronger", "weaker"), list(itertools.combinations([*PRECEDENCE, *SUPPORTS[:1]], 2))
)
def test_of_two_findings_the_first_of_the_order_decides(stronger: Case, weaker: Case) -> None:
    expected = stronger[1]
    if expected is Evidence.CONTRADICTED and weaker[1] in {Evidence.RELAYED, Evidence.CONFIRMED}:
        expected = Evidence.DISPUTED  # a credible source stands on each side
    assert evidence(*stronger[0], *weaker[0]) is expected
    assert evidence(*weaker[0], *stronger[0]) is expected


def test_without_a_finding_nothing_was_checked() -> None:
    assert evidence() is Evidence.NOT_CHECKED


@pytest.mark.parametrize("side", ["supports", "earlier-origin"])
def test_credible_sources_on_both_sides_make_a_dispute(side: str) -> None:
    against = a_finding("contradicts", source="other")
    assert evidence(against, a_finding(side)) is Evidence.DISPUTED
    # What was only recalled is no side, and what can't bear the figure is none.
    assert evidence(against, a_finding(side, "unconfirmed")) is Evidence.CONTRADICTED
    assert evidence(against, a_finding("cannot-bear")) is Evidence.CONTRADICTED


@pytest.mark.parametrize("grade", ["corroborated", "single-source"])
def test_only_two_origins_confirm_however_many_relays_there_are(grade: str) -> None:
    one = a_finding("supports", grade)
    assert evidence(one) is Evidence.SINGLE_SOURCE
    assert evidence(one, a_finding("supports", grade, "relay")) is Evidence.SINGLE_SOURCE
    assert evidence(one, a_finding("supports", grade, "other")) is Evidence.CONFIRMED
    # An origin that isn't known is no second one; nor is a source that isn't listed.
    for unknown in ("blog", "forum", "nowhere", ""):
        assert evidence(one, a_finding("supports", grade, unknown)) is Evidence.SINGLE_SOURCE
    # Nor is what we derived.
    assert evidence(one, a_finding("supports", "derived", "other")) is Evidence.SINGLE_SOURCE


@pytest.mark.parametrize("finding", ["supports", "contradicts", "cannot-bear", "earlier-origin"])
def test_an_unconfirmed_finding_bears_nothing(finding: str) -> None:
    assert evidence(a_finding(finding, "unconfirmed", "other")) is Evidence.NOT_CHECKED
    support = a_finding("supports", "corroborated")
    assert evidence(a_finding(finding, "unconfirmed", "other"), support) is Evidence.SINGLE_SOURCE


def test_a_search_without_result_counts_whatever_its_grade() -> None:
    assert evidence(a_finding("not-found", "unconfirmed")) is Evidence.UNTRACED


@pytest.mark.parametrize("finding", ["supports", "earlier-origin"])
def test_the_work_under_audit_is_no_evidence_for_itself(tmp_path: Path, finding: str) -> None:
    (tmp_path / "evidence.csv").write_text(f"claim,finding,source,grade\nx,{finding},s,printed\n")
    with pytest.raises(LedgerError, match=r"evidence.csv row 2 .*no evidence for it; drop"):
        audit_rows(tmp_path, ("x", "5%", "=", "share", ""))


@pytest.mark.parametrize(("findings", "_"), PRECEDENCE + SUPPORTS)
def test_a_proposal_describes_no_state_of_the_world(
    findings: tuple[Finding, ...], _: Evidence
) -> None:
    assert evidence(*findings, kind="policy parameter") is Evidence.PROPOSAL


def test_what_can_be_counted_in_the_paper_needs_no_source(tmp_path: Path) -> None:
    found = audit_rows(
        tmp_path,
        ("a", "2个", "=", "count", 'count("one", "two")'),
        ("b", "1个", "=", "count", ""),
        ("c", "1个", "=", "count", "count(b)"),
        ("d", "", "=", "cross-check", "b < a"),
    )
    assert found["a"].evidence is Evidence.OWN_TEXT
    assert found["d"].evidence is Evidence.OWN_TEXT
    assert found["c"].evidence is Evidence.NOT_CHECKED


# Writing bounds -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "like", "plain", "with_ends"),
    [
        (("0.0475", "0.0485", True, False), "4.8%", "4.75 to 4.85%", "[4.75, 4.85)%"),
        (("10", None, False, False), "10倍", "above 10.0倍", "(10.0, ∞)倍"),
        (("10", None, True, False), "10倍", "at least 10.0倍", "[10.0, ∞)倍"),
        ((None, "0.1", False, False), "10%", "below 10.0%", "(−∞, 10.0)%"),
        ((None, "0.1", False, True), "10%", "at most 10.0%", "(−∞, 10.0]%"),
        ((None, None, False, False), "10%", "any value", "(−∞, ∞)%"),
        (("70769", "70769", True, True), "70,769家", "70,769家", "70,769家"),
        (("70000.5", "80000", True, True), "70,769家", "70,000.5 to 80,000.0家", None),
        # Bounds that would look alike get more decimals.
        (("1.00001", "1.00002", True, True), "1.0", "1.00001 to 1.00002", None),
        # So do bounds of fewer than three digits.
        (("0.011", "0.022", True, True), "1.5", "0.0110 to 0.0220", None),
        (("-0.0011", "-0.0004", True, True), "4.8%", "-0.110 to -0.040%", None),
        # A zero has all its digits.
        (("0", "0", True, True), "0.0%", "0.00%", None),
        (("0", None, False, False), "10%", "above 0.0%", "(0.0, ∞)%"),
        (("0", "0.00012", True, True), "5%", "0.0000 to 0.0120%", None),
    ],
)
def test_bounds_are_written_in_the_unit_of_the_figure(
    interval: tuple[str | None, str | None, bool, bool],
    like: str,
    plain: str,
    with_ends: str | None,
) -> None:
    low, high, low_closed, high_closed = interval
    found = Interval(
        None if low is None else Fraction(low),
        None if high is None else Fraction(high),
        low_closed,
        high_closed,
    )
    assert interval_text(found, parse_printed(like)) == plain
    if with_ends is not None:
        assert interval_text(found, parse_printed(like), ends=True) == with_ends


def test_a_record_writes_the_columns(ours: Audit) -> None:
    assert tuple(record(ours["market-2024"])) == COLUMNS


# Properties -----------------------------------------------------------------------------------

# An audit evaluates each rule exactly, so an example takes some milliseconds.
few = settings(max_examples=100, deadline=None)

# Derivations of one to three positive inputs, with the kind of what they give.
SHAPES: list[tuple[str, Kind, str]] = [
    ("growth(a, b)", "growth", "%"),
    ("share(a, b)", "share", "%"),
    ("share(a, sum(a, b))", "share", "%"),
    ("multiple(a, b)", "multiple", "倍"),
    ("sum(a, b, c)", "level", "亿元"),
    ("difference(a, b)", "level", "亿元"),
    ("share(difference(a, b), c)", "share", "%"),
    ("cagr(a, b, 3)", "growth", "%"),
]
shapes = st.sampled_from(SHAPES)
RULES = st.sampled_from(list(Rule))


def printed_as(value: Fraction, unit: str, decimals: int, rule: Rule) -> Printed:
    """Print a true value, in base units, by a rounding rule."""
    like = parse_printed(f"{decimal_text(Fraction(0), decimals)}{unit}")
    return parse_printed(like.reprint(value, rule))


def small(figures: dict[str, Printed], x: Printed, kind: Kind, derivation: str) -> Ledger:
    """Build a ledger of given levels and one figure that is derived from them."""
    levels = {
        id: Claim(id, id, "", "", figure, line)
        for line, (id, figure) in enumerate(figures.items(), 2)
    }
    expression = parse(derivation)
    derived = Claim("x", "x", "", "", x, 9, kind=kind, derivation=expression)
    return Ledger({**levels, "x": derived})


amounts = st.fractions(Fraction(10), Fraction(10_000), max_denominator=1000)
decimal_places = st.integers(0, 3)


@few
@given(shapes, st.tuples(amounts, amounts, amounts), decimal_places, decimal_places, RULES)
def test_a_figure_made_by_one_rounding_rule_is_reconciled_by_it(
    shape: tuple[str, Kind, str],
    true: tuple[Fraction, Fraction, Fraction],
    inside: int,
    outside: int,
    rule: Rule,
) -> None:
    derivation, kind, unit = shape
    base = {name: value * 10**8 for name, value in zip("abc", true, strict=True)}
    result = bounds(parse(derivation), {n: Interval.point(v) for n, v in base.items()}).lower
    assert result is not None
    figures = {n: printed_as(v, "亿元", inside, rule) for n, v in base.items()}
    x = printed_as(result, unit, outside, rule)
    found = audit_ledger(small(figures, x, kind, derivation))["x"]
    assert found.primary is not None
    assert rule in found.primary.rules
    if found.arithmetic not in {*AGREES, Arithmetic.ROUNDING_RULE}:
        # Rounding up throughout excuses nothing, and is told.
        assert found.primary.rules == (Rule.CEILING,)
        assert found.arithmetic is Arithmetic.INCONSISTENT
        assert len(found.primary.remarks) >= 1


texts = st.builds(
    lambda number, decimals: decimal_text(Fraction(number, 10**decimals), decimals),
    st.integers(10_000, 99_999),
    st.integers(0, 3),
)
percents = st.builds(
    lambda n, d: decimal_text(Fraction(n, 10**d), d), st.integers(-999, 999), decimal_places
)


def levels(texts: tuple[str, ...]) -> dict[str, Printed]:
    return {id: parse_printed(f"{text}亿元") for id, text in zip("abc", texts, strict=True)}


def restated(figure: Printed, unit: str) -> Printed:
    """State a figure in another unit of its dimension, with the resolution that it has."""
    factor = parse_unit(unit).factor
    number, step = (
        decimal_text(amount / factor, 12) + unit for amount in (figure.value, figure.resolution)
    )
    return parse_printed(number).with_resolution(parse_printed(step))


def outcome(ledger: Ledger) -> tuple[Arithmetic, tuple[Rule, ...]]:
    found = audit_ledger(ledger)["x"]
    assert found.primary is not None
    return found.arithmetic, found.primary.rules


@few
@given(shapes, st.tuples(texts, texts, texts), percents, st.sampled_from(["元", "万元", "万亿元"]))
def test_stating_figures_in_another_unit_never_changes_a_verdict(
    shape: tuple[str, Kind, str], inputs: tuple[str, str, str], output: str, unit: str
) -> None:
    derivation, kind, own = shape
    figures = levels(inputs)
    x = parse_printed(f"{output}{own}")
    other = {id: restated(figure, unit) for id, figure in figures.items()}
    same = restated(x, {"%": "", "倍": "%"}.get(own, unit) or "倍")
    assert outcome(small(figures, x, kind, derivation)) == outcome(
        small(other, same, kind, derivation)
    )


@few
@given(shapes, st.tuples(texts, texts, texts), percents, st.integers(1, 1000))
def test_multiplying_every_amount_never_changes_a_verdict(
    shape: tuple[str, Kind, str], inputs: tuple[str, str, str], output: str, factor: int
) -> None:
    derivation, kind, unit = shape

    def times(figure: Printed) -> Printed:
        return dataclasses.replace(
            figure, value=figure.value * factor, resolution=figure.resolution * factor
        )

    figures = levels(inputs)
    x = parse_printed(f"{output}{unit}")
    larger = small(
        {id: times(figure) for id, figure in figures.items()},
        times(x) if unit == "亿元" else x,
        kind,
        derivation,
    )
    before, after = (outcome(ledger) for ledger in (small(figures, x, kind, derivation), larger))
    assert after == before


@few
@given(
    shapes,
    st.tuples(texts, texts, texts),
    percents,
    st.sampled_from("abc"),
    st.integers(1, 4),
)
def test_a_coarser_input_never_creates_an_inconsistency(
    shape: tuple[str, Kind, str],
    inputs: tuple[str, str, str],
    output: str,
    id: str,
    coarser: int,
) -> None:
    derivation, kind, unit = shape
    figures = levels(inputs)
    x = parse_printed(f"{output}{unit}")
    fine, rules = outcome(small(figures, x, kind, derivation))
    figure = figures[id]
    figures[id] = dataclasses.replace(figure, resolution=figure.resolution * 10**coarser)
    coarse, more = outcome(small(figures, x, kind, derivation))
    against = {Arithmetic.INCONSISTENT, Arithmetic.DECISION}
    assert coarse not in against or fine in against
    if coarse is not Arithmetic.FAILED:
        assert set(rules) - {Rule.HALF_EVEN} <= set(more)


@few
@given(st.tuples(texts, texts, texts), percents, shapes)
def test_an_exact_figure_is_what_the_face_values_round_to(
    inputs: tuple[str, str, str], output: str, shape: tuple[str, Kind, str]
) -> None:
    derivation, kind, unit = shape
    x = parse_printed(f"{output}{unit}")
    ledger = small(levels(inputs), x, kind, derivation)
    verdict, rules = outcome(ledger)
    face = ledger.at_face(parse(derivation))
    assert face is not None
    rounded = round_to(face, x.resolution)
    if verdict is Arithmetic.EXACT:
        assert rounded == x.value
        assert Rule.HALF_UP in rules
    else:
        assert rounded != x.value or verdict is Arithmetic.WIDE


@few
@given(st.tuples(texts, texts), st.integers(-30, 30))
def test_identities_never_exclude_what_they_allow(parts: tuple[str, str], off: int) -> None:
    # Whatever true values stand behind the figures, the joint bound holds the true result.
    a, b = (parse_printed(f"{text}亿元") for text in parts)
    total = a.value + b.value + Fraction(off, 100) * max(a.resolution, b.resolution)
    whole = printed_as(total, "亿元", 1, Rule.HALF_UP)
    figures = {"a": a, "b": b, "c": whole}
    ledger = small(figures, parse_printed("5.0%"), "share", "share(a, c)")
    identity = Claim(
        "y", "y", "", "", None, 10, kind="cross-check", derivation=parse("sum(a, b) = c")
    )
    result = audit_ledger(Ledger({**ledger.claims, "y": identity}))["x"]
    if result.joint is not None and a.value + b.value in whole.interval():
        assert a.value / (a.value + b.value) in result.joint


def test_an_outside_figure_narrows_like_a_claim() -> None:
    # b is printed coarsely; the identity leaves c - a, which is finer.
    a = Claim("a", "a", "", "", parse_printed("3.00"), 2)
    c = Claim("c", "c", "", "", parse_printed("5.00"), 2)
    b = OutsideFigure("b", "b", "", "", parse_printed("2.0"), 2)
    x = Claim("x", "x", "", "", parse_printed("2.0"), 3, derivation=parse("b"))
    y = Claim("y", "y", "", "", None, 9, kind="cross-check", derivation=parse("sum(a, b) = c"))
    result = audit_ledger(Ledger({"a": a, "c": c, "x": x, "y": y}, {"b": b}))["x"]
    assert result.joint == Interval(Fraction("1.99"), Fraction("2.01"), False, False)
