"""A certificate holds what its schema asks for, adds up, and is the same each time."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

import cbec
from cbec.audit import certificate
from cbec.audit.certificate import SCHEMA, SCHEMA_VERSION, certify
from cbec.audit.verdicts import CODES, Arithmetic, Evidence
from cbec.errors import CertificateError, LedgerError, TableError

ROOT = Path(__file__).resolve().parents[2]
LEDGER = ROOT / "data" / "claims.csv"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
OWN = """\
id,printed,comparator,kind,derivation
sales-2023,11.0亿元,=,level,
sales-2024,12.4亿元,=,level,
sales-growth,12.7%,=,growth,"growth(sales-2024, sales-2023)"
later-first,,,cross-check,sales-2024 > sales-2023
"""
FAILED = OWN.replace("growth(sales-2024, sales-2023)", "cagr(sales-2024, sales-2023, 0)")
UNDEFINED = OWN.replace("11.0亿元", "0.0亿元")

Document = dict[str, Any]


def own(folder: Path, text: str = OWN) -> Path:
    path = folder / "ledger.csv"
    path.write_text(text, encoding="utf-8")
    return path


def complaints(document: Document) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(document)]


@pytest.fixture(scope="module")
def project() -> Document:
    """Return the certificate of the project's own ledger, as read from its text."""
    return json.loads(certify(LEDGER).to_json())


# What it says ---------------------------------------------------------------------------------


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(VALIDATOR.schema)


def test_the_schema_knows_the_verdicts_the_codes_and_its_version() -> None:
    claim = VALIDATOR.schema["$defs"]["claim"]["properties"]
    assert claim["arithmetic"]["enum"] == [str(v) for v in Arithmetic]
    assert claim["evidence"]["enum"] == [str(v) for v in Evidence]
    assert claim["code"]["enum"] == [*CODES, None]
    summary = VALIDATOR.schema["properties"]["summary"]["properties"]
    for axis, verdicts in (("arithmetic", Arithmetic), ("evidence", Evidence)):
        counts = summary[axis]["properties"]["counts"]
        assert list(counts["properties"]) == counts["required"] == [str(v) for v in verdicts]
    assert VALIDATOR.schema["properties"]["schema_version"]["const"] == SCHEMA_VERSION
    assert VALIDATOR.schema["properties"]["$schema"]["const"] == SCHEMA.name


@pytest.mark.parametrize("text", [OWN, FAILED, OWN.replace("12.7%", "21.7%")])
def test_a_certificate_is_as_the_schema_describes(
    tmp_path: Path, project: Document, text: str
) -> None:
    assert complaints(project) == []
    assert complaints(certify(own(tmp_path, text)).document()) == []


def test_every_count_is_that_of_the_claims_and_stands_beside_its_denominator(
    project: Document,
) -> None:
    claims, summary = project["claims"], project["summary"]
    for axis in ("arithmetic", "evidence"):
        found = Counter(claim[axis] for claim in claims)
        assert Counter(summary[axis]["counts"]) == found
        assert summary[axis]["of"] == sum(summary[axis]["counts"].values()) == len(claims)
    recomputed = sum(claim["arithmetic"] != "not-derivable" for claim in claims)
    assert summary["recomputed"] == {"count": recomputed, "of": len(claims)}
    checks = project["cross_checks"]
    assert summary["cross_checks_holding"] == {"count": len(checks), "of": len(checks)}
    missing = {item["id"] for item in project["not_checked"]["arithmetic"]}
    assert missing == {c["id"] for c in claims if c["arithmetic"] == "not-derivable"}
    unchecked = [c["id"] for c in claims if c["evidence"] == "not-checked"]
    assert project["not_checked"]["evidence"] == unchecked


