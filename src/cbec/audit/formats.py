"""The verdicts of a whole ledger as text: a table, JSON, CSV or Markdown.

The columns and their order are `cbec.audit.results.COLUMNS`; those of the ledger page are in
`cbec_book.content.ledger_tools`.
"""

from __future__ import annotations

import csv
import io
import json

from tabulate import tabulate

from cbec.audit.results import COLUMNS, Audit, Check, ClaimAudit, record

FORMATS = ("table", "json", "csv", "markdown")


def render(result: Audit, style: str = "table", only: frozenset[str] = frozenset()) -> str:
    """Write the verdicts in one of `FORMATS`; json holds the exact bounds in base units as well.

    ``only`` names the verdicts of either axis to keep, all if it is empty.
    """
    kept = [r for r in result.results if not only or {r.arithmetic, r.evidence} & only]
    rows = [record(r) for r in kept]
    if style == "json":
        return json.dumps([_as_json(r) for r in kept], ensure_ascii=False, indent=2)
    if style == "csv":
        stream = io.StringIO()
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return stream.getvalue().rstrip("\n")
    if style == "markdown":
        return tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)
    short = [{k: v for k, v in row.items() if k not in {"claim", "section"}} for row in rows]
    table = tabulate(short, headers="keys", tablefmt="simple", disable_numparse=True)
    return f"{table}\n\n{_summary(result)}"


def _summary(result: Audit) -> str:
    total = len(result.claims)
    lines = []
    for axis in ("arithmetic", "evidence"):
        found = ", ".join(f"{v} {n}" for v, n in result.counts(axis).items() if n)
        lines.append(f"{axis}: {found} (of {total} claims)")
    if result.cross_checks:
        lines.append(f"cross-checks: {len(result.holding)} of {len(result.cross_checks)} hold")
    return "\n".join(lines)


def _as_json(result: ClaimAudit) -> dict[str, object]:
    claim, check = result.claim, result.primary or Check("", result.arithmetic, {})
    return {
        "id": claim.id,
        "section": claim.section,
        "label_en": claim.label_en,
        "label_zh": claim.label_zh,
        "printed": claim.printed.text if claim.printed else None,
        "comparator": claim.comparator,
        "kind": claim.kind,
        "derivation": claim.derivation_text,
        "recomputed": result.recomputed_text,
        "bounds": result.bounds_text,
        "exact_bounds": _exact_bounds(check),
        "arithmetic": result.arithmetic,
        "code": result.code,
        "reason": check.reason,
        "remarks": list(check.remarks),
        "evidence": result.evidence,
        "alternatives": [
            {"label_en": a.label_en, "expression": a.text, "arithmetic": c.verdict}
            for a, c in result.alternatives
        ],
        "candidates": [vars(candidate) for candidate in result.candidates],
        "sources": [f.source for f in result.findings if f.source],
    }


def _exact_bounds(check: Check) -> dict[str, dict[str, object]]:
    return {
        str(rule): {
            "lower": None if interval.lower is None else str(interval.lower),
            "upper": None if interval.upper is None else str(interval.upper),
            "lower_closed": interval.lower_closed,
            "upper_closed": interval.upper_closed,
            "meets": rule in check.rules,
        }
        for rule, interval in check.recomputed.items()
    }
