"""What the search looks through: the text of each place of the finished pages, with its address.

A place is what a link can open: a section, a chart, an entry of the ledger, a term of the glossary
or a function. The index holds its heading, its prose, and the words that stand only in its tables,
lists and folded parts, which are found and never quoted. ``search.js`` reads it and does the rest;
as it looks for a text as it is written, Chinese needs no dictionary and numbers stay whole.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

#: The index, under ``_static``; the page of the search says where, to ``search.js``.
INDEX_FILE = "cbec-search-index.js"
#: What a place is worth by its page: most in the text that people read. Below zero are pages whose
#: long lists hold most words of the field: they come last.
WEIGHTS = {"index": 1.5, "chapters/": 1.5, "reference/api": -1, "reference/bibliography": -1}
_NO_RESULTS = ("404", "genindex", "search")

#: Words that mean one thing to who looks for it. The glossary's terms join them.
SYNONYMS = (
    ("增速", "增长率", "增幅", "同比增长", "growth"),
    ("舍入", "四舍五入", "取整", "rounding"),
    ("占比", "份额", "比重", "share"),
    ("跨境电商", "跨境电子商务", "CBEC", "cross-border e-commerce"),
    ("交易规模", "市场规模", "market size"),
    ("来源", "出处", "source"),
    ("预测", "展望", "forecast"),
    ("错误", "更正", "勘误", "correction"),
)

_VOID = {"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
_INLINE = {"a", "abbr", "b", "code", "em", "i", "q", "small", "span", "strong", "sub", "sup", "var"}
_UNREAD_TAGS = {"button", "form", "math", "nav", "noscript", "pre", "script", "style", "svg"}
_UNREAD = {"cbec-chart__hint", "cbec-code", "cbec-chart__more", "cbec-chart__view", "cbec-notes"}
_UNREAD |= {"cbec-permalink", "headerlink", "toctree-wrapper", "visually-hidden"}
_UNQUOTED_TAGS = {"table"}
_UNQUOTED = {"cbec-more", "cbec-sources"}
_RESULTS = re.compile(r'(<div id="search-results")(?: data-index="[^"]*")?')
_HEADING = re.compile(r"h[1-6]")
_TERM = re.compile(r"(.+) \(([^()]*[\u4e00-\u9fff][^()]*)\)")
_WORD = re.compile(r"[\u3400-\u9fff]+|[^\s\u3400-\u9fff()“”\"‘’;:·]+")


@dataclass
class Place:
    """A part of a page that a link can open, and its text."""

    anchor: str
    heading: str = ""
    prose: str = ""
    unquoted: str = ""

    def to_list(self) -> list[str]:
        """Return anchor, heading, prose, and each word that stands in neither but here."""
        prose, heading = map(_tidy, (self.prose, self.heading))
        known = set(_WORD.findall(f"{heading} {prose}"))
        rest = dict.fromkeys(word.strip(".,") for word in _WORD.findall(self.unquoted))
        return [self.anchor, heading, prose, " ".join(word for word in rest if word not in known)]


def _tidy(text: str) -> str:
    # What is left out leaves a blank before a comma.
    return re.sub(r" ([,.;:)])", r"\1", " ".join(text.split())).strip("· ")


@dataclass
class _Open:
    """An element that isn't closed yet."""

    tag: str
    #: Where its text goes: ``heading``, ``prose``, ``unquoted`` or nowhere.
    goes: str | None
    place: Place | None = field(default=None)


