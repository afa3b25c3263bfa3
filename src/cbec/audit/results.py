"""What an audit found: a result for each claim, and the whole; the columns of its table."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cbec.audit.ledger import Alternative, Claim, Finding, Ledger
from cbec.audit.verdicts import Arithmetic, Evidence, verdict_html
from cbec.display.html import TABLE_MIME, entry_link, html_table
from cbec.errors import LedgerError, did_you_mean
from cbec.figures.in_words import figure_in_english, interval_text
from cbec.figures.interval import Interval
from cbec.figures.printed import parse_printed
from cbec.figures.rounding import Rule

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("id", "section", "claim", "printed", "recomputed", "bounds", "arithmetic", "evidence")
# What makes `--strict` fail.
FAILING = frozenset({Arithmetic.INCONSISTENT, Arithmetic.DECISION, Arithmetic.FAILED})
# Where the arithmetic found no value to hold the figure against.
UNDECIDED = frozenset({Arithmetic.NOT_DERIVABLE, Arithmetic.FAILED})


@dataclass(frozen=True)
class Check:
    """One derivation, as written in the ledger, held against one printed figure.

    Parameters
    ----------
    recomputed : Mapping of Rule to Interval
        The range that the inputs allow, in base units, where a rule has one; empty for a
        cross-check.
    face : Fraction or None
        The value at the inputs' face values, where each has one.
    rules : tuple of Rule
        The rounding rules under which figure and inputs agree.
    reason : str
        Why there is no value, for `Arithmetic.NOT_DERIVABLE` and `Arithmetic.FAILED`.
    remarks : tuple of str
        What else a reader should know where half-up doesn't reconcile the figures.
    """

    expression: str
    verdict: Arithmetic
    recomputed: Mapping[Rule, Interval]
    face: Fraction | None = None
    rules: tuple[Rule, ...] = ()
    reason: str = ""
    remarks: tuple[str, ...] = ()

    def face_text(self, claim: Claim) -> str:
        """Write the value at face values like the claim's figure.

        It is finer beside a threshold, and where it would look like a figure that it misses.
        """
        if self.face is None or claim.printed is None:
            return ""
        text = claim.printed.reprint(self.face)
        alike = text == claim.printed.reprint(claim.printed.value)
        if claim.comparator != "=" or (alike and self.face not in claim.interval()):
            return interval_text(Interval.point(self.face), claim.printed)
        return text

    def rule_texts(self, claim: Claim) -> dict[Rule, str]:
        """Say for each rounding rule what the range is, and whether the claim's figure meets it."""
        if claim.printed is None or not self.recomputed:
            return {}
        texts = dict.fromkeys(Rule, "no range")
        for rule, interval in self.recomputed.items():
            met = "meets" if rule in self.rules else "misses"
            text = interval_text(interval, claim.printed, ends=True)
            texts[rule] = f"{text}, {met} the printed figure"
        return texts


@dataclass(frozen=True)
class Candidate:
    """A figure that would restore consistency if it alone were different."""

    id: str
    printed: str
    needed: str


