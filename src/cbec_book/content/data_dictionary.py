"""The data dictionary, and the data package as files beside the pages.

``{data-dictionary}``
    Each table of the data package: what it holds, under which licence, from where, its fields with
    their types and rules, and its file to download.

The package is copied into the site: its files to the folder ``data``, and all of them together as
a zip, which has the same bytes in each build.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from cbec.display.html import entry_link
from cbec.tables.datapackage import read_package
from cbec_book.content.html_pieces import (
    DataDirective,
    download_html,
    facts_html,
    link_html,
    raw,
    section,
    table_html,
)
from cbec_book.ledger_links import entry_anchor
from cbec_book.wording import translated

FOLDER = "data"
# The time stamp of every file in the zip, the earliest that the format knows.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_RULES = {
    "required": "required",
    "unique": "unique",
    "minimum": "at least {value}",
    "maximum": "at most {value}",
    "enum": "one of {value}",
    "pattern": "matches {value}",
}


def write_zip(path: Path) -> None:
    """Write the data package as a zip, the same bytes for the same content."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in read_package().files:
            entry = zipfile.ZipInfo(f"{path.stem}/{file.name}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whatever system the build runs on
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())


def copy_package(app: Sphinx) -> None:
    """Copy the data package into the site."""
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(exist_ok=True)
    for file in read_package().files:
        shutil.copyfile(file, folder / file.name)
    write_zip(folder / _zip_name())


def _zip_name() -> str:
    return f"{read_package().descriptor['name']}.zip"


class DataDictionary(DataDirective):
    """The whole package, and a section for each of its tables."""

    def write(self) -> list[nodes.Node]:
        """Write what ``datapackage.json`` says."""
        package, page = read_package().descriptor, self.env.docname
        found: list[nodes.Node] = [raw(_package_html(package, page))]
        for table in package["resources"]:
            content = raw("".join(_table_html(table, page)))
            anchor = entry_anchor("table", table["name"])
            found.append(section(self.env, anchor, table["title"], content))
        return found


def _package_html(package: Mapping[str, Any], page: str) -> str:
    """Write what is to be said of the whole package, and the list of its tables."""
    files = [_file(page, name) for name in (_zip_name(), "datapackage.json", "README.md")]
    facts = {
        "Download": translated(
            "{archive}, all of it; {description}, its description; {account}, how it was made"
        ).format(archive=files[0], description=files[1], account=files[2]),
        "Version": escape(package.get("version", "")),
        "Licence": _licences(package),
    }
    rows = [
        [
            entry_link(table["name"], escape(table["title"])),
            str(table.get("rows", "")),
            _file(page, table["path"]),
        ]
        for table in package["resources"]
    ]
    head = ("Table", "Rows", "File")
    caption = translated("The {count} tables of the data package").format(count=len(rows))
    return facts_html(facts) + table_html(head, rows, numeric={1}, caption=caption)


def _file(page: str, name: str) -> str:
    return download_html(page, f"{FOLDER}/{name}")


def _licences(holder: Mapping[str, Any]) -> str:
    return ", ".join(
        link_html(licence["path"], licence["title"]) for licence in holder.get("licenses", ())
    )


def _table_html(table: Mapping[str, Any], page: str) -> Iterator[str]:
    schema = table["schema"]
    yield f"<p>{escape(table['description'])}</p>"
    yield facts_html(
        {
            "File": translated("{file}, {rows} rows, {bytes} bytes").format(
                file=_file(page, table["path"]),
                rows=table.get("rows", translated("unknown")),
                bytes=f"{table['bytes']:,}",
            ),
            "Name": f"<code>{escape(table['name'])}</code>",
            "Key": escape(", ".join(schema.get("primaryKey", ()))),
            "Refers to": "<br>".join(map(_reference, schema.get("foreignKeys", ()))),
            "Missing": "; ".join(map(_missing, schema.get("missingValues", ()))),
            "Licence": _licences(table),
            "Sources": "<br>".join(
                link_html(source.get("path", ""), source["title"])
                for source in table.get("sources", ())
            ),
            "SHA-256": f"<code>{escape(table['hash'].removeprefix('sha256:'))}</code>",
        }
    )
    fields = [
        [
            f"<code>{escape(field['name'])}</code>",
            escape(", ".join(filter(None, (field["type"], field.get("unit"))))),
            escape(field.get("description", "")),
            escape(_rules(field.get("constraints", {}))),
        ]
        for field in schema["fields"]
    ]
    head = ("Field", "Type", "Meaning", "Rules")
    caption = translated("The fields of {file}").format(file=table["path"])
    yield table_html(head, fields, caption=caption)


def _reference(key: Mapping[str, Any]) -> str:
    target = key["reference"].get("resource", "")
    columns = ", ".join(key["fields"])
    return f"{escape(columns)}: {entry_link(target, escape(target))}"


def _missing(value: Mapping[str, str]) -> str:
    empty = translated("an empty cell")
    return f"{escape(value['value']) or empty}: {escape(value['label'])}"


def _rules(constraints: Mapping[str, Any]) -> str:
    said = []
    for rule, value in constraints.items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else value
        said.append(translated(_RULES[rule]).format(value=text))
    return "; ".join(said)
