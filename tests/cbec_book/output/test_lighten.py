"""The finished site is light, and nothing that a page needs is taken from it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from cbec_book.output import icons, lighten, math_font
from cbec_book.output.stylesheets import Sheet, Words, join, parse, prune, write
from cbec_book.page import scripts


def pruned(css: str, page: str = "", *scripts: str) -> str:
    """Return what is left of a sheet on a site of one page and some scripts."""
    return write(prune(Sheet(parse(css)), Words.found([page], scripts))).strip()


# What a rule speaks of


@pytest.mark.parametrize(
    ("selector", "page"),
    [
        (".a", '<p class="b a">'),
        (".a.b", '<p class="a"><p class="b">'),
        ("#top", '<p id="top">'),
        ("p > em", "<p><em>"),
        (".a:hover::before", '<p class="a">'),
        (".a:not(.gone)", '<p class="a">'),
        (":is(.gone, .a) p", '<p class="a">'),
        ("p:has(.a)", '<p class="a">'),
        ("details[open] > p", "<details><p>"),
        ("[data-mode=dark] p", '<p data-mode="light">'),
        ("html[lang] *", "<p>"),
        ("tbody td", "<table><tr><td>"),
        ("h2:nth-child(2n + 1)", "<h2>"),
    ],
)
def test_a_rule_stays_if_a_page_has_what_it_names(selector: str, page: str) -> None:
    assert pruned(f"{selector} {{ color: red }}", page).endswith("{color:red}")


@pytest.mark.parametrize(
    "selector",
    [".gone", "p.gone", "#gone", "em", "p:is(.gone, #gone)", ".a .gone", "p:where(.gone)",
     "[data-gone] p", ".a:has(.gone)", ".A", "p ~ .gone:not(.a)"],
)  # fmt: skip
def test_a_rule_goes_if_no_page_has_what_it_names(selector: str) -> None:
    assert pruned(f"{selector} {{ color: red }}", '<p class="a">') == ""


def test_a_selector_goes_without_the_others_of_its_rule() -> None:
    assert pruned(".gone, p, em { color: red }", "<p>") == "p{color:red}"


def test_what_a_script_may_set_stays() -> None:
    script = "e.classList.add('open'); e.dataset.barMode = 1; m = `is-${name}-auto`;"
    css = ".open{a:b}.is-hint-auto{a:b}[data-bar-mode]{a:b}.is{a:b}.has-hint{a:b}"
    assert pruned(css, "", script).replace("\n", "") == (
        ".open{a:b}.is-hint-auto{a:b}[data-bar-mode]{a:b}.is{a:b}".replace(".is{a:b}", "")
    )


def test_classes_in_text_or_data_are_no_classes() -> None:
    assert pruned(".gone { color: red }", "<p>class=&quot;gone&quot; gone</p>") == ""


def test_conditions_go_with_their_last_rule() -> None:
    css = "@media print { .gone { a: b } } @media screen { p { a: b } @supports (x: y) { em { } } }"
    assert pruned(css, "<p>") == "@media screen{p{a:b}}"


def test_animations_fonts_and_properties_stay_if_they_are_used() -> None:
    css = """
    @keyframes used { to { color: var(--end) } } @keyframes gone { to { color: var(--lost) } }
    @font-face { font-family: "Used One"; src: url(a.woff) }
    @font-face { font-family: Gone; src: url(b.woff) }
    html { --font: 'Used One'; --end: red; --lost: red; --chain: 1; --link: var(--chain);
           --read: 2; --empty: ; }
    p { animation: used 1s; font-family: var(--font); margin: var(--empty) }
    """
    left = pruned(css, "<p>", "style.getPropertyValue('--read')")
    assert "@keyframes used{" in left
    assert '@font-face{font-family:"Used One";src:url(a.woff)}' in left
    assert "html{--font:'Used One';--end:red;--read:2;--empty: }".replace("'", '"') in left
    assert "one" not in left.lower().replace("used one", "")
    assert "Gone" not in left


# One sheet of several


def test_sheets_are_joined_in_order_and_their_addresses_start_from_the_new_place(
    tmp_path: Path,
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "base.css").write_text("/*! a licence */ a { b: url(pic.png) }")
    (tmp_path / "deep" / "one.css").write_text(
        '@charset "utf-8"; @import "../base.css";\n'
        'c { d: url("own.svg") url(data:image/png;base64,AA==) url(#x) }'
        "@media print { e { f: url(../pic.png) } }"
    )
    (tmp_path / "two.css").write_text("/* a note */ g { h: i !important }")
    paths = [tmp_path / "deep" / "one.css", tmp_path / "two.css"]
    marks = {tmp_path / "pic.png": "?v=7"}
    assert write(join(paths, tmp_path, lambda path: marks.get(path, ""))).splitlines() == [
        "/*! a licence */",
        "a{b:url(pic.png?v=7)}",
        'c{d:url("deep/own.svg") url(data:image/png;base64,AA==) url(#x)}',
        "@media print{e{f:url(pic.png?v=7)}}",
        "g{h:i!important}",
    ]


def test_blanks_that_mean_something_are_written() -> None:
    css = "a  b > c,\n d :is( e , f ) { g: 1px  +\n 2px , h ; i: calc( 1px + 2px ) }"
    assert write(Sheet(parse(css))).strip() == (
        "a b>c,d :is( e , f ){g:1px + 2px,h;i:calc( 1px + 2px )}"
    )
    assert write(Sheet(parse("@media (min-width: 3em) and (x) { a { b: c } }"))).strip() == (
        "@media (min-width: 3em) and (x){a{b:c}}"
    )


# Icons

SCRIPT = (
    'var p={hub:[10,20,[],"f09b","M1z"]};x(function(){d("fab",p),d("fa-brands",p)});'
    'var p={bars:[9,9,[],"f0c9","M0 thin"]};x(function(){d("far",p)});'
    'var p={bars:[448,512,["navicon",61641],"f0c9","M2 \'#<z"],"x-mark":[8,8,[],"f00d","M3z"]};'
    'x(function(){d("fas",p)})'
)


def test_icons_are_read_with_their_sizes_and_outlined_ones_are_left_out() -> None:
    assert icons.read_icons(SCRIPT) == {
        "\uf09b": icons.Icon(10, 20, "M1z"),
        "\uf0c9": icons.Icon(448, 512, "M2 '#<z"),
        "\uf00d": icons.Icon(8, 8, "M3z"),
    }


def test_the_themes_own_script_is_understood() -> None:
    read = icons.read_icons(lighten.read_icon_script())
    assert len(read) > 1500
    assert (read["\uf0c9"].width, read["\uf0c9"].height) == (448, 512)
    assert read["\uf0c9"].path.startswith("M0 96")


def test_an_icon_character_becomes_a_mask_as_wide_as_the_icon() -> None:
    css = """
    @font-face { font-family: Icons; src: url(../fa-solid-900.woff2) }
    html { --icon-bars: "\\f0c9"; --menu: var(--icon-bars) }
    .a:before { content: "\\f00d"; color: red } @media print { .b:after { content: var(--menu) } }
    .c:before { content: "I" }
    """
    sheet, unknown = icons.draw(Sheet(parse(css)), icons.read_icons(SCRIPT))
    text = write(sheet)
    assert unknown == []
    assert "\uf00d" not in text
    assert "font-face" not in text
    assert ".a:before{color:red;--cbec-icon:url(" in text
    assert "width:1em" in text
    assert "width:0.875em" in text
    assert '.c:before{content:"I"}' in text
    assert '.a:before,.b:after{content:"";' in text
    assert icons.NOTICE in text


def test_an_address_of_an_icon_holds_no_sign_that_ends_it() -> None:
    address = icons.Icon(1, 2, 'M0"#<>').address
    assert address.startswith("data:image/svg+xml,%3Csvg")
    assert not set(address) & set('"#<>()')


def test_an_icon_that_nobody_knows_is_reported() -> None:
    sheet = Sheet(parse('.fa-bars:before { content: "\\f0c9" } .z { content: "\\e001" }'))
    words = Words.found(['<i class="fa-solid fa-lg fa-bars"><i class="fas fa-unicorn">'], [])
    assert icons.unknown_icons(sheet, words) == ["fa-unicorn"]
    assert icons.draw(sheet, icons.read_icons(SCRIPT))[1] == ["U+E001"]


# Scripts


def link(name: str) -> str:
    return f'<link rel="preload" as="script" href="../_static/{name}?v=1" />\n'


def load(name: str) -> str:
    return f'<script defer src="../_static/{name}?v=1"></script>\n'


@pytest.mark.parametrize(
    ("name", "work"),
    [
        ("clipboard.min.js", '<div class="highlight"><pre>'),
        ("copybutton.js", '<div class="highlight"><pre>'),
        ("togglebutton.js", '<div class="admonition dropdown">'),
        ("togglebutton.js", '<div class="note toggle">'),
        ("design-tabs.js", '<div class="sd-tab-set docutils">'),
        ("search.js", '<div id="search-results">'),
        ("scripts/bootstrap.js", '<div data-bs-toggle="collapse">'),
    ],
)
def test_a_script_is_loaded_only_where_it_has_work(name: str, work: str) -> None:
    idle = '<button data-bs-toggle="tooltip" class="dropdown-toggle btn-toggle highlighted">'
    page = link(name) + load(name)
    assert scripts.drop_idle_scripts(page + idle, "p") == idle
    assert scripts.drop_idle_scripts(page + idle + work, "p") == page + idle + work


def test_scripts_that_are_not_listed_and_settings_of_others_stay() -> None:
    page = load("doctools.js") + "<script>DOCUMENTATION_OPTIONS.pagename = 'p';</script>"
    assert scripts.drop_idle_scripts(page, "p") == page
    assert scripts.drop_idle_scripts(load("scripts/fontawesome.js"), "p") == ""


@pytest.mark.parametrize("name", ["let toggleHintShow", "var togglebuttonSelector"])
def test_settings_go_with_their_script(name: str) -> None:
    settings = f"<script>{name} = 'Click';</script>\n" * 2
    assert scripts.drop_idle_scripts(settings + "<p>", "p") == "<p>"
    used = settings + '<p class="toggle">'
    assert scripts.drop_idle_scripts(used, "p") == used


# Pages


def test_blanks_stay_where_they_are_shown() -> None:
    for name in ("pre", "textarea", "script", "style"):
        kept = f"<{name} class='x'>\n\n  a <!-- b -->\n</{name}>"
        assert lighten.tighten(f"<p>  \n\n  {kept}\n\n</p>", "p") == f"<p>\n{kept}\n</p>"


def test_comments_go_and_single_blanks_stay() -> None:
    assert lighten.tighten("<b>a</b>  <i>b</i><!-- c\n-->d", "p") == "<b>a</b>  <i>b</i>d"


def test_a_page_links_one_sheet_however_often_it_is_told() -> None:
    page = (
        '<link rel="icon" href="i.svg">\n<link href="../_static/a.css?v=1" rel="stylesheet" />\n'
        '<link rel="stylesheet" type="text/css" href="../_static/deep/b.css" />\n<title>x</title>'
    )
    assert lighten.linked_sheets(page) == ["../_static/a.css?v=1", "../_static/deep/b.css"]
    once = lighten.link_one_sheet(page, "77")
    assert once == (
        '<link rel="icon" href="i.svg">\n'
        '<link rel="stylesheet" href="../_static/cbec-site.css?v=77">\n<title>x</title>'
    )
    assert lighten.link_one_sheet(once, "88") == once.replace("77", "88")


# A whole book

PAGES = {
    "index": "# Book\n\n```{toctree}\ndeep/one\n```\n",
    "deep/one": "# One\n\nText {math}`x^2`.\n",
}


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the pages and their files, without Sphinx's own records."""
    names = ("*.html", "_static/**/*")
    found = {path for name in names for path in folder.rglob(name) if path.is_file()}
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, build_book: Callable[..., Any]) -> Path:
    folder = tmp_path_factory.mktemp("book")
    assert build_book(folder, PAGES).warnings == []
    return folder


