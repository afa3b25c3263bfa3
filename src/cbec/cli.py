"""The command line: ``cbec audit``, ``cbec certificate`` and ``cbec data check``."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from cbec import __version__
from cbec.audit.badge import badge
from cbec.audit.certificate import certify
from cbec.audit.explain import explain
from cbec.audit.formats import FORMATS, render
from cbec.audit.ledger_reader import ledger_file, read_ledger
from cbec.audit.verdict_rules import audit_ledger
from cbec.audit.verdicts import Arithmetic, Evidence
from cbec.errors import CbecError, CertificateError, LedgerError
from cbec.tables.csv_rows import write_whole
from cbec.tables.package_checks import check_package

# A ledger's text is not to steer the terminal.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LEDGER = "the file of claims (default: the project's data/claims.csv)"
_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
_FINE, _WRONG, _UNUSABLE = range(3)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with some arguments, or those of the process; return its exit status.

    That is 0 when it ran, 1 if a table is broken, or with ``--strict`` if a claim is inconsistent
    or a check failed, 2 on a bad ledger, a bad data package, a bad argument or a file that can't
    be written.
    """
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except CbecError as error:
        print(f"cbec: {error}", file=sys.stderr)
        return _UNUSABLE


def _audit(options: argparse.Namespace) -> int:
    result = audit_ledger(read_ledger(options.ledger))
    wanted = _selection(options.only)
    outcome = _WRONG if options.strict and result.failing else _FINE
    if options.explain:
        return _written(explain(result, options.explain), outcome)
    text = render(result, options.format, wanted)
    return _written(text, outcome, data=options.format != "table")


def _selection(text: str) -> frozenset[str]:
    wanted = frozenset(word.strip() for word in text.split(",") if word.strip())
    known = [str(v) for v in (*Arithmetic, *Evidence)]
    for word in sorted(wanted):
        if word not in known:
            raise LedgerError(f"--only: {word!r} is not a verdict; there are {', '.join(known)}")
    return wanted


def _certify(options: argparse.Namespace) -> int:
    ledger = ledger_file(options.ledger)
    made = certify(ledger, options.title)
    text = made.to_json()
    asked = ((options.output, text), (options.badge, badge(made.audit)))
    files = [(Path(os.path.realpath(name)), content) for name, content in asked if name is not None]
    taken = {Path(os.path.realpath(ledger.parent / file.path)) for file in made.files}
    for path, _ in files:
        if path in taken:
            raise CertificateError(
                f"{path} is a file that was checked, or is named twice; name another"
            )
        taken.add(path)
    for path, content in files:
        try:
            write_whole(path, content)
        except OSError as error:
            raise CertificateError(
                f"{path} can't be written ({error.strerror}); give a file in a folder that exists "
                "and that you may write to"
            ) from error
    if options.output is not None:
        return _FINE
    return _written(text.removesuffix("\n"), _FINE, data=True)


def _check_data(options: argparse.Namespace) -> int:
    problems = check_package(options.folder)
    text = "\n".join(map(str, problems)) or "every table is as the data package describes it"
    return _written(text, _WRONG if problems else _FINE)


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
        return _UNUSABLE
    return outcome


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cbec", description="Recompute the figures that a paper prints."
    )
    parser.add_argument("--version", action="version", version=f"cbec {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    _add_audit(commands)
    _add_certificate(commands)
    data = commands.add_parser("data", help="look after the tables of a data package")
    _add_check(data.add_subparsers(dest="data_command", required=True))
    return parser


def _add_audit(commands: _Commands) -> None:
    parser = commands.add_parser(
        "audit",
        help="check the figures of a ledger by exact rounding arithmetic",
        description="Check each figure of a ledger against its derivation and its evidence. "
        "Exit status: 0 when it ran, 1 with --strict if a claim is inconsistent or a check "
        "failed, 2 on a bad ledger.",
    )
    beside = (
        "; inputs.csv, alternatives.csv, evidence.csv and sources.csv are read from the same folder"
    )
    parser.add_argument("ledger", nargs="?", metavar="LEDGER.csv", help=_LEDGER + beside)
    parser.add_argument("--format", choices=FORMATS, default="table")
    only = "show only claims with one of these verdicts, of either axis"
    parser.add_argument("--only", metavar="VERDICT,…", default="", help=only)
    parser.add_argument("--explain", metavar="ID", help="show all about one claim")
    strict = "exit with 1 if anything is inconsistent"
    parser.add_argument("--strict", action="store_true", help=strict)
    parser.set_defaults(run=_audit)


def _add_certificate(commands: _Commands) -> None:
    parser = commands.add_parser(
        "certificate",
        help="record an audit: verdicts, files with their hashes, versions, commit",
        description="Audit a ledger and write what was found, and with what, as JSON. It says what "
        "was recomputed, not that the work is right. Exit status: 0 when it was written, whatever "
        "was found, 2 on a bad ledger, on tables that differ from their data package, or if a file "
        "can't be written.",
    )
    parser.add_argument("ledger", nargs="?", metavar="LEDGER.csv", help=_LEDGER)
    output = "write the certificate there, not to the terminal"
    parser.add_argument("-o", dest="output", metavar="FILE", help=output)
    drawn = "draw the outcome there as well, as a small SVG picture"
    parser.add_argument("--badge", metavar="FILE", help=drawn)
    title = "the reference of what was checked (default: that of the data package, if there is one)"
    parser.add_argument("--title", metavar="TEXT", default="", help=title)
    parser.set_defaults(run=_certify)


def _add_check(commands: _Commands) -> None:
    parser = commands.add_parser(
        "check",
        help="check every table against the data package and report all that is wrong",
        description="Check the size, hash, rows, types, constraints and keys of every table. Exit "
        "status: 0 when nothing is wrong, 1 if something is, 2 on a bad data package.",
    )
    folder = "the folder of datapackage.json (default: the project's data)"
    parser.add_argument("folder", nargs="?", metavar="FOLDER", help=folder)
    parser.set_defaults(run=_check_data)
