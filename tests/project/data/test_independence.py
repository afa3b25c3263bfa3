"""Nothing of the paper under audit is evidence for it, and what wasn't found was looked for.

The paper's own page was once taken for a second article, because a heading of its second section
was recorded as a title. Its marks are typed here from the paper itself.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[3] / "data"
PAPER = "the-paper"
MARKS = [
    # Its identifiers: doi, number of the page, place in the journal.
    "10.12677/ecl.2025.1482497",
    "paperid=121025",
    "hanspub-121025",
    # Its titles in both languages, and the headings of its sections.
    "跨境电商高质量发展的数字经济困境与突破路径",
    "Problems and Countermeasures for High-Quality Development of Cross-Border E-Commerce",
    "数字经济背景下我国跨境电商发展",
    "交易规模实现增长与突破",
    "规模增长迅猛,成为外贸新引擎",
    "区域布局优化,新兴市场潜力凸显",
    "企业数字化能力实现全链条重构",
    "产业模式升级构建生态体系",
    "全球数字贸易规则碎片化与新兴技术治理真空",
    "技术生态位锁定与绿色数字化转型压力",
    "文化认知茧房与数字品牌破圈瓶颈",
    "复合型人才断层与数字技能代际鸿沟",
    "完善法律法规,加强监管力度",
    "推进技术赋能创新,突破底层技术瓶颈",
    "提升品牌竞争力,助力品牌建设",
    "加强数字化人才培养与引进",
]


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def plain(text: str) -> str:
    """Drop what copies of a title differ in: case, blanks and punctuation."""
    return re.sub(r"[\W_]+", "", text).casefold()


def bearing_its_marks(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield table and key of each row, but the paper's, whose address or title is the paper's."""
    marks = [plain(mark) for mark in MARKS]
    for path in sorted(folder.glob("*.csv")):
        for row in rows(folder, path.stem):
            key = next(iter(row.values()))
            if (path.stem, key) == ("sources", PAPER):
                continue
            cells = [plain(row.get(column, "")) for column in ("id", "title", "url")]
            if any(mark in cell for mark in marks for cell in cells):
                yield path.stem, key


def resting_on_the_paper(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield claim and finding of each row that says of the paper's figure what the paper says."""
    own = {row["id"] for row in rows(folder, "sources") if row["origin"] == PAPER}
    for row in rows(folder, "evidence"):
        # That a reference can't bear a figure is read off the paper's own list of references.
        if row["source"] in own and row["finding"] != "cannot-bear":
            yield row["claim"], row["finding"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(DATA, tmp_path / "data")


def test_only_the_row_of_the_paper_has_its_address_or_title() -> None:
    assert list(bearing_its_marks(DATA)) == []
    (paper,) = (row for row in rows(DATA, "sources") if row["origin"] == PAPER)
    assert paper["id"] == PAPER
    assert MARKS[0] in paper["url"]
    assert MARKS[1] in paper["note"]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(("column", "shape"), [("title", "{} (excerpt)"), ("url", "http://a.b/{}")])
def test_a_second_row_of_the_paper_would_be_found(
    copy: Path, mark: str, column: str, shape: str
) -> None:
    path = copy / "sources.csv"
    made = dict.fromkeys(rows(DATA, "sources")[0], "")
    made |= {"id": "another-article", column: shape.format(mark.upper())}
    with path.open("a", encoding="utf-8", newline="") as opened:
        csv.DictWriter(opened, made, lineterminator="\n").writerow(made)
    assert list(bearing_its_marks(copy)) == [("sources", "another-article")]


def test_the_paper_never_supports_itself() -> None:
    assert list(resting_on_the_paper(DATA)) == []


@pytest.mark.parametrize("finding", ["supports", "earlier-origin", "contradicts"])
def test_a_finding_that_rests_on_the_paper_would_be_found(copy: Path, finding: str) -> None:
    with (copy / "evidence.csv").open("a", encoding="utf-8") as opened:
        opened.write(f"market-2024,{finding},{PAPER},printed,2025,17.66,,\n")
    assert list(resting_on_the_paper(copy)) == [("market-2024", finding)]


def test_figures_of_the_paper_alone_are_printed_and_nothing_more() -> None:
    for path in sorted(DATA.glob("*.csv")):
        for row in rows(DATA, path.stem):
            if row.get("source") == PAPER:
                assert row.get("evidence", row.get("grade")) == "printed", (path.stem, row)


def test_what_was_not_found_has_no_grade_but_that() -> None:
    for row in rows(DATA, "evidence"):
        assert (row["finding"] == "not-found") is (row["grade"] == "not-found"), row["claim"]


def test_each_claim_that_was_not_found_was_looked_for() -> None:
    sought = {claim for row in rows(DATA, "searches") for claim in row["claims"].split()}
    missing = {row["claim"] for row in rows(DATA, "evidence") if row["finding"] == "not-found"}
    assert missing
    assert missing <= sought


def test_a_search_looks_for_claims_that_are_there_and_names_each_once() -> None:
    known = {row["id"] for row in rows(DATA, "claims")}
    for row in rows(DATA, "searches"):
        claims = row["claims"].split()
        assert set(claims) <= known, row["id"]
        assert len(set(claims)) == len(claims), row["id"]


def test_searches_are_numbered_in_order() -> None:
    numbers = [row["id"] for row in rows(DATA, "searches")]
    assert numbers == [f"s{n:03d}" for n in range(1, len(numbers) + 1)]
