"""The book's charts: legible colours, whole outputs, honest marks, the same picture each time."""

from __future__ import annotations

import base64
import copy
import functools
import importlib
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import altair as alt
import pandas as pd
import pydata_sphinx_theme
import pytest
import vl_convert
from jsonschema import ValidationError

from cbec import charts
from cbec.audit import Audit, audit
from cbec.ledger import read_ledger
from cbec.tables import data_dir

LEAST_CONTRAST = 3.0  # WCAG 2.2, 1.4.11: graphical objects
WORDS = {"title": "What", "unit": "percent", "source": "Source: me.", "description": "It rises."}

YEARS = pd.DataFrame(
    {
        "year": [2020, 2021, 2022, 2020, 2021, 2022],
        "value": [1.0, 2.0, 4.0, 3.0, 3.5, 9.0],
        "series": ["a"] * 3 + ["b"] * 3,
        "evidence": ["printed", "unconfirmed", "corroborated", "printed", "unconfirmed", "printed"],
        "lower": [0.9, 1.9, 3.9, 2.9, 3.4, 8.9],
        "upper": [1.1, 2.1, 4.1, 3.1, 3.6, 9.1],
        "vintage": ["first"] * 3 + ["second"] * 3,
        "printed": ["1", "2", "4", "3", "3.5", "9"],
    }
)
ITEMS = pd.DataFrame(
    {
        "item": ["one", "two", "three"],
        "value": [1.0, 2.0, 4.0],
        "lower": [0.5, 1.5, 3.0],
        "upper": [1.5, 2.5, 5.0],
        "group": ["x", "y", "x"],
        "rate": [10.0, 15.0, 12.0],
        "verdict": ["can", "cannot", "can"],
    }
)
LANDS = pd.DataFrame(
    {
        "country": ["China", "China", "Laos", "Laos"],
        "year": [2018, 2022, 2018, 2022],
        "value": [3.6, 3.7, 2.7, 2.4],
    }
)
SAID = pd.DataFrame(
    {"part": ["p", "p", "q"], "carries": ["n", "m", "n"], "label": ["one", "two", "three"]}
)
DATES = pd.DataFrame(
    {
        "date": pd.to_datetime(["2015-03-07", "2016-01-06"]),
        "value": [1, 13],
        "added": [1, 12],
        "evidence": ["corroborated", "corroborated"],
    }
)


@functools.cache
def book() -> Audit:
    """Return the audit of the book's own ledger."""
    return audit(read_ledger(data_dir() / "claims.csv"))


BUILDERS: dict[str, Callable[[], Any]] = {
    "annual_lines": lambda: charts.annual_lines(YEARS, unit="percent"),
    "annual_lines, log": lambda: charts.annual_lines(
        YEARS.drop(columns="evidence"), unit="percent", log=True, order=["b", "a"]
    ),
    "bars": lambda: charts.bars(ITEMS, unit="firms"),
    "by_edition": lambda: charts.by_edition(YEARS, unit="dollars"),
    "grouped_bars": lambda: charts.grouped_bars(YEARS, unit="points", order=["a", "b"]),
    "interval_dots": lambda: charts.interval_dots(ITEMS, unit="percent", mark=0),
    "interval_dots, log": lambda: charts.interval_dots(
        ITEMS, unit="multiple", log=True, group="group", mark=10
    ),
    "interval_ladder": lambda: charts.interval_ladder(list(book().in_section("2.1").claims)),
    "needed_growth": lambda: charts.needed_growth(ITEMS, multiples=[2, 10], years=5),
    "picked_line": lambda: charts.picked_line(LANDS, unit="percent", first="China"),
    "publication_years": lambda: charts.publication_years(ITEMS.assign(value=[2013, 2024, 2025])),
    "ranked_pairs": lambda: charts.ranked_pairs(LANDS, unit="index", order=["China", "Laos"]),
    "stacked_counts": lambda: charts.stacked_counts(
        SAID, category="part", colour="carries", unit="statements"
    ),
    "steps": lambda: charts.steps(DATES, unit="zones"),
    "verdict_bars": lambda: charts.verdict_bars(book(), "evidence"),
    "verdict_map": lambda: charts.verdict_map(book()),
}
each_builder = pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
PLAIN = {"currentColor", "transparent", "white", "black"}
NAMED_COLOUR = {"fill", "stroke", "color", "background"}


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Enable the book's look for one test, stored mode, and put Altair's own back."""
    monkeypatch.setenv("CBEC_CHARTS", "stored")
    theme, renderer = alt.theme.active, alt.renderers.active
    charts.enable()
    yield
    alt.theme.enable(theme)
    alt.renderers.enable(renderer)


def specify(chart: Any) -> dict[str, Any]:
    """Return a chart's specification with words."""
    return charts.present(chart, **WORDS).to_dict()


