"""No number in the book's prose is typed by hand: each is a link to what it is, and as it is now.

What is looked at: the Markdown cells of the chapters, and the landing page. These links, and what a
formula or a piece of code shows, are taken out first, unless it is nothing but a figure.
"""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from html import unescape
from pathlib import Path

import pytest

from cbec.chapters.text_numbers import CITATION, LINK, TextNumbers
from cbec.figures.units import MULTIPLIERS, UNIT_WORDS
from tools import notebooks
from tools.notebooks import NOTEBOOKS

ROOT = Path(__file__).resolve().parents[3]

# Phrases that hold a number which isn't a result. Each has to occur in the book as it stands here.
ALLOWED = {
    "100EC": "the name of a think tank",
    "CC BY 4.0": "the name of a licence",
    "tenfold claim": "what the book calls one of the paper's claims",
    "low (one) to high (five)": "the scale of the World Bank's survey",
}

# Roles whose content is a text that the author wrote; of a role with a target, it is the title.
_SHOWN_ROLES = {"abbr", "sub", "sup"}
_CODE = {"code", "code-block", "code-cell", "eval-rst", "literalinclude", "math", "mermaid", "raw"}
_PATHS = {
    "figure",
    "image",
    "include",
    "glue",
    "glue:figure",
    "glue:text",
    "still-chart",
    "toctree",
}

_FENCE = re.compile(
    r"^(?P<fence>[`~:]{3,})[ \t]*(?:\{(?P<name>[\w:-]+)\})?(?P<rest>[^\n`]*)\n"
    r"(?P<body>.*?)^(?P=fence)[`~:]*[ \t]*(?:\n|\Z)",
    re.MULTILINE | re.DOTALL,
)
_OPTIONS = re.compile(r"\A(?:---\n.*?\n---\n|(?:[ \t]*:[\w-]+:[^\n]*\n)+)", re.DOTALL)
_ROLE = re.compile(
    r"\{(?P<name>[\w:.-]+)\}(?P<tick>`+)(?P<text>.+?)(?<!`)(?P=tick)(?!`)", re.DOTALL
)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_MATH = re.compile(
    r"\$\$(.+?)\$\$(?:[ \t]*\([\w:-]+\))?|(?<![\\$])\$(?!\s)([^$\n]+?)(?<!\s)\$(?!\d)", re.DOTALL
)
_CHAPTER_LINK = re.compile(r"\[chapter (\d)\]\((?:\.\./)?(?:chapters/)?0\1_\w+\.ipynb\)")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)\s]*(?:\s+\"[^\"]*\")?\)|\[[^\]]*\])")
_REMOVED = [
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"^[ \t]*%.*$", re.MULTILINE),  # a MyST comment
    re.compile(r"^\([\w-]+\)=\s*$", re.MULTILINE),  # a label
    re.compile(r"^\[\^?[\w-]+\]:[ \t]*(?:https?:\S+|[\w./#-]+)?", re.MULTILINE),  # a link's target
    re.compile(r"\[\^[\w-]+\]"),
    re.compile(r"<?\bhttps?://[^\s>)]+>?"),
    re.compile(r"</?[a-zA-Z][^<>]*>"),
    re.compile(r"^[ \t>]*\d+[.)](?=[ \t])", re.MULTILINE),  # the marker of a list
    re.compile(r"\{[.#][^{}\n]*\}"),
]
_FIGURE_ONLY = re.compile(r"[\d\s.,%+±×·~≈<>=≤≥^*/()$€¥−–-]*\d[\d\s.,%+±×·~≈<>=≤≥^*/()$€¥−–-]*")

_UNITS = "|".join(
    re.escape(word)
    for word in sorted({*UNIT_WORDS, *MULTIPLIERS} - {""}, key=len, reverse=True)
    if word != "rank"
)
_YEAR = r"(?:19|20)\d\d"
_PERMITTED = [
    # A year that stands alone, or a span of years; not the amount of something.
    re.compile(
        rf"(?<![\w.,$€¥+±<>=≤≥×−/-]){_YEAR}(?:[–-]{_YEAR})?"
        rf"(?!\w|[.,]\d|\s?%|[–/-]\d|\s(?:{_UNITS})\b|\s?[百千万亿元个家倍])"
    ),
    re.compile(r"(?:§ ?|\b[Ss]ections? )\d(?:\.\d)*(?![\d%]|\.\d)"),
]
_WORDS = (
    "three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    "seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|"
    "thousand|million|billion|trillion|dozen"
)
_PARTS = "third|quarter|fifth|sixth|seventh|eighth|ninth|tenth"
_TYPED = re.compile(
    r"[^\W_]*\d(?:[\d.,]*\d)?\s?[%‰]?"
    rf"|\b(?:{_WORDS})(?:s|ths|-?fold)?\b|\btwo-?fold\b"
    rf"|\b(?:an?|one|two)[ -](?:{_PARTS})s?(?= of\b|\W*$)"
    r"|百分之\w+|[二两三四五六七八九十百千万亿〇零]+",
    re.IGNORECASE,
)


