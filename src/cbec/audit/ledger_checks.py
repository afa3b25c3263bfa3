"""What the entries of a ledger say of each other: ids, units, sources, and no circles."""

from __future__ import annotations

import graphlib
from collections.abc import Collection, Iterable
from pathlib import Path

from cbec.audit.ledger import Claim, Ledger
from cbec.errors import ExpressionError, LedgerError, did_you_mean
from cbec.figures.dimensions import FORMS
from cbec.figures.expression import Comparison, Expression, names


def check_references(ledger: Ledger, path: Path) -> None:
    """Refuse unknown ids and derivations whose units don't fit.

    The `LedgerError` names the file beside the claims of ``path``, the row and the remedy.
    """
    known = [*ledger.claims, *ledger.inputs]
    evidence, alternatives = path.with_name("evidence.csv"), path.with_name("alternatives.csv")
    uses = [(path, c.line, c.id, "derivation", c.derivation) for c in ledger.claims.values()]
    uses += [
        (alternatives, a.line, a.claim, "expression", a.expression) for a in ledger.alternatives
    ]
    for file, line, id, column, expression in uses:
        place = f"{file} row {line} (id {id})"
        _require(id, ledger.claims, f"{place}: claim: there is no claim", known)
        if expression is not None:
            try:
                _check_derivation(expression, ledger.claims[id], ledger)
            except ExpressionError as error:
                raise LedgerError(f"{place}: {column}: {error}") from error
    for finding in ledger.findings:
        place = f"{evidence} row {finding.line}"
        _require(finding.claim, ledger.claims, f"{place}: claim: there is no claim", known)
    if not path.with_name("sources.csv").exists():
        return
    cited = [(evidence, f.line, f.source) for f in ledger.findings]
    cited += [(path.with_name("inputs.csv"), i.line, i.source) for i in ledger.inputs.values()]
    for file, line, source in cited:
        if source:
            _require(source, ledger.sources, f"{file} row {line}: source: there is no source")


def _require(
    word: str, listed: Collection[str], problem: str, known: Iterable[str] | None = None
) -> None:
    if word not in listed:
        raise LedgerError(f"{problem} {word!r}{_nearest(word, known or listed)}")


def _check_derivation(expression: Expression, claim: Claim, ledger: Ledger) -> None:
    """Raise `ExpressionError` unless a derivation can be held against a claim."""
    if isinstance(expression, Comparison) is not claim.is_cross_check:
        raise ExpressionError("only a cross-check is a comparison; change the expression")
    known = [*ledger.claims, *ledger.inputs]
    for name in names(expression):
        if name not in known:
            raise ExpressionError(f"unknown id {name!r}{_nearest(name, known)}")
        if ledger.figure(name).printed is None:
            raise ExpressionError(f"{name!r} is a cross-check and has no value to use")
        if name == claim.id:
            raise ExpressionError("the figure is derived from itself; drop it from there")
    dimension, printed = ledger.measured(expression), claim.printed
    if claim.is_magnitude:
        raise ExpressionError(
            f"{str(printed)!r} is an order of magnitude, and no value can be held against it; "
            "drop the derivation"
        )
    if printed is not None and dimension not in {printed.dimension, "any"}:
        raise ExpressionError(
            f"the derivation gives {dimension}, the printed {printed.text!r} measures "
            f"{printed.dimension}; mend the derivation, or the unit in the column "
            f"printed{FORMS.get(dimension, '')}"
        )


def _nearest(word: str, known: Iterable[str]) -> str:
    return did_you_mean(word, known) or "; add a row for it or mend its spelling"


def refuse_circles(ledger: Ledger, path: Path) -> None:
    """Refuse derivations that need each other."""
    graph = {c.id: names(c.derivation) if c.derivation else () for c in ledger.claims.values()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        row = ledger.claims[error.args[1][0]].line
        raise LedgerError(
            f"{path} row {row}: the derivations form a circle: {circle}; "
            "make one of these figures a given one"
        ) from error
