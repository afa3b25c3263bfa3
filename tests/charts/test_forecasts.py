"""Charts of forecasts: what they keep, mark and cut off, and what their controls compute."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import altair as alt
import pandas as pd
import pytest

from cbec import charts
from cbec.errors import TrendError
from cbec_book.content.chart import chart_table_html
from cbec_book.content.chart_layout import narrowed
from cbec_book.content.chart_spec import read_chart
from tests.charts import test_charts as common
from tests.charts.test_charts import built, draw, is_hollow, marks, rows, specify, texts

ENDS = ["lower_80", "upper_80", "lower_95", "upper_95"]


def path(choice: str, width: float, evidence: str | None = None) -> pd.DataFrame:
    """Return two fitted figures and two forecasts of a model, intervals as wide as said."""
    ahead = pd.DataFrame({"kind": "forecast", "year": [2025, 2026], "value": [18.0, 19.0]})
    for end, part in zip(ENDS, (-0.3, 0.3, -0.5, 0.5), strict=True):
        ahead[end] = ahead["value"] + part * width
    fitted = pd.DataFrame({"kind": "fitted", "year": [2023, 2024], "value": [16.5, 17.6]})
    both = pd.concat([fitted, ahead.assign(evidence=evidence)])
    return both.assign(choice=choice)


SEEN = pd.DataFrame(
    {
        "choice": "",
        "kind": "observed",
        "year": [2022, 2023, 2024],
        "value": [15.7, 16.85, 17.66],
        "least": [15.65, 16.845, 17.655],
        "most": [15.75, 16.855, 17.665],
        "row": ["a", "b", "c"],
        "evidence": ["unconfirmed", "printed", "printed"],
    }
)
FAN = pd.concat([SEEN, path("drift", 4), path("naive", 5), path("bass", 900)], ignore_index=True)
PANELS = pd.concat(
    [
        part.drop(columns="choice").assign(series=name)
        for name in ("Exports", "Imports")
        for part in (SEEN.drop(columns="row"), path("", 4))
    ]
)
UNITS = {"Exports": "trillion CNY", "Imports": "percent"}
STEPS = pd.DataFrame(
    {
        "model": ["drift"] * 2 + ["naive"] * 2,
        "step": [1, 2] * 2,
        "value": [0.5, 0.9, 0.8, 1.6],
        "n": [8, 7] * 2,
    }
)
LEFT = pd.DataFrame(
    {
        "model": ["drift", "drift", "naive", "naive"],
        "year": [2023, 2024] * 2,
        "value": [0.4, -0.2, None, 0.8],
        "evidence": ["unconfirmed", "printed"] * 2,
    }
)
SCORED = pd.DataFrame(
    {
        "item": ["Ministry, 2013, for 2016", "Ministry, 2013, for 2016", "Grey model", "Passed"],
        "made": ["published", "ours", "published", "published"],
        "value": [6.5, 6.8, 18.76, 9.0],
        "value_upper": [None, None, 18.934, None],
        "comparator": ["=", "=", "=", ">"],
        "lower_80": [None, 6.0, None, None],
        "upper_80": [None, 7.6, None, None],
        "lower_95": [None, 5.5, None, None],
        "upper_95": [None, 8.4, None, None],
        "outturn": [6.7, 6.7, 16.85, 9.0],
        "evidence": ["printed", "derived", "printed", "unconfirmed"],
    }
)
HISTORY = pd.DataFrame(
    {
        "year": [2023, 2024] * 3,
        "series": ["Exports"] * 2 + ["Imports"] * 2 + ["Market"] * 2,
        "value": [13.24, 13.7, 3.61, 3.96, 16.85, 17.66],
        "evidence": ["unconfirmed", "printed"] * 3,
    }
)
MARKET = pd.DataFrame({"year": [2025, 2026], "mean": [18.5, 19.3]}).assign(
    lower_80=[17.4, 17.5], upper_80=[19.6, 21.0], lower_95=[16.8, 16.5], upper_95=[20.4, 22.4]
)


ORDER = ["Exports", "Imports", "Market"]


def growth_scenario() -> Any:
    """Build the chart with sliders."""
    return charts.growth_scenario(HISTORY, MARKET, order=ORDER, unit="trillion CNY")


def fan(first: str = "drift") -> Any:
    """Build a fan without the names of rows, which aren't in the data package."""
    return charts.fan(FAN.drop(columns="row"), unit="trillion CNY", first=first)


