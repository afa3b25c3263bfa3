"""Let the text of a PDF be found and copied as it is written.

A PDF shows glyphs and says by a table of each font, its ToUnicode map, which characters they stand
for. Where characters share a glyph, Chromium names the one of the lowest number: 广 becomes a
radical that looks like it, and a reader who looks for 夏广凯 finds nothing. Two letters that are
drawn as one become a ligature, which many viewers don't take for the two.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator

from pypdf import PdfReader, PdfWriter
from pypdf.generic import StreamObject

#: Radicals that share a glyph with an ideograph in common fonts but that NFKC leaves as they are,
#: with that ideograph: Unicode's EquivalentUnifiedIdeograph.txt, version 17.
EQUIVALENT = str.maketrans(
    "⺂⺃⺅⺉⺋⺎⺏⺐⺒⺓⺔⺖⺘⺙⺛⺞⺠⺡⺣⺤⺦⺨⺭⺯⺰⺱⺲⺳⺹⺺⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈"
    "⻉⻋⻌⻍⻎⻐⻑⻒⻓⻔⻖⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
    "乛乚亻刂㔾兀尣尢巳幺彑忄扌攵旡歺民氵灬爫丬犭礻糹纟罓罒㓁耂肀艹艹艹虎衤覀西见角讠"
    "贝车辶辶辶钅長镸长门阝青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
)
# Both blocks of radicals, compatibility ideographs (and their supplement), and ligatures.
_STAND_INS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06\U0002f800-\U0002fa1f]")
_BLOCK = re.compile(r"\d+ beginbf(char|range)\s+(.*?)endbf\1", re.DOTALL)
_HEX = re.compile("<([0-9A-Fa-f]+)>")
_MOST = 100  # entries of a block, as PDF allows


def plain(text: str) -> str:
    """Return a text with ordinary characters for those that only look like them.

    >>> plain("夏\u2f34凯, \u2ed4, \ufb01gures\u00b2")
    '夏广凯, 门, figures²'
    """
    text = text.translate(EQUIVALENT)
    return _STAND_INS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def with_plain_characters(pdf: bytes) -> bytes:
    """Return a PDF whose fonts say ordinary characters."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    for sheet in writer.pages:
        for font in sheet["/Resources"].get("/Font", {}).values():  # type: ignore[attr-defined]
            map_ = font.get_object().get("/ToUnicode")
            if map_ is not None:
                _rewrite(map_.get_object())
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _rewrite(stream: StreamObject) -> None:
    says = stream.get_data().decode("ascii")
    new = _BLOCK.sub(_plain_block, says)
    if new != says:
        stream.set_data(new.encode("ascii"))


def _plain_block(block: re.Match[str]) -> str:
    entries = list(_entries(*block.groups()))
    if not any(_STAND_INS.search(text) for _, text in entries):
        return block[0]
    blocks = []
    for at in range(0, len(entries), _MOST):
        some = [
            f"<{glyph}> <{plain(text).encode('utf-16-be').hex().upper()}>"
            for glyph, text in entries[at : at + _MOST]
        ]
        blocks.append("\n".join([f"{len(some)} beginbfchar", *some, "endbfchar"]))
    return "\n".join(blocks)


def _entries(kind: str, lines: str) -> Iterator[tuple[str, str]]:
    """Yield each glyph's number, in hexadecimal digits, with what it stands for."""
    for found in map(_HEX.findall, lines.splitlines()):
        first, last, means = found if kind == "range" else (found[0], *found)
        text = bytes.fromhex(means).decode("utf-16-be")
        for more in range(int(last, 16) - int(first, 16) + 1):
            glyph = f"{int(first, 16) + more:0{len(first)}X}"
            yield glyph, text[:-1] + chr(ord(text[-1]) + more)
