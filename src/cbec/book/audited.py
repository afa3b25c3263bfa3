"""The audit of the book's own ledger, computed once a build."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from cbec.audit import Audit, audit
from cbec.ledger import read_ledger
from cbec.tables import data_dir

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

__all__ = ["LEDGER_FILES", "LEDGER_PAGE", "book_audit", "note_ledger"]

LEDGER_PAGE = "reference/ledger"
LEDGER_FILES = ("claims.csv", "inputs.csv", "alternatives.csv", "evidence.csv", "sources.csv")


@functools.cache
def _audit_of(folder: Path, _stamp: tuple[int, ...]) -> Audit:
    return audit(read_ledger(folder / "claims.csv"))


def book_audit() -> Audit:
    """Return the audit of ``data/claims.csv``; a changed file is read again."""
    folder = data_dir()
    stamp = tuple((folder / name).stat().st_mtime_ns for name in LEDGER_FILES)
    return _audit_of(folder, stamp)


def note_ledger(env: BuildEnvironment) -> None:
    """Make the page being read depend on the ledger's files."""
    for name in LEDGER_FILES:
        env.note_dependency(str(data_dir() / name))
