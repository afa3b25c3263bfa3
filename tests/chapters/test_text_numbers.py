"""What the links of the text show, how their texts are written, and what no longer holds."""

from __future__ import annotations

import json

import pytest

from cbec.audit.ledger_reader import read_ledger
from cbec.audit.verdict_rules import audit_ledger
from cbec.chapters.text_numbers import Derivation, TextNumbers, check_numbers, write_numbers
from cbec.display import notebook
from cbec.errors import ExpressionError, TableError

DERIVATIONS = {
    "percent": Derivation("", "growth(import-2024, import-2023)", 2, "%"),
    "spaced": Derivation("", "  growth( import-2024,import-2023 ) ", 1, "%"),
    "multiple": Derivation("", "multiple(market-2024, import-2024)", 1, ""),
    "years": Derivation(
        "", "sum(training-theory, training-enterprise, training-internship)", 1, "years"
    ),
    "yuan": Derivation("", "difference(market-2024, market-2023)", 2, "trillion CNY"),
    "alike": Derivation("", "share(market-2024, goods-trade-2024-first)", 0, "%"),
    "open-range": Derivation("", "ratio(cbec-programmes-share, 7)", 1, "%"),
    "negative": Derivation("", "difference(market-2023, market-2024)", 2, "trillion CNY"),
    "large": Derivation("", "ratio(cbec-programmes, 0.01%)", 0, ""),
    "root": Derivation("", "cagr(2, 1, 5)", 1, "%"),
    "no-id": Derivation("", "growth(market-1066, market-2023)", 1, "%"),
    "comparison": Derivation("", "market-2024 > market-2023", 1, "%"),
    "by-zero": Derivation("", "ratio(market-2024, 0)", 1, ""),
    "other-unit": Derivation("", "growth(market-2024, market-2023)", 1, "years"),
    "market-2024": Derivation("", "market-2023", 1, "trillion CNY"),
    "no-lower": Derivation("", "difference(firms-2024, firms-association)", 0, "firms"),
}
COMPUTED = {
    "share": {"digits": ["40.27"], "unit": "%", "form": "number", "rows": ["market-2024"]},
    "import-2024": {"digits": ["3.96"], "unit": "", "form": "number", "rows": []},
}


@pytest.fixture(scope="module")
def numbers() -> TextNumbers:
    return TextNumbers(audit_ledger(read_ledger()), DERIVATIONS)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("market-2024/", None),
        ("firms-2024", "70,769 firms"),
        ("undergraduate-institutions-2020", "1,270"),
        ("goods-trade-2024-first", "43.85 trillion yuan"),
        # 3.96 / 3.61 - 1; its bounds from 3.955 / 3.615 and 3.965 / 3.605 (CONTENT.md, F1).
        ("import-growth-2024/recomputed", "9.70%"),
        ("import-growth-2024/range", "9.405 to 9.986%"),
        ("percent", "9.70%"),
        ("spaced", "9.7%"),
        ("percent/range", "9.41 to 9.99%"),
        ("multiple", "4.5"),  # 17.66 / 3.96
        ("years", "2.5 years"),  # five semesters
        ("yuan", "0.81 trillion yuan"),  # 17.66 - 16.85
        ("negative", "−0.81 trillion yuan"),
        ("large", "580,000"),  # 58 / 0.0001
        ("root", "14.9%"),  # 2 ** (1 / 5)
        ("alike/range", "40%"),
        ("open-range/range", "0.0 to 1.5%"),  # less than 10% over 7, rounded outward
        ("no-lower/range", "−∞ to −49,231 firms"),  # more than 120,000 are taken from 70,769
        ("share", "40.27%"),
        ("claims", "42"),
    ],
)
def test_a_target_shows_what_it_names(numbers, target, text):
    if text is None:
        target, text = target.rstrip("/"), "17.66 trillion yuan"
        numbers = TextNumbers(numbers.audit)
    assert numbers.find(target, COMPUTED).text == text


def test_what_is_kept_cannot_take_the_name_of_a_count(numbers):
    kept = {"claims": COMPUTED["share"]}
    with pytest.raises(ExpressionError, match="computed and of a count of verdicts; rename one"):
        numbers.find("claims", kept)


def test_a_threshold_has_no_value_at_face_values(numbers):
    assert numbers.find("open-range/range", {}).within == ""
    assert numbers.find("percent/range", {}).within == "at face values 9.70%"


