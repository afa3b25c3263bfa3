"""Search that finds Chinese: the index of words, with Chinese text cut into pairs of characters.

Sphinx takes a run of Chinese characters for one word, so a reader who looks for 广东 doesn't find
广东省. Here each run is indexed by its characters and by its overlapping pairs, and a query is cut
in the same way; a page is found if it has all pairs of the query. No dictionary is needed, neither
when the site is built nor in the browser (Manning, Raghavan and Schütze, Introduction to
Information Retrieval, 2008, section 2.2.1, on character k-grams).
"""

from __future__ import annotations

import functools
import re
from itertools import pairwise

from sphinx.search.en import SearchEnglish

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PARTS = re.compile(rf"([{_HAN}]+)|[^\W{_HAN}]+")


class SearchPairs(SearchEnglish):
    """English words with their stems, and pairs of Chinese characters."""

    js_splitter_code = f"""
function splitQuery(query) {{
  const words = query.split(/[^\\p{{Letter}}\\p{{Number}}_\\p{{Emoji_Presentation}}]+/gu);
  const parts = words.flatMap((word) => word.match(/[{_HAN}]+|[^{_HAN}]+/g) || []);
  return parts.flatMap((part) => {{
    const pairs = Array.from(part.slice(1), (_, i) => part.slice(i, i + 2));
    return /[{_HAN}]/.test(part) && pairs.length ? pairs : [part];
  }});
}}
"""

    def init(self, options: dict[str, str]) -> None:
        """Set the stemmer up; what a word comes to is kept, as pages share most of their words."""
        super().init(options)
        self.stem = functools.cache(self.stem)  # type: ignore[method-assign]

    def split(self, input: str) -> list[str]:
        """Cut a text into what the index lists, each once.

        Examples
        --------
        >>> SearchPairs({}).split("Guangdong 广东省 2024")
        ['Guangdong', '广', '东', '省', '广东', '东省', '2024']
        """
        found: dict[str, None] = {}
        for part in _PARTS.finditer(input):
            if chinese := part[1]:
                found |= dict.fromkeys([*chinese, *map("".join, pairwise(chinese))])
            else:
                found[part[0]] = None
        return list(found)
