"""A certificate of an audit: what was recomputed, from which files, with what, and what wasn't.

It is a record that a machine can read, inspired by those of CODECHECK (https://codecheck.org.uk).
``certificate.schema.json``, beside this module, says what it holds. Nothing in it comes from the
clock or names a machine: one commit in one environment gives the same bytes each time.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from cbec import __version__
from cbec.audit.ledger_reader import BESIDE, ledger_file, read_ledger
from cbec.audit.results import UNDECIDED, Audit, ClaimAudit
from cbec.audit.revision import Revision, revision_of
from cbec.audit.verdict_rules import audit_ledger
from cbec.audit.verdicts import CODES, Arithmetic, Evidence
from cbec.errors import CertificateError, TableError
from cbec.figures.expression import names
from cbec.tables.datapackage import DESCRIPTOR, read_descriptor
from cbec.tables.package_checks import check_package

#: The JSON Schema of a certificate, to be copied beside it under the same name.
SCHEMA = Path(__file__).with_name("certificate.schema.json")
SCHEMA_VERSION = "2.0"
STATEMENT = (
    "This certificate records which printed figures could be recomputed from other printed "
    "figures, of the work or of sources that the ledger names, whether they agree within rounding, "
    "and what was found about their sources. It doesn't say that the work is right or that anyone "
    "reviewed it. Figures that agree can be wrong together; where they disagree, which of them is "
    "wrong is open."
)

_PACKAGE = Path(__file__).resolve().parents[1]
_CHECKOUT = _PACKAGE.parents[1]
# JSON allows them, but a terminal would obey them, or UTF-8 can't hold them.
_UNPRINTABLE = re.compile(r"[\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Work:
    """What was checked: a paper, by its reference, and where it is published."""

    title: str
    url: str | None = None


@dataclass(frozen=True)
class File:
    """A file that was read: its path from the ledger's folder, size in bytes and SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Software:
    """The versions of this package, Python and dependencies, ``None`` for one not installed."""

    version: str
    python: str
    packages: Mapping[str, str | None]
    revision: Revision


@dataclass(frozen=True)
class Certificate:
    """An audit with all that is needed to make it again.

    ``ledger`` is the name of its file, ``revision`` the commit that the files belong to; the
    commands make the certificate again.
    """

    audit: Audit
    ledger: str
    work: Work | None
    files: tuple[File, ...]
    revision: Revision
    software: Software
    commands: tuple[str, ...]

    def outside_inputs(self, result: ClaimAudit) -> tuple[str, ...]:
        """Return which inputs of a claim's derivation the work doesn't print."""
        derivation = result.claim.derivation
        used = names(derivation) if derivation else ()
        return tuple(id for id in used if id in self.audit.ledger.inputs)

    def document(self) -> dict[str, Any]:
        """Return the certificate as its schema describes it."""
        audit = self.audit
        total = {"of": len(audit.claims)}
        checks = {"count": len(audit.holding), "of": len(audit.cross_checks)}
        return {
            "$schema": SCHEMA.name,
            "schema_version": SCHEMA_VERSION,
            "statement": STATEMENT,
            "work": asdict(self.work) if self.work else None,
            "summary": {
                "recomputed": {"count": len(audit.recomputed), **total},
                "cross_checks_holding": checks,
                "arithmetic": {**total, "counts": audit.counts("arithmetic")},
                "evidence": {**total, "counts": audit.counts("evidence")},
            },
            "claims": [_claim(result, self.outside_inputs(result)) for result in audit.claims],
            "cross_checks": [_cross_check(result) for result in audit.cross_checks],
            "not_checked": {
                "arithmetic": [
                    {"id": r.claim.id, "reason": reason} for r, reason in not_recomputed(audit)
                ],
                "evidence": [
                    r.claim.id for r in audit.claims if r.evidence == Evidence.NOT_CHECKED
                ],
            },
            "ledger": {
                "file": self.ledger,
                "files": [asdict(file) for file in self.files],
                "revision": asdict(self.revision),
            },
            "software": {"name": "cbec", **asdict(self.software)},
            "rerun": list(self.commands),
        }

    def to_json(self) -> str:
        """Return the text of the certificate's file, which ends with a line break."""
        text = json.dumps(self.document(), ensure_ascii=False, indent=2)
        return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def certify(path: str | Path | None = None, title: str = "") -> Certificate:
    """Audit a ledger and certify the outcome.

    Parameters
    ----------
    path : str or Path, optional
        The ledger's file of claims, the project's unless given. If a ``datapackage.json`` beside
        it describes it, every table of that package has to be as described; else the ledger's own
        files count.
    title : str
        The reference of what was checked; that of the data package unless given.

    Returns
    -------
    Certificate
        Of what was found, whatever that is: an inconsistent figure is no error here.

    Raises
    ------
    LedgerError
        If the ledger is broken.
    TableError
        If the data package is broken.
    CertificateError
        If a table isn't as the data package describes it, or a file can't be read.

    Examples
    --------
    >>> made = certify()
    >>> made.work.url
    'https://doi.org/10.12677/ecl.2025.1482497'
    >>> made.document()["summary"]["recomputed"]
    {'count': 11, 'of': 42}
    """
    path = ledger_file(path)
    folder = path.parent
    result = audit_ledger(read_ledger(path))
    resources = _resources(path)
    if resources:
        if problems := check_package(folder):
            more = f" ({len(problems) - 1} more: cbec data check)" if len(problems) > 1 else ""
            raise CertificateError(
                f"there is no certificate for tables that differ: {problems[0]}{more}"
            )
        read = [DESCRIPTOR, *resources]
    else:
        read = [path.name, *(name for name in BESIDE if (folder / name).exists())]
    work = Work(title) if title else _work(resources.get(path.name, {}))
    revision = revision_of(folder, read)
    return Certificate(
        audit=result,
        ledger=path.name,
        work=work,
        files=tuple(_file(folder, name) for name in sorted(read)),
        revision=revision,
        software=_software(),
        commands=_commands(path, title, revision),
    )