@pytest.mark.parametrize(
    "link", ["[5](cbec:bad.name)", '[5](cbec:claims "t")', "[5](cbec:)", "[a](cbec:ledger/)"]
)
def test_a_link_that_cannot_be_read_is_refused(numbers, link):
    with pytest.raises(ExpressionError, match=r"is no link to a number; write \[\?\]\(cbec:NAME\)"):
        write_numbers(f"It is {link}.", numbers, {})


def test_counts_carry_their_denominator_and_agree_with_the_audit(numbers):
    for axis, verdict in (("arithmetic", "exact"), ("evidence", "untraced")):
        count = sum(getattr(result, axis) == verdict for result in numbers.audit.claims)
        assert numbers.find(f"{axis}/{verdict}", {}).text == f"{count} of 42"
    assert numbers.find("cross-checks", {}).text == "7 of 7"
    assert numbers.find("evidence/confirmed", {}).text == "0 of 42"


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("market-1066", ["'market-1066' names no number", "market-20", "derivations.csv"]),
        ("firms-2024/recomputed", ["'firms-2024/recomputed'", "drop the ending"]),
        ("market-identity-2024/range", ["market-identity-2024", "drop the ending"]),
        ("goods-trade-2024-first/range", ["an input has no such value", "drop the ending"]),
        ("share/range", ["a number that is computed", "drop the ending"]),
        ("percent/bounds", ["'percent/bounds'", "drop the ending /bounds"]),
        ("arithmetic/relayed", ["'arithmetic/relayed'", "write"]),
        ("arithmetic", ["'arithmetic'", "write"]),
        ("market-2024", ["'market-2024' is the name of a claim and of a derivation", "rename"]),
        ("import-2024", ["a claim and of a number that is computed", "rename"]),
        ("open-range", ["no single value", "open-range/range"]),
        ("no-id", ["derivations.csv, row no-id: ", "market-1066"]),
        ("comparison", ["comparison"]),
        ("by-zero", ["zero"]),
        ("other-unit", ["derivations.csv, row other-unit", "ratio", "'years'"]),
    ],
)
def test_a_target_that_says_nothing_is_refused_with_a_remedy(numbers, target, parts):
    with pytest.raises((ExpressionError, TableError)) as caught:
        numbers.find(target, COMPUTED)
    assert [part for part in parts if part not in str(caught.value)] == [], caught.value


def test_every_derivation_of_the_book_has_a_value_and_says_what_it_is():
    numbers = TextNumbers()
    for name, derivation in numbers.derivations.items():
        found = numbers.find(name, {})
        assert found.text, name
        assert set(found.rows) <= {*numbers.audit.ledger.claims, *numbers.audit.ledger.inputs}
        assert len(derivation.label_en) > 10, name


def test_only_numbers_are_written_anew(numbers):
    text = "[old](cbec:firms-2024), [Xia](cbec:cite/xia2025), [page](a.md) and `[b](c)`"
    written = "[70,769 firms](cbec:firms-2024), [Xia](cbec:cite/xia2025), [page](a.md) and `[b](c)`"
    assert write_numbers(text, numbers, {}) == written


def chapter(*texts: str) -> str:
    return json.dumps({"cells": [{"cell_type": "markdown", "source": [text]} for text in texts]})


def test_numbers_that_no_longer_hold_are_listed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(notebook, "kept", COMPUTED)
    (tmp_path / "one.ipynb").write_text(chapter("[40.27%](cbec:share)", "[42](cbec:claims)"))
    assert check_numbers("one.ipynb") is None
    assert capsys.readouterr().out == "All 2 numbers in the text are as computed.\n"
    (tmp_path / "one.ipynb").write_text(chapter("[40.35%](cbec:share)", "[42](cbec:claims)"))
    found = check_numbers("one.ipynb")
    assert found.frame.to_numpy().tolist() == [["share", "40.35%", "40.27%"]]
    assert found.caption.endswith("of 2")


def test_what_is_no_notebook_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.ipynb").write_text("half a noteb")
    with pytest.raises(TableError, match=r"one\.ipynb is not a notebook; save it again"):
        check_numbers("one.ipynb")


def test_a_notebook_of_another_name_is_asked_for():
    with pytest.raises(TableError, match=r"other\.ipynb: no such notebook in .*; give the name"):
        check_numbers("other.ipynb")
