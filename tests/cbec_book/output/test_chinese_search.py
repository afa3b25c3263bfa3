"""How text is cut into what the search index lists."""

from __future__ import annotations

import pytest

from cbec_book.output.chinese_search import SearchPairs


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Two words, 2024", ["Two", "words", "2024"]),
        ("省", ["省"]),
        ("广东省", ["广", "东", "省", "广东", "东省"]),
        ("ASEAN国家_x", ["ASEAN", "国", "家", "国家", "_x"]),
        ("，。 (口径)", ["口", "径", "口径"]),
        ("", []),
    ],
)
def test_words_stay_whole_and_chinese_is_cut_into_pairs(text: str, parts: list[str]) -> None:
    assert SearchPairs({}).split(text) == parts


def test_english_words_keep_their_stems() -> None:
    assert SearchPairs({}).stem("intervals") == SearchPairs({}).stem("interval")
