"""The commands say what they found, in the promised formats, and end with the promised status."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from cbec.audit.results import COLUMNS
from cbec.cli import main

ROOT = Path(__file__).resolve().parents[1]
CLAIMS = str(ROOT / "data" / "claims.csv")
FORMATS = ("table", "json", "csv", "markdown")
FINE = """\
id,printed,comparator,kind,derivation
sales-2023,11.0亿元,=,level,
sales-2024,12.4亿元,=,level,
sales-growth,12.7%,=,growth,"growth(sales-2024, sales-2023)"
"""
INCONSISTENT = FINE.replace("12.7%", "21.7%")
BROKEN = FINE.replace("11.0亿元", '"11,0亿元"')
UNDEFINED = FINE.replace("11.0亿元", "-11.0亿元")
FAILED = FINE.replace("growth(sales-2024, sales-2023)", "cagr(sales-2024, sales-2023, 0)")
HEADER_ONLY = FINE.splitlines()[0] + "\n"

Capture = pytest.CaptureFixture[str]


def ledger(folder: Path, text: str) -> str:
    path = folder / "claims.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def output(capsys: Capture, *arguments: str, status: int = 0) -> str:
    assert main(["audit", *arguments]) == status
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def complaint(capsys: Capture, *arguments: str) -> str:
    """Return the message on the standard error of a command that ends with 2."""
    assert main(["audit", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("cbec: ")
    return captured.err


def process(
    *arguments: str, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    code = "import sys; from cbec.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        check=False,
        timeout=60,
    )


# Formats --------------------------------------------------------------------------------------


def test_the_table_ends_with_counts_and_their_denominators(capsys: Capture) -> None:
    lines = output(capsys, CLAIMS).splitlines()
    assert lines[0].split() == [c for c in COLUMNS if c not in {"claim", "section"}]
    assert lines[-3].startswith("arithmetic: exact ")
    assert lines[-3].endswith("(of 42 claims)")
    assert lines[-2].startswith("evidence: ")
    assert lines[-2].endswith("(of 42 claims)")
    assert lines[-1] == "cross-checks: 7 of 7 hold"


def test_json_holds_every_claim_with_exact_bounds(capsys: Capture) -> None:
    rows = {row["id"]: row for row in json.loads(output(capsys, CLAIMS, "--format", "json"))}
    assert len(rows) == 49
    row = rows["import-growth-2024"]
    assert (row["printed"], row["recomputed"], row["arithmetic"]) == ("9.57%", "9.70%", "rounding")
    bounds = row["exact_bounds"]["half-up"]
    # 3.955/3.615 - 1 and 3.965/3.605 - 1.
    assert Fraction(bounds["lower"]) == Fraction(3955, 3615) - 1
    assert Fraction(bounds["upper"]) == Fraction(3965, 3605) - 1
    assert (bounds["lower_closed"], bounds["upper_closed"], bounds["meets"]) == (False, False, True)
    assert set(row["exact_bounds"]) == {"half-up", "half-even", "truncation", "ceiling", "floor"}
    assert rows["shares-sum"]["printed"] is None
    assert len(rows["five-year-multiple"]["alternatives"]) == 8
    against, origin = ["scio-2024-07-30", "wucea-5274"], ["ezhejiang-2024-06-04", "tokimeki-41558"]
    assert rows["five-year-multiple"]["sources"] == against + origin


def test_csv_has_one_row_a_claim(capsys: Capture) -> None:
    rows = list(csv.DictReader(io.StringIO(output(capsys, CLAIMS, "--format", "csv"))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 49
    found = {row["id"]: row["printed"] for row in rows}
    assert found["firms-2024"] == "70,769家"
    assert found["market-2024"] == "17.66万亿元"


def test_markdown_is_a_table(capsys: Capture) -> None:
    lines = output(capsys, CLAIMS, "--format", "markdown").splitlines()
    assert [cell.strip() for cell in lines[0].strip("|").split("|")] == list(COLUMNS)
    assert set(lines[1]) <= set("|-: ")
    assert len(lines) == 51
    assert {line.count("|") for line in lines} == {len(COLUMNS) + 1}


def test_a_ledger_without_a_claim_is_refused(tmp_path: Path, capsys: Capture) -> None:
    assert "holds no claim; add a row" in complaint(capsys, ledger(tmp_path, HEADER_ONLY))


@pytest.mark.parametrize("style", FORMATS)
def test_a_selection_that_leaves_nothing_is_no_error(capsys: Capture, style: str) -> None:
    text = output(capsys, CLAIMS, "--only", "failed", "--format", style)
    if style == "json":
        assert json.loads(text) == []
    assert "market-2024" not in text


# Selection ------------------------------------------------------------------------------------


def test_only_keeps_claims_with_one_of_the_verdicts_of_either_axis(capsys: Capture) -> None:
    text = output(capsys, CLAIMS, "--only", "rounding, disputed", "--format", "csv")
    found = {row["id"] for row in csv.DictReader(io.StringIO(text))}
    assert found == {"import-growth-2024", "five-year-multiple"}


def test_a_selection_does_not_change_the_summary(capsys: Capture) -> None:
    whole = output(capsys, CLAIMS).splitlines()[-3:]
    assert output(capsys, CLAIMS, "--only", "rounding").splitlines()[-3:] == whole


def test_an_unknown_verdict_is_refused_with_the_known_ones(capsys: Capture) -> None:
    message = complaint(capsys, CLAIMS, "--only", "rounding,guessed")
    assert "--only: 'guessed' is not a verdict" in message
    assert "rounding-rule" in message
    assert "misattributed" in message


# Explanation ----------------------------------------------------------------------------------


def test_an_explanation_shows_inputs_rules_bounds_and_verdicts(capsys: Capture) -> None:
    text = output(capsys, CLAIMS, "--explain", "import-growth-2024")
    for part in (
        "import-growth-2024: Growth of CBEC imports (2024)",
        "进口跨境电商同比增长",
        "section 2.1.1, paragraph 2",
        "9.57%, which stands for [9.565, 9.575)%",
        "arithmetic  rounding",
        "evidence    not-checked",
        "growth(import-2024, import-2023)",
        "input import-2024: 3.96万亿元, which stands for [3.955, 3.965)万亿元",
        "input import-2023: 3.61万亿元, which stands for [3.605, 3.615)万亿元",
        "at face values: 9.70%",
        "half-up     (9.405, 9.986)%, meets the printed figure",
        "100EC's report in the one before",
    ):
        assert part in text, part
    for rule in ("half-even", "truncation", "ceiling", "floor"):
        assert any(
            line.split()[:1] == [rule] and "meets the printed figure" in line
            for line in text.splitlines()
        )


def test_an_explanation_shows_alternatives_and_sources(capsys: Capture) -> None:
    text = output(capsys, CLAIMS, "--explain", "five-year-multiple")
    assert "arithmetic  not-derivable (no-inputs)" in text
    assert text.count("\nalternative, ") == 8
    assert "[outside: first-published, corroborated, equalocean-2024-01-13]" in text
    assert "misses the printed figure" in text
    assert "contradicts, corroborated" in text
    assert "Ministry of Commerce" in text
    assert "https://" in text


def test_an_explanation_shows_the_second_bound_of_the_identities(capsys: Capture) -> None:
    text = output(capsys, CLAIMS, "--explain", "export-growth-2024")
    assert "with the ledger's identities: 3.36 to 3.59%" in text


def test_an_explanation_lists_the_candidates(tmp_path: Path, capsys: Capture) -> None:
    text = output(capsys, ledger(tmp_path, INCONSISTENT), "--explain", "sales-growth")
    for id in (
        "sales-growth: printed 21.7%",
        "sales-2024: printed 12.4亿元",
        "sales-2023: printed",
    ):
        assert f"candidate {id}" in text


def test_an_explanation_says_why_a_check_failed(tmp_path: Path, capsys: Capture) -> None:
    text = output(capsys, ledger(tmp_path, FAILED), "--explain", "sales-growth")
    assert "the check failed: cagr needs a whole number of years" in text


def test_an_explanation_says_why_there_is_no_value(tmp_path: Path, capsys: Capture) -> None:
    text = output(capsys, ledger(tmp_path, UNDEFINED), "--explain", "sales-growth")
    assert "arithmetic  not-derivable (undefined)" in text
    assert "no value: the base of growth, sales-2023, is negative" in text


def test_an_explanation_says_which_rule_leaves_no_range(tmp_path: Path, capsys: Capture) -> None:
    # Rounded up, 1.1 stands for (1.0, 1.1], so that the divisor may be zero; half-up it can't be.
    divided = 'x,1250%,=,share,"share(1%, difference(a, 1.02%))"\n'
    text = ledger(tmp_path, f"{HEADER_ONLY}a,1.1%,=,growth,\n{divided}")
    lines = output(capsys, text, "--explain", "x").splitlines()
    assert "  half-up     (769.2, 3333.3]%, meets the printed figure" in lines
    assert "  ceiling     no range" in lines


def test_an_explanation_has_the_remarks(tmp_path: Path, capsys: Capture) -> None:
    text = output(
        capsys, ledger(tmp_path, FINE.replace("12.7%", "112.7%")), "--explain", "sales-growth"
    )
    assert "remark      at face values the levels grew to 112.7% and by 12.7%" in text


@pytest.mark.parametrize("id", ["shares-sum", "provinces-below-total", "beidou-accuracy"])
def test_any_claim_can_be_explained(capsys: Capture, id: str) -> None:
    assert output(capsys, CLAIMS, "--explain", id).startswith(f"{id}: ")


def test_an_order_of_magnitude_stands_for_no_interval(capsys: Capture) -> None:
    text = output(capsys, CLAIMS, "--explain", "beidou-accuracy")
    assert "printed     厘米级, an order of magnitude\n" in text


def test_an_unknown_claim_is_named_with_the_nearest_one(capsys: Capture) -> None:
    message = complaint(capsys, CLAIMS, "--explain", "import-growth-2042")
    assert "no claim 'import-growth-2042'" in message
    assert "did you mean 'import-growth-2024'?" in message


# Status ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "plain", "strict"),
    [(FINE, 0, 0), (UNDEFINED, 0, 0), (INCONSISTENT, 0, 1), (FAILED, 0, 1)],
)
def test_only_strict_fails_on_what_is_inconsistent(
    tmp_path: Path, capsys: Capture, text: str, plain: int, strict: int
) -> None:
    path = ledger(tmp_path, text)
    output(capsys, path, status=plain)
    output(capsys, path, "--strict", status=strict)


def test_a_selection_does_not_hide_failures_from_strict(tmp_path: Path, capsys: Capture) -> None:
    output(capsys, ledger(tmp_path, INCONSISTENT), "--only", "exact", "--strict", status=1)


def test_a_broken_ledger_ends_with_2_and_the_remedy(tmp_path: Path, capsys: Capture) -> None:
    message = complaint(capsys, ledger(tmp_path, BROKEN))
    assert "row 2 (id sales-2023): printed: '11,0亿元' is not a number; write 11.0亿元" in message


@pytest.mark.parametrize("arguments", [[], ["audit", "--format", "pdf"], ["audit", "a", "b"]])
def test_a_bad_argument_ends_with_2(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: cbec" in capsys.readouterr().err


def test_a_ledger_elsewhere_needs_only_the_five_columns(tmp_path: Path, capsys: Capture) -> None:
    text = output(capsys, ledger(tmp_path, FINE))
    assert "12.7%" in text
    assert "arithmetic: exact 1, not-derivable 2 (of 3 claims)" in text
    assert "cross-checks" not in text


def test_a_cross_check_that_another_rounding_rule_explains_holds(
    tmp_path: Path, capsys: Capture
) -> None:
    # What is truncated to 1.1 twice can make 2.35; what is rounded half-up makes less than 2.3.
    text = "id,printed,comparator,kind,derivation\na,1.1亿元,=,level,\nb,1.1亿元,=,level,\n"
    text += 'c,2.35亿元,=,level,\nd,,,cross-check,"sum(a, b) = c"\n'
    found = output(capsys, ledger(tmp_path, text.replace("2.35", "2.50")))
    assert "cross-checks: 0 of 1 hold" in found
    found = output(capsys, ledger(tmp_path, text), "--strict")
    assert "cross-checks: 1 of 1 hold" in found


def test_a_folder_stands_for_the_ledger_in_it(tmp_path: Path, capsys: Capture) -> None:
    path = ledger(tmp_path, FINE)
    assert output(capsys, str(tmp_path)) == output(capsys, path)


def test_a_folder_without_a_ledger_is_refused(tmp_path: Path, capsys: Capture) -> None:
    assert "give the path of a ledger" in complaint(capsys, str(tmp_path))


def test_without_an_argument_the_projects_ledger_is_read_from_anywhere(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert output(capsys) == output(capsys, CLAIMS)
    monkeypatch.chdir(tmp_path)
    assert output(capsys) == output(capsys, CLAIMS)


# Surroundings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""},
        {"LC_ALL": "C", "PYTHONIOENCODING": ""},
    ],
)
def test_a_terminal_without_chinese_gets_escapes_instead_of_a_traceback(
    environment: dict[str, str],
) -> None:
    done = process("audit", CLAIMS, "--explain", "five-year-multiple", **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"five-year-multiple: ")


def test_json_stays_json_on_a_terminal_without_chinese() -> None:
    done = process("audit", CLAIMS, "--format", "json", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)[0]["printed"] == "17.66万亿元"


def test_a_terminal_without_chinese_gets_the_message_of_a_broken_ledger(tmp_path: Path) -> None:
    done = process("audit", ledger(tmp_path, BROKEN), PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert done.stderr.startswith(b"cbec: ")
    assert b"Traceback" not in done.stderr


def test_chinese_is_written_as_it_is_where_it_can_be() -> None:
    done = process("audit", CLAIMS, PYTHONIOENCODING="utf-8")
    assert "17.66万亿元" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("text", [FINE, INCONSISTENT])
@pytest.mark.parametrize("more", [("--format", "json"), ("--only", "rounding")])
def test_a_reader_who_has_seen_enough_causes_no_traceback(
    tmp_path: Path, text: str, more: tuple[str, ...]
) -> None:
    # The long text breaks the pipe while it is written, the short one when it is flushed.
    read, write = os.pipe()
    os.close(read)  # as `| head` does once it has its lines
    code = "import sys; from cbec.cli import main; sys.exit(main())"
    arguments = ["audit", str(ledger(tmp_path, text)), *more, "--strict"]
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            stdout=write,
            stderr=subprocess.PIPE,
            env={k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"},
            check=False,
            timeout=60,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (int(text == INCONSISTENT), b"")


# cbec certificate -----------------------------------------------------------------------------


def refused(capsys: Capture, *arguments: str) -> str:
    """Return the message of a certificate that isn't written."""
    assert main(["certificate", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("cbec: ")
    return captured.err


def test_a_certificate_is_printed_or_written_with_the_same_bytes(
    tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "certificate.json"
    assert main(["certificate", CLAIMS]) == 0
    printed = capsys.readouterr().out
    assert main(["certificate", CLAIMS, "-o", str(path)]) == 0
    assert capsys.readouterr() == ("", "")
    assert path.read_bytes().decode() == printed
    assert json.loads(printed)["summary"]["arithmetic"]["of"] == 42


def test_without_an_argument_the_projects_ledger_is_certified(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["certificate"]) == 0
    assert json.loads(capsys.readouterr().out)["work"]["url"].startswith("https://doi.org/")


@pytest.mark.parametrize("text", [FINE, INCONSISTENT, FAILED])
def test_a_certificate_is_made_whatever_was_found(
    tmp_path: Path, capsys: Capture, text: str
) -> None:
    made, drawn = tmp_path / "certificate.json", tmp_path / "badge.svg"
    arguments = ["certificate", ledger(tmp_path, text), "-o", str(made), "--badge", str(drawn)]
    assert main([*arguments, "--title", "A paper, 2024"]) == 0
    assert capsys.readouterr() == ("", "")
    assert json.loads(made.read_text(encoding="utf-8"))["work"]["title"] == "A paper, 2024"
    assert "of 3 figures recomputed" in drawn.read_text(encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {made.name, drawn.name, "claims.csv"}


def test_a_broken_ledger_leaves_the_last_certificate_as_it_was(
    tmp_path: Path, capsys: Capture
) -> None:
    made = tmp_path / "certificate.json"
    made.write_text("{}", encoding="utf-8")
    assert "write 11.0亿元" in refused(capsys, ledger(tmp_path, BROKEN), "-o", str(made))
    assert made.read_text(encoding="utf-8") == "{}"


def test_a_certificate_that_can_not_be_finished_leaves_no_half_of_it(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "certificate.json"
    made.write_text("{}", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    message = refused(capsys, ledger(tmp_path, FINE), "-o", str(made))
    assert "certificate.json can't be written (No space left on device)" in message
    assert made.read_text(encoding="utf-8") == "{}"
    assert {path.name for path in tmp_path.iterdir()} == {made.name, "claims.csv"}


@pytest.mark.parametrize("option", ["-o", "--badge"])
def test_a_folder_that_is_missing_is_said(tmp_path: Path, capsys: Capture, option: str) -> None:
    path = str(tmp_path / "missing" / "file")
    message = refused(capsys, ledger(tmp_path, FINE), option, path)
    assert "can't be written" in message
    assert "give a file in a folder that exists" in message


def test_a_folder_is_no_file_to_write_to(tmp_path: Path, capsys: Capture) -> None:
    assert "can't be written" in refused(capsys, ledger(tmp_path, FINE), "-o", str(tmp_path))


@pytest.mark.parametrize("option", ["-o", "--badge"])
def test_what_was_checked_is_not_overwritten(tmp_path: Path, capsys: Capture, option: str) -> None:
    path = ledger(tmp_path, FINE)
    (tmp_path / "link.json").symlink_to(path)
    for name in (path, str(tmp_path / "link.json")):
        assert "is a file that was checked" in refused(capsys, path, option, name)
    assert Path(path).read_text(encoding="utf-8") == FINE


def test_certificate_and_badge_need_a_file_each(tmp_path: Path, capsys: Capture) -> None:
    path = str(tmp_path / "file")
    message = refused(capsys, ledger(tmp_path, FINE), "-o", path, "--badge", path)
    assert "is named twice; name another" in message
    assert not Path(path).exists()


def test_a_link_stays_a_link_and_a_device_stays_a_device(tmp_path: Path, capsys: Capture) -> None:
    target, link, pipe = (tmp_path / name for name in ("target.json", "link.json", "pipe"))
    link.symlink_to(target)
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        arguments = ["-o", str(link), "--badge", str(pipe)]
        assert main(["certificate", ledger(tmp_path, FINE), *arguments]) == 0
        assert os.read(reader, 100).startswith(b"<svg ")
    finally:
        os.close(reader)
    assert link.is_symlink()
    assert json.loads(target.read_text(encoding="utf-8"))
    assert pipe.is_fifo()
    assert capsys.readouterr() == ("", "")


def test_a_certificate_stays_json_on_a_terminal_without_chinese(tmp_path: Path) -> None:
    done = process("certificate", CLAIMS, cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["claims"][0]["printed"] == "17.66万亿元"


def test_tables_that_differ_from_their_data_package_have_no_certificate(
    tmp_path: Path, capsys: Capture
) -> None:
    folder = shutil.copytree(ROOT / "data", tmp_path / "data")
    path = folder / "gdp.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    message = refused(capsys, str(folder))
    assert "there is no certificate for tables that differ: data/gdp.csv, property " in message
    assert "run 'make data'" in message


# cbec data check


def test_the_projects_data_are_as_described(capsys: Capture) -> None:
    assert main(["data", "check", str(ROOT / "data")]) == 0
    assert capsys.readouterr() == ("every table is as the data package describes it\n", "")


def test_every_problem_of_the_data_is_a_line_and_ends_with_1(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(ROOT / "data", tmp_path / "data")
    path = folder / "market.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("market-total,2012,", "market-total,1912,"),
        encoding="utf-8",
    )
    monkeypatch.setenv("CBEC_DATA", str(folder))
    assert main(["data", "check"]) == 1
    found = capsys.readouterr()
    assert found.err == ""
    cell, content = found.out.splitlines()
    assert cell.startswith("data/market.csv line 2, column year: '1912' is below the minimum 2012")
    assert content.startswith("data/market.csv, property hash: 'sha256:")


def test_a_folder_without_a_data_package_ends_with_2(tmp_path: Path, capsys: Capture) -> None:
    assert main(["data", "check", str(tmp_path)]) == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.startswith("cbec: there is no datapackage.json in ")


@pytest.mark.parametrize("arguments", [["data"], ["data", "mend"], ["data", "check", "a", "b"]])
def test_another_command_on_the_data_is_misuse(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: cbec" in capsys.readouterr().err


def test_the_command_is_installed() -> None:
    from importlib.metadata import entry_points

    (script,) = entry_points(group="console_scripts", name="cbec")
    assert script.load() is main
