"""The book's charts: legible colours, whole outputs, honest marks, the same picture each time."""

from __future__ import annotations

import base64
import copy
import functools
import importlib
import io
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
from jsonschema import Draft7Validator, ValidationError
from PIL import Image

from cbec import charts
from cbec.audit.ledger_reader import read_ledger
from cbec.audit.results import Audit
from cbec.audit.verdict_rules import audit_ledger
from cbec.charts import theme
from cbec.display.vega import MIME
from cbec.errors import PictureError
from cbec.measures.growth import growth_contributions, year_on_year
from cbec.tables import frames
from cbec.tables.datapackage import data_dir
from cbec.tables.evidence_grades import GRADE_WORDS, GRADES, UNCONFIRMED_EN
from cbec_book.output.first_party import ASSETS

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
PANELLED = pd.concat([ITEMS.assign(year=2025), ITEMS.iloc[:2].assign(year=2030)]).assign(
    evidence=["unconfirmed", "printed", "printed", "unconfirmed", "printed"]
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
BREAKS = pd.DataFrame(
    {"country": ["China"], "from_year": [2018], "to_year": [2022], "what_en": ["another survey"]}
)
BOUNDED = pd.DataFrame(
    {
        "item": ["Guangdong", "any other province"],
        "value": [14772, None],
        "lower": [None, 0],
        "upper": [None, 31974],
        "evidence": ["printed", "derived"],
    }
)
PARTS = ["market-export", "market-import"]
TOTAL = "market-total"


@functools.cache
def market() -> pd.DataFrame:
    """Return 100EC's market, as the book has it."""
    return frames.load("market", series=[*PARTS, TOTAL])


@functools.cache
def pieces() -> pd.DataFrame:
    """Return what exports and imports add to the growth of the market, and that growth."""
    frames = {name: market().query("series == @name") for name in [*PARTS, TOTAL]}
    growth = year_on_year(frames.pop(TOTAL)).reset_index().assign(series=TOTAL)
    return pd.concat([growth_contributions(frames).reset_index(), growth])


@functools.cache
def book() -> Audit:
    """Return the audit of the book's own ledger."""
    return audit_ledger(read_ledger(data_dir() / "claims.csv"))


BUILDERS: dict[str, Callable[[], Any]] = {
    "annual_lines": lambda: charts.annual_lines(YEARS, unit="percent"),
    "annual_lines, log": lambda: charts.annual_lines(
        YEARS.drop(columns="evidence"), unit="percent", log=True, order=["b", "a"]
    ),
    "bars": lambda: charts.bars(ITEMS, unit="firms"),
    "by_edition": lambda: charts.by_edition(YEARS, unit="dollars"),
    "bars, bounded": lambda: charts.bars(BOUNDED, unit="firms"),
    "contributions": lambda: charts.contributions(
        pieces(), unit="points", order=PARTS, total=TOTAL
    ),
    "definitions": lambda: charts.definitions(YEARS, unit="yuan", order=["a"], rivals=["b"]),
    "grouped_bars": lambda: charts.grouped_bars(YEARS, unit="points", order=["a", "b"]),
    "interval_dots": lambda: charts.interval_dots(ITEMS, unit="percent", mark=0, group="group"),
    "interval_dots, log": lambda: charts.interval_dots(
        ITEMS, unit="multiple", log=True, group="group", mark=10
    ),
    "interval_dots, panels": lambda: charts.interval_dots(
        PANELLED, unit="trillion CNY", mark=17.7, group="group", panel="year"
    ),
    "interval_ladder": lambda: charts.interval_ladder(list(book().in_section("2.1").claims)),
    "needed_growth": lambda: charts.needed_growth(ITEMS, multiples=[2, 10], years=5),
    "picked_line": lambda: charts.picked_line(
        LANDS, unit="percent", first="China", breaks=BREAKS.iloc[:0]
    ),
    "picked_line, breaks": lambda: charts.picked_line(
        LANDS, unit="percent", first="China", breaks=BREAKS
    ),
    "publication_years": lambda: charts.publication_years(ITEMS.assign(value=[2013, 2024, 2025])),
    "ranked_pairs": lambda: charts.ranked_pairs(LANDS, unit="index", order=["China", "Laos"]),
    "stacked_counts": lambda: charts.stacked_counts(
        SAID, category="part", colour="carries", unit="statements"
    ),
    "share_band": lambda: charts.share_band(
        YEARS.assign(basis="x"), unit="percent", order=["a", "b"], panel="basis"
    ),
    "share_band, panels": lambda: charts.share_band(
        YEARS.assign(basis=YEARS["series"]), unit="percent", order=["a", "b"], panel="basis"
    ),
    "stacked_mix": lambda: charts.stacked_mix(
        market(), unit="trillion yuan", order=PARTS, total=TOTAL
    ),
    "steps": lambda: charts.steps(DATES, unit="zones"),
    "verdict_bars": lambda: charts.verdict_bars(book(), "evidence"),
    "verdict_map": lambda: charts.verdict_map(book()),
}
each_builder = pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
PLAIN = {"currentColor", "transparent", "white", "black"}
INKS = {*charts.COLOURS.values(), "currentColor"}
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


@functools.cache
def vega_lite() -> Draft7Validator:
    """Return what validates by the schema of Vega-Lite itself, words around a chart included."""
    schema = Path(alt.__file__).parent / "vegalite" / "v6" / "schema" / "vega-lite-schema.json"
    return Draft7Validator(json.loads(schema.read_text("utf-8")))


def specify(chart: Any) -> dict[str, Any]:
    """Return a chart's specification with words; it is held against Vega-Lite's schema."""
    return charts.present(chart, **WORDS).to_dict(validate=True)


_built = functools.cache(lambda build, *arguments: specify(build(*arguments)))


def built(build: Callable[..., Any], *arguments: str) -> dict[str, Any]:
    """Return the specification of a chart that several tests look at, built once."""
    return copy.deepcopy(_built(build, *arguments))


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
    """Draw a chart; return the attributes of its visible marks of a kind, such as ``symbol``."""
    svg = ElementTree.fromstring(draw(spec))
    classes = {f"mark-{kind}", "role-mark"}
    return [
        shape.attrib
        for group in svg.iterfind(".//{*}g")
        if classes <= set(group.get("class", "").split())
        for shape in (*group.iterfind(".//{*}path"), *group.iterfind(".//{*}line"))
        if shape.get("opacity") != "0"
    ]


def texts(spec: dict[str, Any]) -> list[tuple[list[str], tuple[float, float]]]:
    """Draw a chart; return the lines of each text in the drawing, and where the first begins."""
    svg = ElementTree.fromstring(draw(spec))
    return [
        ([part for part in text.itertext() if part], place(text.attrib))
        for group in svg.iterfind(".//{*}g")
        if {"mark-text", "role-mark"} <= set(group.get("class", "").split())
        for text in group.iterfind("{*}text")
    ]


def place(mark: dict[str, str]) -> tuple[float, float]:
    """Return where a mark stands, across and down."""
    across, down = re.findall(r"-?[\d.]+", mark["transform"])[:2]
    return float(across), float(down)


def is_hollow(mark: dict[str, str]) -> bool:
    """Whether a mark has an outline of a theme's colour and no filling."""
    return mark.get("fill-opacity") == "0" and mark["stroke"] in INKS


def rows(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a chart's data that have all columns of its table."""
    columns = {column for column, _ in spec["usermeta"]["cbec"]["columns"]}
    return [row for data in spec["datasets"].values() for row in data if columns <= set(row)]


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


@functools.cache
def on_dark() -> dict[str, str]:
    """Return the colours that a dark page shows instead, from the book's style sheet."""
    sheet = (ASSETS / "charts.css").read_text(encoding="utf-8")
    rule = r'\[(fill|stroke)="(#\w{6})"\] \{\s*(fill|stroke): (#\w{6});'
    found = re.findall(rule, sheet)
    assert all(asked == given for asked, _, given, _ in found)
    both = [
        {own: shown for of, own, _, shown in found if of == part} for part in ("fill", "stroke")
    ]
    assert both[0] == both[1]
    return both[0]


def on_pages(colour: str) -> list[tuple[str, str]]:
    """Return the light and the dark page, each with a colour as it is shown there."""
    pages = page_colours()
    return [(pages["light"], colour), (pages["dark"], on_dark().get(colour, colour))]


def mixed(colour: str, ground: str, strength: float) -> str:
    """Return what a colour of some opacity looks like on a ground."""
    pairs = [(int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(strength * c + (1 - strength) * g):02x}" for c, g in pairs)


@pytest.mark.parametrize("name", charts.COLOURS)
def test_colours_stand_out_from_the_page(name: str) -> None:
    colour = charts.COLOURS[name]
    assert contrast(colour, page_colours()["light"]) >= LEAST_CONTRAST
    assert contrast(on_dark().get(colour, colour), page_colours()["dark"]) >= 4.5


def test_colours_differ_on_a_dark_page_too() -> None:
    shown = [on_dark().get(colour, colour) for colour in charts.COLOURS.values()]
    assert len(set(shown)) == len(shown)


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

    assert set(walk(built(build))) <= PLAIN | set(charts.COLOURS.values())


@each_builder
def test_drawings_use_the_colours_of_the_theme_only(build: Callable[[], Any]) -> None:
    svg = draw(built(build))
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
    assert set(bundle) == {MIME, "image/png", "text/plain"}
    assert bundle[MIME] == built(BUILDERS["bars"])
    assert bundle["text/plain"] == "Chart: What"
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG\r\n")


def test_a_stored_picture_is_large_enough_for_a_slide() -> None:
    bundle = show(charts.annual_lines(market(), unit="trillion CNY"))
    with Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))) as picture:
        assert picture.width >= 1280