def show(chart: Any) -> dict[str, Any]:
    """Return what a notebook stores for a chart."""
    bundle = charts.present(chart, **WORDS)._repr_mimebundle_(None, None)
    return bundle[0] if isinstance(bundle, tuple) else bundle


def draw(spec: dict[str, Any]) -> str:
    """Return a chart's picture as SVG."""
    return _draw(json.dumps(spec))


@functools.lru_cache(64)
def _draw(spec: str) -> str:
    return vl_convert.vegalite_to_svg(spec)


def marks(spec: dict[str, Any], kind: str) -> list[dict[str, str]]:
    """Draw a chart; return the attributes of its marks of a kind, such as ``symbol``."""
    svg = ElementTree.fromstring(draw(spec))
    classes = {f"mark-{kind}", "role-mark"}
    return [
        path.attrib
        for group in svg.iterfind(".//{*}g")
        if classes <= set(group.get("class", "").split())
        for path in group.iterfind(".//{*}path")
    ]


# Colours -------------------------------------------------------------------------------------


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours of the form #rrggbb, by WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@functools.cache
def page_colours() -> dict[str, str]:
    """Return the page's background in the light and the dark scheme, from the theme's own CSS."""
    folder = Path(pydata_sphinx_theme.__file__).parent
    (path,) = folder.rglob("styles/pydata-sphinx-theme.css")
    rules = re.findall(
        r"([^{}]*)\{([^{}]*--pst-color-background:[^{}]*)\}", path.read_text("utf-8")
    )
    found = {}
    for selector, body in rules:
        colour = re.search(r"--pst-color-background:\s*(#\w+)", body)[1]
        for scheme in ("light", "dark"):
            if f"html[data-theme={scheme}]" in selector:
                found[scheme] = (
                    colour if len(colour) == 7 else "#" + "".join(2 * c for c in colour[1:])
                )
    return found


def test_contrast_agrees_with_known_pairs() -> None:
    # WCAG 2.2 defines 21 for black on white; #767676 is the lightest grey with 4.5 on white.
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", charts.COLOURS)
def test_colours_stand_out_from_the_page(name: str, scheme: str) -> None:
    assert contrast(charts.COLOURS[name], page_colours()[scheme]) >= LEAST_CONTRAST


def test_pages_are_light_and_dark() -> None:
    pages = page_colours()
    assert contrast(pages["light"], pages["dark"]) > 15


def test_colours_differ() -> None:
    assert len(set(charts.COLOURS.values())) == len(charts.COLOURS) == 9


@each_builder
def test_charts_use_the_colours_of_the_theme_only(build: Callable[[], Any]) -> None:
    def walk(part: Any, key: str = "") -> Iterator[str]:
        if isinstance(part, dict):
            for name, value in part.items():
                yield from walk(value, name)
        elif isinstance(part, list):
            for value in part:
                yield from walk(value, key)
        elif isinstance(part, str) and (part.startswith("#") or key in NAMED_COLOUR):
            yield part

    assert set(walk(specify(build()))) <= PLAIN | set(charts.COLOURS.values())


@each_builder
def test_drawings_use_the_colours_of_the_theme_only(build: Callable[[], Any]) -> None:
    svg = draw(specify(build()))
    used = set(re.findall(r'\b(?:fill|stroke)="([^"]+)"', svg)) - {"none"}
    # A legend's gradient and symbols without a colour of their own would be Vega's blue or black.
    assert used <= PLAIN | set(charts.COLOURS.values())
    assert used & set(charts.COLOURS.values())


# The session ---------------------------------------------------------------------------------


def test_enable_registers_theme_and_renderer() -> None:
    assert "cbec" in alt.theme.names()
    assert "cbec" in alt.renderers.names()
    assert (alt.theme.active, alt.renderers.active) == ("cbec", "cbec")
    config = charts.bars(ITEMS, unit="firms").to_dict()["config"]
    assert config["range"]["category"] == list(charts.COLOURS.values())
    assert config["background"] == "transparent"


