"""A chapter's chart on another page: still, linked to its place, and asked for by its name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import Tag

from tools.notebooks import NOTEBOOKS

PAGES = {
    "index": """# Book

```{still-chart} chapters/01_introduction#evidence
```

```{still-chart} chapters/01_introduction#evidence
:small:
```

```{still-chart} chapters/01_introduction#missing
```

```{still-chart} chapters/09_nothing#evidence
```

```{toctree}
chapters/01_introduction
```
""",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, build_book: Callable[..., Any]) -> Any:
    folder = tmp_path_factory.mktemp("still")
    (folder / "chapters").mkdir()
    shutil.copy(NOTEBOOKS[0], folder / "chapters")
    return build_book(folder, PAGES)


def test_it_is_a_picture_that_leads_to_its_place(book: Any) -> None:
    figures: list[Tag] = book.tree["index"].select("figure.cbec-still")
    assert len(figures) == 2
    for figure in figures:
        assert figure.a["href"] == "chapters/01_introduction.html#chart-evidence"
        assert figure.select("svg[role=img]")[0]["aria-label"]
    assert "cbec-chart__spec" not in book.text["index"]
    ids = [tag["id"] for tag in book.tree["index"].find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_a_small_one_says_what_it_draws_and_leaves_the_finding_to_the_text(book: Any) -> None:
    large, small = book.tree["index"].select("figure.cbec-still")
    assert large.select_one(".cbec-still__title").get_text()
    assert large.select_one(".cbec-still__source").get_text().startswith("Source")
    assert small.figcaption.get_text() == large.select("figcaption p")[1].get_text() != ""
    assert small.select(".cbec-still__title, .cbec-still__source") == []


def test_a_chart_that_is_not_there_is_named_with_those_that_are(book: Any) -> None:
    (wrong,) = [w for w in book.warnings if "#missing" in w]
    assert "index.md:10" in wrong
    assert "evidence, arithmetic" in wrong
    (none,) = [w for w in book.warnings if "09_nothing" in w]
    assert "stores no chart" in none