@dataclass(frozen=True)
class ClaimAudit:
    """All that was found out about one claim.

    Parameters
    ----------
    code : str
        For `Arithmetic.NOT_DERIVABLE`, why: a key of `cbec.audit.verdicts.CODES`.
    primary : Check or None
        The check of the ledger's own derivation.
    alternatives : tuple of (Alternative, Check)
        The same figure held against other vintages and definitions.
    joint : Interval or None
        A second bound, from inputs narrowed by the ledger's identities.
    candidates : tuple of Candidate
        What could be different, if the figures are inconsistent.
    """

    claim: Claim
    arithmetic: Arithmetic
    evidence: Evidence
    code: str = ""
    primary: Check | None = None
    alternatives: tuple[tuple[Alternative, Check], ...] = ()
    joint: Interval | None = None
    candidates: tuple[Candidate, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def bounds_text(self) -> str:
        """The half-up bounds in the printed unit, one decimal more than printed, if any."""
        if self.primary is None or self.claim.printed is None:
            return ""
        interval = self.primary.recomputed.get(Rule.HALF_UP)
        if interval is None or (interval.is_point and self.claim.is_exact):
            return ""  # a count has no range to tell
        return interval_text(interval, self.claim.printed)

    @property
    def recomputed_text(self) -> str:
        """The value at the inputs' face values, printed like the figure."""
        return self.primary.face_text(self.claim) if self.primary else ""


@dataclass(frozen=True, repr=False)
class Audit:
    """The verdicts on a whole ledger, in its order."""

    ledger: Ledger
    results: tuple[ClaimAudit, ...]

    def __getitem__(self, id: str) -> ClaimAudit:
        for result in self.results:
            if result.claim.id == id:
                return result
        hint = did_you_mean(id, self.ledger.claims)
        raise LedgerError(
            f"there is no claim {id!r}{hint}; there are {', '.join(self.ledger.claims)}"
        )

    @property
    def claims(self) -> tuple[ClaimAudit, ...]:
        """The printed statistics."""
        return tuple(r for r in self.results if not r.claim.is_cross_check)

    @property
    def cross_checks(self) -> tuple[ClaimAudit, ...]:
        """The comparisons between printed statistics."""
        return tuple(r for r in self.results if r.claim.is_cross_check)

    def counts(self, axis: str = "arithmetic") -> dict[str, int]:
        """Return how many printed statistics have each verdict of an axis, zeros with the others.

        The axis is ``"arithmetic"`` or ``"evidence"``; cross-checks aren't counted.
        """
        found = Counter(str(getattr(result, axis)) for result in self.claims)
        order = Arithmetic if axis == "arithmetic" else Evidence
        return {str(verdict): found[str(verdict)] for verdict in order}

    @property
    def recomputed(self) -> tuple[ClaimAudit, ...]:
        """The printed statistics that were held against a value, with whatever outcome."""
        return tuple(r for r in self.claims if r.arithmetic not in UNDECIDED)

    @property
    def holding(self) -> tuple[ClaimAudit, ...]:
        """The cross-checks that can be made and don't fail."""
        return tuple(r for r in self.cross_checks if r.arithmetic not in FAILING | UNDECIDED)

    @property
    def failing(self) -> tuple[ClaimAudit, ...]:
        """The inconsistent claims and broken checks, on which ``--strict`` fails."""
        return tuple(r for r in self.results if r.arithmetic in FAILING)

    def select(self, *ids: str) -> Audit:
        """Return the part with some ids, in their order; `LedgerError` if one isn't known."""
        return Audit(self.ledger, tuple(self[id] for id in ids))

    def in_section(self, *sections: str) -> Audit:
        """Return the part whose sections are those given or lie inside them."""
        inside = tuple(f"{section}." for section in sections)
        kept = (r for r in self.results if f"{r.claim.section}.".startswith(inside))
        return Audit(self.ledger, tuple(kept))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a claim: id, section, label, printed, recomputed, bounds, verdicts."""
        import pandas as pd

        return pd.DataFrame([record(result) for result in self.results])

    def __repr__(self) -> str:
        return f"Audit of {len(self.claims)} claims and {len(self.cross_checks)} cross-checks"

    def _repr_html_(self) -> str:
        head = ("Claim", "Printed", "Recomputed", "Arithmetic", "Evidence")
        return html_table(head, [_html_row(result) for result in self.results], cards=True)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {TABLE_MIME: {"claims": [result.claim.id for result in self.results]}}


def _html_row(result: ClaimAudit) -> list[str]:
    claim = result.claim
    named = entry_link(claim.id, html.escape(claim.title))
    verdicts = [verdict_html(verdict) for verdict in (result.arithmetic, result.evidence)]
    return [named, printed_html(claim), recomputed_html(result), *verdicts]


def printed_html(claim: Claim) -> str:
    """Return the figure as printed, and below it what it says in English."""
    return "" if claim.printed is None else _figure_html(claim.stated, claim.english)


def recomputed_html(result: ClaimAudit) -> str:
    """Return what its inputs give, and below it the range, or what it says in English."""
    text, below = result.recomputed_text, result.bounds_text
    if not text.isascii() and not below:
        below = figure_in_english(parse_printed(text), result.claim.unit)
    return _figure_html(text, below) if text else html.escape(below)


def _figure_html(figure: str, below: str) -> str:
    printed = f'<span class="cbec-figure" lang="zh-CN">{html.escape(figure)}</span>'
    more = below not in ("", figure)
    return f"{printed}<br><small>{html.escape(below)}</small>" if more else printed


def record(result: ClaimAudit) -> dict[str, str]:
    """Return one row of the table of verdicts, all cells as text, in the order of `COLUMNS`."""
    claim = result.claim
    cells = {
        "id": claim.id,
        "section": claim.section,
        "claim": claim.label_en,
        "printed": claim.stated,
        "recomputed": result.recomputed_text,
        "bounds": result.bounds_text,
        "arithmetic": str(result.arithmetic) + (f" ({result.code})" if result.code else ""),
        "evidence": str(result.evidence),
    }
    return {column: cells[column] for column in COLUMNS}
