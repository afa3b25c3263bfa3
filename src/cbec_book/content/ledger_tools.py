"""What a reader finds a claim of the ledger by: filters, search, order, and the table as files.

The controls are hidden until ``ledger.js`` works them. All that it compares is written here:
it only looks up texts, chooses rows and compares ranks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from cbec.audit.formats import render
from cbec.audit.ledger import Ledger
from cbec.audit.results import Audit, ClaimAudit
from cbec.audit.verdicts import Arithmetic, Evidence, Verdict, verdict_html
from cbec.display.vega import inline_json
from cbec_book.wording import translated

_KINDS = {"statistic": "Statistics", "cross-check": "Cross-checks"}
# The columns of the table, in order, and what their two directions are called.
COLUMNS = {
    "claim": ("Claim, A to Z", "Claim, Z to A"),
    "printed": ("Printed, rising, by unit", "Printed, falling, by unit"),
    "recomputed": ("Recomputed, rising, by unit", "Recomputed, falling, by unit"),
    "verdicts": ("Verdicts, exact first", "Verdicts, exact last"),
}


def tools_html(audit: Audit) -> str:
    """Write the controls, and where their outcome is told."""
    results = audit.results
    sections = list(_sections(results))
    orders = [
        (f"{sign}{column}", translated(label))
        for column, labels in COLUMNS.items()
        for sign, label in zip(("", "-"), labels, strict=True)
    ]
    kinds = ((kind, translated(label)) for kind, label in _KINDS.items())
    groups = (
        _choices("kind", "Kind", kinds),
        _choices("arithmetic", "Arithmetic", _verdicts(Arithmetic, results, "arithmetic")),
        _choices("evidence", "Evidence", _verdicts(Evidence, results, "evidence")),
    )
    show_all = f'<button type="button" data-act="clear">{translated("Show all")}</button>'
    return (
        '<form class="cbec-ledger__tools" role="search" '
        f'aria-label="{translated("The ledger")}" hidden>'
        f"<details><summary>{translated('Filter, search and sort')}</summary>"
        '<div class="cbec-ledger__fields">'
        f'<label class="cbec-ledger__search">{translated("Search")} '
        '<input type="search" name="find" autocomplete="off" spellcheck="false" '
        f'placeholder="{translated("English, 中文, an id, a figure, a source")}"></label>'
        f"<label>{translated('Section')} "
        f"{_select('section', translated('the whole paper'), sections)}</label>"
        f"<label>{translated('Order')} "
        f"{_select('sort', translated('as in the paper'), orders)}</label>"
        f"{''.join(groups)}</div></details>"
        '<p class="cbec-ledger__count" role="status"></p>'
        f'<div class="cbec-ledger__acts">{show_all}'
        f'<button type="button" data-act="copy">{translated("Copy a link to this view")}</button>'
        '<span class="cbec-ledger__told" role="status"></span></div></form>'
        '<div class="cbec-ledger__none" hidden>'
        f"<p>{translated('No statistic and no cross-check is like this.')}</p>{show_all}</div>"
    )


def downloads_html() -> str:
    """Write links to the whole table as files, and what makes files of the rows that are shown."""
    links = ", ".join(
        f'<a href="ledger.{style}" download="cbec-ledger.{style}">{style.upper()}</a>'
        for style in ("csv", "json")
    )
    views = ", ".join(
        f'<button type="button" data-act="{style}">{style.upper()}'
        f'<span class="visually-hidden"> {translated("of this view")}</span></button>'
        for style in ("csv", "json")
    )
    whole = translated("Download the whole table: {links}").format(links=links)
    view = translated("; this view: {buttons}").format(buttons=views)
    return (
        f'<p class="cbec-ledger__files">{whole}'
        f'<span class="cbec-ledger__view" hidden>{view}</span></p>'
    )


def data_html(audit: Audit) -> str:
    """Write what the script knows of each row of the table, in the table's order."""
    head, *lines = render(audit, "csv").splitlines()
    ranks = _all_ranks(audit.results)
    rows = [
        {
            "id": result.claim.id,
            "section": result.claim.section,
            "kind": "cross-check" if result.claim.is_cross_check else "statistic",
            "arithmetic": result.arithmetic,
            "evidence": result.evidence,
            "text": "\n".join(filter(None, _searched(result, audit.ledger))),
            "ranks": rank,
            "csv": line,
            "json": exact,
        }
        for result, rank, line, exact in zip(
            audit.results, ranks, lines, json.loads(render(audit, "json")), strict=True
        )
    ]
    data = inline_json({"head": head, "rows": rows})
    return f'<script type="application/json" class="cbec-ledger__data">{data}</script>'


