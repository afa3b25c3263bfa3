"""What every chapter holds, and that what it stores is complete, portable and not stale."""

from __future__ import annotations

import base64
import copy
import csv
import functools
import io
import json
import os
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cbec.chapters.text_numbers import LINK
from cbec.charts import theme
from cbec.display.vega import MIME
from tools.notebooks import NOTEBOOKS, compact_picture

ROOT = Path(__file__).resolve().parents[3]
each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
each_chapter = pytest.mark.parametrize("notebook", NOTEBOOKS[:-1], ids=lambda path: path.name)

# The headings of level two that a chapter has, in this order; others may stand between them.
CLOSING = [r"What this means", r"Exercises", r"Data and references"]
STATISTICS = [r"What the paper's chapter says", r"Its statistics, with verdicts"]
HEADINGS = {
    "01": [r"What the paper's introduction says", r"The reproduction at a glance", *CLOSING],
    "02": STATISTICS + CLOSING,
    "03": STATISTICS + CLOSING,
    "04": STATISTICS + CLOSING,
    # The paper's conclusion prints no statistic: all of them, and what they come to.
    "05": [
        r"What the paper's chapter says",
        r"Scoreboard",
        r"Both verdicts of every statistic",
        r"Certificate of reproduction",
        r"Limits",
        r"What would change our mind",
        r"A right of reply, and corrections",
        *CLOSING[1:],
    ],
}
# Of these, the heading below which a chapter's statistics have their verdicts.
VERDICTS = (STATISTICS[1], HEADINGS["01"][1], r"Both verdicts of every statistic")
LEAST_CHARTS = {"01": 2, "02": 2, "03": 2, "04": 2, "05": 1}
WORDS = ("title", "subtitle", "source", "alt")

TRACES = {
    "an absolute path": re.compile(
        r"(?<![\w.:/+=~-])/(?:root|home|Users|tmp|work|opt|mnt|private|usr|var)/\w|\b[A-Z]:\\\w"
    ),
    "an object's address": re.compile(r"\b0x[0-9a-f]{6,}\b", re.IGNORECASE),
    "a time of day": re.compile(
        r"(?<![\w:.])\d{1,2}:[0-5]\d(?::[0-5]\d)?(?![\w:])|\dT(?!00:00(?::00(?:\.0+)?)?Z?\b)\d\d:\d\d"
    ),
    "a random id": re.compile(
        r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|altair-viz-\w+|\bid=\"?T_|#T_[0-9a-f]+"
        # A page's address may hold one.
        r"|(?<![\w/-])[0-9a-f]{32}(?![\w-])"
    ),
}


