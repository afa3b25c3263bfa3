"""The what-if: derivations as trees, what rests on a figure, how far it moves, and the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cbec.audit.ledger import Ledger
from cbec.audit.ledger_reader import read_ledger
from cbec.audit.results import Audit
from cbec.audit.verdict_rules import audit_ledger
from cbec.audit.what_if import WhatIf, replaced, tree, what_if
from cbec.errors import ExpressionError
from cbec.figures.expression import names, parse
from cbec.figures.printed import parse_printed
from cbec_book.content import what_if_form
from cbec_book.ledger_links import book_audit

PAGES = {
    "index": "# What if\n\n```{audit-what-if}\n```\n\n```{toctree}\nother\n```\n",
    "other": "# Nothing here\n",
}
LEDGER = """id,printed,comparator,kind,derivation
new,110亿元,=,level,
old,100亿元,=,level,
rate,9%,=,growth,"growth(new, old)"
limit,20%,<,share,
sum,210亿元,=,level,"sum(new, old)"
alone,7家,=,count,
check,,=,cross-check,"sum(new, old) = sum"
"""


@pytest.fixture(scope="module")
def asked() -> WhatIf:
    """Return what can be asked of the book's ledger."""
    return what_if(book_audit())


@pytest.fixture
def small(tmp_path: Path) -> Ledger:
    """Return a ledger in which one rate is wrong."""
    path = tmp_path / "claims.csv"
    path.write_text(LEDGER, encoding="utf-8")
    return read_ledger(path)


def with_derivation(audited: Audit, **derivations: str) -> Audit:
    """Return an audit of which some claims are derived otherwise."""
    claims = dict(audited.ledger.claims)
    for name, text in derivations.items():
        id = name.replace("_", "-")
        claims[id] = replace(claims[id], derivation=parse(text), derivation_text=text)
    return Audit(replace(audited.ledger, claims=claims), audited.results)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a", "a"),
        ("growth(a, b)", ["growth", "a", "b"]),
        ("sum(a, 2.5, 10%)", ["sum", "a", {"value": "5/2"}, {"value": "1/10"}]),
        ('count("x", "y") = a', ["=", {"value": "2"}, "a"]),
        ("sum(a, b) ≤ c", ["<=", ["sum", "a", "b"], "c"]),
    ],
)
def test_a_derivation_becomes_a_tree(text: str, made: Any) -> None:
    assert tree(parse(text)) == made


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("share(a, sum(a, b))", "a stands in it twice"),
        ("sum(a, b) = a", "a stands in it twice"),
        ("cagr(a, b, 5)", "cagr takes a root"),
        ("sum(a, annualise(b, 2))", "annualise takes a root"),
    ],
)
def test_a_derivation_that_intervals_would_not_judge_sharply_is_refused(
    text: str, reason: str
) -> None:
    with pytest.raises(ExpressionError, match=reason):
        tree(parse(text))


def test_every_derivation_of_the_book_is_on_offer(asked: WhatIf) -> None:
    claims = asked.ledger.claims.values()
    assert asked.refused == {}
    offered = [id for id, made in asked.trees.items() if made is not None]
    assert offered == [claim.id for claim in claims if claim.derivation is not None]


def test_what_rests_on_a_figure_is_its_own_derivation_and_those_that_use_it(
    asked: WhatIf, small: Ledger
) -> None:
    assert what_if(audit_ledger(small)).resting == {
        "new": ["rate", "sum", "check"],
        "old": ["rate", "sum", "check"],
        "rate": ["rate"],
        "sum": ["sum", "check"],
    }
    for id, claims in asked.resting.items():
        for claim in claims:
            derivation = asked.ledger.claims[claim].derivation
            assert derivation is not None
            assert claim == id or id in names(derivation)


def test_a_replaced_figure_changes_no_other(small: Ledger) -> None:
    other = replaced(small, "new", parse_printed("111亿元"))
    assert other.claims["new"].printed == parse_printed("111亿元")
    assert {**other.claims, "new": small.claims["new"]} == small.claims
    assert small.claims["new"].printed == parse_printed("110亿元")