def prose(text: str) -> str:
    """Return what a reader sees that an author typed, from MyST Markdown."""
    return _spans(_blocks(text))


def _blocks(text: str) -> str:
    """Take out code, and of directives what isn't prose."""

    def open_fence(match: re.Match[str]) -> str:
        name, body = match["name"], match["body"]
        if (name is None and match["fence"][0] != ":") or name in _CODE:
            return "\n" + _figure(body)
        shown = "" if name in _PATHS else match["rest"]
        return f"{shown}\n" + _blocks(_OPTIONS.sub("", body))

    return _FENCE.sub(open_fence, text)


def _spans(text: str) -> str:
    """Take out roles, code, formulas and targets."""

    def role(match: re.Match[str]) -> str:
        title = re.fullmatch(r"(.*?)\s*<[^<>]+>", match["text"], re.DOTALL)
        if title:
            return title[1]
        return match["text"] if match["name"] in _SHOWN_ROLES else " "

    text = LINK.sub(" ", CITATION.sub(" ", _ROLE.sub(role, text)))
    text = _CODE_SPAN.sub(lambda match: _figure(match[2]), text)
    text = _MATH.sub(lambda match: _figure(match[1] or match[2]), text)
    text = _CHAPTER_LINK.sub("that chapter", text)
    text = _LINK.sub(r"\1", text)
    for pattern in _REMOVED:
        text = pattern.sub(" ", text)
    text = re.sub(r"[*_\\]", "", unescape(text))
    return unicodedata.normalize("NFKC", text)


def _figure(code: str) -> str:
    """Return a figure that is dressed as code or as a formula; nothing for real ones."""
    plain = unicodedata.normalize("NFKC", re.sub(r"\\(?:text|mathrm)?|[{}]", "", code)).strip()
    return plain if _FIGURE_ONLY.fullmatch(plain) else " "


def typed_numbers(text: str, allowed: dict[str, str] = ALLOWED) -> list[str]:
    """Return the typed numbers of a piece of Markdown, each with what stands around it."""
    shown = re.sub(r"\s+", " ", prose(text))
    masked = shown
    for phrase in allowed:
        masked = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", lambda m: "~" * len(m[0]), masked)
    for pattern in _PERMITTED:
        masked = pattern.sub(lambda m: "~" * len(m[0]), masked)
    return [
        f"{match[0]!r} in '…{shown[max(0, match.start() - 30) : match.end() + 30]}…'"
        for match in _TYPED.finditer(masked)
    ]


def book() -> dict[str, str]:
    """Return the Markdown of the book: a landing page, and cells by their place and id."""
    found = {"index.md": (ROOT / "index.md").read_text(encoding="utf-8")}
    for path in NOTEBOOKS:
        for index, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
            if cell["cell_type"] == "markdown":
                name = f"{path.name} cell {index + 1} (id {cell['id']})"
                found[name] = "".join(cell["source"])
    return found


@pytest.mark.parametrize("page", ["index.md", *(path.name for path in NOTEBOOKS)])
def test_no_number_in_the_prose_is_typed(page: str) -> None:
    cells = {name: text for name, text in book().items() if name.startswith(page)}
    assert cells, f"{page} holds no prose"
    typed = [f"{name}: {found}" for name, text in cells.items() for found in typed_numbers(text)]
    assert not typed, "link it to what it is, or say it without the number:\n" + "\n".join(typed)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_numbers_and_citations_of_a_notebook_are_as_they_are_now(path: Path) -> None:
    notebook = notebooks.read(path)
    written = copy.deepcopy(notebook)
    notebooks.write_texts(written)
    assert [cell.source for cell in written.cells] == [cell.source for cell in notebook.cells]


def test_numbers_and_citations_of_the_other_pages_are_as_they_are_now() -> None:
    assert notebooks.write_pages(store=False) == []


@pytest.mark.parametrize("page", [path.name for path in NOTEBOOKS])
def test_a_notebook_shows_no_role(page: str) -> None:
    text = "\n".join(text for name, text in book().items() if name.startswith(page))
    assert _ROLE.findall(text) == []


