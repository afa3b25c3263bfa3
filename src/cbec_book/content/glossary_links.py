"""Terms of the glossary, explained where a page first uses them.

The first use of each term in the prose of a page becomes a link to its entry, with the definition
on hover. A term is what stands before the bracket, ``vintage`` of ``vintage (数据版本)``; its
plural counts, too. Where scripts run, ``notes.js`` shows the definition beside the term.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from cbec_book.content.html_pieces import ancestors
from cbec_book.content.numbers import TERM_CLASS, number

# Where a term is left alone: where a link can't be, would disturb, or explains itself.
_ELSEWHERE = (
    addnodes.desc,
    addnodes.glossary,
    nodes.caption,
    nodes.citation,
    nodes.figure,
    nodes.footnote,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.raw,
    nodes.reference,
    nodes.strong,
    nodes.table,
    nodes.title,
    number,
)
# Entries whose name is an ordinary word, too: one would link what isn't meant.
_ORDINARY = frozenset({"mix"})


@dataclass(frozen=True)
class Term:
    """An entry of the glossary.

    Attributes
    ----------
    name : str
        As a text uses it.
    page, anchor : str
        Where the entry is.
    definition : str
        What it says.
    """

    name: str
    page: str
    anchor: str
    definition: str


def pattern_of(name: str) -> str:
    """Return the regular expression of a term and its plural.

    A term without a small letter is an abbreviation, and its case counts.

    Examples
    --------
    >>> bool(re.fullmatch(pattern_of("Gini coefficient"), "gini coefficients"))
    True
    >>> bool(re.fullmatch(pattern_of("OWA"), "owa"))
    False
    """
    words = r"[\s-]+".join(map(re.escape, name.split()))
    plural = rf"{words[:-1]}(?:y|ies)" if re.search(r"[^aeiou]y$", name) else rf"{words}(?:e?s)?"
    case = "" if name.upper() == name else "i"
    return rf"(?{case}:{plural})"


def pattern_of_all(names: Iterable[str]) -> re.Pattern[str]:
    """Return the regular expression of whole words that are a term, a group for each term.

    Examples
    --------
    >>> [found[0] for found in pattern_of_all(["mix", "OWA"]).finditer("A remix, the mix, OWA-2")]
    ['mix']
    """
    return re.compile(rf"(?<![\w-])(?:{'|'.join(f'({pattern_of(n)})' for n in names)})(?![\w-])")


@functools.lru_cache(maxsize=1)
def _glossary(env: BuildEnvironment) -> Mapping[str, Term]:
    """Return the terms to be linked by name, the longest first."""
    found = {}
    standard = env.get_domain("std")
    pages = {page for _, _, kind, page, _, _ in standard.get_objects() if kind == "term"}
    for page in sorted(pages):
        for item in env.get_doctree(page).findall(nodes.definition_list_item):
            if not isinstance(item.parent.parent, addnodes.glossary):
                continue
            meaning = " ".join(item[-1].astext().split())
            for term in item.findall(nodes.term):
                name = term.astext().partition(" (")[0]
                if name not in _ORDINARY:
                    found[name] = Term(name, page, term["ids"][0], meaning)
    return {name: found[name] for name in sorted(found, key=len, reverse=True)}


class ExplainTerms(SphinxPostTransform):
    """Link the first use of each term on a page to the glossary."""

    # References are resolved, so that what is a link already can be seen.
    default_priority = 800
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Put a link into the page for the first use of each term."""
        glossary = _glossary(self.env)
        new = dict(glossary)
        if not new or any(term.page == self.env.docname for term in new.values()):
            return
        # All terms are sought all the time, lest a part of a longer one is taken for a shorter.
        names = list(glossary)
        any_term = pattern_of_all(names)
        for element in list(self.document.findall(_is_prose)):
            children: list[nodes.Node] = []
            # A line break of the source splits a text in two.
            for kind, run in groupby(element.children, type):
                if kind is not nodes.Text:
                    children += run
                    continue
                text, end = "".join(map(str, run)), 0
                for match in any_term.finditer(text):
                    term = new.pop(names[(match.lastindex or 1) - 1], None)
                    if term is not None:
                        children += [
                            nodes.Text(text[end : match.start()]),
                            self.link(term, match[0]),
                        ]
                        end = match.end()
                children.append(nodes.Text(text[end:]))
            element[:] = children

    def link(self, term: Term, words: str) -> nodes.reference:
        """Return words as a link to a term's entry."""
        text, builder = nodes.Text(words), self.env.app.builder
        page, anchor, hint = term.page, term.anchor, term.definition
        made = make_refnode(builder, self.env.docname, page, anchor, text, hint)
        made["classes"].append(TERM_CLASS)
        return made


def _is_prose(node: nodes.Node) -> bool:
    if not isinstance(node, nodes.TextElement):
        return False
    around = [node, *ancestors(node)]
    in_paragraph = any(isinstance(element, nodes.paragraph) for element in around)
    return in_paragraph and not any(isinstance(element, _ELSEWHERE) for element in around)