def test_a_picture_does_not_depend_on_the_fonts_of_the_machine(
    with_other_fonts: Callable[[str, Any], list[str]],
) -> None:
    spec = built(BUILDERS["bars"])
    drawn = with_other_fonts(
        "from cbec.charts import theme; print(theme.mime_bundle(spec)['image/png'])", spec
    )
    assert drawn == [theme.mime_bundle(spec)["image/png"]] * 2


def test_a_name_in_both_scripts_is_in_latin_letters_in_the_picture_alone() -> None:
    def named(name: str) -> dict[str, Any]:
        return show(charts.bars(ITEMS.assign(item=[name, "two", "three"]), unit="firms"))

    both, latin = named("中商产业研究院 (askci), for 2023"), named("askci, for 2023")
    assert both["image/png"] == latin["image/png"]
    assert "中商产业研究院 (askci), for 2023" in json.dumps(both[MIME], ensure_ascii=False)


def test_a_column_named_in_both_scripts_keeps_its_data_in_the_picture() -> None:
    def drawn(column: str) -> str:
        data = pd.DataFrame({column: [3, 5], "item": ["one", "two"]})
        chart = (
            alt.Chart(data)
            .transform_filter(f"datum['{column}'] > 1")
            .mark_bar()
            .encode(x=alt.X(column, type="quantitative").title(None), y="item:N")
        )
        return show(chart)["image/png"]

    assert drawn("出口 (exports)") == drawn("exports")


