"""A book in a made-up language, with ⟦brackets⟧ around each message: what has none is English.

What stands in the data, and what `cbec` says of them, may stand outside of brackets. All the rest
of what directives and roles write must have passed through `cbec_book.wording.translated`.
"""

from __future__ import annotations

import ast
import csv
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import vl_convert
from bs4 import BeautifulSoup, Tag
from jinja2 import DictLoader, Environment
from sphinx import locale

import cbec
from cbec.audit.badge import arithmetic_outcome, evidence_outcome
from cbec.audit.provenance import entries
from cbec.audit.verdicts import CODES, Arithmetic, Evidence, Standing
from cbec.display.html import plain_words
from cbec.display.notebook import GLUE_PREFIX, TRACE_MIME, Table
from cbec.display.vega import MIME
from cbec.figures.rounding import Rule
from cbec.tables.datapackage import read_package
from cbec.trend.combination import calibration
from cbec.trend.models import MODELS
from cbec_book.content import html_pieces, overview
from cbec_book.content.chart_spec import read_chart
from cbec_book.content.stored_tables import write_table
from cbec_book.ledger_links import book_audit
from cbec_book.page.not_found import TEMPLATES
from cbec_book.wording import translated

ROOT = Path(__file__).parents[2]
OPEN, CLOSE = "⟦", "⟧"
SHOWN = ("title", "aria-label", "alt", "placeholder", "label", "data-label", "data-controls")
# What no translator is asked for: code, names of files and the words of the book's own pages here.
UNASKED = "pre, code, script, style, h1, .headerlink, a[download], .cbec-certificate dd > span"

BLOCKS = ["p", "li", "td", "th", "dd", "dt", "div", "table", "ul", "details", "summary", "select"]
BLOCKS += ["br", "caption", "option", "button", "label", "legend", "figcaption"]

PROSE = """# Chapter

Short path. [](cbec:import-growth-2024), [](cbec:import-growth-2024),
[](cbec:trade-share-2024-first/range), [](cbec:zones), [](cbec:plain),
[](cbec:arithmetic/rounding), [](cbec:claims), [](cbec:cross-checks),
[](cbec:firms-2024), [](cbec:market-2024), [tracker](cbec:issues)
"""
SUMMARY = "# Book\n\n```{overview}\n```\n\n```{verdict-list} arithmetic\n```\n\n"
PAGES = {
    "index": SUMMARY
    + "```{verdict-list} standing\n```\n\n```{audit-what-if}\n```\n\n```{bibtex}\n```\n\n"
    "```{corrections-feed}\n```\n",
    "reference/ledger": "# Ledger\n\n```{ledger}\n```\n",
    "reference/provenance": "# Provenance\n\n```{provenance}\n```\n\n"
    "```{searches}\n```\n\n```{uncounted-numerals}\n```\n",
    "reference/data": "# Data\n\n```{data-dictionary}\n```\n",
    "reference/certificate": "# Certificate\n\n```{certificate}\n```\n",
    "reference/forecasts": "# Forecasts\n\n"
    + "".join(
        f"```{{forecast-benchmark}} {kind}\n```\n\n"
        for kind in ("accuracy", "intervals", "outside", "constants")
    )
    + "```{slowdown-power}\n```\n",
}


class Brackets(NullTranslations):
    """Translates each message by putting its words in brackets; what is filled in has none."""

    def gettext(self, message: str) -> str:
        return re.sub(r"(?:^|(?<=\}))[^{}]+", rf"{OPEN}\g<0>{CLOSE}", message)


@pytest.fixture(scope="module")
def made_up() -> Iterator[None]:
    """Let the book be in the made-up language."""
    real = locale.get_translator

    def get(catalog: str = "sphinx", namespace: str = "general") -> NullTranslations:
        return Brackets() if catalog == "cbec_book" else real(catalog, namespace)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locale, "get_translator", get)
        yield


def stored_specs() -> list[dict[str, Any]]:
    """Return the specifications of the charts that the chapters store."""
    return [
        output["data"][MIME]
        for path in sorted((ROOT / "chapters").glob("*.ipynb"))
        for cell in json.loads(path.read_bytes())["cells"]
        for output in cell.get("outputs", ())
        if MIME in output.get("data", ())
    ]


