"""Tables are safe, plain HTML, and figures are written as printed, in English."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter

from cbec.audit.provenance import find
from cbec.display import notebook
from cbec.display.html import TABLE_MIME, html_table
from cbec.display.notebook import GLUE_PREFIX, TRACE_MIME, Table, computed, table_page
from cbec.display.sources import sources_html
from cbec.errors import PrintedFigureError, TableError
from cbec.figures.in_words import figure_in_english
from cbec.figures.printed import parse_printed
from cbec.tables.evidence_grades import UNCONFIRMED_EN
from cbec.tables.frames import load

FORECAST = ("18.9", "17.3", "20.7")


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


def test_every_value_of_a_card_has_the_title_of_its_column() -> None:
    page = html_table(["what", "how much"], [["a", "1"], ["b", "2"]], cards=True)
    assert re.findall(r'data-label="([^"]*)"', page) == ["what", "how much"] * 2


def test_a_frame_is_shown_without_its_index_and_rounded() -> None:
    frame = pd.DataFrame({"year": [2023, 2024], "growth": [4.807, -0.25], "who": ["<a>", "b"]})
    page = Table(frame, "Growth, %", decimals=1)._repr_html_()
    # Python rounds ties of binary fractions to even: -0.25 is -0.2.
    assert cells(page) == ["2023", "4.8", "&lt;a&gt;", "2024", "−0.2", "b"]
    assert page.count('class="num"') == 2 + 4
    assert "<caption>Growth, %</caption>" in page


@pytest.mark.parametrize(
    ("texts", "is_numeric"),
    [
        (["80%", "100%"], True),
        (["15.5–36.8", "", "−3"], True),
        (["1,234", "none"], False),
        (["2013 to 2024"], False),
        (["", ""], False),
        (["2024-03-07"], False),
    ],
)
def test_texts_that_are_numbers_stand_below_each_other(texts: list[str], is_numeric: bool) -> None:
    page = Table(pd.DataFrame({"held": texts}))._repr_html_()
    assert ('class="num"' in page) is is_numeric


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_what_is_missing_is_an_empty_cell(missing: object) -> None:
    frame = pd.DataFrame({"a": pd.Series([missing, "x"], dtype=object)})
    assert cells(Table(frame)._repr_html_()) == ["", "x"]
    numbers = pd.DataFrame({"a": pd.array([1, None], dtype="Int64")})
    assert cells(Table(numbers)._repr_html_()) == ["1", ""]


def test_zero_has_no_sign() -> None:
    frame = pd.DataFrame({"a": [-0.001, 0.0, -0.01]})
    assert cells(Table(frame)._repr_html_()) == ["0.00", "0.00", "−0.01"]


def test_a_folded_table_is_in_a_closed_box_that_scrolls_and_keeps_its_name() -> None:
    page = Table(pd.DataFrame({"a": [1]}), "Tests", folded=True)._repr_html_()
    assert page.startswith(
        '<details class="cbec-more"><summary>Tests</summary><div class="cbec-scroll" tabindex="0">'
    )
    assert "<caption>Tests</caption>" in page


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
        # A million months is no million years.
        ("13000001个月", "months", True, "13.000001 million months"),
        ("13000001个月", "months", False, "13.000001 million months"),
    ],
)
def test_a_figure_is_written_in_english_at_its_own_resolution(
    printed: str, unit: str, exact: bool, english: str
) -> None:
    assert figure_in_english(parse_printed(printed), unit, exact=exact) == english


def test_every_figure_of_our_ledger_can_be_written_in_english() -> None:
    from cbec.audit.ledger_reader import read_ledger
    from cbec.tables.datapackage import data_dir

    for claim in read_ledger(data_dir() / "claims.csv").claims.values():
        if claim.printed is not None:
            exact = claim.comparator != "=" or claim.kind == "policy parameter"
            text = figure_in_english(claim.printed, claim.unit, exact=exact)
            assert text.isascii(), claim.id
            assert text, claim.id


# Where figures come from ---------------------------------------------------------------------


def test_rows_of_a_table_may_have_anchors() -> None:
    page = html_table(["a"], [["1"], ["2"]], ids=["first", "second"])
    assert re.findall(r'<tr id="(\w+)"', page) == ["first", "second"]


def sourced(years: range) -> pd.DataFrame:
    frame = load("market", series="market-total", year=list(years))
    return frame[["year", "value", "evidence", "row"]]


def test_a_table_with_rows_lists_their_sources_and_prints_neither_rows_nor_grades() -> None:
    table = Table(sourced(range(2023, 2025)))
    page = table._repr_html_()
    assert cells(page, "th") == ["year", "value"]
    assert cells(page) == ["2023", "16.85", "2024", "17.66"]
    assert "<details" in page
    assert "<details open" not in page
    for year in (2023, 2024):
        entry = find(f"market-total-{year}-as-published")
        assert f'data-entry="{entry.name}"' in page
        assert entry.evidence in page
        assert entry.vintage in page
        assert entry.source is not None
        assert f'href="{entry.source.url}"' in page
    assert "row" not in repr(table).splitlines()[0]


def test_an_unconfirmed_row_is_marked_and_explained() -> None:
    # The market's totals of 2013, 2017 and 2018 are unconfirmed; a page has that of 2015 now.
    shown = sourced(range(2012, 2020))
    page = Table(shown)._repr_html_()
    marked = [cell for cell in cells(page) if "○" in cell]
    assert [re.sub("<.*?>", "", cell) for cell in marked] == [
        "○ 3.15",
        "○ 8.06",
        "○ 9.00",
    ]
    assert UNCONFIRMED_EN in page
    by_rows = Table(shown.drop(columns="evidence"))._repr_html_()
    assert by_rows == page, "the rows say it as well"


def test_a_confirmed_table_has_no_footnote() -> None:
    assert "○" not in Table(sourced(range(2019, 2025)))._repr_html_()


def test_grades_are_printed_where_no_rows_are_named() -> None:
    page = Table(sourced(range(2023, 2025)).drop(columns="row"))._repr_html_()
    assert "evidence" in cells(page, "th")
    assert "<details" not in page


def test_a_wrong_row_name_is_refused_in_a_table() -> None:
    with pytest.raises(TableError, match="market-totl"):
        Table(pd.DataFrame({"value": [1.0], "row": ["market-2024 market-totl"]}))._repr_html_()


def test_figures_of_one_origin_share_a_line() -> None:
    totals = [find(f"market-total-{year}-as-published") for year in (2022, 2023, 2024)]
    page = sources_html(totals)
    assert page.count("<li>") == 1
    assert page.count("<br>") == 2, "2023 and 2024 were read on one page"
    assert [*re.findall(r'data-entry="([\w-]+)"', page)] == [entry.name for entry in totals]


def test_only_what_is_unconfirmed_has_the_mark_before_its_source() -> None:
    known, unknown = (find(f"market-total-{year}-as-published") for year in (2022, 2018))
    assert (known.unconfirmed, unknown.unconfirmed) == (False, True)
    assert "○" in sources_html([unknown])
    assert "○" not in sources_html([known])


# Computed numbers ----------------------------------------------------------------------------


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict, dict]]:
    """Return what is displayed: the data and the metadata of each output."""
    seen: list[tuple[dict, dict]] = []

    def display(data: dict, *, raw: bool, metadata: dict) -> None:
        assert raw
        seen.append((data, metadata))

    monkeypatch.setattr("cbec.display.notebook.display", display)
    return seen


@pytest.mark.parametrize(
    ("value", "options", "digits"),
    [
        ("40.27", {"unit": "%"}, ["40.27"]),
        (7, {}, ["7"]),
        (np.int64(70769), {}, ["70769"]),
        (Fraction(766, 1000), {"decimals": 2}, ["0.77"]),
        (np.float64(-4.56), {"decimals": 1, "signed": True}, ["-4.6"]),
        (4.3, {"decimals": 1, "signed": True}, ["+4.3"]),
        (0.0004, {"decimals": 2, "signed": True}, ["0.00"]),
        (1.15, {"decimals": 1}, ["1.2"]),  # as it is written, half-up
        ([np.int64(4), 11], {"form": "of"}, ["4", "11"]),
        (pd.Series([18.94, 17.25, 20.66]), {"decimals": 1, "form": "forecast"}, [*FORECAST]),
        (pd.Index([2019, 2020]), {"form": "years"}, ["2019", "2020"]),
    ],
)
def test_a_computed_number_is_kept_as_digits_and_not_displayed(
    displayed, value, options, digits
) -> None:
    computed("share", value, "market-2024 goods-trade-2024-first", **options)
    ((data, metadata),) = displayed
    kept = data[GLUE_PREFIX + TRACE_MIME]
    assert set(data) == {GLUE_PREFIX + TRACE_MIME}
    assert kept["digits"] == digits
    assert kept["rows"] == ["market-2024", "goods-trade-2024-first"]
    assert (kept["unit"], kept["form"]) == (options.get("unit", ""), options.get("form", "number"))
    assert metadata == {"scrapbook": {"name": "share", "mime_prefix": GLUE_PREFIX}}
    assert notebook.kept["share"] == kept


def test_rows_may_be_a_column_of_joined_names(displayed) -> None:
    frame = load("market", series="market-total", year=[2022, 2023, 2024])
    names = frame["row"].tolist()
    computed("steps", 2, pd.Series([" ".join(names[:2]), " ".join(names[1:])]))
    assert displayed[0][0][GLUE_PREFIX + TRACE_MIME]["rows"] == names


def test_a_wrong_row_name_is_refused_at_once(displayed) -> None:
    with pytest.raises(TableError, match=r"'market-2042'.*did you mean 'market-202"):
        computed("share", 1, ["market-2042"])
    assert displayed == []


@pytest.mark.parametrize("value", [float("nan"), None, True, "1%", [1, "many"], pd.NA])
def test_what_is_no_number_is_refused(displayed, value) -> None:
    with pytest.raises(TypeError, match=r"computed\('share'.*a finite number is needed"):
        computed("share", value)
    assert displayed == []


def test_a_name_that_no_link_can_hold_is_refused(displayed) -> None:
    with pytest.raises(PrintedFigureError, match=r"computed\('a\.b'\): a link can't name it"):
        computed("a.b", 1)
    assert displayed == []


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [
        (3, "of", "doesn't fit 1 numbers"),
        ([], "years", "doesn't fit 0 numbers"),
        (["20.5"], "years", "doesn't fit 1 numbers"),
        ([1, 2], "pair", "no form 'pair'; choose one of number"),
    ],
)
def test_a_form_that_does_not_fit_is_refused(displayed, value, form, said) -> None:
    with pytest.raises(PrintedFigureError, match=said):
        computed("share", value, form=form)
    assert displayed == []


def test_a_table_of_another_ledger_has_no_sources_to_tell() -> None:
    frame = pd.DataFrame({"item": ["growth"], "value": [1.5], "row": ["sales-2024 sales-2023"]})
    html = Table(frame)._repr_html_()
    assert "1.50" in html
    assert "<details" not in html


def test_a_date_is_shown_without_a_time_of_day() -> None:
    frame = pd.DataFrame({"date": pd.to_datetime(["2015-03-07"])})
    assert "<td>2015-03-07</td>" in Table(frame)._repr_html_()


def test_a_group_stands_across_the_table_above_its_rows() -> None:
    table = html_table(["a", "b"], [["1", "2"], ["3", "4"]], groups={1: "second"})
    assert re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", table) == [
        "a",
        "b",
        "1",
        "2",
        "second",
        "3",
        "4",
    ]
    assert '<th colspan="2" scope="colgroup">second</th>' in table


def test_what_a_table_shows_is_computed_once_for_page_and_content(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    content = Table._content
    monkeypatch.setattr(Table, "_content", lambda self: asked.append(1) or content(self))
    table = Table(pd.DataFrame({"a": [1]}), "Tests", folded=True)
    shown, _ = DisplayFormatter().format(table)
    assert len(asked) == 1
    assert shown.keys() >= {TABLE_MIME, "text/html", "text/plain"}
    assert shown["text/html"] == table._repr_html_() == table_page(shown[TABLE_MIME])
