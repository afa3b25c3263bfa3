"""The data dictionary and the provenance page are complete, and the package can be taken away."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import Tag

from cbec.audit.provenance import entries
from cbec.display.html import plain_words
from cbec.tables.datapackage import data_dir, read_package
from cbec.tables.evidence_grades import GRADES
from cbec_book.content.data_dictionary import write_zip

PACKAGE = read_package().descriptor
ROWS = [entry for entry in entries().values() if entry.kind == "row"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the book is made."""
    return tmp_path_factory.mktemp("data_pages")


@pytest.fixture(scope="module")
def book(folder: Path, build_book: Callable[..., Any]) -> Any:
    """Build a book of the two pages."""
    pages = {
        "index": "# Book\n\n[](#table-market), [](#series-market-total)\n\n"
        "```{toctree}\nreference/data\nreference/provenance\n```\n",
        "reference/data": "# Data\n\n```{data-dictionary}\n```\n",
        "reference/provenance": "# Provenance\n\n```{provenance}\n```\n",
    }
    return build_book(folder, pages)


@pytest.fixture(scope="module")
def dictionary(book: Any) -> Tag:
    """Return the data dictionary."""
    return book.tree["reference/data"]


@pytest.fixture(scope="module")
def provenance(book: Any) -> Tag:
    """Return the provenance page."""
    return book.tree["reference/provenance"]


def test_the_pages_build_without_a_warning(book: Any) -> None:
    assert book.warnings == []


def test_ids_are_used_once_on_a_page(dictionary: Tag, provenance: Tag) -> None:
    for page in (dictionary, provenance):
        counts = Counter(element["id"] for element in page.find_all(id=True))
        assert [id for id, count in counts.items() if count > 1] == []


# The dictionary ------------------------------------------------------------------------------


@pytest.mark.parametrize("table", PACKAGE["resources"], ids=lambda table: table["name"])
def test_a_table_is_described_with_all_its_fields(dictionary: Tag, table: dict[str, Any]) -> None:
    section = dictionary.find(id=f"table-{table['name']}")
    text = section.get_text().replace("’", "'")
    assert table["title"] in text
    assert table["description"] in text
    assert f"{table['rows']} rows" in text
    assert table["hash"].removeprefix("sha256:") in text
    fields = [row.td.get_text() for row in section.tbody.find_all("tr")]
    assert fields == [field["name"] for field in table["schema"]["fields"]]
    for field, row in zip(table["schema"]["fields"], section.tbody.find_all("tr"), strict=True):
        rules = field.get("constraints", {})
        for part in (field["type"], field["description"], *rules.get("enum", ())):
            assert str(part) in row.get_text()
        assert ("required" in row.find_all("td")[3].get_text()) is rules.get("required", False)


def test_links_of_the_dictionary_lead_somewhere(dictionary: Tag, folder: Path) -> None:
    for link in dictionary.select("div.body section a[href]"):
        address = link["href"]
        if address.startswith("#"):
            assert dictionary.find(id=address[1:]) is not None, address
        elif "://" not in address and link.has_attr("download"):
            assert (folder / "_build/reference" / address).is_file(), address


# The files -----------------------------------------------------------------------------------


def test_the_site_holds_the_package_byte_for_byte(book: Any, folder: Path) -> None:
    held = {path.name: path.read_bytes() for path in (folder / "_build/data").iterdir()}
    archive = held.pop(f"{PACKAGE['name']}.zip")
    assert held == {path.name: path.read_bytes() for path in read_package().files}
    assert archive


def test_the_zip_holds_a_package_with_its_hashes(book: Any, folder: Path) -> None:
    name = PACKAGE["name"]
    with zipfile.ZipFile(folder / f"_build/data/{name}.zip") as archive:
        assert archive.testzip() is None
        described = json.loads(archive.read(f"{name}/datapackage.json"))
        for table in described["resources"]:
            content = archive.read(f"{name}/{table['path']}")
            assert table["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}", table["path"]
            assert table["bytes"] == len(content)


def test_the_zip_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    for place in (tmp_path / "p.zip", tmp_path / "again/p.zip"):
        write_zip(place)
    assert (tmp_path / "p.zip").read_bytes() == (tmp_path / "again/p.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# Provenance ----------------------------------------------------------------------------------


def test_every_row_has_its_anchor(provenance: Tag) -> None:
    held = {element["id"] for element in provenance.find_all(id=True)}
    assert [entry.name for entry in ROWS if entry.name not in held] == []


@pytest.mark.parametrize("table", ["market", "customs", "goods_trade", "sea_ecommerce", "inputs"])
def test_a_row_says_all_that_its_table_says(provenance: Tag, table: str) -> None:
    for entry in (entry for entry in ROWS if entry.table == table):
        row = provenance.find(id=entry.name)
        text = row.get_text()
        words = map(plain_words, (entry.vintage, entry.evidence))
        for part in (entry.period, entry.printed, *words, entry.note):
            assert part in text, (entry.name, part)
        assert ("○" in text) is (entry.evidence == "unconfirmed")
        assert entry.source is not None
        if entry.source.url:
            assert row.find("a", href=entry.source.url) is not None, entry.name


def test_countries_stand_in_a_grid_with_all_their_figures(provenance: Tag) -> None:
    for entry in (entry for entry in ROWS if entry.table == "internet_users"):
        cell = provenance.find("td", id=entry.name)
        assert cell.find(string=True) == entry.printed
        assert cell.parent.th.get_text() == entry.place
        assert any(entry.note in p.get_text() for p in cell.find_parent("section").find_all("p"))


def test_each_series_has_its_definition_conflicts_and_breaks(provenance: Tag) -> None:
    with (data_dir() / "series.csv").open(encoding="utf-8", newline="") as file:
        series = list(csv.DictReader(file))
    for row in series:
        section = provenance.find(id=f"series-{row['id']}")
        if section is None:
            assert row["id"] not in {entry.series for entry in ROWS}, row["id"]
            continue
        assert row["basis_en"] in section.get_text()
        for entry in ROWS:
            if entry.series == row["id"]:
                assert section.find(id=entry.name) is not None, entry.name
    conflict = provenance.find(id="market-2013-bound")
    assert "100EC's market" in conflict.get_text(), "its definition"


def test_the_overview_counts_every_row_once(provenance: Tag) -> None:
    overview = provenance.find("table")
    # The ledger's inputs repeat rows of other tables.
    apart = {"conflicts", "method_breaks", "inputs"}
    counted = Counter(plain_words(entry.evidence) for entry in ROWS if entry.table not in apart)
    shown: Counter[str] = Counter()
    for row in overview.tbody.find_all("tr"):
        cells = [cell.get_text() for cell in row.find_all("td")]
        grades = {g: int(n) for n, g in re.findall(r"(\d+) ([a-z ]+)", cells[2])}
        assert int(cells[1]) == sum(grades.values()), cells
        assert set(grades) <= set(map(plain_words, GRADES))
        assert provenance.find(id=row.a["href"].removeprefix("#")) is not None
        shown.update(grades)
    assert shown == counted