def test_each_page_links_the_one_sheet_and_nothing_unused_is_left(book: Path) -> None:
    site = book / "_build"
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        [address] = lighten.linked_sheets(text)
        inside = address.removeprefix("/")  # the addresses of 404.html start from the root
        assert lighten._file(inside, page) == site / "_static" / lighten.STYLESHEET, page
        assert ("search.js" in text) == (page.name == "search.html")
    left = {path.name for path in (site / "_static").rglob("*") if path.is_file()}
    assert {lighten.STYLESHEET, math_font.FONT, "doctools.js", "search.js"} <= left
    assert not left & {"basic.css", "colours.css", "math_font.css", "plus.css", "charts.js"}
    assert not [name for name in left if name.endswith((".map", ".css")) and "site" not in name]


def test_an_unknown_icon_fails_a_strict_build(
    tmp_path: Path, build_book: Callable[..., Any]
) -> None:
    icon = '```{raw} html\n<i class="fa-solid fa-unicorn"></i>\n```\n'
    [warning] = build_book(tmp_path, {"index": f"# Book\n\n{icon}"}).warnings
    assert "fa-unicorn" in warning


# The font of formulas


def test_the_font_has_the_signs_of_the_formulas_and_their_larger_forms(book: Path) -> None:
    font = TTFont(book / "_build" / "_static" / math_font.FONT)
    assert {chr(code) for code in font.getBestCmap()} == {" ", "x", "𝑥", "2"}