def test_a_stored_picture_with_a_character_that_its_font_lacks_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec = specify(charts.bars(ITEMS.assign(item=["网经社", "two", "three"]), unit="firms"))
    with pytest.raises(PictureError, match="chart 'What': the text '网经社' holds '社经网'"):
        theme.mime_bundle(spec)
    monkeypatch.setenv("CBEC_CHARTS", "live")
    assert "网经社" in theme.mime_bundle(spec)["text/html"]


def test_a_stored_picture_in_a_font_of_the_machine_is_refused() -> None:
    spec = built(BUILDERS["bars"])
    spec["config"]["axis"]["labelFont"] = "Arial"
    with pytest.raises(PictureError, match="is in the font 'Arial'"):
        theme.mime_bundle(spec)


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
    assert set(bundle) == {MIME, "image/png", "text/plain", "text/html"}
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
    spec = built(BUILDERS["bars"])
    assert spec["usermeta"]["cbec"] == {
        "title": "What",
        "subtitle": "percent",
        "source": "Source: me.",
        "alt": "It rises.",
        "columns": [["item", "Item"], ["value", "firms"]],
    }
    assert spec["description"] == "It rises."
    assert "title" not in spec


def test_words_do_not_change_the_chart_they_are_given_to() -> None:
    chart = charts.bars(ITEMS, unit="firms")
    before = copy.deepcopy(chart.to_dict())
    charts.present(chart, **WORDS)
    assert chart.to_dict() == before
    assert "title" not in before["usermeta"]["cbec"]