def cells(notebook: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook, sources as one text."""
    found = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell | {"source": "".join(cell["source"])} for cell in found]


def outputs(notebook: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the outputs of a notebook with the place of their cell."""
    return [
        (f"{notebook.name} cell {index + 1} (id {cell['id']})", output)
        for index, cell in enumerate(cells(notebook))
        for output in cell.get("outputs", ())
    ]


def texts(output: dict[str, Any]) -> list[str]:
    """Return all the text that an output holds; pictures aside."""
    found = [json.dumps(output.get("text", ""), ensure_ascii=False)]
    for mime, content in output.get("data", {}).items():
        if not mime.startswith("image/") or "svg" in mime:
            found.append(json.dumps(content, ensure_ascii=False))
    return found


def stored_charts(notebook: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the outputs that hold a chart, by place."""
    return [(w, o["data"]) for w, o in outputs(notebook) if MIME in o.get("data", {})]


def all_charts() -> list[Any]:
    """Return every stored chart as a parameter."""
    return [
        pytest.param(data, id=f"{notebook.stem[:2]}-{number}")
        for notebook in NOTEBOOKS
        for number, (_, data) in enumerate(stored_charts(notebook), start=1)
    ]


each_chart = pytest.mark.parametrize("chart", all_charts())


def headings(notebook: Path) -> list[str]:
    """Return the headings of level two."""
    text = "\n".join(c["source"] for c in cells(notebook) if c["cell_type"] == "markdown")
    return re.findall(r"^## +(.+?)\s*$", text, re.MULTILINE)


# The skeleton --------------------------------------------------------------------------------


@each_chapter
def test_headings_come_in_order(notebook: Path) -> None:
    found, wanted = headings(notebook), HEADINGS[notebook.name[:2]]
    assert [h for h in found if h in wanted] == wanted, f"the headings are {found}"


@each_notebook
def test_a_page_begins_with_its_title_and_its_result_and_a_picture_follows(notebook: Path) -> None:
    found = cells(notebook)
    title, result = found[0]["source"].split("\n\n")[:2]
    assert re.match(r"# \S", title)
    assert result.startswith("**In short.** ")
    assert 2 <= len(re.findall(r"[.?!](?= |$)", result.removeprefix("**In short.**"))) <= 3
    text = "\n".join(c["source"] for c in found if c["cell_type"] == "markdown")
    assert len(re.findall(r"^# .+", text, re.M)) == 1
    (second, *_) = (i for i, c in enumerate(found) if i and c["cell_type"] == "markdown")
    outputs = [o.get("data", {}) for c in found[:second] for o in c.get("outputs", ())]
    # A drawing, or the table of verdicts, which is one of coloured cells.
    assert any(MIME in o or "cbec-survival" in "".join(o.get("text/html", "")) for o in outputs)


@each_chapter
def test_goals_and_a_short_path_stand_before_the_papers_chapter(notebook: Path) -> None:
    text = "\n".join(c["source"] for c in cells(notebook) if c["cell_type"] == "markdown")
    before = text.partition("\n## ")[0]
    assert "**You will learn**" in before
    assert 2 <= len(re.findall(r"\]\(#[\w-]+\)", before.partition("**Short path.**")[2])) <= 4


@each_notebook
def test_the_last_cell_compares_the_numbers_in_the_text(notebook: Path) -> None:
    last = cells(notebook)[-1]
    assert last["source"] == f'check_numbers("{notebook.name}")'
    assert re.fullmatch(r"All \d+ numbers in the text are as computed\.\n", output_text(last))


def output_text(cell: dict[str, Any]) -> str:
    return "".join("".join(output.get("text", "")) for output in cell["outputs"])


@each_chapter
def test_verdicts_are_computed_below_their_heading(notebook: Path) -> None:
    (wanted,) = (h for h in HEADINGS[notebook.name[:2]] if h in VERDICTS)
    found = cells(notebook)
    places = [i for i, c in enumerate(found) if f"## {wanted}" in c["source"]]
    assert len(places) == 1
    below = found[places[0] + 1]
    assert below["cell_type"] == "code"
    assert "verdicts" in below["source"]
    assert below["outputs"]


@each_chapter
def test_each_exercise_has_a_hidden_solution(notebook: Path) -> None:
    found = cells(notebook)
    names = []
    for index, cell in enumerate(found):
        here = re.findall(r"\*\*Exercise (\w)\b", cell["source"])
        if cell["cell_type"] != "markdown" or not here:
            continue
        names += here
        assert len(here) == 1, f"cell {index + 1} holds exercises {here}: part them"
        # A solution in words folds away in the exercise's own cell; one in code is the next cell.
        if re.search(r"^```\{dropdown\} Solution\n\S", cell["source"], re.MULTILINE):
            continue
        solution = found[index + 1]
        assert solution["cell_type"] == "code", f"exercise {here[0]} has no solution"
        assert "hide-cell" in solution["metadata"].get("tags", ())
        assert solution["outputs"], f"the solution of exercise {here[0]} shows nothing"
    assert names == [chr(ord("A") + i) for i in range(len(names))]
    assert len(names) >= 2


@each_notebook
def test_solutions_and_nothing_else_are_hidden_whole(notebook: Path) -> None:
    found = cells(notebook)
    for index, cell in enumerate(found):
        if "hide-cell" in cell["metadata"].get("tags", ()):
            assert "**Exercise " in found[index - 1]["source"], f"cell {index + 1}"


# What is stored ------------------------------------------------------------------------------


@each_notebook
def test_every_code_cell_was_run(notebook: Path) -> None:
    counts = [c["execution_count"] for c in cells(notebook) if c["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_no_output_is_an_error_or_a_warning(notebook: Path) -> None:
    bad = [
        where
        for where, output in outputs(notebook)
        if output["output_type"] == "error" or output.get("name") == "stderr"
    ]
    assert not bad


@each_notebook
def test_no_output_holds_a_trace_of_one_run(notebook: Path) -> None:
    found = [
        f"{where}: {what}: {match[0]}"
        for where, output in outputs(notebook)
        for text in texts(output)
        for what, pattern in TRACES.items()
        for match in pattern.finditer(text)
    ]
    assert not found


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("/work/main/data/claims.csv", "an absolute path"),
        (r"C:\Users\ann", "an absolute path"),
        ("<Audit at 0x7f12ab34cd50>", "an object's address"),
        ("run at 14:03:59", "a time of day"),
        ("2026-01-05T14:03:59", "a time of day"),
        ('<style id="T_a1b2c">', "a random id"),
        ("altair-viz-0123456789abcdef", "a random id"),
        ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "a random id"),
        ("1234567890abcdef1234567890abcdef", "a random id"),
    ],
)
def test_a_trace_is_recognised(text: str, what: str) -> None:
    assert [name for name, pattern in TRACES.items() if pattern.search(text)] == [what]


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/home/page",
        "2015-03-07T00:00:00",
        "data-1234567890abcdef1234567890abcdef",
        "17.66 to 17.67, 5:3 and 1:100",
    ],
)
def test_what_is_no_trace_passes(text: str) -> None:
    assert not [name for name, pattern in TRACES.items() if pattern.search(text)]


# Claims --------------------------------------------------------------------------------------


@functools.cache
def claims() -> dict[str, dict[str, str]]:
    """Return the printed statistics of the ledger by id; cross-checks aside."""
    with (ROOT / "data" / "claims.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file) if row["kind"] != "cross-check"}


def mentioned(notebooks: list[list[dict[str, Any]]]) -> set[str]:
    """Return the ids of the claims that a text shows, or a row of a table."""
    found: set[str] = set()
    rows: list[str] = []
    for notebook in notebooks:
        for cell in notebook:
            if cell["cell_type"] == "markdown":
                found |= {target.partition("/")[0] for _, target in LINK.findall(cell["source"])}
            for output in cell.get("outputs", ()):
                html = "".join(output.get("data", {}).get("text/html", ""))
                rows += re.findall(r"<tr\b.*?</tr>", html, re.DOTALL)
    shown = [set(unescape(t).strip() for t in re.findall(r">([^<>]+)<", row)) for row in rows]
    for id, claim in claims().items():
        printed = claim["printed"]
        figures = {printed, f"{claim['comparator']} {printed}"}
        names = {claim["label_en"], f"{claim['label_en']} ({claim['period']})"}
        if any(row & names and row & figures for row in shown):
            found.add(id)
    return found & set(claims())


def test_the_ledger_has_the_statistics_of_the_paper() -> None:
    assert len(claims()) == 42  # CONTENT.md, the list of the paper's statistics


def test_every_claim_is_mentioned_in_a_chapter() -> None:
    missing = set(claims()) - mentioned([cells(path) for path in NOTEBOOKS])
    assert not missing


def test_a_claim_left_out_is_missed() -> None:
    notebooks = [cells(path) for path in NOTEBOOKS]
    for cell in (cell for notebook in notebooks for cell in notebook):
        cell["source"] = cell["source"].replace("market-2023", "market-2024")
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop("text/html", None)
    assert "market-2023" not in mentioned(notebooks)
    assert "market-2024" in mentioned(notebooks)


# Charts --------------------------------------------------------------------------------------


@each_chapter
def test_chapter_has_charts(notebook: Path) -> None:
    assert len(stored_charts(notebook)) >= LEAST_CHARTS[notebook.name[:2]]


@each_chart
def test_chart_has_words_a_picture_and_a_line_of_text(chart: dict[str, Any]) -> None:
    assert set(chart) == {MIME, "image/png", "text/plain"}
    words = chart[MIME]["usermeta"]["cbec"]
    assert [name for name in WORDS if not str(words.get(name, "")).strip()] == []
    assert words["alt"] != words["title"]
    assert "".join(chart["text/plain"]) == f"Chart: {words['title']}"
    picture = read_picture("".join(chart["image/png"]))
    assert min(picture.size) > 100
    assert len(picture.getcolors(picture.width * picture.height) or []) > 2, "it is empty"


def test_titles_of_charts_differ() -> None:
    titles = [
        data[MIME]["usermeta"]["cbec"]["title"]
        for notebook in NOTEBOOKS
        for _, data in stored_charts(notebook)
    ]
    assert sorted(titles) == sorted(set(titles))


# Pictures ------------------------------------------------------------------------------------


def read_picture(encoded: str) -> Image.Image:
    """Return a PNG in base64 as pixels."""
    with Image.open(io.BytesIO(base64.b64decode(encoded))) as picture:
        return picture.convert("RGB")


@functools.lru_cache(64)
def draw(spec: str) -> str:
    """Draw a chart, given as JSON, as a notebook stores it."""
    return compact_picture(theme.mime_bundle(json.loads(spec))["image/png"])


def placing(spec: Any) -> set[tuple[str, str]]:
    """Return the columns that place a mark, with their types."""
    if isinstance(spec, list):
        return set().union(*map(placing, spec))
    if not isinstance(spec, dict):
        return set()
    channels = [spec.get("encoding", {}).get(name, {}) for name in ("x", "x2", "y", "y2")]
    here = {(c["field"], c.get("type", "quantitative")) for c in channels if "field" in c}
    return here.union(*map(placing, spec.values()))


def change_a_value(spec: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a copy with one number greater by a tenth, or one item in another category.

    Say which of the two it is.
    """
    changed = copy.deepcopy(spec)
    fields = sorted(placing(spec) - {("year", "quantitative")})
    tables = sorted(changed["datasets"].values(), key=len, reverse=True)
    chosen = {"", *(p["value"] for p in spec.get("params", ()) if isinstance(p.get("value"), str))}
    for row in (row for rows in tables for row in rows[len(rows) // 2 :]):
        # What a list below the chart leaves out at first isn't in the picture.
        if row.get("choice", "") not in chosen:
            continue
        for name, kind in fields:
            if kind == "quantitative" and row.get(name):
                row[name] *= 1.1
                return "number", changed
    rows = tables[0]
    categories = next(name for name, kind in fields if kind == "nominal" and name in rows[0])
    rows[-1][categories] = next(
        row[categories] for row in rows if row[categories] != rows[-1][categories]
    )
    return "category", changed


def changed_charts() -> list[Any]:
    """Return a chart of each notebook for each kind of change, or all charts, as parameters."""
    found = {}
    for chart in all_charts():
        kind, _ = change_a_value(chart.values[0][MIME])
        one = chart.id if os.environ.get("CBEC_EXHAUSTIVE") else chart.id[:2]
        found.setdefault((one, kind), chart)
    return list(found.values())


@pytest.fixture(autouse=True)
def stored_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw as `make notebooks` does."""
    monkeypatch.setenv("CBEC_CHARTS", "stored")


@each_chart
def test_picture_shows_the_stored_chart(chart: dict[str, Any]) -> None:
    stored = "".join(chart["image/png"])
    assert draw(json.dumps(chart[MIME])) == stored, "the picture is stale: run make notebooks"


def test_a_value_is_changed_in_each_notebook_and_in_each_way() -> None:
    chosen = [
        (chart.id[:2], change_a_value(chart.values[0][MIME])[0]) for chart in changed_charts()
    ]
    assert {notebook for notebook, _ in chosen} == {path.name[:2] for path in NOTEBOOKS}
    assert {kind for _, kind in chosen} == {"number", "category"}


@pytest.mark.parametrize("chart", changed_charts())
def test_a_changed_value_makes_a_picture_stale(chart: dict[str, Any]) -> None:
    spec = chart[MIME]
    assert draw(json.dumps(spec)) != draw(json.dumps(change_a_value(spec)[1]))


def test_a_changed_word_makes_a_picture_stale() -> None:
    spec = stored_charts(NOTEBOOKS[0])[0][1][MIME]
    other = copy.deepcopy(spec)
    other["usermeta"]["cbec"]["subtitle"] = "number of statistics, 43 in all"
    assert draw(json.dumps(spec)) != draw(json.dumps(other))
