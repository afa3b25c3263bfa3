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
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from cbec.display.html import html_table
from cbec.tables.datapackage import read_package
from cbec_book.content.sections import facts_html, scrolled_html, section
from cbec_book.own_ledger import note_data

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["FOLDER", "setup", "write_zip"]

FOLDER = "data"
# The time stamp of every file in the zip, the earliest that the format knows.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_RULES = {
    "required": lambda value: "required" if value else "",
    "unique": lambda value: "unique" if value else "",
    "minimum": lambda value: f"at least {value}",
    "maximum": lambda value: f"at most {value}",
    "enum": lambda value: "one of " + ", ".join(map(str, value)),
    "pattern": lambda value: f"matches {value}",
}


def write_zip(path: Path) -> None:
    """Write the data package as a zip, the same bytes for the same content.

    Parameters
    ----------
    path : Path
        The file to write. Its name without the ending is the folder in the zip.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for file in read_package().files:
            entry = zipfile.ZipInfo(f"{path.stem}/{file.name}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whatever system the build runs on
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())


def copy_package(app: Sphinx, error: Exception | None) -> None:
    """Copy the data package into the site.

    Parameters
    ----------
    app : Sphinx
        The application.
    error : Exception or None
        What ended the build, if it failed.
    """
    if error is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(exist_ok=True)
    for file in read_package().files:
        shutil.copyfile(file, folder / file.name)
    write_zip(folder / _zip_name())


def _zip_name() -> str:
    return f"{read_package().descriptor['name']}.zip"


class _DataDictionary(SphinxDirective):
    has_content = False

    def run(self) -> list[nodes.Node]:
        note_data(self.env)
        package = read_package().descriptor
        up = "../" * self.env.docname.count("/")
        found: list[nodes.Node] = [nodes.raw("", _package_html(package, up), format="html")]
        for table in package["resources"]:
            content = nodes.raw("", "".join(_table_html(table, up)), format="html")
            found.append(section(self.env, f"table-{table['name']}", table["title"], content))
        return found


def _package_html(package: Mapping[str, Any], up: str) -> str:
    """Write what is to be said of the whole package, and the list of its tables."""
    facts = {
        "Download": f"{_download(_zip_name(), up)}, all of it; "
        f"{_download('datapackage.json', up)}, its description; {_download('README.md', up)}, "
        "how it was made",
        "Version": escape(package.get("version", "")),
        "Licence": _licences(package),
    }
    rows = [
        [
            f'<a href="#table-{table["name"]}">{escape(table["title"])}</a>',
            str(table.get("rows", "")),
            _download(table["path"], up),
        ]
        for table in package["resources"]
    ]
    head, caption = ("Table", "Rows", "File"), f"The {len(rows)} tables of the data package"
    table = html_table(head, rows, numeric={1}, caption=caption, cards=True)
    return facts_html(facts) + scrolled_html(table)


def _download(name: str, up: str) -> str:
    return f'<a href="{up}{FOLDER}/{escape(name)}" download>{escape(name)}</a>'


def _link(text: str, address: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>' if address else escape(text)


def _licences(holder: Mapping[str, Any]) -> str:
    return ", ".join(
        _link(licence.get("title", licence.get("name", "")), licence.get("path", ""))
        for licence in holder.get("licenses", ())
    )


def _table_html(table: Mapping[str, Any], up: str) -> Iterator[str]:
    schema = table["schema"]
    yield f"<p>{escape(table['description'])}</p>"
    yield facts_html(
        {
            "File": f"{_download(table['path'], up)}, {table.get('rows', 'unknown')} rows, "
            f"{table['bytes']:,} bytes",
            "Name": f"<code>{escape(table['name'])}</code>",
            "Key": escape(", ".join(_listed(schema.get("primaryKey", ())))),
            "Refers to": "<br>".join(map(_reference, schema.get("foreignKeys", ()))),
            "Missing": "; ".join(map(_missing, schema.get("missingValues", ()))),
            "Licence": _licences(table),
            "Sources": "<br>".join(
                _link(source["title"], source.get("path", ""))
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
            escape("; ".join(_rules(field.get("constraints", {})))),
        ]
        for field in schema["fields"]
    ]
    head, caption = ("Field", "Type", "Meaning", "Rules"), f"The fields of {table['path']}"
    yield scrolled_html(html_table(head, fields, caption=caption, cards=True))


def _reference(key: Mapping[str, Any]) -> str:
    target = key["reference"].get("resource", "")
    columns = ", ".join(_listed(key["fields"]))
    return f'{escape(columns)}: <a href="#table-{escape(target)}">{escape(target)}</a>'


def _missing(value: str | Mapping[str, str]) -> str:
    if isinstance(value, str):
        return escape(value) or "an empty cell"
    shown = escape(value["value"]) or "an empty cell"
    return f"{shown}: {escape(value['label'])}" if value.get("label") else shown


def _rules(constraints: Mapping[str, Any]) -> Iterator[str]:
    for rule, value in constraints.items():
        if text := _RULES[rule](value):
            yield text


def _listed(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def setup(app: Sphinx) -> None:
    """Add the directive to Sphinx, and the package to the site."""
    app.add_directive("data-dictionary", _DataDictionary)
    app.connect("build-finished", copy_package)