def test_picture_carries_the_words_and_leaves_the_specification_alone() -> None:
    spec = built(BUILDERS["bars"])
    before = copy.deepcopy(spec)
    svg = vl_convert.vegalite_to_svg(theme.with_words(spec))
    assert spec == before
    for text in ("What", "percent", "Source: me."):
        assert f">{text}<" in svg
    assert ">What<" not in vl_convert.vegalite_to_svg(spec)


@each_builder
def test_chart_has_the_footnote_if_and_only_if_a_figure_is_unconfirmed(
    build: Callable[[], Any],
) -> None:
    spec = built(build)
    grades = {row.get("evidence") for data in spec["datasets"].values() for row in data}
    note = spec["usermeta"]["cbec"].get("note")
    assert note == (UNCONFIRMED_EN if "unconfirmed" in grades else None)


def test_picture_carries_the_footnote() -> None:
    titled = theme.with_words(built(BUILDERS["annual_lines"]))
    assert UNCONFIRMED_EN in " ".join(titled["title"]["subtitle"])


@each_builder
def test_data_hold_the_columns_of_the_table(build: Callable[[], Any]) -> None:
    spec = built(build)
    columns = [column for column, _ in spec["usermeta"]["cbec"]["columns"]]
    assert columns
    assert len(set(columns)) == len(columns)
    assert rows(spec)


@pytest.mark.parametrize(
    ("build", "frame", "figures"),
    [
        (BUILDERS["annual_lines"], YEARS, 6),
        (BUILDERS["interval_dots, log"], ITEMS, 3),  # and the mark isn't one of them
        (BUILDERS["interval_dots, panels"], PANELLED, 5),
        (BUILDERS["needed_growth"], ITEMS, 3),
        (BUILDERS["picked_line, breaks"], LANDS, 4),
        (BUILDERS["stacked_mix"], market(), len(market())),
    ],
)
def test_table_has_each_figure_once(
    build: Callable[[], Any], frame: pd.DataFrame, figures: int
) -> None:
    assert len(rows(built(build))) == len(frame) == figures


def test_data_keep_what_cites_a_figure_and_nothing_that_is_not_shown() -> None:
    frame = market().assign(secret="x")
    chart = charts.stacked_mix(frame, unit="trillion yuan", order=PARTS, total=TOTAL)
    found = rows(specify(chart))
    assert {row["row"] for row in found} == set(market()["row"])
    assert {"row", "evidence", "vintage", "printed"} <= set(found[0])
    assert "secret" not in found[0]


def test_grade_is_a_column_only_where_no_row_name_leads_to_it() -> None:
    def titles(frame: pd.DataFrame) -> list[str]:
        spec = specify(charts.annual_lines(frame, unit="percent"))
        return [title for _, title in spec["usermeta"]["cbec"]["columns"]]

    assert titles(YEARS)[-2:] == ["Vintage", "Evidence"]
    assert "Evidence" not in titles(YEARS.assign(row="a-row"))
    assert "Evidence" in titles(YEARS.assign(row=["a-row"] + [None] * 5))


# Builders ------------------------------------------------------------------------------------


def test_every_builder_is_tested() -> None:
    trend = importlib.import_module("tests.charts.test_forecasts").BUILDERS
    tested = {name.partition(",")[0] for name in (*BUILDERS, *trend)}
    assert tested == set(charts.__all__) - {"COLOURS", "enable", "present"}


@each_builder
def test_builder_makes_a_valid_chart(build: Callable[[], Any]) -> None:
    spec = built(build)
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/v6")
    vega_lite().validate(spec)
    assert draw(spec).startswith("<svg")
    json.dumps(spec, allow_nan=False)


def test_a_wrong_specification_is_not_valid() -> None:
    spec = built(BUILDERS["bars"])
    with pytest.raises(ValidationError):
        vega_lite().validate(spec | {"width": {"steps": 9}})