def test_a_figure_has_room_up_to_where_a_verdict_falls(small: Ledger) -> None:
    asked = what_if(audit_ledger(replaced(small, "rate", parse_printed("10%"))))
    room = asked.room("sum")
    assert room is not None
    # Half-up the sum is 209 to 211, cut off 210 to 212, rounded up 208 to 210: 208 stands for at
    # most 208.5 and, rounded up, 208 itself, which is left out; 212 likewise.
    ends = (room.below, room.lowest, room.highest, room.above)
    assert [str(end) for end in ends] == ["208亿元", "209亿元", "211亿元", "212亿元"]
    assert asked.falling("sum", parse_printed("208亿元")) == ["sum", "check"]
    assert asked.falling("sum", parse_printed("209亿元")) == []


def test_a_figure_has_no_room_where_a_verdict_has_fallen_already(small: Ledger) -> None:
    asked = what_if(audit_ledger(replaced(small, "rate", parse_printed("19%"))))
    assert asked.room("new") is None
    assert asked.room("sum") is not None


def test_examples_follow_from_the_ledger(small: Ledger) -> None:
    asked = what_if(audit_ledger(replaced(small, "rate", parse_printed("9.9%"))))
    assert str(asked.audit["rate"].arithmetic) == "rounding"
    rooms = {id: asked.room(id) for id in asked.resting}
    first, second = asked.examples(rooms)
    above = rooms["new"].above  # type: ignore[union-attr]
    assert first[:2] == ("new", str(above).removesuffix("亿元"))
    assert second == ("rate", "10.0", "as recomputed")


def test_the_page_holds_the_form_the_table_and_the_scripts(
    tmp_path: Path, build_book: Callable[..., Any], asked: WhatIf
) -> None:
    book = build_book(tmp_path, PAGES)
    assert book.warnings == []
    page = book.tree["index"]
    assert page.select_one("form.cbec-whatif__form").has_attr("hidden")
    options = [option["value"] for option in page.select("option")]
    assert options == list(asked.resting)
    for label in page.select(".cbec-whatif label"):
        assert page.select_one(f"#{label['for']}") is not None
    rows = page.select("details tbody tr")
    for row, (id, claims) in zip(rows, asked.resting.items(), strict=True):
        links = [link["href"].split("#")[1] for link in row.select("a")]
        home = "claim-" if id in asked.ledger.claims else ""
        assert links == [home + id, *(f"claim-{claim}" for claim in claims)]
    scripts = [script.get("src", "").split("?")[0] for script in page.select("script")]
    audit_at = scripts.index("_static/what_if_verdicts.js")
    assert scripts[audit_at + 1] == "_static/what_if_form.js"
    assert "what_if_verdicts.js" not in book.text["other"]
    data = json.loads(page.select_one("script.cbec-whatif__data").string)
    assert [claim["id"] for claim in data["checks"]] == list(asked.ledger.claims)
    assert data["resting"] == asked.resting
    assert (tmp_path / "_build/_static/what_if_verdicts.js").is_file()


def test_a_refused_derivation_warns_and_is_not_offered(
    tmp_path: Path, build_book: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = with_derivation(
        book_audit(),
        import_growth_2024="cagr(import-2024, import-2023, 1)",
        import_share_2024="share(import-2024, sum(import-2024, export-2024))",
    )
    monkeypatch.setattr(what_if_form, "book_audit", lambda: changed)
    book = build_book(tmp_path, PAGES)
    heard = "\n".join(book.warnings)
    assert len(book.warnings) == 2
    assert "'import-growth-2024': cagr takes a root" in heard
    assert "'import-share-2024': import-2024 stands in it twice" in heard
    data = json.loads(book.tree["index"].select_one("script.cbec-whatif__data").string)
    offered = {claim["id"] for claim in data["checks"]}
    assert offered == set(changed.ledger.claims) - {"import-growth-2024", "import-share-2024"}
    assert "import-growth-2024" not in data["resting"]
    assert data["resting"]["import-share-2024"] == ["shares-sum"]
