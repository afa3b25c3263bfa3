"""The badge says what the arithmetic found, in words and in colour, and nothing of it is cut."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cbec.audit.badge import arithmetic_outcome, badge, evidence_outcome
from cbec.audit.ledger_reader import read_ledger
from cbec.audit.results import Audit
from cbec.audit.verdict_rules import audit_ledger
from cbec.tables.datapackage import data_dir

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
GREEN, RED, GREY = "#1a7240", "#a3260f", "#5c6670"
HEAD = "id,printed,comparator,kind,derivation\n"
LEVELS = f"{HEAD}a,11.0亿元,=,level,\nb,12.4亿元,=,level,\n"
GOOD = f'{LEVELS}c,12.7%,=,growth,"growth(b, a)"\n'
WRONG = f'{LEVELS}c,21.7%,=,growth,"growth(b, a)"\n'
DECISION = f'{LEVELS}c,-12.7%,=,growth,"growth(b, a)"\n'
UNDEFINED = f'{HEAD}a,0.0亿元,=,level,\nb,12.4亿元,=,level,\nc,1%,=,growth,"growth(b, a)"\n'
BROKEN = f'{LEVELS}c,1%,=,growth,"cagr(b, a, 0)"\n'
FALSE_CHECK = f"{GOOD}d,,,cross-check,a > b\n"
WIDE = f'{HEAD}a,1.1亿元,=,level,\nb,1.0亿元,=,level,\nc,10.0%,=,growth,"growth(a, b)"\n'
TRUE_CHECK = f"{GOOD}d,,,cross-check,a < b\n"


def audited(folder: Path, text: str) -> Audit:
    (folder / "claims.csv").write_text(text, encoding="utf-8")
    return audit_ledger(read_ledger(folder / "claims.csv"))


@pytest.mark.parametrize(
    ("text", "said", "colour"),
    [
        (GOOD, "1 of 3 figures recomputed, none inconsistent", GREEN),
        (TRUE_CHECK, "1 of 3 figures recomputed, none inconsistent", GREEN),
        (LEVELS, "0 of 2 figures recomputed", GREY),
        (WIDE, "1 of 3 figures recomputed, 1 wide, none inconsistent", GREY),
        (
            f'{WIDE}d,2.1亿元,=,level,"sum(a, b)"\n',
            "2 of 4 figures recomputed, 1 wide, none inconsistent",
            GREEN,
        ),
        (WRONG, "1 of 3 figures recomputed, 1 inconsistent", RED),
        (DECISION, "1 of 3 figures recomputed, 1 inconsistent", RED),
        (UNDEFINED, "0 of 3 figures recomputed", GREY),
        (BROKEN, "0 of 3 figures recomputed, 1 check failed", RED),
        (FALSE_CHECK, "1 of 3 figures recomputed, 1 of 1 cross-checks inconsistent", RED),
    ],
)
def test_words_and_colour_say_what_was_found(
    tmp_path: Path, text: str, said: str, colour: str
) -> None:
    result = audited(tmp_path, text)
    assert arithmetic_outcome(result) == said
    picture = ElementTree.fromstring(badge(result))
    assert [text.text for text in picture.iter(f"{SVG}text")][:2] == ["arithmetic", said]
    assert picture.find(f"{SVG}rect").get("fill") == colour


SOURCES = "id,origin\none,office\ntwo,ministry\n"


@pytest.mark.parametrize(
    ("findings", "said", "is_green"),
    [
        ("", "checked: none of 3", True),
        ("a,supports,one,single-source\n", "of 3: 1 single source", True),
        (
            "a,supports,one,single-source\na,supports,two,corroborated\n",
            "of 3: 1 confirmed",
            True,
        ),
        ("a,earlier-origin,one,single-source\n", "of 3: 1 relayed", True),
        ("a,not-found,,not-found\n", "of 3: 1 untraced", False),
        (
            "a,supports,one,derived\na,contradicts,two,derived\nb,cannot-bear,,printed\n",
            "of 3: 1 misattributed, 1 disputed",
            False,
        ),
        ("c,contradicts,two,derived\n", "of 3: 1 contradicted", False),
    ],
)
def test_no_line_is_green_beside_a_figure_that_may_not_stand(
    tmp_path: Path, findings: str, said: str, is_green: bool
) -> None:
    (tmp_path / "evidence.csv").write_text(f"claim,finding,source,grade\n{findings}")
    (tmp_path / "sources.csv").write_text(SOURCES)
    result = audited(tmp_path, GOOD)
    assert evidence_outcome(result) == said
    picture = ElementTree.fromstring(badge(result))
    assert [text.text for text in picture.iter(f"{SVG}text")][2:] == ["evidence", said]
    colours = [line.get("fill") for line in picture.iter(f"{SVG}rect")]
    assert (GREEN in colours) is is_green
    assert RED not in colours


def test_several_failed_checks_are_counted(tmp_path: Path) -> None:
    text = f'{BROKEN}d,1%,=,growth,"cagr(b, a, 0)"\n'
    assert (
        arithmetic_outcome(audited(tmp_path, text)) == "0 of 4 figures recomputed, 2 checks failed"
    )


def test_it_is_a_picture_with_a_name_that_says_both_axes(tmp_path: Path) -> None:
    picture = ElementTree.fromstring(badge(audited(tmp_path, GOOD)))
    assert (picture.get("role"), picture.get("height")) == ("img", "42")
    title = picture.find(f"{SVG}title").text
    assert "1 of 3 figures recomputed, none inconsistent" in title
    assert "Evidence for them, checked: none of 3." in title


def test_the_texts_fit_their_halves_in_any_font(tmp_path: Path) -> None:
    picture = ElementTree.fromstring(badge(audited(tmp_path, FALSE_CHECK)))
    labels, messages = (list(picture.iter(f"{SVG}text"))[start::2] for start in (0, 1))
    middle = int(re.match(r"M(\d+)", picture.find(f"{SVG}path").get("d"))[1])
    end = int(picture.get("width"))
    for texts, start, stop in ((labels, 0, middle), (messages, middle, end)):
        assert {int(text.get("x")) - start for text in texts} == {6}
        lengths = [int(text.get("textLength")) for text in texts]
        assert max(lengths) + 12 == stop - start
        for text, length in zip(texts, lengths, strict=True):
            assert text.get("lengthAdjust") == "spacingAndGlyphs"
            # DejaVu Sans at 11 pixels; letters are 6 to 7 wide on average.
            assert 5 < length / len(text.text) < 7.5


def test_the_badge_of_the_readme_is_that_of_the_ledger() -> None:
    made = badge(audit_ledger(read_ledger(data_dir() / "claims.csv")))
    stored = (ROOT / "docs" / "badge.svg").read_text(encoding="utf-8")
    assert stored == made, "run make certificate"
    assert "](docs/badge.svg)" in (ROOT / "README.md").read_text(encoding="utf-8")