def notebook() -> str:
    """Return a chapter with a chart and a table of the book's own, and numbers of all kinds."""
    stored = json.loads((ROOT / "chapters/02_development.ipynb").read_bytes())["cells"]
    of_chart = next(
        cell
        for cell in stored
        if any(MIME in output.get("data", {}) for output in cell.get("outputs", ()))
    )
    kept = {
        "zones": {
            "digits": ["13"],
            "unit": "",
            "form": "number",
            "rows": ["pilot-zones-2015-03-07"],
        },
        "plain": {"digits": ["77"], "unit": "", "form": "number", "rows": []},
    }
    outputs = [
        nbformat.v4.new_output(
            "display_data",
            {GLUE_PREFIX + TRACE_MIME: told},
            metadata={"scrapbook": {"name": name, "mime_prefix": GLUE_PREFIX}},
        )
        for name, told in kept.items()
    ]
    hidden = {"tags": ["hide-input"]}
    cells = [
        nbformat.v4.new_code_cell("kept", outputs=outputs, metadata=hidden),
        nbformat.v4.new_markdown_cell(PROSE),
        nbformat.from_dict(of_chart | {"source": "chart", "metadata": hidden}),
        nbformat.v4.new_markdown_cell("```{figures-used}\n```\n"),
    ]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


@pytest.fixture(scope="module")
def book(
    tmp_path_factory: pytest.TempPathFactory, build_book: Callable[..., Any], made_up: None
) -> Any:
    """Build the book."""
    folder = tmp_path_factory.mktemp("made_up")
    (folder / "benchmarks").mkdir()
    for name in ("CITATION.cff", "benchmarks/results.csv", "benchmarks/outside.csv"):
        shutil.copyfile(ROOT / name, folder / name)
    return build_book(
        folder,
        PAGES | {"chapters/one": notebook()},
        html_baseurl="https://example.org/book/",
        html_title="Book",
        author="CBEC",
    )


def pieces(text: str) -> Iterator[str]:
    """Take a text apart at its punctuation, and leave out what isn't a word."""
    plain = re.sub(r"https?://\S+", ";", text).replace("’", "'")
    for part in re.split(r"[^\w\s'-]+|\d[\d.,]*|[\u3400-\u9fff]+", plain):
        words = re.findall(r"[A-Za-z][A-Za-z'-]+", part)
        if words:
            yield " ".join(words)


def all_texts(held: Any) -> Iterator[str]:
    """Yield all texts of a JSON file, but for the titles of fields, which no page shows."""
    if isinstance(held, str):
        yield held
    inner = held if isinstance(held, list) else ()
    if isinstance(held, dict):
        inner = [part for key, part in held.items() if key != "title" or "type" not in held]
    for part in inner:
        yield from all_texts(part)


def said_by_cbec() -> Iterator[str]:
    """Yield what the audit says of the book's data, and the words that it has for that."""
    for result in book_audit().results:
        yield from (result.recomputed_text, result.bounds_text, result.claim.title)
        yield from (result.claim.english, result.claim.place, result.claim.place.capitalize())
        for check in filter(None, (result.primary, *(c for _, c in result.alternatives))):
            yield from (check.reason, *check.remarks, *check.rule_texts(result.claim).values())
    for entry in entries().values():
        yield from map(plain_words, (entry.vintage, entry.evidence, entry.place))
        yield from (entry.label_en, entry.english, entry.note[:1].upper() + entry.note[1:])
    yield from (model.label_en for model in MODELS.values())
    for verdict in (*Arithmetic, *Evidence, *Standing):
        yield from (verdict.label_en, verdict.meaning_en)
    for code, reason in CODES.items():
        yield from (plain_words(code), f"{plain_words(code)} {reason}", reason)
    yield from map(str, Rule)
    yield from (arithmetic_outcome(book_audit()), evidence_outcome(book_audit()))
    yield from all_texts(dict(calibration().provenance))
    yield from calibration().provenance["series"]
    yield from ("Python", "CSV", "JSON", "CBEC", "Chapter", "Short path", "at face values")
    # Fixed words: between figures, in boxes of sources.
    for module in ("figures/in_words", "display/sources", "audit/certificate", "audit/what_if"):
        tree = ast.parse((Path(cbec.__file__).parent / f"{module}.py").read_text("utf-8"))
        nodes = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        yield from (value for value in nodes if isinstance(value, str))