BUILDERS: dict[str, Callable[[], Any]] = {
    "fan": fan,
    "fan_panels": lambda: charts.fan_panels(PANELS, unit=UNITS),
    "rolling_errors": lambda: charts.rolling_errors(STEPS, unit="trillion CNY", reference="naive"),
    "residuals": lambda: charts.residuals(LEFT, unit="trillion CNY"),
    "scored": lambda: charts.scored(SCORED, unit="trillion CNY"),
    "growth_scenario": growth_scenario,
}
each_builder = pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Enable the book's look for one test, and put Altair's own back."""
    monkeypatch.setenv("CBEC_CHARTS", "stored")
    theme, renderer = alt.theme.active, alt.renderers.active
    charts.enable()
    yield
    alt.theme.enable(theme)
    alt.renderers.enable(renderer)


def fields(part: Any, key: str) -> Iterator[Any]:
    """Find all values of a key in a specification."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == key:
                yield value
            yield from fields(value, key)
    elif isinstance(part, list):
        for value in part:
            yield from fields(value, key)


def outturns(spec: dict[str, Any]) -> list[dict[str, str]]:
    """Return the strokes of what came."""
    return [mark for mark in marks(spec, "rect") if mark["fill"] == "currentColor"]


# What holds for every chart ------------------------------------------------------------------


@each_builder
@pytest.mark.parametrize(
    "check",
    [
        common.test_charts_use_the_colours_of_the_theme_only,
        common.test_drawings_use_the_colours_of_the_theme_only,
        common.test_chart_has_the_footnote_if_and_only_if_a_figure_is_unconfirmed,
        common.test_data_hold_the_columns_of_the_table,
        common.test_builder_makes_a_valid_chart,
        common.test_building_twice_gives_the_same_specification,
    ],
    ids=lambda check: check.__name__,
)
def test_chart_is_like_all_others(
    check: Callable[[Callable[[], Any]], None], build: Callable[[], Any]
) -> None:
    check(build)


@each_builder
def test_page_has_a_table_of_the_figures(build: Callable[[], Any]) -> None:
    assert "<table" in chart_table_html(read_chart(built(build)))


@pytest.mark.parametrize(
    ("frame", "build"),
    [
        (FAN, lambda f: charts.fan(f, unit="u", first="naive")),
        (PANELS, lambda f: charts.fan_panels(f, unit=UNITS)),
        (STEPS, lambda f: charts.rolling_errors(f, unit="u", reference="naive")),
        (LEFT, lambda f: charts.residuals(f, unit="u")),
        (SCORED, lambda f: charts.scored(f, unit="u")),
    ],
)
def test_builder_leaves_its_frame_alone(frame: pd.DataFrame, build: Callable[..., Any]) -> None:
    before = frame.copy(deep=True)
    build(frame).to_dict()
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("frame", "build"),
    [
        (FAN[FAN["kind"] != "observed"], lambda f: charts.fan(f, unit="u", first="naive")),
        (STEPS, lambda f: charts.rolling_errors(f, unit="u", reference="naive")),
        (LEFT.assign(value=[0.4, -0.2, 0.0, 0.8]), lambda f: charts.residuals(f, unit="u")),
        (MARKET, lambda f: charts.growth_scenario(HISTORY, f, order=ORDER, unit="u")),
    ],
)
def test_last_digits_of_a_model_change_nothing(
    frame: pd.DataFrame, build: Callable[..., Any]
) -> None:
    numbers = frame.select_dtypes("float").columns
    above, below = (frame.assign(**{c: frame[c] + d for c in numbers}) for d in (2e-9, -2e-9))
    assert specify(build(above)) == specify(build(below))


