"""The numbers that the book's text shows: links whose target names what the number is.

``[17.66 trillion yuan](cbec:market-2024)``
    A printed figure, by the id of its claim; its ending ``/recomputed`` or ``/range`` shows what
    the inputs give at face values, or within their rounding.
``[1.05](cbec:customs-multiple-2019-2024)``
    A row of the table ``derivations``, or with ``/range`` its bounds; or an outside figure, by its
    id in the table ``inputs``.
``[2.45](cbec:market-dollars)``
    A number that a code cell of the notebook keeps with `cbec.display.notebook.computed`.
``[24 of 42](cbec:evidence/untraced)``
    How many statistics have a verdict, always with the denominator; ``claims`` and
    ``cross-checks`` count the ledger.
``[2026-11-28](cbec:evidence-date)``
    The day of the latest search for a source, as of which the evidence stands.

Viewers of notebooks show the text of such a link. Nobody types it: `write_numbers` does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from cbec.audit.ledger_reader import read_ledger
from cbec.audit.results import Audit
from cbec.audit.verdict_rules import audit_ledger
from cbec.display import notebook
from cbec.display.notebook import Table
from cbec.errors import CbecError, ExpressionError, TableError, did_you_mean
from cbec.figures.expression import names, parse
from cbec.figures.in_words import figure_in_english, numbers_in_english
from cbec.figures.rounding import Rule, decimal_text
from cbec.figures.units import parse_unit
from cbec.tables.frames import load

#: A number in the text: what it shows, and the name of what it is.
LINK = re.compile(r"\[([^\[\]]*)\]\(cbec:(?!cite/|ledger/|issues\))([\w/-]+)\)")
#: The citation of a work, by its key in the bibliography.
CITATION = re.compile(r"\[([^\[\]]*)\]\(cbec:cite/(\w+)\)")
#: A link to the ledger, by a section of the paper.
LEDGER = re.compile(r"\[([^\[\]]*)\]\(cbec:ledger/([\w.]+)\)")
#: A link to the place for replies and errors, which the configuration alone knows.
ISSUES = re.compile(r"\[([^\[\]]*)\]\(cbec:issues\)")

_KINDS = {
    "claim": "a claim",
    "input": "an input",
    "derivation": "a derivation",
    "computed": "a number that is computed",
    "date": "a date",
    "verdicts": "a count of verdicts",
}

Kept = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class TextNumber:
    """A number as the text shows it.

    ``kind`` is what it is: ``claim``, ``derivation``, ``input``, ``computed``, ``verdicts`` or
    ``date``; ``rows`` are the names of the figures that it rests on, as
    `cbec.audit.provenance.find` knows them; ``within`` says in words what rounding leaves of it.
    """

    kind: str
    name: str
    text: str
    rows: tuple[str, ...] = ()
    within: str = ""


class Derivation(NamedTuple):
    """A number that the text derives: what it is, from what, and as it is shown."""

    label_en: str
    expression: str
    decimals: int
    unit: str


def _derivations() -> dict[str, Derivation]:
    rows = load("derivations").fillna({"unit": ""})[["name", *Derivation._fields]]
    return {name: Derivation(*row) for name, *row in rows.itertuples(index=False)}


@dataclass(frozen=True)
class TextNumbers:
    """All that a link can name, but for what a notebook computes.

    They are those of this book, unless an audit and derivations by name are given.
    """

    audit: Audit = field(default_factory=lambda: audit_ledger(read_ledger()))
    derivations: Mapping[str, Derivation] = field(default_factory=_derivations)

    def find(self, target: str, computed: Kept) -> TextNumber:
        """Return the number of a link's target.

        Parameters
        ----------
        target : str
            What stands after ``cbec:``.
        computed : Mapping
            What the notebook keeps, by name, each with ``digits``, ``unit``, ``form`` and ``rows``.

        Raises
        ------
        ExpressionError
            If nothing has the name, or several things have it, or it has no such value.

        Examples
        --------
        >>> numbers = TextNumbers()
        >>> numbers.find("import-growth-2024", {}).text
        '9.57%'
        >>> numbers.find("import-growth-2024/range", {}).text
        '9.405 to 9.986%'
        >>> numbers.find("cross-checks", {}).text
        '7 of 7'
        """
        name, _, ending = target.partition("/")
        ledger = self.audit.ledger
        known: dict[str, Collection[str]] = {
            "claim": ledger.claims,
            "input": ledger.inputs,
            "derivation": self.derivations,
            "computed": computed,
            "date": {"evidence-date"},
            "verdicts": {"arithmetic", "evidence", "claims", "cross-checks"},
        }
        kinds = [kind for kind, those in known.items() if name in those]
        if not kinds:
            hint = did_you_mean(name, [other for those in known.values() for other in those])
            raise ExpressionError(
                f"{target!r} names no number{hint}; it is the id of a claim or of an outside "
                "figure, a row of derivations.csv, or what a code cell keeps with computed(): run "
                "all cells first"
            )
        if len(kinds) > 1:
            both = " and of ".join(map(_KINDS.__getitem__, kinds))
            raise ExpressionError(f"{name!r} is the name of {both}; rename one")
        found: TextNumber | None = getattr(self, f"_{kinds[0]}")(name, ending, computed)
        if found is None:
            raise ExpressionError(
                f"{target!r}: {_KINDS[kinds[0]]} has no such value; drop the ending /{ending}"
            )
        return found

    def _claim(self, id: str, ending: str, _: Kept) -> TextNumber | None:
        result = self.audit[id]
        shown = {
            "": result.claim.english or result.claim.label_en,
            "recomputed": result.recomputed_text,
            "range": result.bounds_text,
        }.get(ending)
        return TextNumber("claim", id, shown, (id,)) if shown else None

    def _input(self, id: str, ending: str, _: Kept) -> TextNumber | None:
        if (printed := self.audit.ledger.inputs[id].printed) is None or ending:
            return None
        unit = {"ratio": "%", "CNY": "CNY", "USD": "USD"}.get(printed.dimension, "")
        return TextNumber("input", id, figure_in_english(printed, unit), (id,))

    def _computed(self, name: str, ending: str, computed: Kept) -> TextNumber | None:
        one = computed[name]
        text = numbers_in_english(one["digits"], one["unit"], one["form"])
        return None if ending else TextNumber("computed", name, text, tuple(one["rows"]))

    def _date(self, name: str, ending: str, _: Kept) -> TextNumber | None:
        latest = load("searches")["date"].max()
        return None if ending else TextNumber("date", name, f"{latest:%Y-%m-%d}")

    def _verdicts(self, axis: str, verdict: str, _: Kept) -> TextNumber:
        of, target = len(self.audit.claims), f"{axis}/{verdict}" if verdict else axis
        if target == "claims":
            return TextNumber("verdicts", target, str(of))
        if target == "cross-checks":
            number, of = len(self.audit.holding), len(self.audit.cross_checks)
        else:
            counts = self.audit.counts(axis) if axis in {"arithmetic", "evidence"} else {}
            if verdict not in counts:
                raise ExpressionError(
                    f"{target!r} names no verdict; write claims, cross-checks, or an axis and a "
                    "verdict, such as evidence/relayed"
                )
            number = counts[verdict]
        return TextNumber("verdicts", target, numbers_in_english([str(number), str(of)], form="of"))

    def _derivation(self, name: str, ending: str, _: Kept) -> TextNumber | None:
        row = self.derivations[name]
        try:
            expression, unit = parse(row.expression), parse_unit(row.unit)
            value, interval = self.audit.ledger.derive(row.expression)
            dimension = self.audit.ledger.measured(expression)
        except CbecError as error:
            raise ExpressionError(f"derivations.csv, row {name}: {error}") from None
        if row.unit and dimension not in {unit.dimension, "any"}:
            said = f"the derivation gives {dimension}, not {row.unit!r}; mend the unit"
            raise ExpressionError(f"derivations.csv, row {name}: {said}")
        down = up = Rule.HALF_UP
        is_threshold = value is None
        if value is None:  # the ends of a threshold stay true only if they are rounded outward
            if interval.upper is not None and ending != "range":
                raise ExpressionError(f"{name!r} has no single value; write {name}/range")
            value, down, up = interval.lower, Rule.FLOOR, Rule.CEILING

        def write(end: Fraction | None, rule: Rule, decimals: int = row.decimals) -> str:
            return "∞" if end is None else decimal_text(end / unit.factor, decimals, rule=rule)

        def write_range(decimals: int) -> str:
            ends = [write(interval.lower, down, decimals), write(interval.upper, up, decimals)]
            ends[0] = ends[0].replace("∞", "-∞")
            return numbers_in_english(ends, row.unit, "range") if ends[0] != ends[1] else ""

        text = numbers_in_english([write(value, down)], row.unit)
        # With one digit more than the number has, and with more if its ends look alike; a root is
        # enclosed and not rounded, so that its ends look alike for long.
        finer = range(row.decimals + 1, row.decimals + 4)
        within = next(filter(None, map(write_range, finer)), "")
        within = f"{within}, within rounding" if within else ""
        if ending == "range":
            within = "" if is_threshold else f"at face values {text}"
            text = write_range(row.decimals) or text
        elif ending:
            return None
        return TextNumber("derivation", name, text, names(expression), within)


def write_numbers(text: str, numbers: TextNumbers, computed: Kept) -> str:
    """Give each number of a text the digits that it has now.

    Raises
    ------
    ExpressionError
        If a link names no number, or can't be read.

    Examples
    --------
    >>> write_numbers("It was [?](cbec:market-2024).", TextNumbers(), {})
    'It was [17.66 trillion yuan](cbec:market-2024).'
    """
    written = LINK.sub(lambda m: f"[{numbers.find(m[2], computed).text}](cbec:{m[2]})", text)
    for link in (LINK, CITATION, LEDGER, ISSUES):
        text = link.sub("", text)
    if wrong := re.search(r"\S*\]\(cbec:[^)]*\)?", text):
        raise ExpressionError(f"{wrong[0]!r} is no link to a number; write [?](cbec:NAME)")
    return written


def check_numbers(name: str) -> Table | None:
    """Compare the numbers in a notebook's text with what its code and the data give now.

    Parameters
    ----------
    name : str
        The file, in the folder in which the notebook runs, as it was last saved.

    Returns
    -------
    Table or None
        What the text says and what it would have to say; ``None``, and a line, if all hold.

    Raises
    ------
    TableError
        If there is no such notebook, or it can't be read.
    """
    path = Path(name)
    if not path.is_file():
        raise TableError(
            f"{name}: no such notebook in {Path.cwd()}; give the name that it has here"
        )
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError, TypeError):
        raise TableError(f"{name} is not a notebook; save it again in Jupyter") from None
    numbers, stale, total = TextNumbers(), [], 0
    for cell in cells:
        if cell["cell_type"] == "markdown":
            for shown, target in LINK.findall("".join(cell["source"])):
                total += 1
                now = numbers.find(target, notebook.kept).text
                if shown != now:
                    stale.append({"number": target, "the text says": shown, "it is now": now})
    if not stale:
        print(f"All {total} numbers in the text are as computed.")
        return None
    return Table(pd.DataFrame(stale), f"Numbers in the text that no longer hold, of {total}")