def test_signs_are_those_that_a_browser_draws() -> None:
    formula = (
        '<math><mi mathvariant="normal">a</mi><mi>lim</mi><mi>h</mi><mi>α</mi><mi>∂</mi>'
        "<mo>-</mo><mo>&lt;</mo><mroot></mroot><mtext>to-do</mtext>"
        '<annotation encoding="x">ZZ</annotation></math>'
    )
    assert math_font.signs([formula]) == set(" almihℎα𝛼∂𝜕−<√to-d")
    assert math_font.signs(["<p>Z</p>"]) == set()


def test_a_fence_keeps_its_larger_forms() -> None:
    from importlib import resources

    with resources.as_file(resources.files("ziamath.fonts") / "STIXTwoMath-Regular.ttf") as path:
        first, again = (math_font.reduce_font(path, {"("}) for _ in range(2))
    font = TTFont(io.BytesIO(first))
    assert len(font.getGlyphOrder()) > 5
    assert font["MATH"].table.MathVariants.VertGlyphCount > 0
    assert first == again


# Last, for it changes the book of the others


def test_a_build_that_writes_some_pages_again_leaves_the_same_site(
    book: Path, build_book: Callable[..., Any]
) -> None:
    before = snapshot(book / "_build")
    assert build_book(book, {}).warnings == []
    assert snapshot(book / "_build") == before
    changed = PAGES | {"index": PAGES["index"] + "\n- [ ] `code`\n\n> A quotation.\n"}
    assert build_book(book, changed).warnings == []
    after = snapshot(book / "_build")
    assert after.keys() == before.keys()
    assert b"A quotation" in after["index.html"]
    fresh = book / "fresh"
    build_book(fresh, changed)
    assert snapshot(fresh / "_build") == after