def not_recomputed(audit: Audit) -> list[tuple[ClaimAudit, str]]:
    """Return what the arithmetic couldn't decide, in the ledger's order, and why."""
    found = []
    for result in (r for r in audit.results if r.arithmetic in UNDECIDED):
        failed = result.arithmetic is Arithmetic.FAILED
        reason = "the check failed" if failed else CODES[result.code]
        found.append((result, f"{reason}: {result.primary.reason}" if result.primary else reason))
    return found


def _claim(result: ClaimAudit, outside_inputs: Sequence[str]) -> dict[str, Any]:
    claim = result.claim
    return {
        "id": claim.id,
        "section": claim.section or None,
        "label": claim.title,
        "printed": claim.printed.text if claim.printed else None,
        "comparator": claim.comparator,
        "derivation": claim.derivation_text or None,
        "outside_inputs": list(outside_inputs),
        "recomputed": result.recomputed_text or None,
        "bounds": result.bounds_text or None,
        "arithmetic": str(result.arithmetic),
        "code": result.code or None,
        "evidence": str(result.evidence),
    }


def _cross_check(result: ClaimAudit) -> dict[str, Any]:
    whole = _claim(result, ())
    return {part: whole[part] for part in ("id", "label", "derivation", "arithmetic")}


def _resources(path: Path) -> dict[str, Mapping[str, Any]]:
    """Return the tables, by path, of the data package that describes a ledger; none without one."""
    if not path.with_name(DESCRIPTOR).is_file():
        return {}
    try:
        found = {table["path"]: table for table in read_descriptor(path.parent)["resources"]}
    except (KeyError, TypeError) as error:
        raise TableError(
            f"{path.with_name(DESCRIPTOR)} isn't a tabular data package ({type(error).__name__}); "
            "mend it, or move the ledger to a folder of its own"
        ) from error
    return found if path.name in found else {}


def _work(table: Mapping[str, Any]) -> Work | None:
    """Return what the table of claims was read from."""
    for source in table.get("sources") or ():
        title, address = source.get("title"), source.get("path")
        if title or address:
            return Work(title or address, address)
    return None


def _file(folder: Path, name: str) -> File:
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise CertificateError(
            f"{folder / name} can't be read ({error.strerror}); restore it"
        ) from error
    return File(name, len(content), hashlib.sha256(content).hexdigest())


def _software() -> Software:
    modules = sorted(path.relative_to(_PACKAGE).as_posix() for path in _PACKAGE.rglob("*.py"))
    return Software(
        version=__version__,
        python=platform.python_version(),
        packages={name: _version(name) for name in _dependencies()},
        revision=revision_of(_PACKAGE, modules),
    )


def _dependencies() -> list[str]:
    """Return the names of what this package asks for; extras aside."""
    asked: list[str] = []
    with suppress(metadata.PackageNotFoundError):  # it runs from its source and isn't installed
        asked = metadata.requires("cbec") or []
    matches = (re.match(r"[\w.-]+", text) for text in asked if "extra ==" not in text)
    return sorted(match[0].lower() for match in matches if match)


def _version(name: str) -> str | None:
    with suppress(metadata.PackageNotFoundError):
        return metadata.version(name)
    return None


def _commands(path: Path, title: str, revision: Revision) -> tuple[str, ...]:
    """Return how to make the certificate again: in this project, or of a ledger of one's own."""
    options = ["--title", title] if title else []
    if path.resolve().parent == _CHECKOUT / "data":
        checkout = [f"git checkout {revision.commit}"] if revision.commit else []
        words = [".venv/bin/cbec", "certificate", f"data/{path.name}", *options]
        return (*checkout, "make site", "make test", shlex.join(words))
    audit = ["cbec", "audit", path.name]
    return shlex.join(audit), shlex.join(["cbec", "certificate", path.name, *options])
