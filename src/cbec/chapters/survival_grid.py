"""What survives: each proposition against each set of figures, as a table of verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from cbec.audit.verdicts import Standing, verdict_html
from cbec.chapters.propositions import AXES, Robustness
from cbec.display.html import TABLE_MIME, html_table


@dataclass(frozen=True)
class SurvivalGrid:
    """A line of verdicts below each proposition, one for each of `AXES` on which it was tested.

    A cell has the verdict's symbol and word; opened, it names the figures and how each stands. The
    site keeps the heads in sight.

    Parameters
    ----------
    tested : Robustness
        The propositions.
    caption : str
        What the table shows.
    """

    tested: Robustness
    caption: str

    def _repr_html_(self) -> str:
        heads = [label for label, _ in AXES.values()]
        cells = {
            (row["proposition"], row["axis"]): _cell(row["verdict"], row["detail"])
            for row in self.tested.to_frame().to_dict("records")
        }
        statements = [proposition.statement_en for proposition in self.tested.propositions]
        rows = [[cells.get((one, head), "") for head in heads] for one in statements]
        groups = {position: escape(one) for position, one in enumerate(statements)}
        key = "; ".join(f"{verdict.symbol} {verdict.label_en}" for verdict in Standing)
        table = html_table(heads, rows, caption=f"{self.caption} {key}.", groups=groups)
        return f'<div class="cbec-survival">{table}</div>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        tested = [one.id for one in self.tested.propositions]
        return {TABLE_MIME: {"survival": tested, "caption": self.caption}}

    def __repr__(self) -> str:
        return f"{self.caption} {self.tested!r}"


def _cell(verdict: str, detail: str) -> str:
    """Write a verdict that opens what it rests on; of some that are named alike, one is open."""
    said = "".join(f"<li>{escape(part)}</li>" for part in detail.split("; "))
    badge = verdict_html(Standing(verdict))
    return f'<details name="survival"><summary>{badge}</summary><ul>{said}</ul></details>'