def test_a_claim_has_its_figure_bounds_and_verdicts(project: Document) -> None:
    claims = {claim["id"]: claim for claim in project["claims"]}
    assert claims["import-growth-2024"] == {
        "id": "import-growth-2024",
        "section": "2.1.1",
        "label": "Growth of CBEC imports (2024)",
        "printed": "9.57%",
        "comparator": "=",
        "derivation": "growth(import-2024, import-2023)",
        "outside_inputs": [],
        "recomputed": "9.70%",
        "bounds": "9.405 to 9.986%",
        "arithmetic": "rounding",
        "code": None,
        "evidence": "not-checked",
    }
    assert claims["trade-share-2024"]["outside_inputs"] == ["goods-trade-2024-first"]
    assert claims["market-2024"]["code"] == "given"


def test_a_check_that_broke_is_among_what_was_not_checked(tmp_path: Path) -> None:
    made = certify(own(tmp_path, FAILED)).document()
    (found,) = (i for i in made["not_checked"]["arithmetic"] if i["id"] == "sales-growth")
    assert found["reason"].startswith("the check failed: cagr needs a whole number of years")
    assert made["summary"]["recomputed"] == {"count": 0, "of": 3}


def test_a_cross_check_that_cannot_be_made_does_not_hold(tmp_path: Path) -> None:
    check = '"growth(sales-2024, sales-2023) > 0"'
    undefined = UNDEFINED.replace("sales-2024 > sales-2023", check)
    made = certify(own(tmp_path, undefined)).document()
    assert made["summary"]["cross_checks_holding"] == {"count": 0, "of": 1}


def test_what_has_no_value_says_why_and_keeps_its_derivation(tmp_path: Path) -> None:
    made = certify(own(tmp_path, UNDEFINED)).document()
    assert not complaints(made)
    (claim,) = (c for c in made["claims"] if c["id"] == "sales-growth")
    assert (claim["arithmetic"], claim["code"]) == ("not-derivable", "undefined")
    assert claim["derivation"] == "growth(sales-2024, sales-2023)"
    (found,) = (i for i in made["not_checked"]["arithmetic"] if i["id"] == "sales-growth")
    assert "the base of growth, sales-2023, may be zero or negative" in found["reason"]


def test_it_does_not_say_that_the_work_is_right(project: Document) -> None:
    assert "It doesn't say that the work is right" in project["statement"]


def test_what_was_checked_is_the_work_that_the_citation_names(project: Document) -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    (paper,) = citation["references"]
    assert project["work"]["url"] == f"https://doi.org/{paper['doi']}"
    assert paper["title"] in project["work"]["title"]
    assert f"doi     = {{{paper['doi']}}}" in (ROOT / "references.bib").read_text("utf-8")


def test_it_holds_the_hash_of_every_data_file(project: Document) -> None:
    listed = {file["path"]: file for file in project["ledger"]["files"]}
    present = {path.name for path in LEDGER.parent.iterdir() if path.name != "README.md"}
    assert set(listed) == present
    for name, file in listed.items():
        content = (LEDGER.parent / name).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["bytes"] == len(content)


def test_it_names_the_versions_that_the_arithmetic_and_the_notebooks_lean_on(
    project: Document,
) -> None:
    software = project["software"]
    assert software["version"] == cbec.__version__
    assert software["python"] == ".".join(map(str, sys.version_info[:3]))
    assert {"pandas", "scipy", "statsmodels"} <= set(software["packages"])
    assert "dask" not in software["packages"], "an extra is nothing that the package leans on"
    for name, version in software["packages"].items():
        assert version == metadata.version(name)


def test_a_package_that_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "requires", lambda name: ["no-such-package>=1"])
    made = certify(LEDGER).document()
    assert made["software"]["packages"] == {"no-such-package": None}
    assert complaints(made) == []


def test_a_checkout_that_is_not_installed_has_no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", missing)
    made = certify(LEDGER).document()
    assert made["software"]["packages"] == {}
    assert complaints(made) == []


def test_the_same_commit_gives_the_same_bytes(tmp_path: Path) -> None:
    code = f"from cbec.audit.certificate import certify; print(certify({str(LEDGER)!r}).to_json())"
    texts = [
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=c).stdout
        for c in (ROOT, tmp_path)
    ]
    assert texts[0] == texts[1]
    assert str(ROOT).encode() not in texts[0]