@pytest.mark.parametrize(
    ("name", "hollow", "full"),
    # Observed and forecast: the fan shows one model; residuals leave out what wasn't fitted.
    # What if: the observed figures of three series, and the scenario's two years of each.
    [
        ("fan", 1, 4),
        ("fan_panels", 2, 8),
        ("residuals", 1, 2),
        ("growth_scenario", 3, 9),
    ],
)
def test_unconfirmed_points_are_hollow(name: str, hollow: int, full: int) -> None:
    spec = built(BUILDERS[name])
    shown = [is_hollow(mark) for mark in marks(spec, "symbol")]
    assert (sum(shown), len(shown) - sum(shown)) == (hollow, full)
    assert ">unconfirmed<" in draw(spec)


# Fans ----------------------------------------------------------------------------------------


def test_fan_holds_each_figure_once() -> None:
    spec = built(fan)
    assert len(spec["datasets"]) == 1, "no layer has data of its own"
    found = rows(spec)
    assert [row["year"] for row in found if row["kind"] == "observed"] == [2022, 2023, 2024]
    for name in ("drift", "naive", "bass"):
        own = [row for row in found if row["choice"] == name]
        assert [(row["kind"], row["year"]) for row in own] == [
            ("forecast", 2025),
            ("forecast", 2026),
        ]
        assert own[0]["upper_95"] > own[0]["upper_80"] > own[0]["value"]
    everything = max(spec["datasets"].values(), key=len)
    assert sum(row.get("kind") == "fitted" for row in everything) == 6


def test_observed_figures_keep_the_names_of_their_rows() -> None:
    found = rows(charts.present(charts.fan(FAN, unit="u", first="drift"), **common.WORDS).to_dict())
    assert [row["row"] for row in found if row["kind"] == "observed"] == ["a", "b", "c"]


def test_fan_offers_the_models_in_their_order_and_begins_with_the_first() -> None:
    (param,) = built(fan, "naive")["params"]
    assert param["value"] == "naive"
    assert param["bind"]["input"] == "select"
    assert param["bind"]["options"] == ["drift", "naive", "bass"]


def test_fan_draws_the_chosen_model_only() -> None:
    frame = pd.concat([SEEN, path("flat", 4).assign(value=17.0), path("drift", 4)])
    first, second = (
        draw(specify(charts.fan(frame.drop(columns="row"), unit="u", first=name)))
        for name in ("flat", "drift")
    )
    assert first != second
    spec = specify(charts.fan(frame.drop(columns="row"), unit="u", first="flat"))
    assert len(marks(spec, "area")) == 2


def test_fan_opens_at_the_last_figure_before_it() -> None:
    spec = built(fan)
    everything = max(spec["datasets"].values(), key=len)
    openings = [row for row in everything if "kind" not in row]
    assert [(row["choice"], row["year"]) for row in openings] == [
        ("drift", 2024),
        ("naive", 2024),
        ("bass", 2024),
    ]
    assert all(row[end] == 17.66 for row in openings for end in ENDS)


def test_a_forecast_that_rests_on_unconfirmed_figures_is_hollow() -> None:
    frame = pd.concat([SEEN, path("drift", 4, "unconfirmed")]).drop(columns="row")
    points = marks(specify(charts.fan(frame, unit="u", first="drift")), "symbol")
    assert sum(map(is_hollow, points)) == 1 + 2


@pytest.mark.parametrize(("first", "cut"), [("drift", True), ("bass", False)])
def test_axis_leaves_out_the_extreme_model_unless_it_comes_first(first: str, cut: bool) -> None:
    spec = built(fan, first)
    domain = spec["encoding"]["y"]["scale"]["domain"]
    assert (domain[1] < 30) == cut
    assert domain[1] >= 19 + 2.5, "the others' intervals are inside"
    assert 469 in [row["upper_95"] for row in rows(spec)], "the table keeps what is cut off"


def test_rounding_ranges_are_drawn_if_known() -> None:
    without = specify(
        charts.fan(FAN.drop(columns=["row", "least", "most"]), unit="u", first="bass")
    )
    assert len(marks(built(fan, "bass"), "rule")) - len(marks(without, "rule")) == len(SEEN)


