"""The table of what survives: every verdict by symbol, word and tone, its figures one tap away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from cbec.audit.ledger_reader import read_ledger
from cbec.audit.verdicts import Standing, sense
from cbec.chapters.propositions import AXES, Robustness, robustness
from cbec.chapters.survival_grid import SurvivalGrid

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def result() -> Robustness:
    return robustness(read_ledger(DATA / "claims.csv"))


@pytest.fixture(scope="module")
def page(result: Robustness) -> BeautifulSoup:
    return BeautifulSoup(SurvivalGrid(result, "What survives.")._repr_html_(), "html.parser")


def test_heads_are_the_axes_and_the_caption_explains_the_symbols(page: BeautifulSoup) -> None:
    heads = [head.get_text() for head in page.select("thead th")]
    assert heads == [label for label, _ in AXES.values()]
    caption = page.select_one("caption").get_text()
    assert caption.startswith("What survives. ")
    for verdict in Standing:
        assert f"{verdict.symbol} {verdict.label_en}" in caption


def test_each_cell_is_the_verdict_of_its_proposition_and_axis(
    page: BeautifulSoup, result: Robustness
) -> None:
    statements = [row.get_text() for row in page.select("tr.cbec-group th")]
    assert statements == [one.statement_en for one in result.propositions]
    rows = page.select("tbody tr:not(.cbec-group)")
    for row, one in zip(rows, result.propositions, strict=True):
        for cell, axis in zip(row.select("td"), AXES, strict=True):
            standing = one.standing(axis)
            if standing is None:
                assert not cell.get_text()
                continue
            badge = cell.select_one("summary > .verdict")
            assert badge.get_text() == f"{standing.symbol} {standing.label_en}"
            assert f"verdict--{sense(standing).tone}" in badge["class"]
            parts = [part.get_text() for part in cell.select("li")]
            assert len(parts) == len(one.tested(axis))
            for variant, part in zip(one.tested(axis), parts, strict=True):
                assert variant.label_en in part
                # The numbers behind the judgement, unless no figures were found.
                assert bool(re.search(r"\d.* is needed", part)) == bool(variant.conditions)
