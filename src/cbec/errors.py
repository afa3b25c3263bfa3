"""The errors that a user can cause; each message names the place and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class CbecError(Exception):
    """Base of the package's errors."""


class PrintedFigureError(CbecError, ValueError):
    """A text that should be a printed figure or a unit isn't one."""


class ExpressionError(CbecError, ValueError):
    """A derivation can't be read or evaluated."""


class UndefinedError(ExpressionError):
    """A derivation has no value: its base isn't positive, or its divisor may be zero."""


class PictureError(CbecError, ValueError):
    """A stored picture would differ between machines; names the chart, the text and the remedy."""


class TableError(CbecError, ValueError):
    """A data table is missing or broken; names file, row, column, value and remedy."""


class DataNotFoundError(CbecError, FileNotFoundError):
    """The folder of the data package wasn't found; lists what was tried and the remedy."""


class LedgerError(TableError):
    """A ledger of claims is broken; names file, row, column, value and remedy."""


class TrendError(CbecError, ValueError):
    """A series, or what is asked of it, doesn't fit a trend model; names value and remedy."""


class CertificateError(CbecError, ValueError):
    """A certificate can't be made or written; names the file and the remedy."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint at the nearest known word, for a message; empty if none is near."""
    close = get_close_matches(word, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