def test_every_derivation_and_computed_number_is_shown() -> None:
    pages = [ROOT / "index.md", *(ROOT / "reference").rglob("*.md")]
    text = "\n".join([*book().values(), *(path.read_text(encoding="utf-8") for path in pages)])
    shown = {target.partition("/")[0] for _, target in LINK.findall(text)}
    kept = {name for path in NOTEBOOKS for name in notebooks.computed(notebooks.read(path))}
    assert {*TextNumbers().derivations, *kept} - shown == set()


def test_every_allowed_phrase_occurs() -> None:
    shown = " ".join(re.sub(r"\s+", " ", prose(text)) for text in book().values())
    stale = [p for p in ALLOWED if not re.search(rf"(?<!\w){re.escape(p)}(?!\w)", shown)]
    assert not stale, "delete these from ALLOWED"


def test_allowed_phrases_are_few_and_have_reasons() -> None:
    assert len(ALLOWED) <= 10
    assert all(ALLOWED.values())


@pytest.mark.parametrize("phrase", ALLOWED)
def test_every_allowed_phrase_is_needed(phrase: str) -> None:
    assert typed_numbers(f"by {phrase} here", {}), "it holds no number"
    assert not typed_numbers(f"by {phrase} here")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("grew by 9.57%", 1),
        ("grew by **9.57**%", 1),
        ("fell in 9 of 11 steps", 2),
        ("nine of eleven", 2),
        ("nine\nof *eleven*", 2),
        ("Twenty-one firms", 1),
        ("占１２％的份额", 1),
        ("增长百分之五", 1),
        ("a rise of ½", 2),
        ("&#57; firms", 1),
        ("tenfold growth, a threefold rise, ten times the start", 3),
        ("a dozen points, hundreds of firms and a million more", 3),
        ("two thirds of it, a tenth of all", 2),
        ("in 2024 firms", 1),
        ("2050 yuan", 1),
        ("$2024 of trade, 2024%, 2024.5, 12024 and 2,024", 5),
        ("from 2019 to 24", 1),
        ("§2.1.1 prints 42", 1),
        ("chapter 3 says", 1),
        ("[chapter 3](04_countermeasures.ipynb)", 1),
        ("[9.57%](../reference/ledger.md)", 1),
        ("![a rise of 5](picture.png)", 1),
        ("{ref}`nine of them <claims>`", 1),
        ("{abbr}`GMV (5 parts)`", 1),
        ("by `9.57%` and $9.57\\%$ and $$\n12\n$$", 3),
        ("```\n42\n```\n", 1),
        ("```{note}\n:class: x7\nIt fell by 3.\n```\n", 1),
        (":::{admonition} The 5 firms\n:name: b8\nAll 6.\n:::\n", 2),
        ("1. first of 7", 1),
        ("<b title='3'>4</b>", 1),
        ("| 2.63 | 2.71 |", 2),
        ("a 100ECs report", 1),
        ("B2B and G20", 2),
        ("[9.57%](cbec: market-2024) and [9.57%](https://cbec:80)", 3),
    ],
)
def test_a_planted_number_is_found(text: str, count: int) -> None:
    assert len(typed_numbers(text)) == count, typed_numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "in 2024, from 2019 to 2024 (2023) or 2015–2025; since June 2022.",
        "§2.1.1, § 5 and §2.2 and §2.3; see section 3.2.",
        "[17.66](cbec:market-2024), [9 to 12%](cbec:growth-24/range) of [42](cbec:claims)",
        "{glue:text}`cr3` of ``x = `9` `` and `rate = 9.57` and $x_1 = 5y$",
        "[Xia 2025](cbec:cite/xia2025) [text](page9.md#p7) <https://example.org/9> https://e.org/8",
        "```python\nx = 42\n```\n",
        "````{code-block} python\n:lineno-start: 10\nx = 42\n````\n",
        "$$\ng = 100 (a/b - 1)\n$$ (eq-7)",
        "```{figure} picture9.png\n---\nwidth: 300px\n---\nWithout one.\n```\n",
        "<!-- 42 --> text[^7]\n% a note of 9\n[^7]: Without one.",
        "1. one\n2. two of them, often",
        "weight, often, tension, attendance, network, the fourth section, one-sided, two axes",
        "[chapter 3](03_challenges.ipynb) and [chapter 2](chapters/02_development.ipynb)",
        "100EC's market",
    ],
)
def test_prose_without_a_typed_number_passes(text: str) -> None:
    assert typed_numbers(text) == []
