"""The command line: ``cbec audit``, ``cbec certificate`` and ``cbec data check``."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from cbec import __version__
from cbec.audit.badge import badge
from cbec.audit.certificate import certify
from cbec.audit.explain import explain
from cbec.audit.formats import FORMATS, render
from cbec.audit.judge import audit_ledger
from cbec.audit.ledger_files import ledger_file, read_ledger
from cbec.audit.verdicts import Arithmetic, Evidence
from cbec.errors import CbecError, CertificateError, LedgerError
from cbec.tables.checks import check

__all__ = ["main"]

# A ledger's text is not to steer the terminal.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_OUTCOME = {"unusable": 2, "wrong": 1, "fine": 0}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command's arguments; those of the process unless given.

    Returns
    -------
    int
        0 when it ran, 1 if a table is broken, or with ``--strict`` if a claim is inconsistent or a
        check failed, 2 on a bad ledger, a bad data package, a bad argument or a file that can't be
        written.
    """
    options = _parser().parse_args(arguments)
    run = {"audit": _audit, "certificate": _certify, "data": _check_data}[options.command]
    return run(options)


def _audit(options: argparse.Namespace) -> int:
    try:
        result = audit_ledger(read_ledger(options.ledger))
        wanted = _selection(options.only)
        text = explain(result, options.explain) if options.explain else None
    except CbecError as error:
        print(f"cbec: {error}", file=sys.stderr)
        return _OUTCOME["unusable"]
    if text is None:
        text = render(result, options.format, wanted)
    failing = options.strict and result.failing
    data = options.format != "table" and not options.explain
    return _written(text, _OUTCOME["wrong" if failing else "fine"], data=data)


def _certify(options: argparse.Namespace) -> int:
    try:
        ledger = ledger_file(options.ledger)
        made = certify(ledger, options.title)
        text = made.to_json()
        asked = ((options.output, text), (options.badge, badge(made.audit)))
        files = [(_real(name), content) for name, content in asked if name is not None]
        taken = {_real(ledger.parent / file.path) for file in made.files}
        for path, _ in files:
            if path in taken:
                raise CertificateError(
                    f"{path} is a file that was checked, or is named twice; name another"
                )
            taken.add(path)
        for path, content in files:
            _save(path, content)
    except CbecError as error:
        print(f"cbec: {error}", file=sys.stderr)
        return _OUTCOME["unusable"]
    if options.output is not None:
        return _OUTCOME["fine"]
    return _written(text.removesuffix("\n"), _OUTCOME["fine"], data=True)


def _real(path: str | Path) -> Path:
    return Path(os.path.realpath(path))


def _save(path: Path, text: str) -> None:
    """Write a file in one step, so that no reader meets half of it."""
    try:
        if path.exists() and not path.is_file():  # a device, which nothing may replace
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            scratch.write_text(text, encoding="utf-8", newline="\n")
            os.replace(scratch, path)
        finally:
            scratch.unlink(missing_ok=True)
    except OSError as error:
        raise CertificateError(
            f"{path} can't be written ({error.strerror}); give a file in a folder that exists and "
            "that you may write to"
        ) from error


def _check_data(options: argparse.Namespace) -> int:
    try:
        problems = check(options.folder)
    except CbecError as error:
        print(f"cbec: {error}", file=sys.stderr)
        return _OUTCOME["unusable"]
    text = "\n".join(map(str, problems)) or "every table is as the data package describes it"
    return _written(text, _OUTCOME["wrong" if problems else "fine"])


def _written(text: str, outcome: int, *, data: bool = False) -> int:
    """Print and return the outcome, or another if the output can't be written."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        if data:  # they are UTF-8 everywhere
            sys.stdout.reconfigure(encoding="utf-8")
        else:  # a terminal without Chinese shows escapes
            sys.stdout.reconfigure(errors="backslashreplace")
    try:
        print(_CONTROLS.sub(lambda match: repr(match[0])[1:-1], text), flush=True)
    except BrokenPipeError:  # the reader, a pager for instance, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"cbec: the output can't be written ({error.strerror})", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _OUTCOME["unusable"]
    return outcome


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cbec", description="Recompute the figures that a paper prints."
    )
    parser.add_argument("--version", action="version", version=f"cbec {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    audit_parser = commands.add_parser(
        "audit",
        help="check the figures of a ledger by exact rounding arithmetic",
        description="Check each figure of a ledger against its derivation and its evidence. "
        "Exit status: 0 when it ran, 1 with --strict if a claim is inconsistent or a check "
        "failed, 2 on a bad ledger.",
    )
    audit_parser.add_argument(
        "ledger",
        nargs="?",
        metavar="LEDGER.csv",
        help="the file of claims (default: the project's data/claims.csv); inputs.csv, "
        "alternatives.csv, evidence.csv and sources.csv are read from the same folder",
    )
    audit_parser.add_argument("--format", choices=FORMATS, default="table")
    audit_parser.add_argument(
        "--only",
        metavar="VERDICT,…",
        default="",
        help="show only claims with one of these verdicts, of either axis",
    )
    audit_parser.add_argument("--explain", metavar="ID", help="show all about one claim")
    audit_parser.add_argument(
        "--strict", action="store_true", help="exit with 1 if anything is inconsistent"
    )
    certificate_parser = commands.add_parser(
        "certificate",
        help="record an audit: verdicts, files with their hashes, versions, commit",
        description="Audit a ledger and write what was found, and with what, as JSON. It says what "
        "was recomputed, not that the work is right. Exit status: 0 when it was written, whatever "
        "was found, 2 on a bad ledger, on tables that differ from their data package, or if a file "
        "can't be written.",
    )
    certificate_parser.add_argument(
        "ledger",
        nargs="?",
        metavar="LEDGER.csv",
        help="the file of claims (default: the project's data/claims.csv)",
    )
    certificate_parser.add_argument(
        "-o", dest="output", metavar="FILE", help="write the certificate there, not to the terminal"
    )
    certificate_parser.add_argument(
        "--badge", metavar="FILE", help="draw the outcome there as well, as a small SVG picture"
    )
    certificate_parser.add_argument(
        "--title",
        metavar="TEXT",
        default="",
        help="the reference of what was checked (default: that of the data package, if there is "
        "one)",
    )
    data_parser = commands.add_parser("data", help="look after the tables of a data package")
    data_commands = data_parser.add_subparsers(dest="data_command", required=True)
    check_parser = data_commands.add_parser(
        "check",
        help="check every table against the data package and report all that is wrong",
        description="Check the size, hash, rows, types, constraints and keys of every table. Exit "
        "status: 0 when nothing is wrong, 1 if something is, 2 on a bad data package.",
    )
    check_parser.add_argument(
        "folder",
        nargs="?",
        metavar="FOLDER",
        help="the folder of datapackage.json (default: the project's data)",
    )
    return parser


def _selection(text: str) -> frozenset[str]:
    wanted = frozenset(word.strip() for word in text.split(",") if word.strip())
    known = [str(v) for v in (*Arithmetic, *Evidence)]
    for word in sorted(wanted):
        if word not in known:
            raise LedgerError(f"--only: {word!r} is not a verdict; there are {', '.join(known)}")
    return wanted
