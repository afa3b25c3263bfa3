"""Audit printed statistics by exact rounding arithmetic, and forecast short annual series.

What people come for is here by name, and loaded when it is asked for: what a printed figure
stands for, a ledger (this project's, unless the path of another is given) and its audit, a table,
a forecast.

>>> import cbec
>>> cbec.parse_printed("1310亿美元").interval().ends
(Fraction(130950000000, 1), Fraction(131050000000, 1))
>>> verdicts = cbec.audit_ledger(cbec.read_ledger())
>>> str(verdicts["import-growth-2024"].arithmetic)
'rounding'
>>> market = cbec.load("market", series="market-total")
>>> market[["year", "printed", "evidence"]].tail(2).to_numpy().tolist()
[[2023, '16.85', 'printed'], [2024, '17.66', 'printed']]
>>> made = cbec.forecast(market["value"], 1, index=market["year"])
>>> made.to_frame().round(1).to_numpy().tolist()
[[2025.0, 18.9, 17.3, 20.7, 16.2, 22.5]]

In a notebook, `Table` shows a data frame with its sources, and `computed` keeps a number for the
prose. The rest is in the subpackages: ``figures``, ``tables``, ``audit``, ``measures``, ``trend``,
``charts``, ``display``, and ``chapters`` with what only this book needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cbec.audit.ledger_reader import read_ledger
    from cbec.audit.verdict_rules import audit_ledger
    from cbec.display.notebook import Table, computed
    from cbec.figures.printed import parse_printed
    from cbec.tables.frames import load
    from cbec.trend.forecasting import forecast

__version__ = "0.4.0"

__all__ = [
    "Table",
    "audit_ledger",
    "computed",
    "forecast",
    "load",
    "parse_printed",
    "read_ledger",
]

_MODULES = {
    "Table": "display.notebook",
    "audit_ledger": "audit.verdict_rules",
    "computed": "display.notebook",
    "forecast": "trend.forecasting",
    "load": "tables.frames",
    "parse_printed": "figures.printed",
    "read_ledger": "audit.ledger_reader",
}
_SUBPACKAGES = ["audit", "chapters", "charts", "display", "figures", "measures", "tables", "trend"]


def __getattr__(name: str) -> Any:
    if name in _SUBPACKAGES:
        return import_module(f"{__name__}.{name}")
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_SUBPACKAGES})
