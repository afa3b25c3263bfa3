"""A page explains a term of the glossary where it first uses it, and leaves the rest alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cbec_book.content.glossary_links import pattern_of_all

GLOSSARY = """# Glossary

```{glossary}
vintage (数据版本)
    When a figure was *published*. A "quote" & more.

interval (区间)
    A range. Its vintage is its own.

prediction interval (预测区间)
    A range for the future.

OWA (综合)
    A score.

mix (构成)
    Shares.
```
"""
PAGE = """# Of a vintage

The vintages of `OWA` count, each Vintage once; an owa is no OWA. **Prediction intervals** first.
The [vintage](one.md) and [?](cbec:market-2024) stay.

- Of a prediction
  interval here, and an interval there; to mix is no mix.

| vintage | OWA |
|---|---|
| OWA | prediction interval |

```
interval OWA
```

## A second OWA

OWA again, a prediction-interval, subintervals.
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, build_book: Callable[..., Any]) -> Any:
    """Build a page that uses terms, one that uses none, and the glossary."""
    trees = "chapters/one\nplain\nreference/glossary\nreference/ledger"
    pages = {
        "index": f"# Book\n\nAn interval.\n\n```{{toctree}}\n{trees}\n```\n",
        "chapters/one": PAGE,
        "plain": "# Plain\n\nNothing to explain.\n",
        "reference/glossary": GLOSSARY,
        "reference/ledger": "# Ledger\n\n```{ledger}\n```\n",
    }
    return build_book(tmp_path_factory.mktemp("terms"), pages)


def terms(book: Any, name: str) -> list[Any]:
    """Return the links of a page to the glossary."""
    return book.tree[name].select("a.cbec-term")


def test_each_term_is_linked_at_its_first_use_in_prose_the_longest_first(book: Any) -> None:
    linked = [" ".join(term.get_text().split()) for term in terms(book, "chapters/one")]
    assert linked == ["vintages", "OWA", "prediction interval", "interval"]


def test_a_link_leads_to_the_entry_and_says_its_definition(book: Any) -> None:
    first = terms(book, "chapters/one")[0]
    page, _, anchor = first["href"].partition("#")
    assert page == "../reference/glossary.html"
    entry = book.tree["reference/glossary"].find(id=anchor)
    assert entry.get_text().startswith("vintage")
    assert first["title"] == "When a figure was published. A “quote” & more."
    (near,) = terms(book, "index")
    assert near["href"].startswith("reference/glossary.html#")


def test_headings_code_tables_links_numbers_and_bold_words_stay_as_they_are(book: Any) -> None:
    outside = "h1, h2, code, pre, table, strong, a.reference.internal:not(.cbec-term), .cbec-claim"
    body = book.tree["chapters/one"].find("div", class_="body")
    assert [term for box in body.select(outside) for term in box.select(".cbec-term")] == []
    assert body.select("a a") == []
    assert "The vintages of OWA count, each Vintage once" in body.get_text()


def test_the_glossary_does_not_explain_itself(book: Any) -> None:
    assert terms(book, "reference/glossary") == []


def test_the_script_is_loaded_where_terms_are(book: Any) -> None:
    loading = {name for name, text in book.text.items() if "notes.js" in text}
    assert {"index", "chapters/one"} <= loading
    assert "plain" not in loading
    assert book.warnings == []


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("vintage", "Vintages differ", "Vintages"),
        ("Gini coefficient", "the gini\ncoefficients", "gini\ncoefficients"),
        ("index", "two indexes", "indexes"),
        ("derivation policy", "derivation policies", "derivation policies"),
        ("survey", "surveys", "surveys"),
        ("OWA", "OWAs", "OWAs"),
        ("ASEAN", "Asean", None),
        ("mix", "remix, mixed, mix-up", None),
        ("100EC", "100ECs by 2100EC", "100ECs"),
    ],
)
def test_a_term_is_found_as_whole_words_and_in_its_plural(
    name: str, text: str, found: str | None
) -> None:
    match = pattern_of_all([name]).search(text)
    assert (match[0] if match else None) == found
