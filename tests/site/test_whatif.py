"""The audit's arithmetic in the browser says what Python's says, and its form serves a reader."""

from __future__ import annotations

import csv
import itertools
import random
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from cbec.audit.ledger import Ledger
from cbec.audit.ledger_reader import read_ledger
from cbec.audit.results import Audit, ClaimAudit
from cbec.audit.verdict_rules import audit_ledger, check
from cbec.audit.verdicts import Arithmetic, Evidence, sense, verdict_html
from cbec.audit.what_if import WhatIf, replaced, tree, what_if
from cbec.errors import ExpressionError, PrintedFigureError
from cbec.figures.bounds import bounds, truth
from cbec.figures.expression import Call, Comparison, Expression, Literal, Name
from cbec.figures.interval import Interval
from cbec.figures.printed import Printed, parse_printed
from cbec.tables.datapackage import data_dir
from cbec_book.content.what_if_form import script_data
from cbec_book.page.scripts import WORK

PAGE = "chapters/05_conclusion.html"
CLAIMS, CROSS_CHECKS = 42, 7  # the statistics that the paper prints, and the checks between them
DATA = "JSON.parse(document.querySelector('.cbec-whatif__data').textContent)"

# Judges claims after one figure was typed anew: what was read, and one outcome for each claim.
JUDGE = """([data, asked]) => {
  const { check, read, revive } = window.cbecAudit;
  const figures = revive(data.figures);
  const checks = Object.fromEntries(data.checks.map((claim) => [claim.id, claim]));
  const exact = (x) => `${x.n}/${x.d}`;
  return asked.map(({ figure, typed, claims }) => {
    const now = figure ? read(typed, figures[figure]) : null;
    const all = figure ? { ...figures, [figure]: now } : figures;
    return {
      read: now && [now.text, exact(now.value), exact(now.resolution)],
      found: claims.map((id) => check(checks[id], all)),
    };
  });
}"""

Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """Return the book's own ledger."""
    return read_ledger(data_dir() / "claims.csv")


@pytest.fixture(scope="module")
def asked(ledger: Ledger) -> WhatIf:
    """Return what can be asked of it."""
    return what_if(audit_ledger(ledger))


@pytest.fixture
def page(visit: Visit) -> Any:
    """Return the page with the form as it is at first: a figure that is chosen is as printed."""
    found = visit(PAGE).page
    found.locator("#cbec-whatif-figure").select_option(index=0)
    return found


