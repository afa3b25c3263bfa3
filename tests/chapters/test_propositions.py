"""Whether conclusions survive: the propositions of the data package, and the rules of judging them.

How each should stand is the brief's list of findings (section 2, F1 to F10), where it says so.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from cbec.audit.ledger import Ledger
from cbec.audit.ledger_reader import read_ledger
from cbec.audit.verdicts import Standing, sense
from cbec.chapters.propositions import AXES, Robustness, robustness
from cbec.errors import LedgerError
from cbec.figures.expression import Comparison, names, parse
from cbec.figures.interval import Interval
from cbec.tables.frames import load

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return read_ledger(DATA / "claims.csv")


@pytest.fixture(scope="module")
def result(ledger: Ledger) -> Robustness:
    return robustness(ledger)


@pytest.mark.parametrize(
    ("proposition", "axis", "standing"),
    [
        # F1: not what the levels give at face value, yet within rounding.
        ("import-growth-follows", "face", "fails"),
        ("import-growth-follows", "rounding", "undecided"),
        # F2: falls on first-published totals, undecided on revised ones, rises on customs' count.
        ("share-rose", "rounding", "fails"),
        ("share-rose", "vintage", "undecided"),
        ("share-rose", "definition", "holds"),
        # F3: every year from 2020 to 2024 without the unconfirmed years, not with them.
        ("growth-slowing", "rounding", "fails"),
        ("growth-slowing", "without-unconfirmed", "holds"),
        ("growth-slowing", "sourced", "holds"),
        ("growth-lowest", "rounding", "holds"),
        ("growth-lowest", "without-unconfirmed", "holds"),
        # No page but the paper's has the levels of 2023 and 2024.
        ("growth-lowest", "sourced", "not-checkable"),
        ("share-rose", "sourced", "not-checkable"),
        # F4: above the weight in the market; exports still more than half.
        ("imports-outweigh", "rounding", "holds"),
        ("exports-most-growth", "rounding", "holds"),
        # Above their weight in 2024, within rounding in 2021, and below it in 2020.
        ("imports-outweigh", "sourced", "differs"),
        ("exports-most-growth", "sourced", "holds"),
        # F5: two fifths and 38.8% on 100EC, 6% and 12% on customs.
        ("two-fifths", "vintage", "holds"),
        ("two-fifths", "definition", "fails"),
        ("quarter-of-growth", "rounding", "holds"),
        ("quarter-of-growth", "definition", "fails"),
        # F6: on no constant definition; a narrow start with a broad end exceeds ten.
        ("tenfold", "rounding", "fails"),
        ("tenfold", "vintage", "fails"),
        ("tenfold", "definition", "fails"),
        ("tenfold", "assumption", "holds"),
        # Its base is on customs' own figures, each with a page.
        ("tenfold", "sourced", "fails"),
        # F7, F9, F10
        ("one-count", "rounding", "fails"),
        ("three-provinces", "rounding", "holds"),
        ("guangdong-first", "rounding", "undecided"),
        ("guangdong-first", "assumption", "holds"),
        ("programmes-below-tenth", "rounding", "not-checkable"),
    ],
)
def test_findings_stand_as_the_brief_has_them(
    result: Robustness, proposition: str, axis: str, standing: str
) -> None:
    assert result[proposition].standing(axis) == standing


def test_in_dollars_the_market_did_not_slow_every_year(result: Robustness, ledger: Ledger) -> None:
    dollars = "growth(ratio(market-{0}, exchange-rate-{0}), ratio(market-{1}, exchange-rate-{1}))"
    growth = {year: ledger.derive(dollars.format(year, year - 1))[0] for year in range(2020, 2025)}
    # 14.2 / 6.4508 over 12.5 / 6.9042, and 16.85 / 7.0809 over 15.7 / 6.7290, by hand.
    assert float(growth[2021] or 0) == pytest.approx(2.20128 / 1.81049 - 1, abs=1e-4)
    assert float(growth[2023] or 0) == pytest.approx(2.37964 / 2.33319 - 1, abs=1e-4)
    assert growth[2021] > growth[2020]  # type: ignore[operator]
    assert growth[2024] > growth[2023]  # type: ignore[operator]
    assert result["growth-slowing"].standing("definition") is Standing.FAILS
    assert result["growth-lowest"].standing("definition") is Standing.FAILS


# The conditions, evaluated a second time by Python's own arithmetic -------------------------------

FUNCTIONS: dict[str, Callable[..., Fraction]] = {
    "growth": lambda new, old: new / old - 1,
    "share": lambda part, whole: part / whole,
    "ratio": lambda top, bottom: top / bottom,
    "multiple": lambda end, start: end / start,
    "difference": lambda a, b: a - b,
    "sum": lambda *terms: sum(terms, Fraction(0)),
    "F": Fraction,
}


def evaluated(condition: str, values: dict[str, Fraction]) -> bool:
    text = re.sub(r"\b([a-z]+(?:-[a-z0-9]+)+)\b", r"v['\1']", condition)
    text = re.sub(r"(?<![\w'-])(\d+)%", r"F(\1, 100)", text)
    text = re.sub(r"(?<![<>!])= ", "== ", text)
    return bool(eval(text, {**FUNCTIONS, "v": values}))


def inside(interval: Interval, draw: random.Random) -> Fraction:
    """A number of the interval: near either end, or anywhere."""
    low = interval.lower if interval.lower is not None else Fraction(0)
    high = interval.upper if interval.upper is not None else 4 * low + 1
    part = draw.choice([Fraction(1, 10**6), 1 - Fraction(1, 10**6), Fraction(draw.random())])
    return low + (high - low) * part


CONDITIONS = sorted(set(load("variants")["condition"].dropna()))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_each_condition_agrees_with_samples_from_its_figures(
    condition: str, ledger: Ledger
) -> None:
    comparison = parse(condition)
    assert isinstance(comparison, Comparison)
    box = ledger.box(names(comparison))
    draw = random.Random(condition)
    points = [{id: inside(interval, draw) for id, interval in box.items()} for _ in range(400)]
    samples = [evaluated(condition, point) for point in points]
    rows = load("variants")
    row = rows[rows["condition"] == condition].iloc[0]
    standing = robustness_of(condition, ledger)
    if standing is Standing.HOLDS:
        assert all(samples)
    elif standing is Standing.FAILS:
        assert not any(samples)
    elif comparison.comparator in {"=", "!="}:
        # No sample meets a single value: they lie on both sides of it.
        for side in "<>":
            one_sided = re.sub("!?=", side, condition)
            assert any(evaluated(one_sided, point) for point in points)
    elif row["otherwise"] == "fails":
        assert any(samples)
        assert not all(samples)


def robustness_of(condition: str, ledger: Ledger) -> Standing:
    """How a proposition with this one condition stands."""
    from cbec.chapters.propositions import _variant

    frame = load("variants")
    row = frame[frame["condition"] == condition].head(1)
    return _variant("base", "one", row, ledger, "here").standing


# The rules of judging --------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    monkeypatch.setenv("CBEC_DATA", str(folder))
    return folder


def rewrite(folder: Path, rows: list[str]) -> None:
    """Replace the propositions by one, with these variants."""
    (folder / "propositions.csv").write_text(
        "id,chapter,statement_en,statement_zh\np,2,A statement,命题\n", encoding="utf-8"
    )
    (folder / "variants.csv").write_text(
        "proposition,axis,label_en,label_zh,step,condition,otherwise\n"
        + "".join(f"p,{row}\n" for row in rows),
        encoding="utf-8",
    )


HOLDS = "market-2024 > market-2023"
FAILS = "market-2024 < market-2023"
UNDECIDED = '"growth(import-2024, import-2023) > import-growth-2024"'


@pytest.mark.parametrize(
    ("conditions", "standing"),
    [
        ([HOLDS, HOLDS], "holds"),
        ([HOLDS, UNDECIDED], "undecided"),
        ([UNDECIDED, HOLDS, FAILS], "fails"),
        ([""], "not-checkable"),
    ],
)
def test_all_conditions_of_a_variant_must_hold(
    copy: Path, ledger: Ledger, conditions: list[str], standing: str
) -> None:
    rewrite(copy, [f"base,b,乙,{i},{text},fails" for i, text in enumerate(conditions, start=1)])
    assert robustness(ledger)["p"].standing("rounding") == standing


def test_variants_that_disagree_differ_and_an_untested_axis_is_none(
    copy: Path, ledger: Ledger
) -> None:
    rewrite(
        copy,
        [
            f"base,b,乙,1,{HOLDS},fails",
            f"vintage,v,丙,1,{HOLDS},fails",
            f"vintage,w,丁,1,{FAILS},fails",
        ],
    )
    found = robustness(ledger)["p"]
    assert found.standing("vintage") is Standing.DIFFERS
    assert found.standing("definition") is None


def test_a_sufficient_condition_that_fails_leaves_its_proposition_undecided(
    copy: Path, ledger: Ledger
) -> None:
    rewrite(copy, [f"base,b,乙,1,{FAILS},undecided"])
    assert robustness(ledger)["p"].standing("rounding") is Standing.UNDECIDED


def test_a_base_on_unconfirmed_figures_is_known_by_its_grade(copy: Path, ledger: Ledger) -> None:
    rewrite(copy, ["base,b,乙,1,market-2018 > market-2017,fails"])
    found = robustness(ledger)["p"]
    assert found.variants[0].evidence == "unconfirmed"
    assert found.standing("rounding") is Standing.HOLDS
    assert found.standing("without-unconfirmed") is None


def test_a_base_inside_a_set_stands_there_without_a_variant_of_its_own(
    copy: Path, ledger: Ledger
) -> None:
    rewrite(copy, ["base,b,乙,1,market-2022 > market-2021,fails"])
    found = robustness(ledger)["p"]
    assert found.standing("without-unconfirmed") is found.standing("sourced") is Standing.HOLDS
    rewrite(copy, ["base,b,乙,1,market-2024 > market-2023,fails"])
    found = robustness(ledger)["p"]
    assert found.standing("without-unconfirmed") is Standing.HOLDS
    assert found.standing("sourced") is None  # the paper alone prints these levels
    rewrite(
        copy,
        [
            "base,b,乙,1,market-2022 > market-2021,fails",
            "sourced,v,丙,1,market-2021 > market-2022,fails",
        ],
    )
    assert robustness(ledger)["p"].standing("sourced") is Standing.FAILS


def test_what_rests_on_unconfirmed_figures_is_also_tested_without_them(result: Robustness) -> None:
    for proposition in result.propositions:
        base = [variant for variant in proposition.variants if variant.axis == "base"]
        if any(variant.evidence == "unconfirmed" for variant in base):
            assert proposition.standing("without-unconfirmed") is not None, proposition.id


def test_what_speaks_of_the_market_is_also_tested_on_sourced_figures(result: Robustness) -> None:
    # These are about what the paper prints; the others about the world.
    about_print = {"import-growth-follows", "one-count", "three-provinces", "guangdong-first"}
    about_print |= {"programmes-below-tenth"}
    for proposition in result.propositions:
        if proposition.id not in about_print:
            assert proposition.standing("sourced") is not None, proposition.id


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("base,b,乙,1,market-2024,fails", "is no comparison; write one with <, >, = or !="),
        ("base,b,乙,1,market-2024 > nothing-here,fails", "'nothing-here' is neither a claim nor"),
        ("vintage,v,丙,1,market-2024 > market-2023,fails", "has no variant base"),
        (
            "without-unconfirmed,v,丙,1,market-2022 > market-2018,fails",
            "market-2018 is unconfirmed, which the set 'without-unconfirmed' doesn't admit",
        ),
        (
            "sourced,v,丙,1,market-2024 > market-2022,fails",
            "market-2024 is printed, which the set 'sourced' doesn't admit",
        ),
    ],
)
def test_a_broken_variant_is_named(copy: Path, ledger: Ledger, row: str, said: str) -> None:
    rewrite(copy, [row])
    with pytest.raises(LedgerError, match=re.escape(said)) as error:
        robustness(ledger)
    assert "p" in str(error.value)


def test_asking_for_what_is_not_there_says_what_is(result: Robustness) -> None:
    with pytest.raises(LedgerError, match="no proposition 'rose'; there are share-rose, growth"):
        result["rose"]
    with pytest.raises(LedgerError, match="no axis 'base'; there are face, rounding"):
        result["share-rose"].standing("base")


def test_the_table_names_every_tested_axis_and_the_weakest_grade(result: Robustness) -> None:
    frame = result.to_frame()
    assert set(frame["axis"]) == {label for label, _ in AXES.values()}
    assert set(frame["verdict"]) <= {str(standing) for standing in Standing}
    html = result.in_chapter(2)._repr_html_()
    assert "100EC, in dollars" in html
    assert "unconfirmed" in html
    assert "CBEC supplied more than a quarter" not in html, "that is of another chapter"
    assert sense(Standing.HOLDS).symbol in html


def test_face_values_are_told_apart_from_rounding_in_the_detail(result: Robustness) -> None:
    frame = (
        result.to_frame().set_index("proposition").loc[result["import-growth-follows"].statement_en]
    )
    frame = frame.set_index("axis")["detail"]
    found, needed = 100 * (Decimal("3.96") / Decimal("3.61") - 1), "9.57%"
    assert frame["at face value"].endswith(f": fails, with {found:.2f}% where {needed} is needed")
    ends = [
        100 * (Decimal(new) / Decimal(old) - 1)
        for new, old in (("3.955", "3.615"), ("3.965", "3.605"))
    ]
    within = f"{found:.2f}% ({ends[0]:.2f} to {ends[1]:.2f}%)"
    assert f": undecided, with {within} where {needed} (" in frame["within rounding"]


def test_of_several_conditions_the_detail_has_the_numbers_of_those_that_fail(
    result: Robustness,
) -> None:
    slowing = result["growth-slowing"]
    (base,) = slowing.tested("face")
    failing = [trial for trial in base.trials if trial.at_face is not Standing.HOLDS]
    assert 0 < len(failing) < len(base.trials)
    frame = result.to_frame().set_index(["proposition", "axis"])["detail"]
    told = frame[slowing.statement_en, "at face value"]
    assert f"{len(base.trials) - len(failing)} of {len(base.trials)} steps hold" in told
    for trial in base.trials:
        assert (trial.face in told) == (trial in failing)


def test_asking_for_a_chapter_without_one_says_which_have_some(result: Robustness) -> None:
    with pytest.raises(LedgerError, match=r"chapter 4 has no proposition; .* \[1, 2, 3\]"):
        result.in_chapter(4)
