"""The scale: what it counts, and what it says of a site that is too heavy or not there."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from tools import weigh


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weigh, "find", lambda: None)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def packed(text: str) -> int:
    return len(gzip.compress(text.encode(), 6))


SITE = {
    "index.html": '<link rel="stylesheet" href="_static/a.css?v=1"><p>',
    "404.html": '<script src="/_static/b.js?v=2"></script>',
    "deep/one.html": (
        '<link rel="icon" href="../_static/i.svg"/><link href="../_static/a.css" rel="stylesheet">'
        '<script src="../_static/cbec-vega.js"></script><img src="../_static/p.png">'
        '<script src="../_static/b.js?v=2"></script><a href="../index.html"></a><math></math>'
    ),
    "_static/a.css": '@font-face { src: url("f.woff?v=3") } p { a: url(data:x) }',
    "_static/b.js": "bbb",
    "_static/cbec-vega.js": "vega",
    "_static/f.woff": "font",
    "_static/i.svg": "<svg>",
    "_static/p.png": "picture",
    "_static/part.html": "no page",
    "_static/unused.js": "none",
}


def test_each_file_that_a_page_loads_counts_once_by_its_kind(tmp_path: Path) -> None:
    weights = weigh.weigh_site(write(tmp_path, SITE))
    sheet = packed(SITE["_static/a.css"])
    assert weights == {
        "index.html": {"html": packed(SITE["index.html"]), "css": sheet},
        "404.html": {"html": packed(SITE["404.html"]), "js": packed("bbb")},
        "deep/one.html": {
            "html": packed(SITE["deep/one.html"]),
            "css": sheet,
            "js": packed("bbb"),
            "vega": packed("vega"),
            "font": packed("font"),
            "image": packed("<svg>") + packed("picture"),
        },
    }


def test_a_page_over_its_budget_is_marked_and_ends_with_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noise = random.Random(1).randbytes(200_000).hex()
    write(tmp_path, {"index.html": "<p>", "heavy.html": noise})
    assert weigh.main([str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("heavy.html")
    assert lines[1].endswith("170.0  OVER")
    assert not lines[2].endswith("OVER")
    write(tmp_path, {"heavy.html": noise[: weigh.BUDGET // 2]})
    assert weigh.main([str(tmp_path)]) == 0


def test_a_missing_site_is_an_error_that_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert weigh.main([str(tmp_path)]) == 2
    assert "make site" in capsys.readouterr().err


def test_code_is_counted_without_docstrings_comments_and_blank_lines(tmp_path: Path) -> None:
    (tmp_path / "cbec/trend").mkdir(parents=True)
    text = '"""Say what it is.\n\nIn two lines.\n"""\n\n# why\nx = f(\n    1,  # one\n)\n'
    (tmp_path / "cbec/trend/a.py").write_text(text, encoding="utf-8")
    (tmp_path / "cbec/b.py").write_text('y = """two\nlines"""\n', encoding="utf-8")
    assert weigh.count_code(tmp_path) == {"cbec": (5, 11), "cbec/trend": (3, 9)}
