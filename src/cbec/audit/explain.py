"""All that is known about one claim, in plain text."""

from __future__ import annotations

from collections.abc import Iterator

from cbec.audit.ledger import Claim, Finding, Ledger, OutsideFigure
from cbec.audit.results import Audit, Check, ClaimAudit
from cbec.audit.verdicts import Arithmetic
from cbec.figures.expression import Expression, names
from cbec.figures.in_words import interval_text


def explain(result: Audit, id: str) -> str:
    """Write all that is known about one claim: inputs, bounds by rule, verdicts, sources.

    It raises `LedgerError` if there is no such claim.
    """
    return "\n".join(_explanation(result[id], result.ledger))


def _explanation(result: ClaimAudit, ledger: Ledger) -> Iterator[str]:
    claim = result.claim
    yield f"{claim.id}: {claim.title}"
    if claim.label_zh:
        yield f"  {claim.label_zh}"
    place = f"section {claim.section}" if claim.section else "no section given"
    yield f"  where       {place}" + (f", paragraph {claim.paragraph}" if claim.paragraph else "")
    if claim.printed is not None:
        stands = interval_text(claim.interval(), claim.printed, ends=True)
        meant = "an order of magnitude" if claim.is_magnitude else f"which stands for {stands}"
        yield f"  printed     {claim.stated}, {meant}"
    if claim.credited_en or claim.reference:
        yield f"  credited    {'; '.join(filter(None, (claim.credited_en, claim.reference)))}"
    code = f" ({result.code})" if result.code else ""
    yield f"  arithmetic  {result.arithmetic}{code}"
    yield f"  evidence    {result.evidence}"
    if claim.note_en:
        yield f"  note        {claim.note_en}"
    if result.primary is not None:
        yield ""
        yield f"derivation: {result.primary.expression}"
        yield from _held(claim.derivation, result.primary, claim, ledger)
    if result.joint is not None and claim.printed is not None:
        yield f"  with the ledger's identities: {interval_text(result.joint, claim.printed)}"
    for candidate in result.candidates:
        yield f"  candidate {candidate.id}: printed {candidate.printed}, alone {candidate.needed}"
    for alternative, check in result.alternatives:
        yield ""
        yield f"alternative, {alternative.label_en}: {check.verdict}"
        yield f"  {check.expression}"
        yield from _held(alternative.expression, check, claim, ledger)
    if result.findings:
        yield ""
        yield "sources:"
    for finding in result.findings:
        yield from _finding(finding, ledger)


def _held(
    derivation: Expression | None, check: Check, claim: Claim, ledger: Ledger
) -> Iterator[str]:
    """Tell what a derivation is made of, and how the claim holds against it."""
    for figure in map(ledger.figure, names(derivation) if derivation else ()):
        if figure.printed is None:
            continue
        origin = ""
        if isinstance(figure, OutsideFigure):
            parts = (figure.vintage, figure.grade, figure.source)
            origin = f" [outside: {', '.join(filter(None, parts))}]"
        stands = interval_text(figure.interval(), figure.printed, ends=True)
        yield f"  input {figure.id}: {figure.printed.text}, which stands for {stands}{origin}"
    if check.reason:
        failed = check.verdict is Arithmetic.FAILED
        yield f"  {'the check failed' if failed else 'no value'}: {check.reason}"
    for remark in check.remarks:
        yield f"  remark      {remark}"
    if claim.printed is None:
        for rule in check.rules:
            yield f"  {rule:<11} can hold"
        return
    if check.face is not None:
        yield f"  at face values: {check.face_text(claim)}"
    for rule, text in check.rule_texts(claim).items():
        yield f"  {rule:<11} {text}"


def _finding(finding: Finding, ledger: Ledger) -> Iterator[str]:
    source = ledger.sources.get(finding.source)
    words = [finding.finding, finding.grade, finding.date, finding.printed]
    yield f"  {', '.join(filter(None, words))}"
    if finding.note_en:
        yield f"    {finding.note_en}"
    if source is not None:
        parts = (source.publisher, source.title, source.date, source.url)
        yield f"    {', '.join(filter(None, parts))}"