@each_builder
def test_building_twice_gives_the_same_specification(build: Callable[[], Any]) -> None:
    first, again = built(build), charts.present(build(), **WORDS).to_dict(validate=False)
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
        (ITEMS, lambda f: charts.interval_dots(f, unit="u", mark=0, group="group")),
        (ITEMS, lambda f: charts.bars(f, unit="u")),
        (ITEMS, lambda f: charts.publication_years(f)),
        (LANDS, lambda f: charts.ranked_pairs(f, unit="u", order=["China", "Laos"])),
        (SAID, lambda f: charts.stacked_counts(f, category="part", colour="carries", unit="u")),
        (DATES, lambda f: charts.steps(f, unit="u")),
        (YEARS, lambda f: charts.share_band(f, unit="u", order=["a", "b"], panel="vintage")),
        (YEARS, lambda f: charts.definitions(f, unit="u", order=["a", "b"], rivals=[])),
        (YEARS, lambda f: charts.by_edition(f, unit="u")),
        (LANDS, lambda f: charts.picked_line(f, unit="u", first="Laos", breaks=BREAKS)),
        (BOUNDED, lambda f: charts.bars(f, unit="u")),
    ],
)
def test_builder_leaves_its_frame_alone(frame: pd.DataFrame, build: Callable[..., Any]) -> None:
    before = frame.copy(deep=True)
    build(frame).to_dict()
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    "name", ["annual_lines", "by_edition", "share_band", "share_band, panels", "definitions"]
)
def test_unconfirmed_points_are_hollow_and_all_others_full(name: str) -> None:
    points = marks(built(BUILDERS[name]), "symbol")
    assert len(points) == len(YEARS)
    assert sum(map(is_hollow, points)) == (YEARS["evidence"] == "unconfirmed").sum()
    assert {p["fill"] for p in points} <= set(charts.COLOURS.values())


@pytest.mark.parametrize(
    ("build", "kind"),
    [
        (lambda f: charts.bars(f, unit="u"), "rect"),
        (lambda f: charts.grouped_bars(f, unit="u", order=["a"]), "rect"),
        (lambda f: charts.interval_dots(f, unit="u", mark=1, group="group"), "symbol"),
        (lambda f: charts.picked_line(f, unit="u", first="Laos", breaks=BREAKS), "symbol"),
        (lambda f: charts.ranked_pairs(f, unit="u", order=["Laos"]), "symbol"),
        (lambda f: charts.steps(f, unit="u"), "symbol"),
    ],
)
def test_every_builder_draws_an_unconfirmed_figure_hollow(
    build: Callable[..., Any], kind: str
) -> None:
    frame = pd.DataFrame(
        {
            "item": ["one", "two"],
            "country": "Laos",
            "group": "x",
            "series": "a",
            "year": [2020, 2021],
            "date": pd.to_datetime(["2020-01-01", "2021-01-01"]),
            "value": [1.0, 2.0],
            "added": 1,
            "lower": [0.9, 1.9],
            "upper": [1.1, 2.1],
            "evidence": ["printed", "unconfirmed"],
        }
    )
    spec = specify(build(frame))
    assert [is_hollow(mark) for mark in marks(spec, kind)] == [False, True]
    assert ">unconfirmed<" in draw(spec), "the chart must say it without a pointer"
    sure = specify(build(frame.assign(evidence="printed")))
    assert not any(is_hollow(mark) for mark in marks(sure, kind))
    assert ">unconfirmed<" not in draw(sure)


def test_unconfirmed_parts_and_totals_are_hollow() -> None:
    spec = built(BUILDERS["stacked_mix"])
    unsure = market()["evidence"] == "unconfirmed"
    whole = market()["series"] == TOTAL
    for kind, those in (("symbol", whole), ("rect", ~whole)):
        drawn = marks(spec, kind)
        assert len(drawn) == those.sum()
        assert sum(map(is_hollow, drawn)) == (those & unsure).sum()


def test_without_evidence_all_points_are_full() -> None:
    frame = YEARS.drop(columns="evidence")
    points = marks(specify(charts.annual_lines(frame, unit="percent")), "symbol")
    assert len(points) == len(YEARS)
    assert not any(map(is_hollow, points))