def test_the_projects_certificate_is_made_again_by_the_projects_commands(
    project: Document,
) -> None:
    commit = project["ledger"]["revision"]["commit"]
    checkout = [f"git checkout {commit}"] if commit else []
    assert project["rerun"] == [
        *checkout,
        "make site",
        "make test",
        ".venv/bin/cbec certificate data/claims.csv",
    ]


# A ledger of one's own ------------------------------------------------------------------------


def test_a_ledger_of_ones_own_needs_no_data_package(tmp_path: Path) -> None:
    made = certify(own(tmp_path)).document()
    assert made["work"] is None
    assert [file["path"] for file in made["ledger"]["files"]] == ["ledger.csv"]
    assert made["ledger"]["revision"]["commit"] is None
    assert made["ledger"]["revision"]["reason"]
    assert made["rerun"] == ["cbec audit ledger.csv", "cbec certificate ledger.csv"]
    assert made["summary"]["recomputed"] == {"count": 1, "of": 3}
    assert made["summary"]["cross_checks_holding"] == {"count": 1, "of": 1}


def test_the_files_beside_a_ledger_that_are_read_with_it_are_hashed(tmp_path: Path) -> None:
    path = own(tmp_path)
    (tmp_path / "inputs.csv").write_text("id,printed,unit\ngdp,100亿元,CNY\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not read", encoding="utf-8")
    files = [file.path for file in certify(path).files]
    assert files == ["inputs.csv", "ledger.csv"]


def test_a_title_says_what_was_checked_and_stands_in_the_commands(tmp_path: Path) -> None:
    made = certify(own(tmp_path), "A paper, 2024").document()
    assert made["work"] == {"title": "A paper, 2024", "url": None}
    assert made["rerun"][-1] == "cbec certificate ledger.csv --title 'A paper, 2024'"
    assert complaints(made) == []


def test_what_a_terminal_would_obey_is_escaped(tmp_path: Path) -> None:
    text = certify(own(tmp_path), "a\x9b31m\udce9\x1bb").to_json()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", text)
    assert json.loads(text)["work"]["title"] == "a\x9b31m\udce9\x1bb"


def test_a_data_package_that_does_not_describe_the_ledger_does_not_matter(tmp_path: Path) -> None:
    path = own(tmp_path)
    (tmp_path / "datapackage.json").write_text('{"resources": []}', encoding="utf-8")
    assert [file.path for file in certify(path).files] == ["ledger.csv"]


@pytest.mark.parametrize("text", ["{", "[]", '{"resources": [{}]}', '{"resources": 1}'])
def test_a_broken_data_package_beside_a_ledger_is_said(tmp_path: Path, text: str) -> None:
    path = own(tmp_path)
    (tmp_path / "datapackage.json").write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=r"isn't (a tabular data package|JSON)"):
        certify(path)


