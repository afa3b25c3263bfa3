"""What the changes for accessibility make of a page; `tests/site` holds what the site is like."""

import pytest

from cbec_book.page.accessibility import CHANGES, mark_chinese, name_tables

MARK = '<span lang="zh-CN">'


@pytest.mark.parametrize(
    ("written", "marked"),
    [
        ("<p>the market (市场规模)</p>", f"<p>the market ({MARK}市场规模</span>)</p>"),
        ("<p>printed 17.66万亿元</p>", f"<p>printed {MARK}17.66万亿元</span></p>"),
        ("<p>半年“跨”出1.22万亿元</p>", f"<p>{MARK}半年“跨”出1.22万亿元</span></p>"),
        ("<p>in 2024, 10 of 12</p>", "<p>in 2024, 10 of 12</p>"),
        ('<a title="市场">x<br>市场</a>', f'<a title="市场">x<br>{MARK}市场</span></a>'),
        ('<a title="a > b">市场</a>', f'<a title="a > b">{MARK}市场</span></a>'),
        ('<b lang="zh-CN">市<i>场</i></b>', '<b lang="zh-CN">市<i>场</i></b>'),
        (
            '<b lang="zh"><i lang="en">市</i>场</b>市',
            f'<b lang="zh"><i lang="en">{MARK}市</span></i>场</b>{MARK}市</span>',
        ),
        ('<b lang="zh"><p>市</b>市', f'<b lang="zh"><p>市</b>{MARK}市</span>'),
        ("<code>市场</code>", "<code>市场</code>"),
        ("<pre>a<span>市场</span></pre>", "<pre>a<span>市场</span></pre>"),
        ("<script>'市<b>'</script>", "<script>'市<b>'</script>"),
        ("<svg><text>市场</text></svg>", "<svg><text>市场</text></svg>"),
        ("<!-- 市场 -->", "<!-- 市场 -->"),
    ],
)
def test_chinese_text_is_marked_and_nothing_else(written: str, marked: str) -> None:
    head = '<html lang="en"><head><title>市场</title></head><body>'
    assert mark_chinese(head + written, "page") == head + marked


def test_a_chinese_page_needs_no_marks() -> None:
    page = '<html lang="zh-CN"><body><p>市场</p></body></html>'
    assert mark_chinese(page, "page") == page


@pytest.mark.parametrize(
    ("above", "label"),
    [
        ("", "Table: A &amp; B"),
        ('<figure><p class="cbec-chart__title">Mix</p>', "Figures of the chart: Mix"),
        ('<figure><p class="cbec-chart__title">Mix</p></figure>', "Table: A &amp; B"),
    ],
)
def test_a_table_without_a_caption_is_named_by_what_stands_above_it(above: str, label: str) -> None:
    heading = '<h2>A <em>&amp;</em> B<a class="headerlink" href="#a">#</a></h2>'
    box = '<div class="cbec-scroll cbec-grid" tabindex="0"><table class="t"></table></div>'
    made = name_tables(heading + above + box, "page")
    assert made == heading + above + (
        f'<div class="cbec-scroll cbec-grid" tabindex="0" role="group" aria-label="{label}">'
        f'<table aria-label="{label}" class="t"></table></div>'
    )


def test_a_caption_names_its_table_and_its_box() -> None:
    made = name_tables(
        '<div class="output text_html"><table><caption>In <b>yuan</b></caption></table></div>', "p"
    )
    assert made == (
        '<div class="output text_html"><div class="cbec-scroll" tabindex="0" role="group" '
        'aria-label="In yuan"><table><caption>In <b>yuan</b></caption></table></div></div>'
    )


def test_a_page_that_was_changed_is_left_alone() -> None:
    page = (
        '<html lang="en"><body><main id="main-content" class="bd-main" role="main"><h2>A</h2>'
        '<div class="cbec-scroll" tabindex="0"><table></table></div><p>市场</p></main></body>'
    )
    once = page
    for change in CHANGES:
        once = change(once, "page")
    twice = once
    for change in CHANGES:
        twice = change(twice, "page")
    assert once != page
    assert twice == once
