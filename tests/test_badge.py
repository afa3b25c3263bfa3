"""The badge says what the arithmetic found, in words and in colour, and nothing of it is cut."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cbec.audit import Audit, audit
from cbec.badge import badge, outcome
from cbec.ledger import read_ledger
from cbec.tables import data_dir

ROOT = Path(__file__).resolve().parents[1]
SVG = "{http://www.w3.org/2000/svg}"
GREEN, RED, GREY = "#1a7240", "#a3260f", "#5c6670"
HEAD = "id,printed,comparator,kind,derivation\n"
LEVELS = f"{HEAD}a,11.0亿元,=,level,\nb,12.4亿元,=,level,\n"
GOOD = f'{LEVELS}c,12.7%,=,growth,"growth(b, a)"\n'
WRONG = f'{LEVELS}c,21.7%,=,growth,"growth(b, a)"\n'
DECISION = f'{LEVELS}c,-12.7%,=,growth,"growth(b, a)"\n'
BROKEN = f'{HEAD}a,0.0亿元,=,level,\nb,12.4亿元,=,level,\nc,1%,=,growth,"growth(b, a)"\n'
FALSE_CHECK = f"{GOOD}d,,,cross-check,a > b\n"
TRUE_CHECK = f"{GOOD}d,,,cross-check,a < b\n"


def audited(folder: Path, text: str) -> Audit:
    (folder / "claims.csv").write_text(text, encoding="utf-8")
    return audit(read_ledger(folder / "claims.csv"))


@pytest.mark.parametrize(
    ("text", "said", "colour"),
    [
        (GOOD, "1 of 3 figures recomputed, none inconsistent", GREEN),
        (TRUE_CHECK, "1 of 3 figures recomputed, none inconsistent", GREEN),
        (LEVELS, "0 of 2 figures recomputed", GREY),
        (WRONG, "1 of 3 figures recomputed, 1 inconsistent", RED),
        (DECISION, "1 of 3 figures recomputed, 1 inconsistent", RED),
        (BROKEN, "0 of 3 figures recomputed, 1 check failed", RED),
        (FALSE_CHECK, "1 of 3 figures recomputed, 1 of 1 cross-checks inconsistent", RED),
    ],
)
def test_words_and_colour_say_what_was_found(
    tmp_path: Path, text: str, said: str, colour: str
) -> None:
    result = audited(tmp_path, text)
    assert outcome(result) == said
    picture = ElementTree.fromstring(badge(result))
    assert [text.text for text in picture.iter(f"{SVG}text")] == ["arithmetic", said]
    assert picture.find(f"{SVG}rect").get("fill") == colour


def test_several_failed_checks_are_counted(tmp_path: Path) -> None:
    text = f'{BROKEN}d,1%,=,growth,"growth(b, a)"\n'
    assert outcome(audited(tmp_path, text)) == "0 of 4 figures recomputed, 2 checks failed"


def test_it_is_a_picture_with_a_name_that_claims_nothing_of_the_sources(tmp_path: Path) -> None:
    picture = ElementTree.fromstring(badge(audited(tmp_path, GOOD)))
    assert (picture.get("role"), picture.get("height")) == ("img", "20")
    title = picture.find(f"{SVG}title").text
    assert "1 of 3 figures recomputed, none inconsistent" in title
    assert "Whether sources bear the figures is another question." in title


def test_the_texts_fit_their_halves_in_any_font(tmp_path: Path) -> None:
    picture = ElementTree.fromstring(badge(audited(tmp_path, FALSE_CHECK)))
    label, message = picture.iter(f"{SVG}text")
    middle = int(re.match(r"M(\d+)", picture.find(f"{SVG}path").get("d"))[1])
    for text, start, end in ((label, 0, middle), (message, middle, int(picture.get("width")))):
        first = int(text.get("x"))
        assert first - start == end - (first + int(text.get("textLength"))) > 0
        assert text.get("lengthAdjust") == "spacingAndGlyphs"
        # DejaVu Sans at 11 pixels; letters are 6 to 7 wide on average.
        assert 5 < int(text.get("textLength")) / len(text.text) < 7


def test_the_badge_of_the_readme_is_that_of_the_ledger() -> None:
    made = badge(audit(read_ledger(data_dir() / "claims.csv")))
    stored = (ROOT / "docs" / "badge.svg").read_text(encoding="utf-8")
    assert stored == made, "run make certificate"
    assert "](docs/badge.svg)" in (ROOT / "README.md").read_text(encoding="utf-8")