class PageReader(HTMLParser):
    """Gathers the places of a page's article.

    Examples
    --------
    >>> reader = PageReader()
    >>> reader.feed('<section id="a"><h2>Sizes</h2><p>Two <b>words</b>.</p></section>')
    >>> [place.to_list() for place in reader.places]
    [['a', 'Sizes', 'Two words.', '']]
    """

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place] = []
        self._open: list[_Open] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Find out where the text of an element goes, and whether a place begins with it."""
        if tag not in _INLINE:
            self.handle_data("\n")
        if tag in _VOID:
            return
        told = {name: value or "" for name, value in attrs}
        classes = set(told.get("class", "").split())
        goes = self._open[-1].goes if self._open else "prose"
        place = self._begin(tag, told.get("id", ""), classes) if goes else None
        if tag in _UNREAD_TAGS or classes & _UNREAD or told.get("aria-hidden") == "true":
            goes = None
        elif goes == "prose" and (tag in _UNQUOTED_TAGS or classes & _UNQUOTED):
            goes = "unquoted"
        elif goes == "prose" and tag == "dt":
            # What a field of a ledger's entry is called says nothing about the entry.
            goes = "heading" if "id" in told and "sig" not in classes else None
            self.handle_data(" · ")
        elif goes and (_HEADING.fullmatch(tag) or "cbec-chart__title" in classes):
            goes = "heading"
        self._open.append(_Open(tag, goes, place))

    def _begin(self, tag: str, anchor: str, classes: set[str]) -> Place | None:
        if tag == "dt" and anchor:
            # A term's place ends where the next begins, or with the list.
            while self._open[-1].tag != "dl":
                self._open.pop()
            heading = anchor if "sig" in classes else ""
            self._open[-1].place = self._add(Place(anchor, heading))
        elif anchor and (tag == "section" or (tag == "figure" and "cbec-chart" in classes)):
            return self._add(Place(anchor))
        return None

    def _add(self, place: Place) -> Place:
        self.places.append(place)
        return place

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and what was left open in it."""
        while self._open and self._open.pop().tag != tag:
            pass
        if tag not in _INLINE:
            self.handle_data("\n")

    def handle_data(self, data: str) -> None:
        """Add a text to the place in which it stands."""
        goes = self._open[-1].goes if self._open else None
        place = next((e.place for e in reversed(self._open) if e.place), None)
        if goes and place:
            setattr(place, goes, getattr(place, goes) + data)


def index(folder: Path) -> dict[str, Any]:
    """Return the index of a finished site: its pages, their places and the synonyms."""
    pages: list[list[Any]] = []
    places: list[list[Any]] = []
    synonyms: list[Any] = list(SYNONYMS)
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        article = re.search(r"<article.*</article>", path.read_text(encoding="utf-8"), re.DOTALL)
        if name in _NO_RESULTS or article is None:
            continue
        reader = PageReader()
        reader.feed(article[0])
        read = [place.to_list() for place in reader.places]
        title = next((heading for _, heading, *_ in read if heading), name)
        places += [[len(pages), *place] for place in read if any(place[1:])]
        weight = next((w for begin, w in WEIGHTS.items() if name.startswith(begin)), 1)
        pages.append([f"{name}.html", title, weight])
        if name.endswith("glossary"):
            terms = (_TERM.fullmatch(heading) for _, heading, *_ in read)
            synonyms += [(term[2], term[1]) for term in terms if term]
    return {"pages": pages, "places": places, "synonyms": synonyms}


def write_index(app: Sphinx) -> None:
    """Write the index as a script, since a page in a folder can read nothing else.

    The page of the search names the version, so that a browser doesn't keep an old one.
    """
    made = json.dumps(index(Path(app.outdir)), ensure_ascii=False, separators=(",", ":"))
    script = f"globalThis.cbecSearchIndex = {made};\n".encode()
    Path(app.outdir, "_static", INDEX_FILE).write_bytes(script)
    page = Path(app.outdir, "search.html")
    address = f"_static/{INDEX_FILE}?v={hashlib.sha256(script).hexdigest()[:8]}"
    named = _RESULTS.sub(f'\\1 data-index="{address}"', page.read_text(encoding="utf-8"))
    page.write_text(named, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Let the site have this search and not Sphinx's, which finds pages by single words."""

    def leave_out_sphinx_search(app: Sphinx) -> None:
        app.builder.search = False  # type: ignore[attr-defined]

    app.connect("builder-inited", leave_out_sphinx_search)
    app.connect("html-collect-pages", lambda app: [("search", {}, "search.html")])