def test_panels_have_units_and_axes_of_their_own() -> None:
    frame = PANELS.assign(value=PANELS["value"].mask(PANELS["series"] == "Imports", 3.0))
    spec = specify(charts.fan_panels(frame, unit={"Exports": "CNY", "Imports": "percent"}))
    svg = draw(spec)
    assert [svg.count(f">{words}<") for words in ("Exports", "Imports", "CNY", "percent")] == [
        1
    ] * 4
    assert spec["resolve"]["scale"] == {"x": "independent", "y": "independent"}
    assert {row["series"] for row in rows(spec)} == {"Exports", "Imports"}
    assert len(spec["datasets"]) == 1


def test_only_kinds_that_are_there_are_in_the_legend() -> None:
    bare = PANELS[PANELS["kind"] != "fitted"]
    svgs = [draw(specify(charts.fan_panels(frame, unit=UNITS))) for frame in (PANELS, bare)]
    assert [">fitted<" in svg for svg in svgs] == [True, False]


def test_a_model_without_a_forecast_cannot_come_first() -> None:
    with pytest.raises(TrendError, match=r"'theta'.*\['drift', 'naive', 'bass'\]"):
        fan("theta")


# Errors --------------------------------------------------------------------------------------


def test_naive_is_the_grey_reference() -> None:
    points = marks(built(BUILDERS["rolling_errors"]), "symbol")
    fills = [point["fill"] for point in points]
    assert fills.count(charts.COLOURS["grey"]) == 2
    assert fills.count(charts.COLOURS["blue"]) == 2


def test_errors_tell_on_how_many_forecasts_they_rest() -> None:
    shown = specify(charts.rolling_errors(STEPS, unit="u", reference="naive"))["usermeta"]["cbec"][
        "columns"
    ]
    assert ["n", "Forecasts"] in shown


def test_the_two_intervals_are_told_apart() -> None:
    for build in (fan, lambda: charts.scored(SCORED, unit="u")):
        spec = specify(build())
        svg = draw(spec)
        for level in (">80%<", ">95% interval<"):
            assert level in svg
        drawn = [*marks(spec, "area"), *marks(spec, "rect")]
        bands = [mark for mark in drawn if 0 < float(mark.get("fill-opacity", 1)) < 1]
        wide, narrow = sorted({float(mark["fill-opacity"]) for mark in bands})
        assert all(mark["stroke"] in charts.COLOURS.values() for mark in bands), "an edge"
        for hue in ("vermilion", "blue", "grey"):
            for page, own in common.on_pages(charts.COLOURS[hue]):
                outer = common.mixed(own, page, wide)
                inner = common.mixed(own, outer, narrow)
                assert common.contrast(inner, outer) >= 1.7


# Scores --------------------------------------------------------------------------------------


def test_scores_show_forecast_lower_bound_range_and_outturn() -> None:
    spec = built(BUILDERS["scored"])
    found = rows(spec)
    assert [row["mark"] for row in found] == ["forecast", "forecast", "forecast", "at least"]
    points = marks(spec, "symbol")
    assert len(points) == 4 + 1, "the other end of a range is a dot, too"
    assert sum(map(is_hollow, points)) == 1
    assert len(outturns(spec)) == len(SCORED), "an outturn for each"
    svg = draw(spec)
    for words in (">Grey model<", ">at least<", ">outturn<", ">published<", ">ours<"):
        assert words in svg


def test_a_relative_scale_puts_every_outturn_in_one_place() -> None:
    spec = specify(charts.scored(SCORED, unit="u", relative=True))
    assert len(outturns(spec)) == len(SCORED)
    assert len({re.match(r"M([\d.]+),", mark["d"])[1] for mark in outturns(spec)}) == 1
    assert [row["value"] for row in rows(spec)] == SCORED["value"].tolist(), "levels in the table"
    assert ">percent off what came<" in draw(spec)


