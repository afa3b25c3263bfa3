"""How a chart is laid out on a phone: views below each other, each as wide as there is room.

``charts.js`` does the same for the live view, which is as large as the still picture.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

#: Pixels that the text of a page has on a phone of 360.
PHONE = 328
_AXIS_ROOM = 72
_SMALLEST_PLOT = 120


def narrowed(spec: Mapping[str, Any], room: float, excess: float = 0) -> dict[str, Any]:
    """Return a specification for a place of some pixels.

    ``excess`` is by how much an earlier drawing missed it: how much room axes and their labels take
    is known only when they are drawn.
    """
    made = copy.deepcopy(dict(spec))
    if ("mark" in made or "layer" in made) and not _is_faceted(made):
        if isinstance(made.get("width"), int | float):
            made["width"] = room
            made["autosize"] = {"type": "fit-x", "contains": "padding"}
        return made
    _stack(made)
    _resize(made, lambda _: room - _AXIS_ROOM - excess)
    return made


def _is_faceted(spec: Mapping[str, Any]) -> bool:
    return bool({"row", "column", "facet"} & spec.get("encoding", {}).keys())


def _parts(spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("hconcat", "vconcat", "concat"):
        yield from spec.get(name, ())
    if "spec" in spec:
        yield spec["spec"]


def _stack(spec: dict[str, Any]) -> None:
    """Put views that stand side by side below each other."""
    for name in ("hconcat", "concat"):
        if name in spec:
            spec["vconcat"] = spec.pop(name)
            spec.pop("columns", None)
    facet = spec.get("facet", {})
    if "column" in facet and "row" not in facet:
        spec["facet"] = facet = facet["column"]
    if facet and "row" not in facet:
        spec["columns"] = 1
    encoding = spec.get("encoding", {})
    if "column" in encoding and "row" not in encoding:
        encoding["facet"] = {**encoding.pop("column"), "columns": 1}
    elif "facet" in encoding:
        encoding["facet"]["columns"] = 1
    for part in _parts(spec):
        _stack(part)


def _resize(spec: dict[str, Any], change: Callable[[float], float]) -> None:
    if isinstance(spec.get("width"), int | float):
        spec["width"] = max(_SMALLEST_PLOT, int(change(spec["width"])))
    for part in _parts(spec):
        _resize(part, change)
