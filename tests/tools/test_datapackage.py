"""`make data` writes what the package states about its files, and nothing else."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from tools.datapackage import main

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(DATA, tmp_path / "data")


def resource(folder: Path, name: str) -> dict:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return next(item for item in package["resources"] if item["name"] == name)


def test_a_package_that_is_up_to_date_stays_as_it_is(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (copy / "datapackage.json").read_bytes()
    assert main([str(copy)]) == 0
    assert (copy / "datapackage.json").read_bytes() == before
    assert "nothing" in capsys.readouterr().out


def test_a_changed_table_is_measured_again_and_the_rest_is_kept(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (copy / "datapackage.json").read_text(encoding="utf-8")
    stated = resource(copy, "countries")
    path = copy / "countries.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")

    assert main([str(copy)]) == 0
    assert capsys.readouterr().out == "renewed: countries\n"
    found = resource(copy, "countries")
    content = path.read_bytes()
    assert (found["bytes"], found["rows"]) == (len(content), stated["rows"] - 1)
    assert found["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    after = (copy / "datapackage.json").read_text(encoding="utf-8")
    changed = [
        (old, new)
        for old, new in zip(before.splitlines(), after.splitlines(), strict=True)
        if old != new
    ]
    assert len(changed) == 3
    assert {path.name for path in copy.iterdir()} == {path.name for path in DATA.iterdir()}


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("countries.csv", None, "data/countries.csv can't be opened"),
        ("countries.csv", b"iso3,iso3\n", "data/countries.csv line 1 has column 'iso3' twice"),
        ("datapackage.json", None, "datapackage.json can't be renewed (FileNotFoundError"),
        ("datapackage.json", b"{", "datapackage.json can't be renewed (JSONDecodeError"),
        ("datapackage.json", b"{}", "datapackage.json can't be renewed (KeyError: 'resources')"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line_and_nothing_is_written(
    copy: Path, capsys: pytest.CaptureFixture[str], file: str, content: bytes | None, said: str
) -> None:
    path = copy / file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    descriptor = copy / "datapackage.json"
    before = descriptor.read_bytes() if descriptor.exists() else None
    assert main([str(copy)]) == 1
    heard = capsys.readouterr()
    assert said in heard.err
    assert heard.err.count("\n") == 1
    assert heard.out == ""
    assert (descriptor.read_bytes() if descriptor.exists() else None) == before
