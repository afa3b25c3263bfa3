"""The directive ``{certificate}``: the certificate of the book's own audit, on one page.

The certificate itself, its schema and its badge are written to the root of the site.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

from cbec.audit.badge import arithmetic_outcome, badge, evidence_outcome
from cbec.audit.certificate import SCHEMA, STATEMENT, Certificate, Work, certify, not_recomputed
from cbec.audit.results import Audit
from cbec.audit.revision import Revision
from cbec.audit.verdicts import Arithmetic, Evidence, Verdict, verdict_html
from cbec.errors import CertificateError
from cbec.tables.datapackage import data_dir
from cbec_book.content.data_dictionary import FOLDER
from cbec_book.content.html_pieces import (
    DataDirective,
    claim_link,
    download_html,
    facts_html,
    folded_table,
    table_html,
)
from cbec_book.wording import translated

_CERTIFICATE = "certificate.json"
_BADGE = "badge.svg"
_FILES = (_CERTIFICATE, SCHEMA.name, _BADGE)


def write_files(app: Sphinx) -> None:
    """Write the certificate, its schema and its badge to the root of the site."""
    root = Path(app.outdir)
    try:
        made = _made()
    except CertificateError:  # the page says so
        for name in _FILES:
            (root / name).unlink(missing_ok=True)
        return
    (root / _CERTIFICATE).write_text(made.to_json(), encoding="utf-8", newline="\n")
    (root / _BADGE).write_text(badge(made.audit), encoding="utf-8", newline="\n")
    shutil.copyfile(SCHEMA, root / SCHEMA.name)


def _made() -> Certificate:
    return certify(data_dir() / "claims.csv")


class CertificatePage(DataDirective):
    """The certificate, or why there is none."""

    def write(self) -> str:
        """Write the whole page."""
        self.env.note_reread()  # the commit changes without any file of the page
        try:
            made = _made()
        except CertificateError as error:
            # Data that someone is working on can be read, not certified.
            return _warning(translated("No certificate."), escape(str(error)))
        html = "".join(_page(made, self.env.docname))
        return f'<div class="cbec-certificate">{html}</div>'


def _warning(said: str, reason: str) -> str:
    return f'<p class="cbec-certificate__warning" role="note"><strong>{said}</strong> {reason}</p>'


def _page(made: Certificate, page: str) -> Iterator[str]:
    audit, software = made.audit, made.software
    total, checks = len(audit.claims), len(audit.cross_checks)
    if made.revision.clean is False or software.revision.clean is False:
        yield _warning(
            translated("Not of a commit."),
            translated(
                "This site was built from a tree with uncommitted changes, so the commit below is "
                "not exactly what was checked."
            ),
        )
    outcome = translated("Arithmetic: {arithmetic}. Evidence, {evidence}.").format(
        arithmetic=arithmetic_outcome(audit), evidence=evidence_outcome(audit)
    )
    # On a phone, the words stand in the place of the picture.
    yield (
        f'<p><img class="cbec-certificate__badge dark-light" src="{relative_uri(page, _BADGE)}" '
        f'alt="{escape(outcome)}"><strong>{escape(outcome)}</strong></p>'
        f"<p>{escape(translated(STATEMENT))}</p>"
    )
    files = [download_html(page, name) for name in _FILES]
    outside = sum(bool(made.outside_inputs(r)) for r in audit.recomputed)
    recomputed = translated(
        "{count} of {total} printed figures, {outside} of them with figures of other sources"
        if outside
        else "{count} of {total} printed figures"
    )
    missing = translated("not installed")
    yield facts_html(
        {
            "Checked": _work(made.work),
            "Recomputed": recomputed.format(
                count=len(audit.recomputed), total=total, outside=outside
            ),
            "Cross-checks": translated("{count} of {total} hold").format(
                count=len(audit.holding), total=checks
            ),
            "Commit": _revision(made.revision),
            "Software": f"cbec {escape(software.version)}, Python {escape(software.python)}"
            + _other_revision(made),
            "Packages": ", ".join(
                f"<span>{escape(name)} {escape(version or missing)}</span>"
                for name, version in software.packages.items()
            ),
            "Files": translated(
                "{certificate}, all of this and each verdict, for machines; {schema}, what it "
                "means; {badge}"
            ).format(certificate=files[0], schema=files[1], badge=files[2]),
        }
    )
    axes = _counts(audit, "Arithmetic", Arithmetic) + _counts(audit, "Evidence", Evidence)
    yield f'<div class="cbec-certificate__axes">{axes}</div>'
    commands = escape("\n".join(made.commands))
    yield f"<p>{translated('To make this certificate again:')}</p><pre>{commands}</pre>"
    yield from _left_out(made, page)


def _left_out(made: Certificate, page: str) -> Iterator[str]:
    """Write what isn't recomputed or checked, and of which files all this is."""
    audit = made.audit
    total, checks = len(audit.claims), len(audit.cross_checks)
    missing = not_recomputed(audit)
    broken = sum(r.claim.is_cross_check for r, _ in missing)
    said = translated(
        "Not recomputed: {count} of {total} figures and {broken} of {checks} cross-checks"
        if broken
        else "Not recomputed: {count} of {total} figures"
    ).format(count=len(missing) - broken, total=total, broken=broken, checks=checks)
    reasons = [[claim_link(r.claim), escape(reason)] for r, reason in missing]
    yield folded_table(said, ("Figure", "Why"), reasons, cards=False)
    unchecked = [[claim_link(r.claim)] for r in audit.claims if r.evidence is Evidence.NOT_CHECKED]
    said = translated("Source not checked: {count} of {total} figures")
    said = said.format(count=len(unchecked), total=total)
    yield folded_table(said, ("Figure",), unchecked, cards=False)
    hashes = [
        [download_html(page, f"{FOLDER}/{file.path}"), f"<code>{file.sha256}</code>"]
        for file in made.files
    ]
    said = translated("Data: SHA-256 of {count} files").format(count=len(hashes))
    yield folded_table(said, ("File", "SHA-256"), hashes, cards=False)


def _counts(audit: Audit, axis: str, verdicts: Iterable[Verdict]) -> str:
    counts = audit.counts(axis.lower())
    rows = [[verdict_html(verdict), str(counts[verdict])] for verdict in verdicts]
    of_all = translated("Of {total}").format(total=len(audit.claims))
    return table_html((axis, of_all), rows, numeric={1}, cards=False)


def _work(work: Work | None) -> str:
    if work is None:
        return ""
    title = f'<span lang="zh-CN">{escape(work.title)}</span>'
    return f'<a href="{escape(work.url)}">{title}</a>' if work.url else title


def _revision(revision: Revision) -> str:
    if revision.commit is None:
        return translated("none named: {reason}").format(reason=escape(revision.reason or ""))
    said = translated(
        "{commit} of {day}, nothing uncommitted"
        if revision.clean
        else "{commit} of {day}, with uncommitted changes"
    )
    day = escape(revision.date or "")[:10]
    return said.format(commit=f"<code>{revision.commit}</code>", day=day)


def _other_revision(made: Certificate) -> str:
    """Name the commit of the software where it isn't that of the data."""
    own = made.software.revision
    if own == made.revision:
        return ""
    return translated(", commit {commit}").format(commit=_revision(own))