@pytest.mark.parametrize(("end", "shown"), [("upper_95", "400 →"), ("lower_95", "← -400")])
def test_an_interval_that_reaches_far_ends_at_the_edge_with_its_value(end: str, shown: str) -> None:
    far = SCORED.assign(**{end: SCORED[end] * 0 + (400 if end == "upper_95" else -400)})
    spec = specify(charts.scored(far, unit="u"))
    assert f">{shown.replace('-', '−')}<" in draw(spec)
    (ends,) = {tuple(found["domain"]) for found in fields(spec, "scale") if "padding" in found}
    assert max(map(abs, ends)) < 30, "the others keep their room"
    assert "→" not in draw(built(BUILDERS["scored"]))
    # It stands on no bar: beyond the end of the longest, and within the drawing.
    numbers = [at for lines, at in texts(spec) if {"→", "←"} & set("".join(lines))]
    lefts, rights = zip(*map(reach, bars(spec)), strict=True)
    assert numbers
    for across, _ in numbers:
        if end == "upper_95":
            assert max(rights) < across < spec["width"] - 40
        else:
            assert 40 < across < min(lefts)


def test_words_in_two_lines_stand_apart_from_the_marks_above_and_below() -> None:
    longer = {item: f"{item}, in words that a phone has no room for" for item in SCORED["item"]}
    spec = narrowed(specify(charts.scored(SCORED.replace({"item": longer}), unit="u")), 328)
    words = [(len(lines), y) for lines, (_, y) in texts(spec) if len(lines) > 1]
    assert len(words) == SCORED["item"].nunique()
    spans = [vertical(mark) for mark in outturns(spec)]
    for lines, first in words:
        top, bottom = first - 10, first + 14 * (lines - 1) + 3
        assert all(low < top - 8 or high > bottom + 4 for high, low in spans)


def bars(spec: dict[str, Any]) -> list[dict[str, str]]:
    return [mark for mark in marks(spec, "rect") if "Forecast:" in mark.get("aria-label", "")]


def reach(bar: dict[str, str]) -> tuple[float, float]:
    """Return where a bar begins and ends."""
    start, width = re.match(r"M(-?[\d.]+),-?[\d.]+h(-?[\d.]+)", bar["d"]).groups()
    return float(start), float(start) + float(width)


def vertical(mark: dict[str, str]) -> tuple[float, float]:
    """Return the upper and the lower end of a rectangle."""
    top, height = re.match(r"M-?[\d.]+,(-?[\d.]+)h-?[\d.]+v(-?[\d.]+)", mark["d"]).groups()
    return float(top), float(top) + float(height)


def test_outturns_that_differ_stand_beside_their_own_forecast() -> None:
    twice = SCORED.iloc[:2].assign(outturn=[6.7, 7.1])
    spans = [
        [re.match(r"M([\d.]+),([\d.]+)h([\d.]+)v([\d.]+)", mark["d"]).groups() for mark in ticks]
        for ticks in (
            outturns(specify(charts.scored(frame, unit="u"))) for frame in (SCORED.iloc[:2], twice)
        )
    ]
    (one, same), (first, second) = spans
    assert one == same
    assert first[0] != second[0], "each has its own place"
    assert float(first[1]) + float(first[3]) <= float(second[1]), "and its own lane"


def test_a_forecast_whose_outturn_is_not_known_yet_is_drawn_without_one() -> None:
    spec = specify(charts.scored(SCORED.assign(outturn=[None, None, 16.85, 9.0]), unit="u"))
    assert len(outturns(spec)) == 2
    assert len(marks(spec, "symbol")) == 5
    none = specify(charts.scored(SCORED.assign(outturn=None), unit="u"))
    assert not outturns(none)
    assert ">outturn<" not in draw(none)


def test_legend_of_scores_has_only_marks_that_are_there() -> None:
    svg = draw(specify(charts.scored(SCORED[SCORED["comparator"] == "="], unit="u")))
    assert ">forecast<" in svg
    assert ">at least<" not in svg


def test_tooltip_says_ranges_bounds_and_missing_intervals_in_words() -> None:
    expressions = " ".join(fields(built(BUILDERS["scored"]), "calculate"))
    for words in ("'more than '", "' to '", "'none given'", "'not known yet'"):
        assert words in expressions


