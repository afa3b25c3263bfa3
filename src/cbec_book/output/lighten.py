"""Make the finished site light: one style sheet, no blanks for nothing, no file that nothing uses.

Works on the output folder when all pages are written, so it sees what they really hold. A build
that writes only some pages anew leaves the others as an earlier one made them; both come out the
same.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.application import Sphinx

from cbec_book.build_cache import folder_of, kept
from cbec_book.hooks import warn
from cbec_book.output import icons, search_index, stylesheets

STYLESHEET = "cbec-site.css"
ICON_SCRIPT = "static/scripts/fontawesome.js"

_LINK = re.compile(r'[ \t]*<link\b[^>]*\brel="stylesheet"[^>]*>[ \t]*\n?')
_ADDRESS = re.compile(r'\bhref="([^"]+)"')
_LOADED = re.compile(r'<script\b[^>]*\bsrc="([^"]+)"')
_FILE_NAME = re.compile(r"[\w.-]+\.[a-z]\w+")
_STATIC = re.compile(r"_static/[^\s\"'?#]+")
_MAP = re.compile(r"^//# sourceMappingURL=.*\n?", re.MULTILINE)
_VERBATIM = re.compile(
    r"(<(pre|textarea|script|style)\b.*?</\2\s*>)|<!--(?!\[if).*?-->|\s*\n\s*",
    re.DOTALL | re.IGNORECASE,
)


def tighten(page: str, pagename: str) -> str:
    r"""Leave out indents, blank lines and comments of a page's HTML.

    Examples
    --------
    >>> tighten("<p>\n\n  a\n</p>\n<pre>\n  b\n\n</pre>", "index")
    '<p>\na\n</p>\n<pre>\n  b\n\n</pre>'
    """

    def tight(match: re.Match[str]) -> str:
        return match[1] or ("" if match[0].startswith("<!--") else "\n")

    return _VERBATIM.sub(tight, page)


def linked_sheets(page: str) -> list[str]:
    """List the addresses of the style sheets that a page links."""
    head = page.partition("</head>")[0]
    return [match[1] for link in _LINK.findall(head) if (match := _ADDRESS.search(link))]


def link_one_sheet(page: str, version: str) -> str:
    """Let a page link the joined style sheet instead of any other."""
    head, end, rest = page.partition("</head>")
    sheets = linked_sheets(page)
    if not sheets:
        return page
    root = sheets[0].partition("_static/")[0]
    one = f'<link rel="stylesheet" href="{root}_static/{STYLESHEET}?v={version}">\n'
    first = iter([one])
    return _LINK.sub(lambda match: next(first, ""), head) + end + rest


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]


def _file(address: str, page: Path) -> Path:
    """Return the file that an address on a page stands for."""
    return (page.parent / urlsplit(address).path).resolve()


class Site:
    """The output folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.static = self.folder / "_static"
        self.pages = {
            path: path.read_text(encoding="utf-8")
            for path in sorted(self.folder.rglob("*.html"))
            if self.static not in path.parents
        }

    def scripts(self) -> dict[Path, str]:
        """Return the text of the scripts that pages load, by their file."""
        files = {
            _file(address, path)
            for path, page in self.pages.items()
            for address in _LOADED.findall(page)
        }
        return {file: file.read_text(encoding="utf-8") for file in sorted(files) if file.is_file()}

    def sheets(self) -> list[Path]:
        """Return the style sheets that pages link, in their order, without the joined one."""
        found: dict[Path, None] = {}
        for path, page in self.pages.items():
            files = [_file(address, path) for address in linked_sheets(page)]
            found |= dict.fromkeys(file for file in files if file.name != STYLESHEET)
        return list(found)

    def words(self) -> stylesheets.Words:
        """Return what pages and scripts name; the index of words for the search names nothing."""
        scripts = [
            text for file, text in self.scripts().items() if file.name != search_index.INDEX_FILE
        ]
        return stylesheets.Words.found(self.pages.values(), scripts)

    def write_sheet(self, css: str) -> None:
        """Write the joined style sheet and link it on every page."""
        content = css.encode()
        (self.static / STYLESHEET).write_bytes(content)
        for path, page in self.pages.items():
            changed = link_one_sheet(page, _version(content))
            if changed != page:
                self.pages[path] = changed
                path.write_text(changed, encoding="utf-8")

    def sweep(self) -> None:
        """Remove each file of ``_static`` that no page links and no style sheet or script names.

        Maps for debuggers go too, and with them the comments that ask for one.
        """
        texts = [address for page in self.pages.values() for address in _STATIC.findall(page)]
        for file, script in self.scripts().items():
            if (alone := _MAP.sub("", script)) != script:
                file.write_text(alone, encoding="utf-8")
            texts.append(alone)
        if (sheet := self.static / STYLESHEET).is_file():
            texts.append(sheet.read_text(encoding="utf-8"))
        named = {name for text in texts for name in _FILE_NAME.findall(text)}
        for path in sorted(self.static.rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.name not in named:
                path.unlink()


def mark_version(path: Path) -> str:
    """Return the query that tells versions of a file apart, or nothing if there is no file."""
    return f"?v={_version(path.read_bytes())}" if path.is_file() else ""


def read_icon_script() -> str:
    """Return the script of the installed theme that holds the icons."""
    import pydata_sphinx_theme

    theme = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme"
    return (theme / ICON_SCRIPT).read_text(encoding="utf-8")


def make_light(app: Sphinx) -> None:
    """Join the style sheets of a finished site and remove what it doesn't use."""
    site = Site(Path(app.outdir))
    # Where no page was written anew, Sphinx copied no style sheets either.
    if sheets := [path for path in site.sheets() if path.is_file()]:
        # Those that are imported, too.
        known = (path.read_text(encoding="utf-8") for path in site.static.rglob("*.css"))
        words = site.words().spoken_of(known)
        versions = {
            path.relative_to(site.static).as_posix(): _version(path.read_bytes())
            for path in sorted(site.static.rglob("*"))
            if path.is_file() and path.name != STYLESHEET
        }
        order = [str(sheet.relative_to(site.static)) for sheet in sheets]
        made_of = [versions, order, sorted(words.names), words.begun]
        code = (Path(module.__file__ or "").read_bytes() for module in (icons, stylesheets))
        content = kept(
            folder_of(app), lambda: _sheet(site, sheets, words), json.dumps(made_of), *code
        )
        told = json.loads(content)
        for name in told["unknown icons"]:
            warn("icons", "the icon %s is used, and no style sheet of the theme has it", name)
        for name in told["unknown characters"]:
            warn("icons", "no outline is known for the icon character %s", name)
        site.write_sheet(told["sheet"])
    site.sweep()


def _sheet(site: Site, sheets: list[Path], words: stylesheets.Words) -> bytes:
    """Make the joined style sheet, with the icons that are missing in it, as JSON."""
    joined = stylesheets.join(sheets, site.static, mark_version)
    drawn, characters = icons.draw(
        stylesheets.prune(joined, words), icons.read_icons(read_icon_script())
    )
    made = {
        "sheet": stylesheets.write(stylesheets.prune(drawn, words)),
        "unknown icons": icons.unknown_icons(joined, words),
        "unknown characters": characters,
    }
    return json.dumps(made).encode()