def units() -> dict[str, str]:
    """Return the units of the outside figures, which their texts don't name."""
    with (data_dir() / "inputs.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["unit"] for row in csv.DictReader(file)}


def outcome(result: ClaimAudit) -> dict[str, Any]:
    """Return what both sides have to agree on."""
    return {
        "verdict": str(result.arithmetic),
        "rules": [str(rule) for rule in result.primary.rules] if result.primary else [],
        "recomputed": result.recomputed_text,
        "bounds": result.bounds_text,
        "reason": result.primary.reason if result.primary else "",
        "remarks": list(result.primary.remarks) if result.primary else [],
    }


def judged(ledger: Ledger, id: str) -> dict[str, Any]:
    """Return Python's outcome for one claim that has a derivation, without auditing the others."""
    claim = ledger.claims[id]
    assert claim.derivation is not None
    found = check(claim, claim.derivation, claim.derivation_text, ledger)
    return outcome(ClaimAudit(claim, found.verdict, Evidence.NOT_CHECKED, primary=found))


def differences(said: list[Any], wanted: list[Any], names: list[Any]) -> list[Any]:
    """Return where the browser says something else, with the cases' names."""
    assert len(said) == len(wanted) == len(names)
    return [
        (name, {key: (got[key], value) for key, value in want.items() if got[key] != value})
        for name, got, want in zip(names, said, wanted, strict=True)
        if any(got[key] != value for key, value in want.items())
    ]


# The verdicts --------------------------------------------------------------------------------


def test_every_claim_has_the_verdict_that_python_gives(page: Any, ledger: Ledger) -> None:
    results = audit_ledger(ledger).results
    ids = [result.claim.id for result in results]
    assert len(ids) == CLAIMS + CROSS_CHECKS
    data = page.evaluate(DATA)
    assert [claim["id"] for claim in data["checks"]] == ids
    (said,) = page.evaluate(JUDGE, [data, [{"figure": None, "claims": ids}]])
    assert differences(said["found"], [outcome(result) for result in results], ids) == []


def variants(printed: Printed, chance: random.Random) -> list[str]:
    """Return numbers that could stand in a figure's place: near, far, and in other forms."""
    value, decimals = printed.value / printed.scale, printed.decimals

    def written(number: Fraction, places: int = decimals) -> str:
        scaled = round(number * 10**places)
        digits = f"{abs(scaled):0{places + 1}d}"
        text = digits if not places else f"{digits[:-places]}.{digits[-places:]}"
        return f"-{text}" if scaled < 0 else text

    step = Fraction(1, 10**decimals)
    near = [written(value + k * step) for k in (-20, -5, -3, -2, -1, 1, 2, 3, 5, 20)]
    moved = [written(value * Fraction(p, 100)) for p in (1, 50, 90, 99, 101, 110, 200, 1000)]
    finer = [written(value + k * step / 10, decimals + 1) for k in range(-9, 10, 3)]
    coarser = [written(value, places) for places in range(decimals)]
    forms = [
        "0", "-0", "+0.0", "0.1", "-1", "−1.5", "1,000", "12,345.60", "+" + written(abs(value)),
        "−" + written(abs(value)), "-" + written(abs(value)), f"{int(abs(value)):,}",
        "9" * 60, "0." + "0" * 40 + "1", written(value, decimals + 6),
    ]  # fmt: skip
    ties = [written(value + k * step / 2, decimals + 1) for k in (-3, -1, 1, 3)]
    reach = [chance.uniform(-0.03, 0.03) for _ in range(15)]
    random_ones = [
        written(value * (1 + Fraction(r)), chance.choice([decimals, decimals + 1])) for r in reach
    ]
    found = dict.fromkeys([*near, *moved, *finer, *coarser, *forms, *ties, *random_ones])
    return [text for text in found if not (printed.spelled and text == written(value))]


def test_every_edit_of_every_figure_gives_the_verdicts_that_python_gives(
    page: Any, ledger: Ledger, asked: WhatIf
) -> None:
    chance = random.Random(5)
    unit = units()
    cases, wanted, names = [], [], []
    for id, claims in asked.resting.items():
        printed = ledger.figure(id).printed
        assert printed is not None
        typed = variants(printed, chance)
        assert len(typed) >= 30
        for text in typed:
            cases.append({"figure": id, "typed": text, "claims": claims})
            now = parse_printed(text + printed.tail, unit.get(id, ""))
            other = replaced(ledger, id, now)
            for claim in claims:
                names.append((id, text, claim))
                wanted.append(judged(other, claim))
    said = page.evaluate(JUDGE, [page.evaluate(DATA), cases])
    found = [one for case in said for one in case["found"]]
    assert len(found) > 2000
    # Each verdict that a figure of this ledger can come to is among them; a base of zero has none.
    assert {want["verdict"] for want in wanted} == set(Arithmetic) - {Arithmetic.FAILED}
    assert differences(found, wanted, names) == []
    for case, answer in zip(cases, said, strict=True):
        tail = ledger.figure(case["figure"]).printed.tail  # type: ignore[union-attr]
        now = parse_printed(case["typed"] + tail, unit.get(case["figure"], ""))
        text, value, resolution = answer["read"]
        assert (text, Fraction(value), Fraction(resolution)) == (
            now.text, now.value, now.resolution,
        ), case  # fmt: skip


def other_ledger() -> str:
    """Return a ledger of what the book's has not: thresholds, negative rates, ranks that fail."""
    levels = ("12亿元", "-3亿元", "0亿元", "1,250.5亿元", "0.01亿元", "7.5亿元")
    thresholds = ((">", "5亿元"), ("≥", "0.5亿元"), ("<", "20亿元"), ("≤", "-2亿元"))
    figures = [("=", text) for text in levels] + list(thresholds)
    lines = ["id,printed,comparator,kind,derivation"]
    lines += [f'f{i},"{text}",{sign},level,' for i, (sign, text) in enumerate(figures)]
    signs = itertools.cycle(("=", "=", "=", ">", "<", "≥", "≤"))
    derivations = (
        ("growth", "growth", ("4.8%", "-12.5%", "0%", "−60.0%", "1000%", "+60%")),
        ("share", "share", ("60%", "0.08%", "-25%", "100%", "12,000%")),
        ("multiple", "multiple", ("5倍", "-4倍", "0.6倍", "1,600倍")),
        ("level", "sum", ("9亿元", "-3.0亿元", "1,262.5亿元", "12亿元")),
        ("level", "difference", ("15亿元", "-0.5亿元", "4.5亿元")),
        ("rank", "rank", ("首位", "2 rank")),
    )
    number = itertools.count()
    pairs = list(itertools.permutations((f"f{i}" for i in range(len(figures))), 2))
    for kind, function, printed in derivations:
        for (a, b), text in zip(pairs, itertools.cycle(printed), strict=False):
            derivation = f"{function}({a}, {b})"
            lines.append(f'd{next(number)},"{text}",{next(signs)},{kind},"{derivation}"')
    for (a, b), comparator in itertools.product(pairs, ("=", "!=", "<", "<=", ">", ">=")):
        lines.append(f"c{next(number)},,=,cross-check,{a} {comparator} {b}")
    # Cut off, the coarser figure may have grown; rounded half-up it surely fell.
    lines += ["g0,13.1亿元,=,level,", "g1,13.16亿元,=,level,"]
    lines.append('d-mixed,4.8%,=,growth,"growth(g0, g1)"')
    # Half-up the difference is positive; it may be zero cut off, or, with the other h, rounded up.
    lines += [f"h{i},{text}亿元,=,level," for i, text in enumerate(("0.85", *["0.2"] * 3))]
    lines += [f"i{i},{text}亿元,=,level," for i, text in enumerate(("2.75", *["1.0"] * 3))]
    bases = ("difference(h0, sum(h1, h2, h3))", "difference(sum(i1, i2, i3), i0)")
    rates = (("=", "900%"), ("=", "-50%"), ("=", "240%"), ("<", "10%"), (">", "10%"))
    for base, (sign, text) in itertools.product(bases, rates):
        lines.append(f'd{next(number)},{text},{sign},growth,"growth(f3, {base})"')
        lines.append(f'd{next(number)},{text},{sign},growth,"growth(f5, {base})"')
        lines.append(f'c{next(number)},,=,cross-check,"growth(f5, {base}) < {text.strip("-")}"')
    # No change has no sign.
    lines += ["e0,7家,=,count,", "e1,7家,=,count,"]
    lines += [f'd{next(number)},{text},=,growth,"growth(e0, e1)"' for text in ("4.8%", "-4.8%")]
    # To and by, rising and falling; and counts, durations and ranks, which aren't rounded alike.
    to_and_by = (
        "2倍",
        "3倍",
        "+200%",
        "300%",
        "-41%",
        "59%",
        "0.4倍",
        "两倍",
        "-6倍",
        "-7倍",
        "3.000百倍",
    )
    lines += ["k0,3.0亿元,=,level,", "k1,1.0亿元,=,level,", "k2,5.9亿元,=,level,"]
    lines += ["k3,10.0亿元,=,level,", "k4,-6.0亿元,=,level,", "k5,300.0亿元,=,level,"]
    lines.append("k6,1.000亿元,=,level,")
    pairs = [("k0", "k1"), ("k2", "k3"), ("k4", "k1"), ("k5", "k6")]
    for (a, b), text, sign in itertools.product(pairs, to_and_by, "=>"):
        for function in ("growth", "multiple"):
            lines.append(f'd{next(number)},{text},{sign},growth,"{function}({a}, {b})"')
    wholes = {"11家": "count", "6家": "count", "首位": "rank", "2 rank": "rank"}
    wholes |= dict.fromkeys(("12个月", "1.5年", "两年", "3学期", "9个月"), "duration")
    lines += [f"w{i},{text},=,{kind}," for i, (text, kind) in enumerate(wholes.items())]
    for i, (text, kind) in enumerate(wholes.items()):
        lines.append(f'd{next(number)},{text},=,{kind},"ratio(w{i - i % 2}, 2)"')
        lines.append(f'd{next(number)},{text},=,{kind},"sum(w{i})"')
    return "\n".join(lines)


def test_thresholds_signs_and_ranks_of_another_ledger_are_judged_alike(
    page: Any, tmp_path: Path
) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(other_ledger(), encoding="utf-8")
    other = what_if(Audit(read_ledger(path), ()))
    assert not other.refused
    data = script_data(other, {}, "index")
    ids = [id for id, made in other.trees.items() if made is not None]
    (said,) = page.evaluate(JUDGE, [data, [{"figure": None, "claims": ids}]])
    wanted = [judged(other.ledger, id) for id in ids]
    assert len(ids) > 1000
    assert {want["verdict"] for want in wanted} == set(Arithmetic) - {Arithmetic.FAILED}
    remarks = " ".join(remark for want in wanted for remark in want["remarks"])
    assert all(words in remarks for words in ("rounding up", "grew to", "fell to", "百倍"))
    derivations = [other.ledger.claims[id].derivation_text for id in ids]
    assert differences(said["found"], wanted, derivations) == []


# The arithmetic ------------------------------------------------------------------------------

# Evaluates trees over boxes: the range, what a comparison comes to, or why there is neither.
EVALUATE = """(cases) => {
  const { evaluate, interval, parseRational, truth } = window.cbecAudit;
  const end = (text) => (text === null ? null : parseRational(text));
  const exact = (x) => (x === null ? null : `${x.n}/${x.d}`);
  return cases.map(({ tree, box }) => {
    const made = Object.fromEntries(Object.entries(box).map(([id, [low, high, shut, closed]]) =>
      [id, interval(end(low), end(high), shut, closed)]));
    const of = (id) => made[id];
    try {
      if (/^[<>=!]/.test(tree[0])) {
        const { possible, certain } = truth(tree, of);
        return [possible, certain];
      }
      const found = evaluate(tree, of);
      return [exact(found.lower), exact(found.upper), found.lowerClosed, found.upperClosed];
    } catch (error) {
      return error.message;
    }
  });
}"""


def random_interval(chance: random.Random) -> Interval:
    """Return an interval whose ends are often zero, equal, open or infinite."""
    low, high = sorted(Fraction(chance.randint(-6, 6), chance.choice([1, 1, 2, 3])) for _ in "ab")
    if low == high:
        return Interval.point(low)
    lower = None if chance.random() < 0.1 else low
    upper = None if chance.random() < 0.1 else high
    return Interval(lower, upper, chance.random() < 0.5, chance.random() < 0.5)


def random_expression(chance: random.Random, names: Iterator[str], depth: int) -> Expression:
    """Return an expression that uses each of its names once."""
    if depth == 0 or chance.random() < 0.2:
        if chance.random() < 0.15:
            return Literal(Fraction(chance.randint(-3, 3), chance.randint(1, 3)))
        return Name(next(names))
    function = chance.choice(["growth", "share", "difference", "sum", "sum", "multiple", "rank"])
    count = chance.randint(1, 3) if function == "sum" else 2 + (function == "rank")
    arguments = (random_expression(chance, names, depth - 1) for _ in range(count))
    return Call(function, tuple(arguments))


def as_json(box: dict[str, Interval]) -> dict[str, Any]:
    """Return a box with its numbers as texts."""

    def end(number: Fraction | None) -> str | None:
        return None if number is None else str(number)

    return {
        name: [end(i.lower), end(i.upper), i.lower_closed, i.upper_closed]
        for name, i in box.items()
    }


def test_ranges_over_random_boxes_are_those_of_python(page: Any) -> None:
    chance = random.Random(20)
    cases, wanted = [], []
    for _ in range(3000):
        names = (f"x{i}" for i in itertools.count())
        expression = random_expression(chance, names, chance.choice([1, 1, 2, 3]))
        if chance.random() < 0.3:
            sign = chance.choice(["=", "!=", "<", "<=", ">", ">="])
            other = random_expression(chance, names, 1)
            expression = Comparison(expression, sign, other)
        box = {f"x{i}": random_interval(chance) for i in range(int(next(names)[1:]))}
        cases.append({"tree": tree(expression), "box": as_json(box)})
        try:
            if isinstance(expression, Comparison):
                found = truth(expression, box)
                wanted.append([found.possible, found.certain])
            else:
                wanted.append(*as_json({"": bounds(expression, box)}).values())
        except ExpressionError as error:
            wanted.append(str(error))

    said = page.evaluate(EVALUATE, cases)
    for case, got, want in zip(cases, said, wanted, strict=True):
        if not isinstance(got, str) and len(got) == 4:
            got = [None if n is None else str(Fraction(n)) for n in got[:2]] + got[2:]
        assert got == want, case
    assert 100 < sum(isinstance(want, str) for want in wanted) < 1500


# The form ------------------------------------------------------------------------------------


def choose(page: Any, id: str, typed: str | None = None) -> None:
    """Choose a figure, and type another number for it."""
    page.locator("#cbec-whatif-figure").select_option(id)
    if typed is not None:
        page.locator("#cbec-whatif-number").fill(typed)


def moves(page: Any) -> dict[str, str]:
    """Return how each verdict in the table moved, by claim."""
    rows = page.locator(".cbec-whatif__result tbody tr")
    found: dict[str, str] = rows.evaluate_all(
        """(rows) => Object.fromEntries(rows.map((row) => [
          row.querySelector("a").hash.replace("#claim-", ""),
          row.querySelector(".cbec-whatif__move").textContent,
        ]))"""
    )
    return found


def text(page: Any, part: str) -> str:
    """Return the words of one part of the form."""
    return str(page.locator(f".cbec-whatif__{part}").inner_text())


def test_the_form_starts_with_the_figure_and_the_verdicts_as_printed(
    visit: Visit, asked: WhatIf
) -> None:
    page = visit(PAGE, fresh=True).page
    first = next(iter(asked.resting))
    options = page.locator("#cbec-whatif-figure option")
    values = options.evaluate_all("(all) => all.map((option) => option.value)")
    assert values == list(asked.resting)
    assert moves(page) == dict.fromkeys(asked.resting[first], "stays")
    derivable = sum(made is not None for made in asked.trees.values())
    assert f"Of the {derivable} derivable" in text(page, "summary")
    assert page.locator("button[type=reset]").is_disabled()


def test_each_figure_can_be_chosen_and_its_table_names_what_rests_on_it(
    page: Any, ledger: Ledger, asked: WhatIf
) -> None:
    for id, claims in asked.resting.items():
        choose(page, id)
        assert list(moves(page)) == claims
        typed = page.locator("#cbec-whatif-number").input_value()
        printed = ledger.figure(id).printed
        assert printed is not None
        assert typed in printed.text or (printed.spelled and typed.isdigit())
        for claim in claims:
            row = page.locator(".cbec-whatif__result tr", has=page.locator(f"a[href$='-{claim}']"))
            badges = row.locator(".verdict").all_inner_texts()
            assert len(badges) == 2
            assert badges[0] == badges[1]


def test_a_changed_figure_tells_which_verdicts_fall(page: Any, ledger: Ledger) -> None:
    choose(page, "market-2024", "17.67")
    now = replaced(ledger, "market-2024", parse_printed("17.67万亿元"))
    found = moves(page)
    assert found["trade-share-2024"] == "falls"
    for claim, moved in found.items():
        before, after = (judged(one, claim)["verdict"] for one in (ledger, now))
        assert (moved == "stays") == (before == after), claim
        row = page.locator(".cbec-whatif__result tr", has=page.locator(f"a[href$='-{claim}']"))
        shown = row.locator(".verdict").evaluate_all("(all) => all.map((one) => one.outerHTML)")
        badges = [BeautifulSoup(one, "html.parser").span for one in shown]
        assert badges == [
            BeautifulSoup(verdict_html(sense(verdict)), "html.parser").span
            for verdict in (before, after)
        ]
    title = ledger.claims["trade-share-2024"].title
    assert f"1 verdict falls: {title}, from exact to inconsistent." in text(page, "summary")
    assert page.locator(".cbec-whatif__summary").get_attribute("role") == "status"


def test_remarks_stand_beside_the_verdict(page: Any) -> None:
    choose(page, "market-growth-2024", "104.8")
    row = page.locator(".cbec-whatif__result tr", has=page.locator("a[href$='-growth-2024']"))
    assert "the levels grew to 104.8% and by 4.8%" in row.locator("td").nth(2).inner_text()


def test_the_figure_goes_back_to_what_is_printed(page: Any) -> None:
    for typed in ("3.99", "3,99"):
        choose(page, "import-2023", typed)
        page.locator("button[type=reset]").click()
        assert page.locator("#cbec-whatif-number").input_value() == "3.61"
        assert set(moves(page).values()) == {"stays"}
        assert text(page, "error") == ""


def test_buttons_and_arrow_keys_move_the_last_digit(page: Any) -> None:
    field = page.locator("#cbec-whatif-number")
    choose(page, "export-2024")
    page.locator("[data-step='1']").click()
    assert field.input_value() == "13.8"
    page.locator("[data-step='-1']").click()
    page.locator("[data-step='-1']").click()
    assert field.input_value() == "13.6"
    assert "falls" in moves(page).values()
    field.press("ArrowUp")
    assert field.input_value() == "13.7"
    choose(page, "firms-2024", "99,999")
    field.press("ArrowUp")
    assert field.input_value() == "100,000"
    field.fill("0")
    field.press("ArrowDown")
    assert field.input_value() == "-1"


def test_the_form_works_by_keyboard_alone(page: Any) -> None:
    page.locator("#cbec-whatif-figure").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("#cbec-whatif-figure").input_value() == "market-2023"
    for wanted in ("[data-step='-1']", "#cbec-whatif-number"):
        page.keyboard.press("Tab")
        assert page.locator(f"{wanted}:focus").count() == 1
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    assert page.locator("#cbec-whatif-number").input_value() == "16.89"
    assert moves(page)["market-growth-2024"] == "falls"
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#cbec-whatif-number").input_value() == "16.85"


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("", "write the figure as it is printed"),
        ("17,66", "write 17.66"),
        ("１７.６６", "write 17.66"),
        ("017.66", "write 17.66"),
        (">17", "write the number only"),
        (".5", "write 0.5"),
        ("17.66亿元", "write 17.66; its unit is 万亿元"),
        ("much", "write digits"),
        ("17.66 trillion", "write 17.66; its unit is 万亿元"),
        ("1e3", "write digits"),
        ("12,34,567", "write digits"),
        ("5.", "write digits"),
        ("1" * 101, "at most 100 characters"),
    ],
)
def test_what_cannot_be_read_says_what_to_write_and_leaves_the_result(
    page: Any, typed: str, remedy: str
) -> None:
    choose(page, "market-2024", "17.70")
    before = text(page, "summary"), moves(page)
    page.locator("#cbec-whatif-number").fill(typed)
    page.locator("#cbec-whatif-number").press("Enter")
    page.locator("#cbec-whatif-error:not(:empty)").wait_for()
    assert remedy in text(page, "error")
    assert "17.70万亿元" in text(page, "error")
    assert page.locator("#cbec-whatif-number").get_attribute("aria-invalid") == "true"
    assert (text(page, "summary"), moves(page)) == before
    page.locator("#cbec-whatif-number").fill("17.66")
    assert text(page, "error") == ""
    assert page.locator("#cbec-whatif-number").get_attribute("aria-invalid") == "false"