def test_line_is_dashed_where_either_end_is_unconfirmed() -> None:
    frame = pd.DataFrame(
        {
            "year": [2020, 2021, 2022, 2023],
            "value": [1.0, 2.0, 3.0, 4.0],
            "series": "a",
            "evidence": ["printed", "unconfirmed", "printed", "printed"],
        }
    )
    lines = marks(specify(charts.annual_lines(frame, unit="percent")), "rule")
    assert [line["stroke-dasharray"] for line in lines] == ["4,4", "4,4", "1,0"]


@pytest.mark.parametrize("name", ["annual_lines", "share_band"])
def test_line_joins_the_years_of_a_series_and_no_two_series(name: str) -> None:
    spec = built(BUILDERS[name])
    ranges = len(YEARS)
    assert len(marks(spec, "rule")) - ranges == len(YEARS) - YEARS["series"].nunique()


@pytest.mark.parametrize(
    "name", ["annual_lines", "by_edition", "definitions", "share_band", "stacked_mix"]
)
def test_tooltip_tells_vintage_and_evidence(name: str) -> None:
    spec = built(BUILDERS[name])
    layers = spec.get("spec", spec)["layer"]
    tips = json.dumps([layer.get("encoding", {}).get("tooltip") for layer in layers])
    assert {"vintage", "evidence"} <= set(re.findall(r'"field": "(\w+)"', tips))


def test_vintage_and_evidence_are_told_in_words() -> None:
    coded = YEARS.assign(vintage="first-published", evidence=[*GRADES])
    found = rows(specify(charts.annual_lines(coded, unit="percent")))
    assert {row["vintage"] for row in found} == {"first published"}
    assert [row["evidence"] for row in found] == [*GRADE_WORDS.values()]
    assert [row["unconfirmed"] for row in found] == [grade == "unconfirmed" for grade in GRADES]


def test_editions_are_not_joined() -> None:
    spec = built(BUILDERS["by_edition"])
    assert len(marks(spec, "symbol")) == len(YEARS)
    assert marks(spec, "line") == marks(spec, "rule") == []


def test_editions_with_nearly_the_same_forecast_share_a_label() -> None:
    # e-Conomy SEA's editions of 2016 and 2017 expect 88 and 88.1 billion dollars for 2025.
    sea = frames.load("sea_ecommerce").sort_values("series")
    labels = {row["edition"] for row in rows(specify(charts.by_edition(sea, unit="dollars")))}
    assert {"2016, 2017", "2018", "2023"} <= labels
    assert "2017" not in labels


def test_rival_estimates_are_neither_joined_nor_named_one_by_one() -> None:
    spec = built(BUILDERS["definitions"])
    assert len(marks(spec, "rule")) == 2, "the three years of a"
    assert sorted(filter(None, (row["name"] for row in rows(spec)))) == ["a", "other\npublishers"]


@pytest.mark.parametrize("name", ["annual_lines", "definitions", "picked_line", "share_band"])
def test_a_missing_year_is_a_gap(name: str) -> None:
    frame = pd.DataFrame({"year": [2018, 2019, 2021, 2022], "value": [1.0, 2.0, 3.0, 4.0]})
    frame = frame.assign(series="a", country="Laos", basis="x", lower=0.9, upper=4.1)
    options: dict[str, dict[str, Any]] = {
        "definitions": {"order": ["a"], "rivals": []},
        "picked_line": {"first": "China", "breaks": BREAKS.iloc[:0]},
        "share_band": {"order": ["a"], "panel": "basis"},
    }
    chart = getattr(charts, name)(frame, unit="u", **options.get(name, {}))
    joined = [rule for rule in marks(specify(chart), "rule") if rule["x2"] != "0"]
    assert len(joined) == 2, "2018 to 2019 and 2021 to 2022"


def test_what_is_said_of_a_year_stands_above_the_drawing() -> None:
    frame = YEARS.assign(basis="x", event=["war", "peace", None, None, None, None])
    for chart in (
        charts.annual_lines(frame, unit="u"),
        charts.share_band(frame, unit="u", order=["a", "b"], panel="basis"),
    ):
        svg = draw(specify(chart))
        heights = []
        for words in ("war", "peace"):
            (place,) = re.findall(rf'<text[^>]*translate\([^,]+,([-\d.]+)\)"[^>]*>{words}<', svg)
            heights.append(float(place))
        assert max(heights) < 0, "above the top of the plot"
        assert abs(heights[0] - heights[1]) > 10, "in lines of their own"
    without = specify(charts.annual_lines(YEARS.assign(note="of a source"), unit="u"))
    assert ">of a source<" not in draw(without)


