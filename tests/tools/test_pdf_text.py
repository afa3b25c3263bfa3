"""tools/pdf_text.py: the characters that a PDF says its glyphs stand for."""

from __future__ import annotations

import io
import unicodedata

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from tools.pdf_text import EQUIVALENT, plain, with_plain_characters

MAP = """/CIDInit /ProcSet findresource begin
begincmap
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
2 beginbfchar
<0001> <2F34>
<0009> <D83DDE00>
endbfchar
2 beginbfrange
<0002> <0003> <2ED3>
<0010> <0012> <FB00>
endbfrange
1 beginbfrange
<0020> <0022> <0041>
endbfrange
endcmap
"""


def pdf_with(says: str) -> bytes:
    """Return a PDF of a sheet with one font, which has such a ToUnicode map."""
    writer = PdfWriter()
    sheet = writer.add_blank_page(100, 100)
    stream = StreamObject()
    stream.set_data(says.encode())
    font = DictionaryObject({NameObject("/ToUnicode"): writer._add_object(stream)})
    fonts = DictionaryObject({NameObject("/F1"): font})
    sheet[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def map_of(pdf: bytes) -> list[str]:
    """Return the lines of that map."""
    resources = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]
    return resources["/Font"]["/F1"]["/ToUnicode"].get_data().decode().splitlines()


def test_glyphs_stand_for_ordinary_characters() -> None:
    lines = map_of(with_plain_characters(pdf_with(MAP)))
    entries = lines[lines.index("2 beginbfchar") :]
    assert entries == [
        "2 beginbfchar",
        "<0001> <5E7F>",
        "<0009> <D83DDE00>",
        "endbfchar",
        "5 beginbfchar",
        "<0002> <957F>",
        "<0003> <95E8>",
        "<0010> <00660066>",
        "<0011> <00660069>",
        "<0012> <0066006C>",
        "endbfchar",
        "1 beginbfrange",
        "<0020> <0022> <0041>",
        "endbfrange",
        "endcmap",
    ]


def test_no_block_has_more_entries_than_pdf_allows() -> None:
    lines = map_of(with_plain_characters(pdf_with("1 beginbfrange\n<00> <C7> <2F00>\nendbfrange")))
    assert [line for line in lines if line.endswith("beginbfchar")] == ["100 beginbfchar"] * 2
    assert lines[1] == "<00> <4E00>"


@pytest.mark.parametrize("radical", [chr(number) for number in EQUIVALENT])
def test_equivalents_are_ideographs_for_radicals_that_nfkc_leaves(radical: str) -> None:
    assert unicodedata.normalize("NFKC", radical) == radical
    assert unicodedata.name(radical).startswith("CJK RADICAL ")
    assert unicodedata.name(plain(radical)).startswith("CJK UNIFIED IDEOGRAPH-")