def test_a_broken_ledger_has_no_certificate(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="is not a number"):
        certify(own(tmp_path, OWN.replace("11.0亿元", '"11,0亿元"')))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a copy of the data package."""
    return shutil.copytree(LEDGER.parent, tmp_path / "data")


def test_a_copy_of_the_data_has_the_same_hashes_and_no_commit(
    copied: Path, project: Document
) -> None:
    made = certify(copied / "claims.csv").document()
    assert made["ledger"]["files"] == project["ledger"]["files"]
    assert made["ledger"]["revision"]["commit"] is None
    assert made["claims"] == project["claims"]
    assert made["rerun"] == ["cbec audit claims.csv", "cbec certificate claims.csv"]


def test_a_table_that_differs_from_the_data_package_has_no_certificate(copied: Path) -> None:
    path = copied / "market.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    with pytest.raises(CertificateError) as caught:
        certify(copied / "claims.csv")
    assert "data/market.csv, property " in str(caught.value)
    assert "run 'make data' if the change was meant" in str(caught.value)


def test_a_table_that_is_missing_has_no_certificate(copied: Path) -> None:
    (copied / "market.csv").unlink()
    with pytest.raises(CertificateError, match=r"data/market\.csv can't be opened"):
        certify(copied / "claims.csv")


@pytest.mark.parametrize(
    ("sources", "work"),
    [
        (None, None),
        ([], None),
        ([{"title": "A paper"}], {"title": "A paper", "url": None}),
        ([{"path": "https://a.b"}], {"title": "https://a.b", "url": "https://a.b"}),
    ],
)
def test_the_source_of_the_claims_may_be_told_in_part(
    copied: Path, sources: Any, work: Mapping[str, Any] | None
) -> None:
    path = copied / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    (claims,) = (table for table in package["resources"] if table["name"] == "claims")
    claims["sources"] = sources
    path.write_text(json.dumps(package), encoding="utf-8")
    made = certify(copied / "claims.csv").document()
    assert made["work"] == work
    assert complaints(made) == []


# Damage ---------------------------------------------------------------------------------------


def edit(*path: str | int, to: Any) -> Callable[[Document], None]:
    """Return what sets a value of a certificate, or deletes it if the value is ``...``."""

    def change(document: Document) -> None:
        holder: Any = document
        for key in path[:-1]:
            holder = holder[key]
        if to is ...:
            del holder[path[-1]]
        else:
            holder[path[-1]] = to

    return change


DAMAGES = {
    "no denominator of an axis": edit("summary", "arithmetic", "of", to=...),
    "no denominator of a share": edit("summary", "recomputed", "of", to=...),
    "no cross-checks": edit("summary", "cross_checks_holding", to=...),
    "a count above a denominator of none": edit(
        "summary", "cross_checks_holding", to={"count": 1, "of": 0}
    ),
    "a negative count": edit("summary", "recomputed", "count", to=-1),
    "a count that is no whole number": edit("summary", "recomputed", "count", to=1.5),
    "a verdict without a count": edit("summary", "arithmetic", "counts", "decision", to=...),
    "a count of a verdict that isn't": edit("summary", "evidence", "counts", "guessed", to=1),
    "an unknown arithmetic": edit("claims", 0, "arithmetic", to="right"),
    "an unknown evidence": edit("claims", 0, "evidence", to="believed"),
    "a verdict of the other axis": edit("claims", 0, "arithmetic", to="confirmed"),
    "an unknown code": edit("claims", 0, "code", to="because"),
    "no reason for what isn't derivable": edit("claims", 0, "code", to=None),
    "a figure recomputed from nothing": edit("claims", 2, "derivation", to=None),
    "a claim without a figure": edit("claims", 0, "printed", to=...),
    "a figure recomputed and undefined": edit("claims", 2, "code", to="undefined"),
    "a derivation of what is given": edit("claims", 0, "derivation", to="sum(a, b)"),
    "no statement": edit("statement", to=""),
    "another version": edit("schema_version", to="1.0"),
    "a word of version 1.0": edit("claims", 0, "evidence", to="untraceable"),
    "another schema": edit("$schema", to="https://example.org/schema.json"),
    "no files": edit("ledger", "files", to=[]),
    "a short hash": edit("ledger", "files", 0, "sha256", to="abc"),
    "a short commit": edit("ledger", "revision", "commit", to="3d649e2"),
    "a commit without a state": edit(
        "ledger",
        "revision",
        to={"commit": "0" * 40, "date": "2024-01-01T00:00:00Z", "clean": None, "reason": None},
    ),
    "no commit and no reason": edit(
        "software", "revision", to={"commit": None, "date": None, "clean": None, "reason": None}
    ),
    "a commit and a reason for none": edit(
        "software",
        "revision",
        to={"commit": "0" * 40, "date": "2024-01-01T00:00:00Z", "clean": True, "reason": "no git"},
    ),
    "no way to run it again": edit("rerun", to=[]),
    "something more": edit("approved", to=True),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_certificate_is_refused(project: Document, damage: str) -> None:
    document = copy.deepcopy(project)
    DAMAGES[damage](document)
    assert document != project
    assert complaints(document)


def test_the_schema_is_shipped_with_the_package() -> None:
    assert SCHEMA.parent == Path(certificate.__file__).parent