def test_a_half_typed_number_is_not_complained_about_at_once(page: Any) -> None:
    choose(page, "market-2024", "17.")
    assert text(page, "error") == ""
    page.locator("#cbec-whatif-error:not(:empty)").wait_for(timeout=5_000)
    page.locator("#cbec-whatif-number").press_sequentially("67")
    assert text(page, "error") == ""
    assert moves(page)["trade-share-2024"] == "falls"


def test_remedies_are_those_of_the_ledger(page: Any) -> None:
    texts = ["", "13,24", "-13,5", "１３", "007", "-01.5", "99,9999", "４.８%"]
    said = page.evaluate(
        """(texts) => texts.map((text) => {
          const like = { tail: "", text: "?" };
          try { return window.cbecAudit.read(text, like); } catch (error) { return error.message; }
        })""",
        texts,
    )
    for typed, answer in zip(texts, said, strict=True):
        with pytest.raises(PrintedFigureError) as found:
            parse_printed(typed)
        assert str(found.value).endswith(f"; {answer}")


def test_the_unit_may_be_typed_too(page: Any) -> None:
    choose(page, "market-2024", "17.67万亿元")
    assert text(page, "error") == ""
    assert moves(page)["trade-share-2024"] == "falls"


def test_examples_change_a_figure(page: Any, asked: WhatIf) -> None:
    buttons = page.locator(".cbec-whatif__examples button")
    rooms = {id: asked.room(id) for id in asked.resting}
    examples = list(asked.examples(rooms))
    assert buttons.count() == len(examples) >= 3
    for button, (id, number, _) in zip(buttons.all(), examples, strict=True):
        button.click()
        assert page.locator("#cbec-whatif-figure").input_value() == id
        assert page.locator("#cbec-whatif-number").input_value() == number
        assert text(page, "error") == ""
        assert set(moves(page).values()) != {"stays"}


