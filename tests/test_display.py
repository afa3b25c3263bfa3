"""Tables are safe, plain HTML, and figures are written as printed, in English."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from cbec.display import Table, figure_in_english, html_table
from cbec.rounding import parse_printed


def cells(page: str, tag: str = "td") -> list[str]:
    return re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", page)


def test_a_table_has_titles_rows_and_a_caption() -> None:
    page = html_table(["a", "b"], [["1", "2"], ["3", "4"]], caption="Numbers")
    assert cells(page, "th") == ["a", "b"]
    assert cells(page) == ["1", "2", "3", "4"]
    assert "<caption>Numbers</caption>" in page
    assert page.count('scope="col"') == 2
    assert "<caption>" not in html_table(["a"], [])


def test_titles_and_captions_are_text_and_cells_are_html() -> None:
    page = html_table(["<a>"], [["<b>1</b>"]], caption="a & b")
    assert "&lt;a&gt;" in page
    assert "a &amp; b" in page
    assert "<td><b>1</b></td>" in page


def test_numeric_columns_are_marked_in_head_and_body() -> None:
    page = html_table(["a", "b"], [["x", "1"]], numeric={1})
    assert '<th scope="col" class="num">b</th>' in page
    assert '<td class="num">1</td>' in page
    assert "<td>x</td>" in page


def test_a_frame_is_shown_without_its_index_and_rounded() -> None:
    frame = pd.DataFrame({"year": [2023, 2024], "growth": [4.807, -0.25], "who": ["<a>", "b"]})
    page = Table(frame, "Growth, %", decimals=1)._repr_html_()
    # Python rounds ties of binary fractions to even: -0.25 is -0.2.
    assert cells(page) == ["2023", "4.8", "&lt;a&gt;", "2024", "−0.2", "b"]
    assert page.count('class="num"') == 2 + 4
    assert "<caption>Growth, %</caption>" in page


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_what_is_missing_is_an_empty_cell(missing: object) -> None:
    frame = pd.DataFrame({"a": pd.Series([missing, "x"], dtype=object)})
    assert cells(Table(frame)._repr_html_()) == ["", "x"]
    numbers = pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})
    assert cells(Table(numbers)._repr_html_()) == ["1", ""]


def test_zero_has_no_sign() -> None:
    frame = pd.DataFrame({"a": [-0.001, 0.0, -0.01]})
    assert cells(Table(frame)._repr_html_()) == ["0.00", "0.00", "−0.01"]


def test_a_table_is_plain_text_where_there_is_no_html() -> None:
    text = repr(Table(pd.DataFrame({"a": [1.23456]}, index=["row"])))
    assert "1.23" in text
    assert "1.234" not in text
    assert "row" not in text


@pytest.mark.parametrize(
    ("printed", "unit", "exact", "english"),
    [
        ("17.66万亿元", "CNY", False, "17.66 trillion yuan"),
        ("13.7万亿元", "CNY", False, "13.7 trillion yuan"),
        ("1310亿美元", "USD", False, "131.0 billion dollars"),
        ("9.57%", "%", False, "9.57%"),
        ("-0.8%", "%", False, "-0.8%"),
        ("全额", "%", True, "100%"),
        ("首位", "rank", False, "first"),
        ("70,769家", "firms", False, "70,769 firms"),
        ("12万家", "firms", True, "120,000 firms"),
        ("3万个", "trademarks", True, "30,000 trademarks"),
        ("10倍", "times", True, "10 times"),
        ("5年", "years", False, "5 years"),
        ("两年", "years", False, "2 years"),
        ("1学期", "semesters", False, "1 semester"),
        ("3学期", "semesters", False, "3 semesters"),
        ("58所", "institutions", False, "58 institutions"),
        ("10亿元", "CNY", True, "1 billion yuan"),
        ("500万元", "CNY", True, "5 million yuan"),
        ("50万元", "CNY", True, "500,000 yuan"),
        # A threshold loses no digit that counts.
        ("15亿元", "CNY", True, "1.5 billion yuan"),
        ("1.25万亿元", "CNY", True, "1.25 trillion yuan"),
        ("2.5倍", "times", True, "2.5 times"),
    ],
)
def test_a_figure_is_written_in_english_at_its_own_resolution(
    printed: str, unit: str, exact: bool, english: str
) -> None:
    assert figure_in_english(parse_printed(printed), unit, exact=exact) == english


def test_every_figure_of_our_ledger_can_be_written_in_english() -> None:
    from cbec.ledger import read_ledger
    from cbec.tables import data_dir

    for claim in read_ledger(data_dir() / "claims.csv").claims.values():
        if claim.printed is not None:
            exact = claim.comparator != "=" or claim.kind == "policy parameter"
            text = figure_in_english(claim.printed, claim.unit, exact=exact)
            assert text.isascii(), claim.id
            assert text, claim.id