@pytest.fixture(scope="module")
def known() -> set[str]:
    """Return what may stand outside of brackets."""
    texts = [*said_by_cbec(), *PAGES.values(), PROSE]
    for path in (*read_package().files, *(ROOT / "benchmarks").glob("*.csv")):
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                texts += [cell for row in csv.reader(file) for cell in row]
    texts += all_texts(read_package().descriptor)
    return {piece for text in texts for piece in pieces(text)}


def shown(tree: Tag) -> Iterator[str]:
    """Yield the texts that a reader meets in a part of a page, with a mark between blocks."""
    body = BeautifulSoup(str(tree), "html.parser")
    for element in body.select(UNASKED):
        element.decompose()
    for element in body.find_all(True):
        yield from (str(element[name]) for name in SHOWN if element.get(name))
        if element.name in BLOCKS:
            element.insert_before(" ; ")
            element.append(" ; ")
    yield body.get_text()


def english(texts: Iterable[str], known: set[str]) -> set[str]:
    """Return the pieces outside of brackets that are no data."""
    found = set()
    for text in texts:
        while (less := re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", " ; ", text)) != text:
            text = less  # what a helper translates may be in brackets already
        found |= {piece for piece in pieces(text) if piece not in known}
    return found


@pytest.mark.parametrize("page", [*PAGES, "chapters/one"])
def test_a_page_has_no_english_that_is_not_data(page: str, book: Any, known: set[str]) -> None:
    body = book.tree[page].select_one("div.body")
    assert OPEN in body.get_text()
    found = english(shown(body), known)
    assert found == set(), "\n".join(sorted(found))


def test_a_forgotten_string_is_seen(
    tmp_path: Path,
    build_book: Callable[..., Any],
    known: set[str],
    made_up: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One sentence, one title of a table and one label are told from data."""
    forgotten = {"One tile", "Meaning", "Upper half"}

    def forgetful(text: str) -> str:
        return text if any(text.startswith(words) for words in forgotten) else translated(text)

    for module in (overview, html_pieces):
        monkeypatch.setattr(module, "translated", forgetful)
    body = build_book(tmp_path, {"index": SUMMARY}).tree["index"].select_one("div.body")
    assert {"One tile statistic", "Meaning", "Upper half"} <= english(shown(body), known)


def test_the_page_of_wrong_addresses_has_none(made_up: None) -> None:
    blocks = "".join(f"{{% block {name} %}}{{% endblock %}}" for name in ("htmltitle", "docs_body"))
    pages = Environment(loader=DictLoader({"page.html": blocks}))
    template = pages.from_string((TEMPLATES / "404.html").read_text(encoding="utf-8"))
    told = {"title": translated("Page not found"), "translated": translated, "docstitle": ""}
    page = template.render(pathto=str, root_doc="index", cbec_contents=[], **told)
    assert page.count(OPEN) == 7
    assert english(shown(BeautifulSoup(page, "html.parser")), set()) == set()


# Charts --------------------------------------------------------------------------------------

NAMES = ("field", "type", "op", "as", "format", "param", "groupby", "range", "orient", "color")


def names_in(part: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what a specification calls things, which is no word."""
    if isinstance(part, dict):
        for name, inner in part.items():
            yield from names_in(inner, name)
    elif isinstance(part, list):
        for inner in part:
            yield from names_in(inner, key)
    elif key in NAMES and isinstance(part, str):
        yield key, part


def test_all_words_of_the_charts_are_mapped_and_no_name(made_up: None) -> None:
    specs = stored_specs()
    assert len(specs) > 20
    for number, spec in enumerate(specs):
        chart = read_chart(spec)
        words = [chart.title, chart.alt, *(title for _, title in chart.columns)]
        words += filter(None, (chart.subtitle, chart.source, chart.note))
        assert all(text.startswith(OPEN) for text in words), words
        drawing = {
            name: part for name, part in spec.items() if name not in ("usermeta", "datasets")
        }
        mapped = {name: part for name, part in chart.spec.items() if name != "datasets"}
        assert list(names_in(mapped)) == list(names_in(drawing))
        if number % 5 == 0:  # each takes a while
            old, new = (vl_convert.vegalite_to_svg(made) for made in (drawing_of(spec), chart.spec))
            assert old.count("<path") == new.count("<path")
            texts = re.findall(r"<text[^>]*>([^<]*)</text>", new)
            assert english(texts, set()) == set()


def drawing_of(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a specification without the words around it."""
    return {name: part for name, part in spec.items() if name != "usermeta"}


def test_words_that_are_compared_go_on_to_be_alike(made_up: None) -> None:
    spec = {
        "data": {"values": [{"kind": "fore cast", "row": "a-b", "comes with": "nothing", "y": 1}]},
        "params": [
            {"name": "picked", "value": "fore cast", "bind": {"name": "Kind ", "options": ["all"]}}
        ],
        "transform": [
            {"filter": "datum.kind === 'fore cast' || datum['comes with'] == \"nothing\""},
            {"fold": ["kind"], "as": ["key", "value"]},
            {"calculate": "datum.key == 'kind' ? format(datum.y, ',.4~f') : 'none'", "as": "said"},
        ],
        "mark": {"type": "text", "text": "here"},
        "encoding": {
            "x": {
                "field": "kind",
                "sort": ["fore cast"],
                "title": "Kind",
                "axis": {"orient": "top"},
            },
            "y": {"field": "y", "sort": "descending"},
            "color": {"field": "kind", "scale": {"domain": ["fore cast"], "range": ["red"]}},
            "text": {"condition": {"test": "picked == 'all'", "value": "some"}, "value": "#12ab"},
            "shape": {"value": "circle"},
        },
    }
    made = read_chart(spec).spec
    assert made["data"]["values"] == [
        {"kind": "⟦fore cast⟧", "row": "a-b", "comes with": "⟦nothing⟧", "y": 1}
    ]
    assert made["params"][0] == {
        "name": "picked",
        "value": "⟦fore cast⟧",
        "bind": {"name": "⟦Kind⟧ ", "options": ["⟦all⟧"]},
    }
    steps = json.loads(json.dumps(made["transform"]))
    quoted = [json.dumps(f"⟦{word}⟧") for word in ("fore cast", "nothing", "none")]
    assert steps[0]["filter"] == (
        f"datum.kind === {quoted[0]} || datum['comes with'] == {quoted[1]}"
    )
    assert steps[2]["calculate"] == (
        f"datum.key == 'kind' ? format(datum.y, ',.4~f') : {quoted[2]}"
    )
    assert made["mark"] == {"type": "text", "text": "⟦here⟧"}
    encoding = made["encoding"]
    assert encoding["x"] == {
        "field": "kind",
        "sort": ["⟦fore cast⟧"],
        "title": "⟦Kind⟧",
        "axis": {"orient": "top"},
    }
    assert encoding["y"] == spec["encoding"]["y"]
    assert encoding["color"]["scale"] == {"domain": ["⟦fore cast⟧"], "range": ["red"]}
    assert encoding["text"]["condition"]["value"] == "⟦some⟧"
    assert encoding["text"]["value"] == "#12ab"
    assert encoding["shape"] == {"value": "circle"}


def test_a_table_of_a_notebook_is_mapped(made_up: None) -> None:
    content = Table(pd.DataFrame({"Year": [2023], "Standing": ["holds"]}), "Years")._content()
    cells = re.findall(r">([^<]+)<", write_table(content))
    assert cells == ["⟦Years⟧", "⟦Year⟧", "⟦Standing⟧", "2023", "⟦holds⟧"]
