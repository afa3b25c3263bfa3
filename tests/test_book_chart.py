"""Charts: the words around them, their still picture and the data that a script reads."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from docutils import nodes
from myst_nb.core.render import MimeData

from cbec.book import chart

WORDS = {
    "title": "Title <1>",
    "subtitle": "Sub",
    "source": "Source: </script> & co",
    "alt": 'A "b"',
}


def make_spec(**changes: Any) -> dict[str, Any]:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": {"axis": {"labelColor": "currentColor"}},
        "data": {"values": [{"a": 1, "b": 2}, {"a": 2, "b": 3}]},
        "mark": {"type": "line", "clip": True},
        "encoding": {
            "x": {"field": "a", "type": "quantitative"},
            "y": {"field": "b", "type": "quantitative"},
        },
        "usermeta": {"cbec": WORDS},
    }
    return spec | changes


def test_words_are_taken_out_of_the_drawing() -> None:
    spec = make_spec()
    read = chart.read_chart(spec)
    assert (read.title, read.subtitle, read.source, read.alt) == tuple(WORDS.values())
    assert "usermeta" not in read.spec
    assert "$schema" not in read.spec
    assert read.spec["background"] == "transparent"
    assert read.spec["description"] == WORDS["alt"]
    assert spec == make_spec(), "the notebook's specification stays as it was"


def test_description_stands_in_for_a_missing_alt() -> None:
    assert chart.read_chart(make_spec(usermeta={}, description="Drawn")).alt == "Drawn"


def test_still_picture_has_a_label_and_follows_the_theme() -> None:
    svg = chart.draw_svg(chart.read_chart(make_spec()), "c")
    assert svg.startswith('<svg role="img" aria-label="A &quot;b&quot;"')
    assert 'fill="currentColor"' in svg


def test_ids_are_the_same_in_each_build_and_differ_on_a_page() -> None:
    read = chart.read_chart(make_spec())
    first, again, other = (chart.draw_svg(read, prefix) for prefix in ("c-1", "c-1", "c-2"))
    assert first == again
    ids = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (first, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert set(re.findall(r"url\(#([^)]+)\)", first)) <= ids[0]


def test_references_to_other_things_keep_their_address() -> None:
    assert chart.renumber_ids('<a href="#elsewhere"/>', "c") == '<a href="#elsewhere"/>'


def test_data_from_an_address_is_refused() -> None:
    read = chart.read_chart(make_spec(data={"url": "http://127.0.0.1:9/a.csv"}))
    with pytest.raises(ValueError, match="not allowed"):
        chart.draw_svg(read, "c")


def test_figure_escapes_words_and_specification() -> None:
    html = chart.figure_html(chart.read_chart(make_spec(name="</script><!--")), "c-1")
    assert html.count("</script>") == 1
    assert "<!--" not in html
    assert "Title &lt;1&gt;" in html
    assert "&lt;/script&gt; &amp; co</figcaption>" in html
    data = re.search(r'class="cbec-chart__spec">(.*?)</script>', html)
    assert data is not None
    assert json.loads(data[1])["name"] == "</script><!--"


def test_figure_leaves_out_lines_that_are_empty() -> None:
    html = chart.figure_html(chart.read_chart(make_spec(usermeta={"cbec": {"alt": "A"}})), "c-1")
    assert "<figcaption" not in html
    assert "__title" not in html
    assert "aria-labelledby" not in html


def test_plug_in_takes_vega_lite_and_nothing_else() -> None:
    def handle(mime: str, *, inline: bool = False) -> list[nodes.Element] | None:
        data = MimeData(mime, make_spec())  # type: ignore[arg-type]
        return chart.VegaLiteRenderer.handle_mime(None, data, inline)  # type: ignore[arg-type]

    made = handle(chart.MIME)
    assert made is not None
    assert made[0]["spec"] == make_spec()
    assert handle("image/png") is None
    assert handle(chart.MIME, inline=True) is None


def test_bundle_keeps_its_names_to_itself() -> None:
    lines = chart.vega_bundle().splitlines()
    assert lines[0].startswith("/*!")
    assert "BSD-3-Clause" in lines[0]
    assert lines[1] == "(function () {"
    assert lines[-1] == "})();"
    assert "window.vegaEmbed" in lines[-2]
