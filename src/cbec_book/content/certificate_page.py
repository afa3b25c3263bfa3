"""The directive ``{certificate}``: the certificate of the book's own audit, on one page.

The certificate itself, its schema and its badge are written to the root of the site.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from cbec.audit.badge import badge, outcome, sources
from cbec.audit.certificate import SCHEMA, STATEMENT, Certificate, Work, certify, not_recomputed
from cbec.audit.results import Audit
from cbec.audit.revision import Revision
from cbec.audit.verdicts import ARITHMETIC, EVIDENCE, Arithmetic, Evidence, verdict_html
from cbec.display.html import disclosure_html, html_table
from cbec.errors import CertificateError
from cbec.tables.datapackage import data_dir
from cbec_book.content.sections import facts_html, scrolled_html
from cbec_book.own_ledger import LEDGER_PAGE, note_data

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]

_CERTIFICATE = "certificate.json"
_BADGE = "badge.svg"


def setup(app: Sphinx) -> None:
    """Add the directive to Sphinx, and the files to the site."""
    app.add_directive("certificate", _Certificate)
    app.connect("build-finished", write_files)


def write_files(app: Sphinx, error: Exception | None) -> None:
    """Write the certificate, its schema and its badge to the root of the site.

    Parameters
    ----------
    app : Sphinx
        The application.
    error : Exception or None
        What ended the build, if it failed.
    """
    if error is not None or app.builder.format != "html":
        return
    root = Path(app.outdir)
    try:
        made = _made()
    except CertificateError:  # the page says so
        for name in (_CERTIFICATE, _BADGE, SCHEMA.name):
            (root / name).unlink(missing_ok=True)
        return
    (root / _CERTIFICATE).write_text(made.to_json(), encoding="utf-8", newline="\n")
    (root / _BADGE).write_text(badge(made.audit), encoding="utf-8", newline="\n")
    shutil.copyfile(SCHEMA, root / SCHEMA.name)


def _made() -> Certificate:
    return certify(data_dir() / "claims.csv")


class _Certificate(SphinxDirective):
    has_content = False

    def run(self) -> list[nodes.Node]:
        note_data(self.env)
        self.env.note_reread()  # the commit changes without any file of the page
        try:
            made = _made()
        except CertificateError as error:
            return [nodes.raw("", _refused(str(error)), format="html")]
        up = "../" * self.env.docname.count("/")
        ledger = self.env.app.builder.get_relative_uri(self.env.docname, LEDGER_PAGE)
        html = "".join(_page(made, up, ledger))
        return [nodes.raw("", f'<div class="cbec-certificate">{html}</div>', format="html")]


def _refused(reason: str) -> str:
    """Say why there is none: data that someone is working on can be read, not certified."""
    return (
        '<p class="cbec-certificate__warning" role="note"><strong>No certificate.</strong> '
        f"{escape(reason)}</p>"
    )


def _page(made: Certificate, up: str, ledger: str) -> Iterator[str]:
    audit, software = made.audit, made.software
    total, checks = len(audit.claims), len(audit.cross_checks)
    if made.revision.clean is False or software.revision.clean is False:
        yield (
            '<p class="cbec-certificate__warning" role="note"><strong>Not of a commit.</strong> '
            "This site was built from a tree with uncommitted changes, so the commit below is not "
            "exactly what was checked.</p>"
        )
    yield (
        f'<p><img class="cbec-certificate__badge" src="{up}{_BADGE}" '
        f'alt="Arithmetic: {escape(outcome(audit))}. Evidence, {escape(sources(audit))}."></p>'
        f"<p>{escape(STATEMENT)}</p>"
    )
    outside = [r for r in audit.recomputed if made.outside_inputs(r)]
    yield facts_html(
        {
            "Checked": _work(made.work),
            "Recomputed": f"{len(audit.recomputed)} of {total} printed figures"
            + (f", {len(outside)} of them with figures of other sources" if outside else ""),
            "Cross-checks": f"{len(audit.holding)} of {checks} hold",
            "Commit": _revision(made.revision),
            "Software": f"cbec {escape(software.version)}, Python {escape(software.python)}"
            + _other_revision(made),
            "Packages": ", ".join(
                f"<span>{escape(name)} {escape(version or 'not installed')}</span>"
                for name, version in software.packages.items()
            ),
            "Files": f"{_download(_CERTIFICATE, up)}, all of this and each verdict, for machines; "
            f"{_download(SCHEMA.name, up)}, what it means; {_download(_BADGE, up)}",
        }
    )
    axes = _counts(audit, "Arithmetic", ARITHMETIC) + _counts(audit, "Evidence", EVIDENCE)
    yield f'<div class="cbec-certificate__axes">{axes}</div>'
    commands = escape("\n".join(made.commands))
    yield f"<p>To make this certificate again:</p><pre>{commands}</pre>"
    missing = not_recomputed(audit)
    broken = sum(r.claim.is_cross_check for r, _ in missing)
    said = f"Not recomputed: {len(missing) - broken} of {total} figures"
    said += f" and {broken} of {checks} cross-checks" if broken else ""
    reasons = [
        [f'<a href="{ledger}#claim-{r.claim.id}">{escape(r.claim.title)}</a>', escape(reason)]
        for r, reason in missing
    ]
    yield _folded(said, ("Figure", "Why"), reasons)
    unchecked = [
        [f'<a href="{ledger}#claim-{r.claim.id}">{escape(r.claim.title)}</a>']
        for r in audit.claims
        if r.evidence is Evidence.NOT_CHECKED
    ]
    said = f"Source not checked: {len(unchecked)} of {total} figures"
    yield _folded(said, ("Figure",), unchecked)
    hashes = [
        [
            f'<a href="{up}data/{escape(file.path)}" download>{escape(file.path)}</a>',
            f"<code>{file.sha256}</code>",
        ]
        for file in made.files
    ]
    yield _folded(f"Data: SHA-256 of {len(hashes)} files", ("File", "SHA-256"), hashes)


def _counts(audit: Audit, axis: str, verdicts: Iterable[Arithmetic | Evidence]) -> str:
    counts = audit.counts(axis.lower())
    rows = [[verdict_html(verdict), str(counts[verdict])] for verdict in verdicts]
    return scrolled_html(html_table((axis, f"Of {len(audit.claims)}"), rows, numeric={1}))


def _work(work: Work | None) -> str:
    if work is None:
        return ""
    title = f'<span lang="zh-CN">{escape(work.title)}</span>'
    return f'<a href="{escape(work.url)}">{title}</a>' if work.url else title


def _revision(revision: Revision) -> str:
    if revision.commit is None:
        return f"none named: {escape(revision.reason or '')}"
    state = "nothing uncommitted" if revision.clean else "with uncommitted changes"
    return f"<code>{revision.commit}</code> of {escape(revision.date or '')[:10]}, {state}"


def _other_revision(made: Certificate) -> str:
    """Name the commit of the software where it isn't that of the data."""
    own = made.software.revision
    return "" if own == made.revision else f", commit {_revision(own)}"


def _download(name: str, up: str) -> str:
    return f'<a href="{up}{name}" download>{name}</a>'


def _folded(summary: str, head: tuple[str, ...], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    return disclosure_html(summary, scrolled_html(html_table(head, rows)))
