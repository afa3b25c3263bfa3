"""Weigh the pages of the built site, compressed as servers do, and count the packages' code.

python -m tools.weigh [FOLDER] prints two tables; its status is 1 if a page is over its budget.
A Chromium loads the pages if there is one; else the addresses in pages and style sheets are
followed, which misses what only a script asks for.
"""

from __future__ import annotations

import ast
import gzip
import re
import sys
import threading
import tokenize
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from tools.browser import find

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Response

SITE = Path("_build/html")
SOURCE = Path("src")
HOST = "127.0.0.1"
LEVEL = 6
KB = 1000
#: Most bytes that a first visit to a page may load, before a chart is touched.
BUDGET = 170 * KB
KINDS = ("html", "css", "js", "vega", "font", "image", "other")

_SUFFIXES = {
    ".html": "html",
    ".css": "css",
    ".js": "js",
    ".woff": "font",
    ".woff2": "font",
    ".ttf": "font",
    ".svg": "image",
    ".png": "image",
    ".ico": "image",
}
_ELEMENT = re.compile(r"<(?:script|img|source|link)\b[^>]*>")
_RELATION = re.compile(r'\brel="([^"]+)"')
_ADDRESS = re.compile(r'\b(?:src|href)="([^"]+)"')
#: Links that load something at once; others only name a page.
_LOADING = (None, "stylesheet", "preload", "icon")
_IN_STYLE = re.compile(r'url\("?([^")]+)"?\)')


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a line in the log for each."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine; give its address."""
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer((HOST, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HOST}:{server.server_port}/"
        server.shutdown()


def page_names(folder: Path) -> list[str]:
    """List the pages of a built site, or say what to do if there is none."""
    if not (folder / "index.html").is_file():
        raise FileNotFoundError(f"{folder} holds no built site: run `make site`")
    names = (path.relative_to(folder) for path in sorted(folder.rglob("*.html")))
    return [name.as_posix() for name in names if not name.parts[0].startswith("_")]


def kind_of(path: str) -> str:
    """Say under which kind a file counts, by its path."""
    if path.endswith("/cbec-vega.js"):
        return "vega"
    return _SUFFIXES.get(Path(path).suffix, "other")


def weigh(responses: dict[str, bytes]) -> Counter[str]:
    """Add up the compressed sizes of a page's responses by kind; addresses are the keys."""
    weights: Counter[str] = Counter()
    for address, body in responses.items():
        weights[kind_of(urlsplit(address).path)] += len(gzip.compress(body, LEVEL))
    return weights


def addresses(page: str, relations: tuple[str | None, ...]) -> list[str]:
    """List what a page's elements name, by the relation that they state; None stands for none."""
    found = []
    for element in _ELEMENT.findall(page):
        relation, address = _RELATION.search(element), _ADDRESS.search(element)
        if address and (relation and relation[1]) in relations:
            found.append(address[1])
    return found


def load(browser: Browser, address: str, name: str) -> dict[str, bytes]:
    """Open a page for the first time and return all that came, the page's icon included."""
    responses: dict[str, Response] = {}
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()

    def note(answer: Response) -> None:
        if answer.url.startswith(address) and answer.ok:
            responses.setdefault(answer.url, answer)

    page.on("response", note)
    page.goto(address + name, wait_until="networkidle")
    bodies = {url: answer.body() for url, answer in list(responses.items())}
    # A browser without a window shows no icon and asks for none.
    for icon in addresses(bodies[address + name].decode(), ("icon",)):
        url = urljoin(address + name, icon)
        bodies[url] = context.request.get(url).body()
    context.close()
    return bodies


def follow(folder: Path, name: str) -> dict[str, bytes]:
    """Return a page and the files that it and its style sheets name."""
    bodies: dict[str, bytes] = {}
    waiting = [name]
    while waiting:
        path = waiting.pop()
        file = folder / unquote(path)
        if path in bodies or not file.is_file():
            continue
        bodies[path] = file.read_bytes()
        found: list[str] = []
        if path == name:
            found = addresses(bodies[path].decode(), _LOADING)
        elif file.suffix == ".css":
            found = _IN_STYLE.findall(bodies[path].decode())
            if b"<math" not in bodies[name]:
                found = [address for address in found if kind_of(address.split("?")[0]) != "font"]
        # Those of 404.html start from the root.
        waiting += [
            urljoin(path, urlsplit(address).path).lstrip("/")
            for address in found
            if ":" not in address
        ]
    return bodies


def weigh_site(folder: Path) -> dict[str, Counter[str]]:
    """Weigh each page of a built site: compressed bytes by kind."""
    names = page_names(folder)
    path = find()
    if path is None:
        return {name: weigh(follow(folder, name)) for name in names}
    from playwright.sync_api import sync_playwright

    with serve(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        weights = {name: weigh(load(browser, address, name)) for name in names}
        browser.close()
    return weights


def table(weights: dict[str, Counter[str]]) -> str:
    """Write weights as a table in KB, the heaviest page first."""
    width = max(len(name) for name in weights)
    head = f"{'KB, gzip -6':{width}}" + "".join(f"{kind:>8}" for kind in (*KINDS, "all", "budget"))
    lines = [head]
    for name, weight in sorted(weights.items(), key=lambda item: -item[1].total()):
        cells = [weight[kind] for kind in KINDS] + [weight.total(), BUDGET]
        over = "  OVER" if weight.total() > BUDGET else ""
        lines.append(f"{name:{width}}" + "".join(f"{cell / KB:8.1f}" for cell in cells) + over)
    return "\n".join(lines)


def lines_of(path: Path) -> tuple[int, int]:
    """Count a module's lines of code, and all: docstrings, comments and blanks are no code."""
    text = path.read_text(encoding="utf-8")
    told: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            told |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    code: set[int] = set()
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.string.strip() and token.type not in (tokenize.COMMENT, tokenize.ENCODING):
                code |= set(range(token.start[0], token.end[0] + 1))
    return len(code - told), len(text.splitlines())


def count_code(source: Path) -> dict[str, tuple[int, int]]:
    """Count the code of each package and of its parts, and all lines, by their folder."""
    counted: dict[str, tuple[int, int]] = {}
    for path in sorted(source.rglob("*.py")):
        here = path.relative_to(source).parent
        for folder in (here, *here.parents[:-1]):
            code, every = counted.get(folder.as_posix(), (0, 0))
            more = lines_of(path)
            counted[folder.as_posix()] = (code + more[0], every + more[1])
    return dict(sorted(counted.items()))


def main(arguments: list[str]) -> int:
    """Print the tables; return 1 if a page is over its budget, 2 if there is no site."""
    folder = Path(arguments[0]) if arguments else SITE
    try:
        weights = weigh_site(folder)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    print(table(weights))
    print(f"\n{'Python':24}{'code':>8}{'lines':>8}")
    for name, (code, every) in count_code(SOURCE).items():
        print(f"{name:24}{code:8}{every:8}")
    return int(any(weight.total() > BUDGET for weight in weights.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
