"""The page of the certificate says what the certificate says, and the site holds its files."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cbec.audit import certificate
from cbec.audit.badge import arithmetic_outcome, badge, evidence_outcome
from cbec.audit.certificate import STATEMENT, certify
from cbec.audit.ledger_reader import read_ledger
from cbec.audit.revision import Revision
from cbec.audit.verdict_rules import audit_ledger
from cbec.tables.datapackage import data_dir

Build = Callable[..., Any]

PAGE = {"reference/certificate": "# Certificate\n\n```{certificate}\n```\n", "index": "# Home\n"}
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CLEAN = Revision(COMMIT, "2024-05-06T07:08:09+08:00", clean=True)
CHANGED = Revision(COMMIT, "2024-05-06T07:08:09+08:00", clean=False)
NONE = Revision(reason="git isn't installed")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, build_book: Build) -> Callable[..., Any]:
    """Return what builds the page of data and software at given commits, each once."""

    @functools.cache
    def build(data: Revision, software: Revision) -> Any:
        def found(folder: Path, names: object) -> Revision:
            return data if folder == data_dir() else software

        folder = tmp_path_factory.mktemp("book")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(certificate, "revision_of", found)
            book = build_book(folder, PAGE)
        # The page lies outside of any list of contents.
        assert all("toctree" in line for line in book.warnings), book.warnings
        tree = book.tree["reference/certificate"].select_one(".cbec-certificate")
        tree["data-site"] = str(folder / "_build")
        return tree

    return lambda data, software=None: build(data, software or data)


def facts(tree: Any) -> dict[str, str]:
    terms = [cell.get_text() for cell in tree.select("dt")]
    return dict(zip(terms, [cell.get_text() for cell in tree.select("dd")], strict=True))


def test_every_verdict_has_its_count_beside_the_denominator(page: Callable[..., Any]) -> None:
    result = audit_ledger(read_ledger(data_dir() / "claims.csv"))
    tables = page(CLEAN).select(".cbec-certificate__axes table")
    for table, axis in zip(tables, ("arithmetic", "evidence"), strict=True):
        head = [cell.get_text() for cell in table.select("th")]
        assert head == [axis.title(), f"Of {len(result.claims)}"]
        counts = [int(row.select("td")[1].get_text()) for row in table.select("tbody tr")]
        assert counts == list(result.counts(axis).values())


def test_it_says_what_was_checked_and_with_what(page: Callable[..., Any]) -> None:
    tree = page(CLEAN)
    made = certify(data_dir() / "claims.csv")
    said = facts(tree)
    assert said["Checked"] == made.work.title
    assert tree.select_one("dd a")["href"] == made.work.url
    total = len(made.audit.claims)
    assert said["Recomputed"].startswith(f"{len(made.audit.recomputed)} of {total} printed figures")
    assert (
        said["Cross-checks"] == f"{len(made.audit.holding)} of {len(made.audit.cross_checks)} hold"
    )
    assert said["Commit"] == f"{COMMIT} of 2024-05-06, nothing uncommitted"
    assert said["Software"] == f"cbec {made.software.version}, Python {made.software.python}"
    for name, version in made.software.packages.items():
        assert f"{name} {version}" in said["Packages"]
    assert tree.select_one("pre").get_text().splitlines() == [
        f"git checkout {COMMIT}",
        "make site",
        "make test",
        ".venv/bin/cbec certificate data/claims.csv",
    ]


def test_it_does_not_say_that_the_paper_is_right(page: Callable[..., Any]) -> None:
    assert STATEMENT in page(CLEAN).get_text()


def test_the_badge_is_named_for_who_cannot_see_it(page: Callable[..., Any]) -> None:
    image = page(CLEAN).select_one("img")
    result = audit_ledger(read_ledger(data_dir() / "claims.csv"))
    assert (
        image["alt"]
        == f"Arithmetic: {arithmetic_outcome(result)}. Evidence, {evidence_outcome(result)}."
    )
    assert image["src"] == "../badge.svg"


def test_hashes_and_what_was_not_checked_are_folded(page: Callable[..., Any]) -> None:
    made = certify(data_dir() / "claims.csv")
    folded = page(CLEAN).select("details")
    assert not any(box.has_attr("open") for box in folded)
    recomputed, evidence, hashes = folded
    total, done = len(made.audit.claims), len(made.audit.recomputed)
    said = f"Not recomputed: {total - done} of {total} figures"
    assert recomputed.select_one("summary").get_text() == said
    assert len(recomputed.select("tbody tr")) == total - done
    assert recomputed.select_one("a")["href"] == "ledger.html#claim-market-2024"
    unchecked = made.audit.counts("evidence")["not-checked"]
    assert len(evidence.select("tbody tr")) == unchecked
    shown = [[cell.get_text() for cell in row.select("td")] for row in hashes.select("tbody tr")]
    assert shown == [[file.path, file.sha256] for file in made.files]


@pytest.mark.parametrize(
    ("data", "software", "warned"),
    [
        (CLEAN, CLEAN, False),
        (CLEAN, CHANGED, True),
        (CHANGED, CLEAN, True),
        (NONE, NONE, False),
    ],
)
def test_a_site_of_a_tree_with_changes_says_so(
    page: Callable[..., Any], data: Revision, software: Revision, warned: bool
) -> None:
    tree = page(data, software)
    warnings = [node.get_text() for node in tree.select(".cbec-certificate__warning")]
    assert len(warnings) == warned
    assert all("uncommitted changes" in text for text in warnings)


def test_without_a_commit_the_reason_stands_there(page: Callable[..., Any]) -> None:
    tree = page(NONE)
    assert facts(tree)["Commit"] == "none named: git isn't installed"
    assert "git checkout" not in tree.select_one("pre").get_text()


def test_software_of_another_commit_than_the_data_is_told(page: Callable[..., Any]) -> None:
    assert "commit none named: git isn't installed" in facts(page(CLEAN, NONE))["Software"]


def test_the_files_lie_in_the_root_of_the_site(page: Callable[..., Any]) -> None:
    tree = page(CLEAN)
    root = Path(tree["data-site"])
    made = json.loads((root / "certificate.json").read_text(encoding="utf-8"))
    schema = json.loads((root / made["$schema"]).read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(made)
    assert made["ledger"]["revision"]["commit"] == COMMIT
    result = audit_ledger(read_ledger(data_dir() / "claims.csv"))
    assert (root / "badge.svg").read_text(encoding="utf-8") == badge(result)
    for link in tree.select("a[download]"):
        file = (root / "reference" / link["href"]).resolve()
        assert file.is_file(), link["href"]
    hashes = {file["path"]: file["sha256"] for file in made["ledger"]["files"]}
    for name, found in hashes.items():
        assert hashlib.sha256((root / "data" / name).read_bytes()).hexdigest() == found


def test_a_table_that_differs_from_its_description_leaves_a_page_without_certificate(
    tmp_path: Path, build_book: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(data_dir(), tmp_path / "data")
    path = folder / "gdp.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    monkeypatch.setenv("CBEC_DATA", str(folder))
    book = build_book(tmp_path / "book", PAGE)
    text = book.tree["reference/certificate"].get_text()
    assert "No certificate." in text
    assert re.search(r"tables that differ: data/gdp\.csv", text)
    assert not any("gdp" in line for line in book.warnings)
    assert not (tmp_path / "book" / "_build" / "certificate.json").exists()
