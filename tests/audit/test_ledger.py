"""A ledger is read strictly, and its figures stand for what the rulings say.

The rulings are those of reference/verdicts.md; findings F1 to F10 are those of the project's
brief, section 2.
"""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from cbec.audit.ledger import Ledger
from cbec.audit.ledger_reader import read_ledger
from cbec.errors import CbecError, ExpressionError, LedgerError
from cbec.figures.interval import Interval
from cbec.figures.rounding import Rule

DATA = Path(__file__).resolve().parents[2] / "data"
SMALL = """\
id,printed,comparator,kind,derivation
sales-2023,11.0亿元,=,level,
sales-2024,12.4亿元,=,level,
sales-growth,12.7%,=,growth,"growth(sales-2024, sales-2023)"
"""


@pytest.fixture(scope="module")
def ours() -> Ledger:
    return read_ledger(DATA / "claims.csv")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the test a copy of our ledger that it may damage."""
    for name in ("claims", "inputs", "alternatives", "evidence", "sources"):
        shutil.copy(DATA / f"{name}.csv", tmp_path)
    return tmp_path


def write(folder: Path, text: str | bytes, name: str = "claims.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def claims(*rows: str, columns: str = "id,printed,comparator,kind,derivation") -> str:
    return "\n".join([columns, *rows]) + "\n"


def refusal(path: Path) -> str:
    """Return the message with which a ledger is refused; any other error fails the test."""
    with pytest.raises(LedgerError) as caught:
        read_ledger(path)
    return str(caught.value)


# Findings by computation ----------------------------------------------------------------------

IMPORTS = "difference(import-2024, import-2023)"
EXPORTS = "difference(export-2024, export-2023)"
TRADE = "difference(goods-trade-2024-first, goods-trade-2023-first)"
REVISED_2024 = "ratio(goods-trade-2025-first, sum(1, goods-trade-growth-2025))"
REVISED_2023 = "ratio(goods-trade-2024-communique, sum(1, goods-trade-growth-2024))"
DOLLARS = [f"ratio(market-{year}, exchange-rate-{year})" for year in (2024, 2023)]

# Finding | derivation | scale | decimals | value | lower | upper; a star marks what it leaves out.
FINDINGS = [
    ("F1", "growth(import-2024, import-2023)", 100, 3, "9.695", "9.405", "9.986"),
    (
        "F2 first-published",
        "difference(share(market-2024, goods-trade-2024-first), "
        "share(market-2023, goods-trade-2023-first))",
        *(100, 2, "-0.08", "-0.11", "-0.04"),
    ),
    (
        "F2 revised",
        f"difference(share(market-2024, {REVISED_2024}), share(market-2023, {REVISED_2023}))",
        *(100, 2, "-0.04", "-0.10", "0.03"),
    ),
    ("F2 revised 2024", REVISED_2024, Fraction(1, 10**12), 2, "43.81", "43.78", "43.83"),
    ("F2 revised 2023", REVISED_2023, Fraction(1, 10**12), 2, "41.76", "41.74", "41.78"),
    (
        "F2 share of 2023",
        "share(market-2023, goods-trade-2023-first)",
        *(100, 2, "40.35", "*", "*"),
    ),
    (
        "F2 customs 2023",
        "share(customs-2023-first, goods-trade-2023-first)",
        *(100, 2, "5.70", "*", "*"),
    ),
    (
        "F2 customs 2024",
        "share(customs-2024-first, goods-trade-2024-first)",
        *(100, 2, "6.00", "*", "*"),
    ),
    (
        "F2 customs 2024 revised",
        "share(customs-2024-revised, goods-trade-2024-revised)",
        *(100, 2, "6.19", "*", "*"),
    ),
    (
        "F4",
        f"share({IMPORTS}, sum({IMPORTS}, {EXPORTS}))",
        *(100, 1, "43.2", "39.8", "47.1"),
    ),
    (
        "F5 100EC",
        f"share(difference(market-2024, market-2023), {TRADE})",
        *(100, 1, "38.8", "*", "*"),
    ),
    (
        "F5 customs",
        f"share(difference(customs-2024-first, customs-2023-first), {TRADE})",
        *(100, 1, "12.0", "*", "*"),
    ),
    ("F6 tenfold", "cagr(10, 1, five-year-window)", 100, 1, "58.5", "58.5", "58.5"),
    ("F6 eleven-fold", "cagr(11, 1, five-year-window)", 100, 1, "61.5", "61.5", "61.5"),
    ("F7", "ratio(firms-association, firms-2024)", 1, 4, "none", "1.6957", "none"),
    (
        "F9 share",
        "share(sum(firms-guangdong, firms-zhejiang, firms-shandong), firms-2024)",
        *(100, 1, "54.8", "54.8", "54.8"),
    ),
    (
        "F9 remaining",
        "difference(firms-2024, sum(firms-guangdong, firms-zhejiang, firms-shandong))",
        *(1, 0, "31974", "31974", "31974"),
    ),
    ("F10", "ratio(cbec-programmes, 10%)", 1, 0, "580", "580", "580"),
    ("42% in two years", "annualise(talent-inflow, talent-window)", 100, 1, "19.2", "*", "*"),
    ("growth in dollars", f"growth({DOLLARS[0]}, {DOLLARS[1]})", 100, 1, "3.1", "*", "*"),
]


@pytest.mark.parametrize(
    ("text", "scale", "decimals", "value", "lower", "upper"),
    [finding[1:] for finding in FINDINGS],
    ids=[finding[0] for finding in FINDINGS],
)
def test_a_finding_of_the_brief_follows_from_the_ledger(
    ours: Ledger, text: str, scale: int, decimals: int, value: str, lower: str, upper: str
) -> None:
    face, bounds = ours.derive(text)
    for expected, found in ((value, face), (lower, bounds.lower), (upper, bounds.upper)):
        if expected != "*":
            written = "none" if found is None else f"{float(found * scale):.{decimals}f}"
            assert written == expected


def test_the_ratio_of_the_two_counts_of_firms_excludes_its_lower_end(ours: Ledger) -> None:
    # F7: more than 120,000 against exactly 70,769.
    face, bounds = ours.derive("ratio(firms-association, firms-2024)")
    assert face is None
    assert bounds == Interval(Fraction(120000, 70769), None, False, False)


# Derivations of one's own ---------------------------------------------------------------------


def test_several_derivations_make_a_table(ours: Ledger) -> None:
    frame = ours.derive_all(
        {
            "imports": "growth(import-2024, import-2023)",
            "firms": "ratio(firms-association, firms-2024)",
        },
        scale=100,
    )
    assert frame.columns.tolist() == ["item", "value", "lower", "upper", "evidence", "row"]
    assert frame["row"].tolist() == ["import-2024 import-2023", "firms-association firms-2024"]
    assert frame["item"].tolist() == ["imports", "firms"]
    assert frame.loc[0, ["value", "lower", "upper"]].tolist() == pytest.approx(
        [9.6953, 9.4053, 9.9861], abs=1e-4
    )
    assert frame.loc[1, "value"] != frame.loc[1, "value"]
    assert frame.loc[1, "upper"] == float("inf")


def test_a_derivation_is_as_good_as_its_weakest_figure(ours: Ledger) -> None:
    assert ours.weakest_grade(["customs-2018-revised", "market-2024"]) == "printed"
    assert ours.weakest_grade(["market-2018", "market-2024"]) == "unconfirmed"
    assert ours.weakest_grade(["customs-2018-revised"]) == "corroborated"
    assert ours.weakest_grade([]) == ""


def test_a_figure_without_a_grade_leaves_the_grade_open(tmp_path: Path) -> None:
    path = write(tmp_path, claims("a,10,=,level,"))
    (path.parent / "inputs.csv").write_text("id,printed,unit\nb,5,\n", encoding="utf-8")
    ledger = read_ledger(path)
    assert ledger.weakest_grade(["a"]) == "printed"
    assert ledger.weakest_grade(["a", "b"]) == ""


def test_a_threshold_leaves_no_single_value_whichever_way_it_points(tmp_path: Path) -> None:
    ledger = read_ledger(
        write(
            tmp_path,
            claims("a,10%,<,share,", "b,10%,>,share,", "c,20%,=,share,", "d,5倍,>,multiple,"),
        )
    )
    assert ledger.derive("sum(a, c)")[0] is None
    assert ledger.derive("sum(b, c)")[0] is None
    assert ledger.derive("cagr(d, 1, 5)")[0] is None
    assert ledger.derive("cagr(b, 10%, 5)")[0] is None
    assert ledger.derive("sum(c, 1)")[0] == Fraction(6, 5)


def test_an_unknown_id_in_a_derivation_of_ones_own_is_named(ours: Ledger) -> None:
    with pytest.raises(LedgerError, match="'market-2042' is neither a claim nor an outside figure"):
        ours.derive("growth(market-2042, market-2023)")


@pytest.mark.parametrize("text", ["market-2024 - 1", "", "growth(market-2024)", "1 < 2"])
def test_a_text_that_is_no_derivation_is_refused(ours: Ledger, text: str) -> None:
    with pytest.raises(ExpressionError):
        ours.derive(text)


def test_a_cross_check_has_no_value(ours: Ledger) -> None:
    with pytest.raises(LedgerError, match="cross-check and prints no figure"):
        ours.derive("sum(shares-sum, 1)")


def test_figures_are_found_among_claims_and_outside_figures(ours: Ledger) -> None:
    assert ours.figure("market-2024") is ours.claims["market-2024"]
    assert ours.figure("market-2019") is ours.inputs["market-2019"]


# What a claim stands for ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "comparator", "kind", "expected"),
    [
        ("13.7", "=", "level", "[273/20, 55/4)"),
        ("-0.8%", "=", "growth", "(-17/2000, -3/400]"),
        # "Counts are points": a count, a rank or a duration printed to the last unit.
        ("70769家", "=", "count", "[70769, 70769]"),
        ("首位", "=", "rank", "[1, 1]"),
        ("3学期", "=", "duration", "[3/2, 3/2]"),
        ("10.5年", "=", "duration", "[209/20, 211/20)"),
        ("10亿元", "=", "policy parameter", "[1000000000, 1000000000]"),
        # A count with a multiplier word is rounded like any other figure.
        ("12万家", "=", "count", "[115000, 125000)"),
        # "Inequalities are thresholds"
        ("12万家", ">", "count", "(120000, inf)"),
        ("12万家", "≥", "count", "[120000, inf)"),
        ("10%", "<", "share", "[0, 1/10)"),
        ("10%", "≤", "share", "[0, 1/10]"),
        ("10%", "<", "growth", "(-inf, 1/10)"),
        ("10亿元", ">", "policy parameter", "(1000000000, inf)"),
        # What is below zero doesn't end at zero.
        ("-3.0%", "<", "share", "(-inf, -3/100)"),
        ("0", "<", "level", "(-inf, 0)"),
    ],
)
def test_a_claim_stands_for_what_the_rulings_say(
    tmp_path: Path, printed: str, comparator: str, kind: str, expected: str
) -> None:
    ledger = read_ledger(write(tmp_path, claims(f"a,{printed},{comparator},{kind},")))
    assert str(ledger.claims["a"].interval()) == expected


def test_a_threshold_stands_for_the_same_under_every_rule(tmp_path: Path) -> None:
    ledger = read_ledger(write(tmp_path, claims("a,12万家,>,count,")))
    assert len({ledger.claims["a"].interval(rule) for rule in Rule}) == 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("a,13.5,=,level,,0.5,printed in halves", "[53/4, 55/4)"),
        ('a,"12,000家",=,count,,1000,rounded to thousands', "[11500, 12500)"),
        ("a,17.60万亿元,=,level,,0.1万亿元,padded", "[17550000000000, 17650000000000)"),
        ("a,12个月,=,duration,,6个月,told in half years", "[3/4, 5/4)"),
    ],
)
def test_another_resolution_with_a_reason_is_taken(tmp_path: Path, row: str, expected: str) -> None:
    columns = "id,printed,comparator,kind,derivation,resolution,resolution_reason"
    ledger = read_ledger(write(tmp_path, claims(row, columns=columns)))
    assert str(ledger.claims["a"].interval()) == expected


# Reading --------------------------------------------------------------------------------------


def test_five_columns_are_enough(tmp_path: Path) -> None:
    ledger = read_ledger(write(tmp_path, SMALL))
    assert list(ledger.claims) == ["sales-2023", "sales-2024", "sales-growth"]
    assert ledger.claims["sales-growth"].label_en == "sales-growth"
    assert (ledger.inputs, ledger.alternatives, ledger.findings, ledger.sources) == ({}, (), (), {})


def test_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    unix = read_ledger(write(tmp_path, SMALL))
    windows = read_ledger(write(tmp_path, SMALL.replace("\n", "\r\n")))
    assert vars(windows) == vars(unix)


def test_our_ledger_reads_the_same_with_windows_line_ends(folder: Path, ours: Ledger) -> None:
    for path in folder.glob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert vars(read_ledger(folder / "claims.csv")) == vars(ours)


def test_spaces_around_a_cell_mean_nothing(tmp_path: Path) -> None:
    ledger = read_ledger(write(tmp_path, claims("a , 13.7 , = , level ,")))
    assert ledger.claims["a"].face == Fraction(137, 10)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("a,1.0%,=,share,,", "given"),
        ("a,5年,=,policy parameter,,", "parameter"),
        ("a,1.0%,=,share,,no-denominator", "no-denominator"),
        ("a,1.0%,=,share,,no-inputs", "no-inputs"),
    ],
)
def test_a_figure_without_a_derivation_has_a_code(tmp_path: Path, row: str, code: str) -> None:
    columns = "id,printed,comparator,kind,derivation,not_derivable"
    assert read_ledger(write(tmp_path, claims(row, columns=columns))).claims["a"].code == code


# Damage ---------------------------------------------------------------------------------------

LEVELS = ("a,1.0亿元,=,level,", "b,2.0亿元,=,level,")
WITH_CODE = "id,printed,comparator,kind,derivation,not_derivable"
WITH_RESOLUTION = "id,printed,comparator,kind,derivation,resolution,resolution_reason"

# What is broken | the file | every part that the message must have besides the file's name
DAMAGE: list[tuple[str, str | bytes, list[str]]] = [
    (
        "a missing column",
        "id,printed,comparator,kind\na,1.0,=,level\n",
        ["row 1", "no column 'derivation'", "needs id, printed, comparator, kind, derivation"],
    ),
    ("a bad id", claims("a--b,1.0,=,level,"), ["row 2", "id: 'a--b'", "single hyphens"]),
    ("an id with a space", claims("a b,1.0,=,level,"), ["row 2", "id: 'a b'", "letters, digits"]),
    ("a Chinese id", claims("市场,1.0,=,level,"), ["row 2", "id: '市场'", "letters, digits"]),
    ("no id", claims(",1.0,=,level,"), ["row 2", "id: ''", "write letters"]),
    (
        "a duplicate id",
        claims("a,1.0,=,level,", "b,1.0,=,level,", "a,2.0,=,level,"),
        ["row 4 (id a)", "id: 'a' stands in row 2 already", "rename one"],
    ),
    (
        "an unknown kind",
        claims("a,1.0,=,lvl,"),
        ["row 2 (id a)", "kind: 'lvl' is not one of level, share", "choose one"],
    ),
    ("no kind", claims("a,1.0,=,,"), ["row 2 (id a)", "kind: ''", "choose one"]),
    (
        "an unknown comparator",
        claims("a,1.0,~,level,"),
        ["row 2 (id a)", "comparator: '~' is not one of =, >, ≥, <, ≤", "choose one"],
    ),
    (
        "an unknown code",
        claims(
            "a,1.0,=,level,,nowhere", columns="id,printed,comparator,kind,derivation,not_derivable"
        ),
        ["row 2 (id a)", "not_derivable: 'nowhere' is not one of given", "choose one"],
    ),
    (
        "a code beside a derivation",
        claims(
            "a,1.0,=,level,,",
            "b,1.0,=,level,sum(a),given",
            columns=WITH_CODE,
        ),
        ["row 3 (id b)", "not_derivable: 'given' contradicts the derivation", "drop one"],
    ),
    (
        "a bad figure",
        claims('export-2023,"13,24",=,level,'),
        ["row 2 (id export-2023)", "printed: '13,24' is not a number", "write 13.24"],
    ),
    (
        "no figure",
        claims("a,,=,level,"),
        ["row 2 (id a)", "printed: ''", "write the figure as it is printed"],
    ),
    (
        "a comparator in the figure",
        claims("a,>12万家,=,count,"),
        ["row 2 (id a)", "printed: '>12万家'", "put the comparator into its own column"],
    ),
    (
        "an unknown unit",
        claims("a,12 parsecs,=,level,"),
        ["row 2 (id a)", "printed: ", "'parsecs' is not a known unit", "one of:"],
    ),
    (
        "an unknown id",
        claims("sales-2024,1.0,=,level,", 'g,5%,=,growth,"growth(sales-2042, 2)"'),
        ["row 3 (id g)", "derivation: unknown id 'sales-2042'", "did you mean 'sales-2024'?"],
    ),
    (
        "an unknown id like no other",
        claims('g,5%,=,growth,"growth(zzz, 2)"'),
        ["row 2 (id g)", "unknown id 'zzz'", "add a row for it or mend its spelling"],
    ),
    (
        "a circle",
        claims('a,1.0,=,level,"sum(b)"', 'b,1.0,=,level,"sum(c)"', 'c,1.0,=,level,"sum(a)"'),
        ["row ", "form a circle: ", "a", " → ", "make one of these figures a given one"],
    ),
    (
        "a figure derived from itself",
        claims('a,1.0,=,level,"sum(a, 1)"'),
        ["row 2 (id a)", "derivation: the figure is derived from itself", "drop it"],
    ),
    (
        "mixed currencies",
        claims("a,1.0亿元,=,level,", "b,1.0亿美元,=,level,", 'g,0.0%,=,growth,"growth(a, b)"'),
        ["row 4 (id g)", "derivation: growth mixes CNY and USD", "convert one of them first"],
    ),
    (
        "mixed currencies in a comparison",
        claims("a,1.0亿元,=,level,", "b,1.0亿美元,=,level,", "g,,=,cross-check,a = b"),
        ["row 4 (id g)", "a comparison mixes CNY and USD", "convert one of them first"],
    ),
    (
        "dollars and a bare number",
        claims("a,1.0亿美元,=,level,", 'g,2.0亿美元,=,level,"sum(a, 1)"'),
        ["row 3 (id g)", "sum mixes USD and a bare number", "give the amount a row in inputs.csv"],
    ),
    (
        "a derivation that measures something else",
        claims(*LEVELS, 'g,1.0亿元,=,level,"share(a, b)"'),
        ["row 4 (id g)", "gives ratio, the printed '1.0亿元' measures CNY", "mend the derivation"],
    ),
    (
        "a rank that is printed without a word for it",
        claims(*LEVELS, 'g,1,=,rank,"rank(a, b)"'),
        [
            *("row 4 (id g)", "derivation gives rank, the printed '1' measures count"),
            "mend the derivation, or the unit in the column printed (第一, 1 rank)",
        ],
    ),
    (
        "years that are printed without a unit",
        claims(*LEVELS, "y,3,=,duration,", 'g,1.0%,=,growth,"cagr(a, b, y)"'),
        ["row 5 (id g)", "needs years at the end, not count", "with its unit (3年, 3 years)"],
    ),
    (
        "a derivation that can't be read",
        claims(*LEVELS, "g,1.0亿元,=,level,b - a"),
        ["row 4 (id g)", "derivation: 'b - a'", "write difference(a, b)"],
    ),
    (
        "a derivation that ends early",
        claims(*LEVELS, 'g,1.0%,=,share,"share(a, b"'),
        ["row 4 (id g)", "derivation: ", "expected ',' or ')', found the end"],
    ),
    (
        "an unknown function",
        claims(*LEVELS, 'g,1.0%,=,share,"mean(a, b)"'),
        ["row 4 (id g)", "derivation: ", "unknown function 'mean'", "there are growth"],
    ),
    (
        "a cross-check with a figure",
        claims(*LEVELS, "g,3.0,=,cross-check,a < b"),
        ["row 4 (id g)", "printed: a cross-check prints nothing", "leave it empty"],
    ),
    (
        "a cross-check without a comparison",
        claims(*LEVELS, 'g,,=,cross-check,"sum(a, b)"'),
        ["row 4 (id g)", "derivation: a cross-check is a comparison", "such as sum(a, b) = c"],
    ),
    (
        "a cross-check without anything",
        claims("g,,=,cross-check,"),
        ["row 2 (id g)", "derivation: a cross-check is a comparison"],
    ),
    (
        "a comparison of another kind",
        claims(*LEVELS, "g,3.0亿元,=,level,a < b"),
        ["row 4 (id g)", "derivation: a comparison needs the kind cross-check", "change one"],
    ),
    (
        "the use of a cross-check",
        claims(*LEVELS, "g,,=,cross-check,a < b", "h,1.0亿元,=,level,sum(g)"),
        ["row 5 (id h)", "'g' is a cross-check and has no value to use"],
    ),
    (
        "the use of an order of magnitude",
        claims("a,厘米级,=,level,", "b,3厘米,=,level,", 'c,3倍,=,multiple,"multiple(b, a)"'),
        ["row 4 (id c)", "derivation: 'a' prints an order of magnitude, 厘米级", "drop it"],
    ),
    (
        "a derived order of magnitude",
        claims("a,厘米级,=,level,sum(b)", "b,3厘米,=,level,"),
        ["row 2 (id a)", "derivation: '厘米级' is an order of magnitude", "drop the derivation"],
    ),
    (
        "a resolution without a reason",
        claims("a,13.7,=,level,,0.5,", columns=WITH_RESOLUTION),
        ["row 2 (id a)", "resolution_reason: a resolution needs a reason", "write one"],
    ),
    (
        "a resolution that is no number",
        claims("a,13.7,=,level,,half,because", columns=WITH_RESOLUTION),
        ["row 2 (id a)", "resolution: 'half' is not a number", "write"],
    ),
    (
        "a resolution of nothing",
        claims("a,13.7,=,level,,0,because", columns=WITH_RESOLUTION),
        ["row 2 (id a)", "resolution: the resolution '0' isn't above zero; write the step"],
    ),
    (
        "a resolution that the figure contradicts",
        claims("a,13.7,=,level,,0.5,because", columns=WITH_RESOLUTION),
        ["row 2 (id a)", "resolution: '13.7' isn't a multiple", "choose one that divides it"],
    ),
    (
        "a resolution in another unit",
        claims("a,13.7亿元,=,level,,0.1%,because", columns=WITH_RESOLUTION),
        ["row 2 (id a)", "resolution: '0.1%' measures ratio", "units of one kind"],
    ),
    ("another encoding", SMALL.encode("gb18030"), ["line 2", "isn't UTF-8", "save the file as"]),
    ("no row", SMALL.splitlines()[0] + "\n", ["holds no claim", "add a row"]),
    ("semicolons", SMALL.replace(",", ";"), ["line 1", "separated by commas", "save it as CSV"]),
    (
        "a ragged row",
        claims("a,1.0,=,level"),
        ["line 2", "has 4 cells, the header has 5", "add or remove cells"],
    ),
    (
        "an unquoted derivation",
        claims("a,1.0,=,level,growth(b, c)"),
        ["line 2", "has 6 cells, the header has 5", "quote any cell that holds a comma"],
    ),
    ("an open quote", claims('a,1.0,=,level,"sum(b)'), ["line 2", "close every quote"]),
    ("an empty line", claims("a,1.0,=,level,", ""), ["line 3", "is empty", "delete it"]),
    ("an empty file", "", ["line 1", "has no header", "name the columns there"]),
    (
        "a column named twice",
        claims("a,1.0,=,level,,", columns="id,printed,comparator,kind,derivation,id"),
        ["line 1", "has column 'id' twice", "rename one"],
    ),
]


@pytest.mark.parametrize(("text", "parts"), [d[1:] for d in DAMAGE], ids=[d[0] for d in DAMAGE])
def test_a_damaged_ledger_is_refused_with_its_place_and_the_remedy(
    tmp_path: Path, text: str | bytes, parts: list[str]
) -> None:
    message = refusal(write(tmp_path, text))
    for part in ["claims.csv", *parts]:
        assert part in message


INPUTS = "id,printed,unit,vintage,evidence,source"
ALTERNATIVES = "claim,label_en,label_zh,expression"
EVIDENCE = "claim,finding,source,grade,date,printed,note_en,note_zh"
SOURCES = "id,title,publisher,url,date,licence\ns-1,T,P,,,\n"

# What is broken | the file beside the claims | its text | parts of the message
BESIDE = [
    (
        "an id of inputs and claims alike",
        "inputs.csv",
        claims("x,1.0,,,,", "sales-2023,1.0,,,,", columns=INPUTS),
        ["row 3", "id 'sales-2023' is a claim's as well", "give the outside figure another id"],
    ),
    (
        "a duplicate id of inputs",
        "inputs.csv",
        claims("x,1.0,,,,", "x,2.0,,,,", columns=INPUTS),
        ["row 3 (id x)", "'x' stands in row 2 already", "rename one"],
    ),
    (
        "a bad figure of inputs",
        "inputs.csv",
        claims('x,"13,24",trillion CNY,,,', columns=INPUTS),
        ["row 2 (id x)", "printed: '13,24' is not a number", "write 13.24"],
    ),
    (
        "an unknown unit of inputs",
        "inputs.csv",
        claims("x,13.24,trillion beans,,,", columns=INPUTS),
        ["row 2 (id x)", "'trillion beans' is not a known unit"],
    ),
    (
        "an unknown grade of inputs",
        "inputs.csv",
        claims("x,13.24,,,sure,", columns=INPUTS),
        ["row 2 (id x)", "evidence: 'sure' is not one of corroborated", "choose one"],
    ),
    (
        "an unknown source of inputs",
        "inputs.csv",
        claims("x,13.24,,,derived,s-2", columns=INPUTS),
        ["row 2", "source: there is no source 's-2'", "did you mean 's-1'?"],
    ),
    (
        "inputs without units",
        "inputs.csv",
        "id,printed\nx,1\n",
        ["row 1", "no column 'unit'", "needs id, printed, unit"],
    ),
    (
        "an unknown claim in alternatives",
        "alternatives.csv",
        claims("sales-grwth,l,l,1", columns=ALTERNATIVES),
        ["row 2", "there is no claim 'sales-grwth'", "did you mean 'sales-growth'?"],
    ),
    (
        "an unknown id in alternatives",
        "alternatives.csv",
        claims('sales-growth,l,l,"growth(sales-2024, sales-2022)"', columns=ALTERNATIVES),
        ["row 2 (id sales-growth)", "expression: unknown id 'sales-2022'", "did you mean 'sales-"],
    ),
    (
        "another unit in alternatives",
        "alternatives.csv",
        claims("sales-growth,l,l,sales-2024", columns=ALTERNATIVES),
        ["row 2 (id sales-growth)", "gives CNY, the printed '12.7%' measures ratio", "mend"],
    ),
    (
        "an alternative that can't be read",
        "alternatives.csv",
        claims("sales-growth,l,l,growth(", columns=ALTERNATIVES),
        ["row 2 (id sales-growth)", "expression: 'growth('"],
    ),
    (
        "a comparison as an alternative",
        "alternatives.csv",
        claims("sales-growth,l,l,sales-2024 > sales-2023", columns=ALTERNATIVES),
        ["row 2 (id sales-growth)", "expression: only a cross-check is a comparison", "change"],
    ),
    (
        "an alternative derived from its own claim",
        "alternatives.csv",
        claims('sales-growth,l,l,"sum(sales-growth, 1)"', columns=ALTERNATIVES),
        ["row 2 (id sales-growth)", "derived from itself"],
    ),
    (
        "alternatives without expressions",
        "alternatives.csv",
        "claim,label_en\nsales-growth,x\n",
        ["row 1", "no column 'expression'"],
    ),
    (
        "an unknown claim in evidence",
        "evidence.csv",
        claims("sales-grwth,supports,s-1,corroborated,,,,", columns=EVIDENCE),
        ["row 2", "claim: there is no claim 'sales-grwth'", "did you mean 'sales-growth'?"],
    ),
    (
        "an unknown source in evidence",
        "evidence.csv",
        claims("sales-growth,supports,s-2,corroborated,,,,", columns=EVIDENCE),
        ["row 2", "source: there is no source 's-2'", "did you mean 's-1'?"],
    ),
    (
        "an unknown finding",
        "evidence.csv",
        claims("sales-growth,likes,s-1,corroborated,,,,", columns=EVIDENCE),
        ["row 2 (id sales-growth)", "finding: 'likes' is not one of supports", "choose one"],
    ),
    (
        "an unknown grade",
        "evidence.csv",
        claims("sales-growth,supports,s-1,,,,,", columns=EVIDENCE),
        ["row 2 (id sales-growth)", "grade: '' is not one of corroborated", "choose one"],
    ),
    (
        "the paper as a source that supports it",
        "evidence.csv",
        claims("sales-growth,supports,the-paper,corroborated,,,,", columns=EVIDENCE),
        ["row 2 (id sales-growth)", "finding: the work that prints the figure", "drop the finding"],
    ),
    (
        "another page with the origin of the paper",
        "sources.csv",
        "id,title,origin\nthe-paper,T,the-paper\ns-1,T,the-paper\n",
        ["row 3 (id s-1)", "origin: 'the-paper' is the paper", "name whoever made the figures"],
    ),
    (
        "a duplicate source",
        "sources.csv",
        SOURCES + "s-1,U,P,,,\n",
        ["row 3 (id s-1)", "'s-1' stands in row 2 already", "rename one"],
    ),
    ("an empty file beside the claims", "evidence.csv", "", ["line 1", "has no header", "name"]),
    (
        "a file beside that isn't UTF-8",
        "inputs.csv",
        b"id,printed,unit\n\xff,1,\n",
        ["isn't UTF-8"],
    ),
]


@pytest.mark.parametrize(
    ("name", "text", "parts"), [b[1:] for b in BESIDE], ids=[b[0] for b in BESIDE]
)
def test_a_damaged_file_beside_the_ledger_is_refused_with_its_place_and_the_remedy(
    tmp_path: Path, name: str, text: str | bytes, parts: list[str]
) -> None:
    write(tmp_path, SOURCES, "sources.csv")
    write(tmp_path, text, name)
    message = refusal(write(tmp_path, SMALL))
    for part in [name, *parts]:
        assert part in message


@pytest.mark.parametrize("finding", ["supports", "contradicts", "earlier-origin"])
def test_what_speaks_for_or_against_a_figure_names_its_source(tmp_path: Path, finding: str) -> None:
    path = write(tmp_path, SMALL)
    row = f"sales-growth,{finding},,corroborated,,,,"
    write(tmp_path, claims(row, columns=EVIDENCE), "evidence.csv")
    message = refusal(path)
    for part in (
        "evidence.csv row 2 (id sales-growth): source: ",
        f"{finding!r} names no",
        "write",
    ):
        assert part in message
    row = "sales-growth,not-found,,not-found,,,,"
    write(tmp_path, claims(row, columns=EVIDENCE), "evidence.csv")
    assert len(read_ledger(path).findings) == 1


def test_an_empty_list_of_sources_has_none(tmp_path: Path) -> None:
    write(tmp_path, SOURCES.splitlines()[0] + "\n", "sources.csv")
    row = "sales-growth,supports,s-1,corroborated,,,,"
    write(tmp_path, claims(row, columns=EVIDENCE), "evidence.csv")
    assert "no source 's-1'; add a row for it" in refusal(write(tmp_path, SMALL))


def test_sources_are_only_looked_up_where_a_list_of_them_lies_beside(tmp_path: Path) -> None:
    write(
        tmp_path,
        claims("sales-growth,supports,s-2,corroborated,,,,", columns=EVIDENCE),
        "evidence.csv",
    )
    assert len(read_ledger(write(tmp_path, SMALL)).findings) == 1


def test_a_missing_ledger_is_named(tmp_path: Path) -> None:
    assert "nothing.csv: there is no such file; give the path" in refusal(tmp_path / "nothing.csv")


def test_a_folder_stands_for_the_claims_in_it(folder: Path) -> None:
    assert read_ledger(folder) is read_ledger(folder / "claims.csv")


def test_an_empty_file_beside_the_claims_is_no_missing_one(tmp_path: Path) -> None:
    path = write(tmp_path, SMALL)
    read_ledger(path)
    write(tmp_path, "", "inputs.csv")
    assert "has no header" in refusal(path)


def test_a_ledger_that_others_share_can_not_be_changed(ours: Ledger) -> None:
    with pytest.raises(AttributeError):
        ours.claims.pop("market-2024")


def test_a_changed_file_beside_the_claims_is_read_again(folder: Path) -> None:
    before = read_ledger(folder)
    path = folder / "inputs.csv"
    path.write_text(path.read_text("utf-8").replace("market-2019,", "market-in-2019,", 1), "utf-8")
    with pytest.raises(LedgerError, match="market-2019"):
        read_ledger(folder)
    path.write_text("id,printed,unit\n" + "market-2019,10.5,trillion CNY\n", "utf-8")
    assert before.inputs.keys() > {"market-2019"}


def test_a_circle_is_shown_in_the_direction_of_use(tmp_path: Path) -> None:
    path = write(tmp_path, claims("a,1.0,=,level,sum(b)", "b,1.0,=,level,sum(a)"))
    message = refusal(path)
    assert "a → b → a" in message or "b → a → b" in message


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_truncated_ledger_never_ends_in_another_error(folder: Path, cut: int) -> None:
    path = folder / "claims.csv"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * cut // 40])
    with pytest.raises(CbecError):
        read_ledger(path)


def test_the_byte_order_mark_of_a_spreadsheet_is_read_over(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert list(read_ledger(path).claims) == ["sales-2023", "sales-2024", "sales-growth"]