def _searched(result: ClaimAudit, ledger: Ledger) -> Iterator[str]:
    """List the texts by which a claim is found."""
    claim = result.claim
    yield from (claim.id, claim.label_en, claim.label_zh, claim.period, claim.english)
    yield from (claim.credited_en, claim.credited_zh, claim.reference)
    if claim.printed is not None:
        yield claim.printed.text
    for finding in result.findings:
        yield finding.note_en
        source = ledger.sources.get(finding.source)
        if source is not None:
            yield from (source.id, source.publisher, source.title)


# Order ---------------------------------------------------------------------------------------


def _all_ranks(results: Sequence[ClaimAudit]) -> list[dict[str, int | None]]:
    """Return the place of each row in the order by each column; rows of one place are alike."""
    units = list(dict.fromkeys(r.claim.unit for r in results))
    arithmetic, evidence = list(Arithmetic), list(Evidence)
    printed, recomputed = [], []
    for r in results:
        figure, check = r.claim.printed, r.primary
        unit = units.index(r.claim.unit)
        printed.append((unit, figure.value) if figure is not None else None)
        face = check.face if check is not None and figure is not None else None
        recomputed.append((unit, face) if face is not None else None)
    columns: dict[str, list[Any]] = {
        "claim": [r.claim.title.casefold() for r in results],
        "printed": printed,
        "recomputed": recomputed,
        "verdicts": [(arithmetic.index(r.arithmetic), evidence.index(r.evidence)) for r in results],
    }
    ranked = (_ranks(columns[name]) for name in COLUMNS)
    return [dict(zip(COLUMNS, row, strict=True)) for row in zip(*ranked, strict=True)]


def _ranks(keys: Sequence[Any]) -> list[int | None]:
    """Return the place of each key among all of them, none for a row without one.

    Examples
    --------
    >>> _ranks(["b", None, "a", "b"])
    [1, None, 0, 1]
    """
    places = {key: place for place, key in enumerate(sorted({k for k in keys if k is not None}))}
    return [None if key is None else places[key] for key in keys]


# Controls ------------------------------------------------------------------------------------


def _sections(results: Iterable[ClaimAudit]) -> Iterator[tuple[str, str]]:
    """List the paper's chapters and, where the ledger tells more of them apart, their sections."""
    known = sorted({r.claim.section for r in results}, key=lambda s: (s[:1].isdigit(), s))
    chapters = dict.fromkeys(section.partition(".")[0] for section in known)
    for chapter in chapters:
        named = translated("chapter {n}").format(n=chapter)
        yield chapter, named if chapter.isdigit() else chapter
        for section in known:
            if section.startswith(f"{chapter}."):
                yield section, f"§{section}"


def _verdicts(
    verdicts: Iterable[Verdict], results: Sequence[ClaimAudit], axis: str
) -> Iterator[tuple[str, str]]:
    """List the verdicts of one axis that the ledger has, as badges."""
    for verdict in verdicts:
        if any(getattr(result, axis) == verdict for result in results):
            yield str(verdict), verdict_html(verdict)


def _choices(name: str, legend: str, options: Iterable[tuple[str, str]]) -> str:
    """Write a group of check boxes, each with a place for its count."""
    boxes = "".join(
        f'<label><input type="checkbox" name="{name}" value="{escape(value)}"> {label} '
        f'<span class="cbec-ledger__n"></span></label>'
        for value, label in options
    )
    return f"<fieldset><legend>{translated(legend)}</legend>{boxes}</fieldset>"


def _select(name: str, everything: str, options: Iterable[tuple[str, str]]) -> str:
    """Write a list to choose one of, or everything."""
    listed = "".join(
        f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in options
    )
    return f'<select name="{name}"><option value="">{everything}</option>{listed}</select>'