def test_a_change_of_definition_is_marked_from_one_line_to_the_other() -> None:
    frame = YEARS.assign(year=YEARS["year"] + 5 * (YEARS["series"] == "b"))
    bare = specify(charts.definitions(frame, unit="u", order=["a", "b"], rivals=[]))
    leap = ("a", "b", "another count")
    spec = specify(charts.definitions(frame, unit="u", order=["a", "b"], rivals=[], leap=leap))
    assert len(marks(spec, "rule")) - len(marks(bare, "rule")) == 1
    assert ">another<" in draw(spec)
    assert rows(spec) == rows(bare), "it is no figure of its own"


def test_no_line_is_drawn_through_a_break() -> None:
    frame = pd.DataFrame({"country": "China", "year": range(2018, 2022), "value": 3.6})
    none, breaks = BREAKS.iloc[:0], BREAKS.assign(to_year=2020)
    whole = marks(specify(charts.picked_line(frame, unit="u", first="China", breaks=none)), "rule")
    broken = specify(charts.picked_line(frame, unit="u", first="China", breaks=breaks))
    # China: three steps, of which 2018-2019 and 2019-2020 lie in the break; drawn as a country and
    # again as the one that is chosen.
    assert len(whole) - len(marks(broken, "rule")) == 2 * 2
    assert ">method break<" in draw(broken)


@pytest.mark.parametrize("first", ["China", "Laos"])
def test_the_chosen_line_has_its_name_at_its_end(first: str) -> None:
    svg = draw(specify(charts.picked_line(LANDS, unit="u", first=first, breaks=BREAKS)))
    assert [land for land in ("China", "Laos") if f">{land}<" in svg] == [first]


def test_no_range_ends_at_the_edge_of_its_axis() -> None:
    # Round numbers, at which an axis would end of itself.
    frame = ITEMS.assign(lower=[1.0, 1.5, 3.0], upper=[2.0, 2.5, 6.0])
    spec = specify(charts.interval_dots(frame, unit="u", mark=2, group="group"))
    ranges = [mark for mark in marks(spec, "rule") if mark.get("stroke-width") == "6"]
    assert len(ranges) == len(frame)
    for line in ranges:
        assert place(line)[0] > 10
        assert place(line)[0] + float(line["x2"]) < spec["width"] - 10


@pytest.mark.parametrize("window", range(1, 11))
def test_no_line_crosses_the_numbers_of_needed_growth(window: int) -> None:
    observed = pd.DataFrame({"item": ["one", "two"], "rate": [11.0, 15.3]})
    multiples = [1.5, 2, 3, 5, 10]
    spec = specify(charts.needed_growth(observed, multiples=multiples, years=window))
    lines = [place(mark)[1] for mark in marks(spec, "rule")]
    numbers = texts(spec)
    assert len(lines) == len(observed)
    assert len(numbers) == len(multiples)
    for words, (_, baseline) in numbers:
        assert not [line for line in lines if baseline - 10 < line < baseline + 1], words


def test_an_unconfirmed_break_is_marked_as_the_footnote_says() -> None:
    breaks = BREAKS.assign(evidence="unconfirmed")
    spec = specify(charts.picked_line(LANDS, unit="u", first="China", breaks=breaks))
    assert ">method break ○<" in draw(spec)
    assert spec["usermeta"]["cbec"]["note"] == UNCONFIRMED_EN


def test_a_break_of_another_country_is_not_shown() -> None:
    spec = specify(charts.picked_line(LANDS, unit="u", first="Laos", breaks=BREAKS))
    assert ">method break<" not in draw(spec)


def test_a_panel_has_only_the_rows_that_it_needs() -> None:
    spec = built(BUILDERS["interval_dots, panels"])
    svg = draw(spec)
    assert [svg.count(f">{item}<") for item in ("one", "two", "three")] == [2, 2, 1]
    assert svg.count(">unconfirmed<") == svg.count(">x<") == 1, "one legend for all"


