"""Changes that make the theme's pages accessible, where no template or node can.

Each is a pure function of a page's HTML and its name, for `cbec_book.hooks`. They rest on
the theme's markup, so ``tests/site/test_accessibility.py`` and ``test_axe.py`` look for their
effect on every page of the site: a theme that writes something else is noticed there.
"""

from __future__ import annotations

import re
from html import escape, unescape

from cbec_book.wording import translated

#: The changes to single tags: the theme's text, and ours.
_CONTROLS = {
    # The skip link moves the focus itself, not only the view.
    '<main id="main-content" class="bd-main" role="main">': (
        '<main id="main-content" class="bd-main" role="main" tabindex="-1">'
    ),
    '<form class="bd-search ': '<form role="search" class="bd-search ',
    # A wide formula scrolls.
    '<math display="block">': '<math display="block" tabindex="0">',
}
#: The same with words: the theme's text, ours, and the words that stand in it.
_LABELS = (
    (
        'aria-label="Color mode" data-bs-title="Color mode"',
        'aria-label="{}" data-bs-title="{}"',
        ("Switch between light, dark and system colours", "Colours"),
    ),
    (
        '<dialog id="pst-search-dialog">',
        '<dialog id="pst-search-dialog" aria-label="{}">',
        ("Search",),
    ),
    (
        '<dialog id="pst-primary-sidebar-modal">',
        '<dialog id="pst-primary-sidebar-modal" aria-label="{}">',
        ("Contents of the book",),
    ),
    (
        '<dialog id="pst-secondary-sidebar-modal">',
        '<dialog id="pst-secondary-sidebar-modal" aria-label="{}">',
        ("Contents of this page",),
    ),
    ('title="Toggle primary sidebar"', 'title="{}"', ("Contents of the book",)),
    ('title="Toggle secondary sidebar"', 'title="{}"', ("Contents of this page",)),
)
_MASTHEAD = re.compile(
    r'(<div class="sidebar-primary-items__start sidebar-primary__section">)(.*?)'
    r'(<div class="sidebar-primary-item">\s*<nav class="bd-links )',
    re.DOTALL,
)
# What folds the pages below a page away has an icon and no words.
_FOLD = re.compile(r'</a><details[^>]*><summary(?=><span class="toctree-toggle")')
_PARAMETERS = re.compile(r'<dl>(\s*<dd><em class="sig-param">.*?)</dl>', re.DOTALL)
_OUTPUT_TABLE = re.compile(r'(<div class="output text_html">)(<table\b.*?</table>)', re.DOTALL)
# In the order of a page: what names the tables below it, and the boxes that tables scroll in.
_NAMED = re.compile(
    r"<h(?P<level>[1-6])\b[^>]*>(?P<heading>.*?)</h(?P=level)>"
    r'|<p class="cbec-chart__title"[^>]*>(?P<chart>.*?)</p>'
    r"|(?P<end></figure>)"
    r'|<div class="(?P<classes>[^"]*\b(?:cbec-scroll|pst-scrollable-table-container)\b[^"]*)"'
    r'(?: tabindex="0")?>(?P<table>\s*<table\b.*?</table>)',
    re.DOTALL,
)
_CAPTION = re.compile(r"<caption\b[^>]*>(.*?)</caption>", re.DOTALL)
_HEADERLINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# A number or punctuation within or before Chinese belongs to it: 17.66万亿元.
_CHINESE = re.compile(
    rf"(?:\d[\d.,]*)?[{_HAN}](?:[{_HAN}\u3001-\u303f\uff01-\uff5e\u201c\u201d\d.,%·—]*[{_HAN}])?"
)
_VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr")
# Code is in no language, a picture has a label of its own, and these hold text only.
_MARKUP = re.compile(
    r"<!--.*?-->"
    r"|<(?P<whole>script|style|svg|math|code|pre|textarea|title|option)\b.*?</(?P=whole)\s*>"
    r"|<(?P<close>/)?(?P<name>[a-zA-Z][\w-]*)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_LANGUAGE = re.compile(r'(?:^|\s)lang="([^"]*)"')


def name_controls(page: str, pagename: str) -> str:
    """Name the theme's controls by what they do, and let the keyboard reach what it should.

    The masthead and the search form become landmarks; the page's main part and its formulas, which
    scroll where they are wide, take the focus.

    Examples
    --------
    >>> name_controls('<button title="Toggle primary sidebar">', "index")
    '<button title="Contents of the book">'
    >>> fold = '<a href="api.html">API</a><details><summary><span class="toctree-toggle">'
    >>> name_controls(fold, "index")
    '<a href="api.html">API</a><details><summary aria-label="Pages below API"><span class=...'
    """
    for theirs, ours in _CONTROLS.items():
        page = page.replace(theirs, ours)
    for theirs, ours, words in _LABELS:
        page = page.replace(theirs, ours.format(*map(translated, words)))
    page = _FOLD.sub(_named_fold, page)
    return _MASTHEAD.sub(r'\1<header class="cbec-masthead">\2</header>\3', page)


def _named_fold(fold: re.Match[str]) -> str:
    above = fold.string[fold.string.rindex(">", 0, fold.start()) + 1 : fold.start()]
    label = translated("Pages below {page}").format(page=above)
    return f'{fold[0]} aria-label="{label}"'


def correct_roles(page: str, pagename: str) -> str:
    """Correct what Sphinx says of citations and of parameters on lines of their own.

    The role of a bibliography's entries is deprecated, and they stand in a list; a definition list
    without terms is none.

    Examples
    --------
    >>> correct_roles('<dl> <dd><em class="sig-param">x</em></dd> </dl>', "reference/api")
    '<div class="cbec-parameters"> <div><em class="sig-param">x</em></div> </div>'
    """
    page = page.replace('role="doc-biblioentry"', 'role="listitem"')
    return _PARAMETERS.sub(
        lambda found: (
            '<div class="cbec-parameters">'
            + found[1].replace("<dd>", "<div>").replace("</dd>", "</div>")
            + "</div>"
        ),
        page,
    )


def name_tables(page: str, pagename: str) -> str:
    """Let each table scroll in a box that the keyboard reaches, named by what the table shows.

    That is the table's caption, else the title of its chart, else the heading above. The boxes are
    groups and no regions: a page of sixty tables would have sixty landmarks.

    Examples
    --------
    >>> print(name_tables('<div class="cbec-scroll"><table><caption>Trade</caption></table>', ""))
    <div class="cbec-scroll" tabindex="0" role="group" aria-label="Trade"><table>...
    """
    heading = chart = ""

    def named(found: re.Match[str]) -> str:
        nonlocal heading, chart
        if found["heading"] is not None:
            heading = _text(found["heading"])
        elif found["chart"] is not None:
            chart = _text(found["chart"])
        elif found["end"] is not None:
            chart = ""
        else:
            caption, table = _CAPTION.search(found["table"]), found["table"]
            label = _text(caption[1]) if caption else ""
            if not label:
                said = "Figures of the chart: {title}" if chart else "Table: {title}"
                label = translated(said).format(title=chart or heading)
                table = table.replace("<table", f'<table aria-label="{escape(label)}"', 1)
            return (
                f'<div class="{found["classes"]}" tabindex="0" role="group" '
                f'aria-label="{escape(label)}">{table}'
            )
        return found[0]

    boxed = _OUTPUT_TABLE.sub(r'\1<div class="cbec-scroll" tabindex="0">\2</div>', page)
    return _NAMED.sub(named, boxed)


def _text(html: str) -> str:
    """Return the words of a piece of a page."""
    return " ".join(unescape(_TAG.sub("", _HEADERLINK.sub("", html))).split())


def mark_chinese(page: str, pagename: str) -> str:
    """Say of each piece of Chinese that it's Chinese, for voices, fonts and line breaks.

    Code is left as it is, and so is the text of attributes.

    Examples
    --------
    >>> print(mark_chinese('<body><p>Trade (贸易), <b lang="zh">17万</b></p>', ""))
    <body><p>Trade (<span lang="zh-CN">贸易</span>), <b lang="zh">17万</b></p>
    """
    start = page.find("<body")
    if start < 0:
        return page
    declared = re.search(r'<html\b[^>]*\blang="([^"]*)"', page[:start])
    # The open elements, each with its language.
    above = [("html", declared[1] if declared else "")]
    parts, end = [page[:start]], start

    def marked(text: str) -> str:
        if text.isascii() or above[-1][1].startswith("zh"):
            return text
        return _CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', text)

    for markup in _MARKUP.finditer(page, start):
        parts += [marked(page[end : markup.start()]), markup[0]]
        end = markup.end()
        name, attributes = (markup["name"] or "").lower(), markup["attributes"] or ""
        if markup["close"]:
            depth = max((i for i, (open_, _) in enumerate(above) if open_ == name), default=0)
            if depth:
                del above[depth:]
        elif name and name not in _VOID and not attributes.endswith("/"):
            language = _LANGUAGE.search(attributes)
            above.append((name, language[1] if language else above[-1][1]))
    return "".join([*parts, marked(page[end:])])


#: In the order in which a page passes through them.
CHANGES = (name_controls, correct_roles, name_tables, mark_chinese)
