"""A catalogue is read, and no script shows a word that it can't map."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from cbec_book.output.first_party import ASSETS
from cbec_book.wording import read_catalogue, translated


def test_a_catalogue_of_the_book_is_read_and_that_of_another_build_is_forgotten(
    tmp_path: Path,
) -> None:
    made = Catalog(locale="zh_CN")
    made.add("Verdict", "结论")
    path = tmp_path / "locale/zh_CN/LC_MESSAGES/cbec_book.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, made)
    read_catalogue([str(tmp_path / "locale")], "zh_CN")
    assert [translated(text) for text in ("Verdict", "Meaning", "")] == ["结论", "Meaning", ""]
    read_catalogue([str(tmp_path / "locale")], "en")
    assert translated("Verdict") == "Verdict"


# Scripts -------------------------------------------------------------------------------------


class Text(NamedTuple):
    """A text in a script: what stands before it, and the functions whose calls it stands in."""

    said: str
    before: str
    calls: tuple[str, ...]


_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?\*/)"
    r"|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)"
    r"|(?P<pattern>(?<=[(,=:\[!&|?{};])\s*/(?![*/])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\]|\\.)*\])+/)"
    r"|(?P<call>[\w$.]*\s*\()|(?P<end>\))",
    re.DOTALL,
)
# What no reader sees: selectors, classes and styles, names, and what the console is told.
_UNSEEN_CALLS = {"querySelector", "querySelectorAll", "closest", "matches", "matchMedia", "find"}
_UNSEEN_CALLS |= {"console.warn", "console.error", "RegExp", "toggle", "addEventListener"}
_UNSEEN_BEFORE = re.compile(r"(?:class(?:Name)?|inset|style|BOXES|mode|autosize)\s*[:=]\s*$")
_SHOWN_BEFORE = re.compile(
    r"(?:textContent|innerText|innerHTML|ariaLabel|title|placeholder|value)\s*[:=]\s*$"
    r"|(?:append|prepend|replaceChildren)\($"
    r"|(?:element\(\"\w+\"|setAttribute\(\"(?:title|aria-label)\"),\s*$"
)
_WORDS = re.compile(r"[A-Za-z’']{2,} [a-z]{2,}")
_EXCEPTIONS = {
    "use strict",  # a directive
    "0 auto auto 0",  # places of a menu
    "0 0 auto auto",
    "policy parameter",  # a kind of claims
    "cbec-vega.js could not be loaded",  # told to the console by who catches it
    "${name} can't be evaluated here",  # a fault of the page's builder, whom a test tells of it
}


def texts(script: str) -> Iterator[Text]:
    """Yield the texts of a script."""
    calls: list[str] = []
    for token in _TOKEN.finditer(script):
        if token["call"]:
            calls.append(token["call"][:-1].strip())
        elif token["end"] and calls:
            calls.pop()
        elif token["text"]:
            before = script[max(0, token.start() - 60) : token.start()]
            yield Text(token["text"][1:-1], before, tuple(calls))


def untranslated(script: str) -> list[str]:
    """Return the texts of a script that a reader sees and no catalogue can map."""
    found = []
    for text in texts(script):
        innermost = {text.calls[-1].rpartition(".")[2], text.calls[-1]} if text.calls else set()
        if any(call in ("_", "ngettext") for call in text.calls) or text.said in _EXCEPTIONS:
            continue
        if innermost & _UNSEEN_CALLS or _UNSEEN_BEFORE.search(text.before):
            continue
        plain = re.sub(r"\$\{[^}]*\}", " ", text.said)
        shown = _SHOWN_BEFORE.search(text.before) and re.search("[A-Za-z]{2}", plain)
        if _WORDS.search(plain) or shown:
            found.append(text.said)
    return found


@pytest.mark.parametrize("path", sorted(ASSETS.glob("*.js")), ids=lambda path: path.name)
def test_a_script_says_nothing_that_a_catalogue_cannot_map(path: Path) -> None:
    assert untranslated(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        'told.textContent = "Copied";',
        'list.append("Nothing found here");',
        "const said = `${n} places found`;",
        'throw new Error("write the number only");',
        'li.append(element("p", "Nowhere"));',
        'const hint = cond ? _("Look here") : "look elsewhere, too";',
    ],
)
def test_a_forgotten_text_of_a_script_is_seen(line: str) -> None:
    assert len(untranslated(line)) == 1