def test_parts_stand_on_each_other_and_hang_below_zero() -> None:
    frame = pd.DataFrame(
        {
            "year": [2015] * 3,
            "series": ["x", "y", "sum"],
            "value": [-0.8, -6.2, -7.0],
            "lower": [-0.9, -6.3, -7.1],
            "upper": [-0.7, -6.1, -6.9],
        }
    )
    found = rows(specify(charts.contributions(frame, unit="u", order=["x", "y"], total="sum")))
    assert [row["start"] for row in found] == [0.0, -0.8, None]
    assert found[1]["bottom"] == pytest.approx(-7.1)
    assert found[1]["top"] == pytest.approx(-6.9)
    assert (found[2]["bottom"], found[2]["top"]) == (-7.1, -6.9)


def test_parts_without_a_gap_reach_their_sum() -> None:
    spec = built(BUILDERS["stacked_mix"])
    last = [row for row in rows(spec) if row["year"] == 2024]
    # 13.7 and 3.96 trillion yuan make 17.66 (section 2.1.1).
    assert [(row["start"], row["value"]) for row in last] == [
        (0, 13.7),
        (13.7, 3.96),
        (None, 17.66),
    ]


def test_mix_shows_the_shares_that_the_paper_prints() -> None:
    found = {row["row"]: row["share"] for row in rows(built(BUILDERS["stacked_mix"]))}
    # Section 2.1.1 of the paper: 77.6 % and 22.4 % in 2024.
    assert found["market-export-2024-as-published"] == 77.6
    assert found["market-import-2024-as-published"] == 22.4
    assert found["market-total-2024-as-published"] is None


def test_mix_shows_a_year_of_which_only_the_total_is_known() -> None:
    found = [row for row in rows(built(BUILDERS["stacked_mix"])) if row["year"] == 2012]
    assert [row["series"] for row in found] == [TOTAL]


def test_variants_of_a_year_stand_beside_each_other_around_it() -> None:
    places = [row["place"] for row in rows(built(BUILDERS["share_band"])) if row["year"] == 2021]
    assert len(set(places)) == 2
    assert sum(places) / 2 == pytest.approx(2021)


def test_a_range_is_written_where_there_is_no_value() -> None:
    assert [row["written"] for row in rows(built(BUILDERS["bars, bounded"]))] == [
        "14,772",
        "0 – 31,974",
    ]


def test_ladder_puts_the_printed_figure_at_zero() -> None:
    # 9.57 % printed; 9.70 % recomputed; 9.405 to 9.986 % within rounding (see docs of `audit`).
    spec = specify(charts.interval_ladder([book()["import-growth-2024"]]))
    (row,) = rows(spec)
    # Exact growth of 3.96 on 3.61, less the printed rate, in hundredths of a percent.
    assert row["face"] == pytest.approx((3.96 / 3.61 - 1.0957) * 1e4)
    assert row["low"] == pytest.approx((3.955 / 3.615 - 1.0957) * 1e4)
    assert row["high"] == pytest.approx((3.965 / 3.605 - 1.0957) * 1e4)


def test_verdict_bars_add_up() -> None:
    for axis in ("arithmetic", "evidence"):
        found = rows(specify(charts.verdict_bars(book(), axis)))
        assert sum(row["claims"] for row in found) == len(book().claims)
        assert {row["of"] for row in found} == {len(book().claims)}


def test_verdict_map_has_a_cell_for_each_claim() -> None:
    found = rows(built(BUILDERS["verdict_map"]))
    places = [(row["x"], row["y"]) for row in found]
    assert len(places) == len(set(places)) == len(book().claims)


def test_verdict_map_is_coloured_by_what_a_source_says() -> None:
    hues = {(row["evidence"], row["colour"]) for row in rows(built(BUILDERS["verdict_map"]))}
    assert dict(hues)["? untraced"] == charts.COLOURS["grey"]
    assert len(hues) == len(dict(hues)), "one hue a verdict"


def test_more_series_than_colours_still_draw() -> None:
    many = pd.concat(YEARS.head(3).assign(series=f"s{i}") for i in range(9))
    spec = specify(charts.annual_lines(many, unit="percent"))
    assert len(marks(spec, "symbol")) == len(many)
