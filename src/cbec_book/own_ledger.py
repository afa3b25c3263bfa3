"""The audit of the book's own ledger, computed once a build, and what pages depend on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cbec.audit.judge import audit_ledger
from cbec.audit.ledger_files import read_ledger
from cbec.audit.provenance import Entry, data_files
from cbec.audit.results import Audit
from cbec.tables.datapackage import data_dir

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

__all__ = ["LEDGER_PAGE", "addresses", "book_audit", "note_data"]

LEDGER_PAGE = "reference/ledger"


@functools.lru_cache(maxsize=1)
def _audit_of(folder: Path, _stamp: tuple[int, ...]) -> Audit:
    return audit_ledger(read_ledger(folder / "claims.csv"))


def book_audit() -> Audit:
    """Return the audit of ``data/claims.csv``; a changed file is read again."""
    return _audit_of(data_dir(), tuple(path.stat().st_mtime_ns for path in data_files()))


def note_data(env: BuildEnvironment) -> None:
    """Make the page being read depend on the data package's files."""
    for path in data_files():
        env.note_dependency(str(path))


def addresses(env: BuildEnvironment, page: str) -> Callable[[Entry], str]:
    """Return what gives the address of an entry as seen from a page."""

    def address(entry: Entry) -> str:
        return f"{env.app.builder.get_relative_uri(page, entry.page)}#{entry.anchor}"

    return address