def test_items_stand_in_the_order_of_the_frame() -> None:
    svg = draw(built(BUILDERS["scored"]))
    places = [svg.index(f">{item}<") for item in dict.fromkeys(SCORED["item"])]
    heights = [float(re.findall(r"translate\([^,]+,([-\d.]+)\)", svg[:at])[-1]) for at in places]
    assert heights == sorted(heights)


def test_scores_without_intervals_or_ranges_still_draw() -> None:
    bare = SCORED.iloc[[0, 2]].assign(**dict.fromkeys([*ENDS, "value_upper"]))
    spec = specify(charts.scored(bare, unit="u"))
    assert len(marks(spec, "symbol")) == 2
    assert "interval" not in draw(spec)


# What if -------------------------------------------------------------------------------------


def grown(exports: float, imports: float) -> dict[str, Any]:
    """Return a chart whose sliders stand at such growth rates."""
    spec = built(growth_scenario)
    for param, value in zip(spec["params"], (exports, imports), strict=True):
        param["value"] = value
    return spec


def answer(exports: float, imports: float) -> str:
    """Return the texts that a chart with sliders shows."""
    return " ".join(re.findall(r"<text[^>]*>([^<]+)</text>", draw(grown(exports, imports))))


def test_sliders_begin_at_the_growth_of_the_last_year() -> None:
    params = {param["name"]: param for param in built(growth_scenario)["params"]}
    # 13.7 / 13.24 and 3.96 / 3.61, to the nearest half.
    assert params["growth_exports"]["value"] == 3.5
    assert params["growth_imports"]["value"] == 9.5
    for param in params.values():
        assert param["bind"]["input"] == "range"
        assert param["bind"]["name"].startswith("Growth of ")


@pytest.mark.parametrize(
    ("exports", "imports", "place"),
    [
        (0.0, 0.0, "inside the 80% interval of the forecast"),
        (11.0, 11.0, "outside the 80% interval, inside the 95% interval"),
        (20.0, -10.0, "outside the 95% interval of the forecast"),
    ],
)
def test_answer_is_compound_growth_from_the_last_levels(
    exports: float, imports: float, place: str
) -> None:
    out, into = 13.7 * (1 + exports / 100) ** 2, 3.96 * (1 + imports / 100) ** 2
    said = answer(exports, imports)
    share = 100 * into / (out + into)
    assert f"2026: {out + into:.1f} trillion CNY, imports {share:.1f}%" in said
    low, high = (17.5, 21.0), (16.5, 22.4)
    inside = [low[0] <= out + into <= low[1], high[0] <= out + into <= high[1]]
    words = {(True, True): 0, (False, True): 1, (False, False): 2}[tuple(inside)]
    assert place in said
    assert ["inside the 80", "outside the 80", "outside the 95"][words] in said


def test_lines_follow_the_sliders() -> None:
    slow, fast = ([mark["d"] for mark in marks(grown(exports, 0), "line")] for exports in (0, 10))
    changed = [a != b for a, b in zip(slow, fast, strict=True)]
    assert sum(changed) == 2, "exports and the market, but neither imports nor the forecast"


def test_a_scenario_needs_nothing_from_elsewhere() -> None:
    spec = built(growth_scenario)
    assert not list(fields(spec, "url"))
    assert "http" not in json.dumps({k: v for k, v in spec.items() if k != "$schema"})
    found = rows(spec)
    assert [row["value"] for row in found if row["kind"] == "forecast"] == [18.5, 19.3]
    assert len(found) == len(HISTORY) + len(MARKET)


def test_growth_needs_figures_of_the_last_two_years() -> None:
    with pytest.raises(TrendError, match="'Export' has 0 figures of 2024"):
        charts.growth_scenario(HISTORY, MARKET, order=["Export", *ORDER[1:]], unit="u")
    short = HISTORY[HISTORY["year"] == 2024]
    with pytest.raises(TrendError, match="2023"):
        charts.growth_scenario(short, MARKET, order=ORDER, unit="u")
