"""The words inside a chart's drawing, in the language of the edition.

Words are titles, texts and descriptions, labels of controls, and the words of the data, wherever
the specification names these: in an order, in a scale's domain, as a value that is compared. So
those in an expression are mapped, too, and what is compared goes on to be alike. Names of fields,
types, formats and colours stay, and what no catalogue has does anyhow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from cbec_book.wording import translated

# Keys by what a text is that they hold, by itself or in a list.
_TEXTS = {"title", "subtitle", "text", "description", "datum", "equal"}
# Here a text by itself is a keyword, as "ascending".
_LISTS = {"title", "subtitle", "text", "domain", "sort", "values", "options", "labels", "oneOf"}
_EXPRESSIONS = {"expr", "test", "filter", "calculate", "labelExpr", "and", "or", "not"}
# Where a value is a word: in another channel it is a colour or a shape.
_OF_WORDS = {"text", "tooltip", "params"}
# Of a record of the data: the names of the rows that it rests on.
_NAMES = {"row"}

_WORD = re.compile(r"[^\W\d_]{2}")
# A text in an expression, but for the name of a field, as in datum["comes with"].
_QUOTED = re.compile(r"""(?<![\w\])]\[)(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


def translated_drawing(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a specification with its words in the language of the edition.

    Examples
    --------
    >>> spec = {"mark": "bar", "encoding": {"x": {"field": "year", "title": "Year"}}}
    >>> translated_drawing(spec) == spec
    True
    """
    folded = {name for step in _transforms(spec) for name in step.get("fold", ())}
    made: dict[str, Any] = _Words(folded).of(spec, "", of_words=False)
    return made


def _transforms(part: Any) -> list[dict[str, Any]]:
    """List the steps that a specification's data take, in all its views."""
    if not isinstance(part, dict):
        return (
            [step for item in part for step in _transforms(item)] if isinstance(part, list) else []
        )
    inner = [part[key] for key in ("layer", "concat", "hconcat", "vconcat", "spec") if key in part]
    return [*part.get("transform", ()), *_transforms(inner)]


class _Words:
    """Maps the words of one specification; the names that it folds into values are no words."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = names

    def of(self, part: Any, key: str, *, of_words: bool, above: str = "") -> Any:
        """Map a part that stands under a key, which itself stands under another."""
        if isinstance(part, dict):
            of_words = of_words or key in _OF_WORDS
            return {
                name: inner
                if name == "config"
                else self.data(inner)
                if name == "datasets" or (name, key) == ("values", "data")
                else self.data(inner)
                if name == "value" and of_words
                else self.of(inner, name, of_words=of_words, above=key)
                for name, inner in part.items()
            }
        if isinstance(part, list):
            return [
                self.word(item)
                if isinstance(item, str) and key in _LISTS
                else self.of(item, key, of_words=of_words, above=above)
                for item in part
            ]
        if not isinstance(part, str):
            return part
        if key in _EXPRESSIONS:
            return _QUOTED.sub(self.quoted, part)
        return self.word(part) if key in _TEXTS or (key, above) == ("name", "bind") else part

    def data(self, part: Any) -> Any:
        """Map all that is a word in data: records, or single values."""
        if isinstance(part, dict):
            return {k: inner if k in _NAMES else self.data(inner) for k, inner in part.items()}
        if isinstance(part, list):
            return [self.data(item) for item in part]
        return self.word(part) if isinstance(part, str) else part

    def word(self, text: str) -> str:
        """Map a text; a blank around it stays."""
        core = text.strip()
        if core in self.names or core.startswith("#") or not _WORD.search(core):
            return text
        return text.replace(core, translated(core), 1)

    def quoted(self, found: re.Match[str]) -> str:
        """Map a text with its quotation marks."""
        inside = found[0][1:-1]
        if found[0][0] == "'":
            inside = inside.replace(r"\'", "'").replace('"', r"\"")
        text = json.loads(f'"{inside}"')
        mapped = self.word(text)
        return found[0] if mapped == text else json.dumps(mapped)