def test_a_figure_within_its_room_makes_no_verdict_fall_and_the_next_one_does(
    page: Any, asked: WhatIf
) -> None:
    cases, wanted = [], []
    for id, claims in asked.resting.items():
        room = asked.room(id)
        assert room is not None
        for end, kept in ((room.lowest, 1), (room.highest, 1), (room.below, 0), (room.above, 0)):
            assert end is not None
            typed = (
                str(end.value / end.scale) if end.spelled else end.text[: -len(end.tail) or None]
            )
            cases.append({"figure": id, "typed": typed, "claims": claims})
            wanted.append(bool(kept))
    said = page.evaluate(JUDGE, [page.evaluate(DATA), cases])
    failing = page.evaluate(DATA)["failing"]
    keeps = [not any(one["verdict"] in failing for one in case["found"]) for case in said]
    assert keeps == wanted


def test_a_verdict_that_moved_is_marked_by_a_word(page: Any) -> None:
    choose(page, "import-growth-2024", "9.70")
    assert moves(page) == {"import-growth-2024": "changes"}
    assert "1 verdict changes otherwise" in text(page, "summary")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_fits_a_phone(visit: Visit, scheme: str) -> None:
    page = visit(PAGE, width=360, scheme=scheme).page
    choose(page, "goods-trade-2024-first", "43.8468")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for part in page.locator(".cbec-whatif :is(select, input, button):visible").all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert box["height"] >= 24  # WCAG 2.2, 2.5.8


def test_without_scripts_a_table_says_what_rests_on_each_figure(
    visit: Visit, asked: WhatIf
) -> None:
    page = visit(PAGE, scripts=False).page
    assert not page.locator(".cbec-whatif__form").is_visible()
    assert page.locator(".cbec-whatif noscript").count() == 1
    rows = page.locator(".cbec-whatif details tbody tr")
    assert rows.count() == len(asked.resting)
    assert all(row.is_visible() for row in rows.all())
    assert re.search(r"from 17\.65万亿元 to 17\.66万亿元", rows.first.inner_text())


def test_the_scripts_load_on_pages_with_the_form_only(any_page: str | None, site: Path) -> None:
    html = (site / str(any_page)).read_text(encoding="utf-8")
    scripts = [name for name in WORK if name.startswith("what_if")]
    assert len(scripts) == 4
    for script in scripts:
        assert (f"_static/{script}" in html) == ("cbec-whatif__data" in html)