def test_importing_changes_no_setting_of_the_session() -> None:
    alt.theme.enable("default")
    importlib.import_module("cbec.charts")
    assert alt.theme.active == "default"


def test_stored_mode_keeps_specification_picture_and_text() -> None:
    bundle = show(charts.bars(ITEMS, unit="firms"))
    assert set(bundle) == {charts.MIME, "image/png", "text/plain"}
    assert bundle[charts.MIME] == specify(charts.bars(ITEMS, unit="firms"))
    assert bundle["text/plain"] == "Chart: What"
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG\r\n")


class Addresses(HTMLParser):
    """Collects what a page would load, and what ids it has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [str(value) for name, value in attrs if name == "id"]
        self.found += [str(v) for k, v in attrs if k in {"src", "href"} and tag not in {"a", "div"}]


@pytest.mark.parametrize("mode", [None, "live"])
def test_live_mode_adds_a_view_that_needs_no_network(
    mode: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CBEC_CHARTS") if mode is None else monkeypatch.setenv("CBEC_CHARTS", mode)
    bundle = show(charts.bars(ITEMS, unit="firms"))
    assert set(bundle) == {charts.MIME, "image/png", "text/plain", "text/html"}
    html = bundle["text/html"]
    seen = Addresses()
    seen.feed(html)
    assert seen.found == []
    assert "https://cdn" not in html
    assert not re.search(r"import\s*\(?\s*['\"]https?:", html)
    assert len(html) > 500_000, "the script travels with the output"


def test_live_views_of_one_notebook_do_not_share_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CBEC_CHARTS", "live")
    ids = []
    for build in (lambda: charts.bars(ITEMS, unit="firms"), lambda: charts.steps(DATES, unit="z")):
        seen = Addresses()
        seen.feed(show(build())["text/html"])
        assert seen.ids
        ids.append(set(seen.ids))
    assert not ids[0] & ids[1], "the second chart would be drawn in the first one's place"


# Words ---------------------------------------------------------------------------------------


def test_words_go_where_the_page_finds_them() -> None:
    spec = charts.present(charts.bars(ITEMS, unit="firms"), **WORDS, height=120).to_dict()
    assert spec["usermeta"]["cbec"] == {
        "title": "What",
        "subtitle": "percent",
        "source": "Source: me.",
        "alt": "It rises.",
    }
    assert spec["description"] == "It rises."
    assert spec["height"] == 120
    assert "title" not in spec


def test_words_do_not_change_the_chart_they_are_given_to() -> None:
    chart = charts.bars(ITEMS, unit="firms")
    before = copy.deepcopy(chart.to_dict())
    charts.present(chart, **WORDS, height=120)
    assert chart.to_dict() == before
    assert "usermeta" not in before


def test_picture_carries_the_words_and_leaves_the_specification_alone() -> None:
    spec = specify(charts.bars(ITEMS, unit="firms"))
    before = copy.deepcopy(spec)
    svg = vl_convert.vegalite_to_svg(charts._with_words(spec))
    assert spec == before
    for text in ("What", "percent", "Source: me."):
        assert f">{text}<" in svg
    assert ">What<" not in vl_convert.vegalite_to_svg(spec)


# Builders ------------------------------------------------------------------------------------


def test_every_builder_is_tested() -> None:
    tested = {name.partition(",")[0] for name in BUILDERS}
    assert tested == set(charts.__all__) - {"COLOURS", "MIME", "enable", "present"}


@each_builder
def test_builder_makes_a_valid_chart(build: Callable[[], Any]) -> None:
    spec = charts.present(build(), **WORDS).to_dict(validate=True)
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/v6")
    alt.Chart.from_dict(spec).to_dict(validate=True)
    assert draw(spec).startswith("<svg")
    json.dumps(spec, allow_nan=False)


def test_a_wrong_specification_is_not_valid() -> None:
    spec = specify(charts.bars(ITEMS, unit="firms"))
    with pytest.raises(ValidationError):
        alt.Chart.from_dict(spec | {"width": {"steps": 9}}).to_dict(validate=True)


@each_builder
def test_building_twice_gives_the_same_specification(build: Callable[[], Any]) -> None:
    first, again = specify(build()), specify(build())
    assert json.dumps(first) == json.dumps(again)


@pytest.mark.parametrize("name", ["annual_lines", "interval_ladder", "verdict_map"])
def test_showing_twice_gives_the_same_bytes(name: str) -> None:
    first, again = show(BUILDERS[name]()), show(BUILDERS[name]())
    assert json.dumps(first) == json.dumps(again)


@pytest.mark.parametrize(
    ("frame", "build"),
    [
        (YEARS, lambda f: charts.annual_lines(f, unit="u")),
        (YEARS, lambda f: charts.grouped_bars(f, unit="u", order=["a", "b"])),
        (ITEMS, lambda f: charts.interval_dots(f, unit="u", mark=0)),
        (ITEMS, lambda f: charts.bars(f, unit="u")),
        (ITEMS, lambda f: charts.publication_years(f)),
        (LANDS, lambda f: charts.ranked_pairs(f, unit="u", order=["China", "Laos"])),
        (SAID, lambda f: charts.stacked_counts(f, category="part", colour="carries", unit="u")),
        (DATES, lambda f: charts.steps(f, unit="u")),
    ],
)
def test_builder_leaves_its_frame_alone(frame: pd.DataFrame, build: Callable[..., Any]) -> None:
    before = frame.copy(deep=True)
    build(frame).to_dict()
    pd.testing.assert_frame_equal(frame, before)


def test_unconfirmed_points_are_hollow_and_all_others_full() -> None:
    points = marks(specify(charts.annual_lines(YEARS, unit="percent")), "symbol")
    assert len(points) == len(YEARS)
    hollow = [p for p in points if p.get("fill", "none") in {"none", "transparent"}]
    full = [p for p in points if p.get("fill") in charts.COLOURS.values()]
    assert len(hollow) == (YEARS["evidence"] == "unconfirmed").sum()
    assert len(full) == len(YEARS) - len(hollow)
    assert {p["stroke"] for p in hollow} <= set(charts.COLOURS.values())


def test_without_evidence_all_points_are_full() -> None:
    frame = YEARS.drop(columns="evidence")
    points = marks(specify(charts.annual_lines(frame, unit="percent")), "symbol")
    assert len(points) == len(YEARS)
    assert all(p.get("fill") in charts.COLOURS.values() for p in points)


def test_line_joins_confirmed_and_unconfirmed_points_of_a_series() -> None:
    lines = marks(specify(charts.annual_lines(YEARS, unit="percent")), "line")
    assert len(lines) == YEARS["series"].nunique()


def test_editions_are_not_joined() -> None:
    spec = specify(charts.by_edition(YEARS, unit="dollars"))
    assert len(marks(spec, "symbol")) == len(YEARS)
    assert marks(spec, "line") == []


def test_ladder_puts_the_printed_figure_at_zero() -> None:
    # 9.57 % printed; 9.70 % recomputed; 9.405 to 9.986 % within rounding (see docs of `audit`).
    spec = specify(charts.interval_ladder([book()["import-growth-2024"]]))
    (row,) = (rows[0] for rows in spec["datasets"].values() if "face" in rows[0])
    # Exact growth of 3.96 on 3.61, less the printed rate, in hundredths of a percent.
    assert row["face"] == pytest.approx((3.96 / 3.61 - 1.0957) * 1e4)
    assert row["low"] == pytest.approx((3.955 / 3.615 - 1.0957) * 1e4)
    assert row["high"] == pytest.approx((3.965 / 3.605 - 1.0957) * 1e4)


def test_verdict_bars_add_up() -> None:
    for axis in ("arithmetic", "evidence"):
        (rows,) = specify(charts.verdict_bars(book(), axis))["datasets"].values()
        assert sum(row["claims"] for row in rows) == len(book().claims)
        assert {row["of"] for row in rows} == {len(book().claims)}


def test_verdict_map_has_a_cell_for_each_claim() -> None:
    (rows,) = specify(charts.verdict_map(book()))["datasets"].values()
    places = [(row["arithmetic"], row["evidence"], row["place"]) for row in rows]
    assert len(places) == len(set(places)) == len(book().claims)


def test_more_series_than_colours_still_draw() -> None:
    many = pd.concat(YEARS.head(3).assign(series=f"s{i}") for i in range(9))
    spec = specify(charts.annual_lines(many, unit="percent"))
    assert len(marks(spec, "line")) == 9
