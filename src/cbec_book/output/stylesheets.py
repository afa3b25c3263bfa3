"""One style sheet for the site, without the rules that no page or script can use.

The theme and the extensions bring ten style sheets, most of them for parts that this book has not.
:func:`join` makes one sheet of them, in their order; :func:`prune` leaves out what names a class,
an identifier, an element or a data attribute that nothing on the site has.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import tinycss2
from tinycss2.ast import Declaration, Node, WhitespaceToken

#: What every page has though no page need spell it out.
IMPLIED = frozenset({"html", "head", "body", "tbody", "colgroup"})

_TAG = re.compile(r"<([a-z][\w-]*)((?:\s[^<>]*?)?)/?>", re.IGNORECASE)
_NAMED = re.compile(r"""\b(?:class|id)=(?:"([^"]*)"|'([^']*)')""")
_DATA = re.compile(r"\bdata-[\w-]+")
_WORD = re.compile(r"[\w-]*[A-Za-z_][\w-]*")
# A word that a script finishes while it runs: `bs-${name}-auto`, "level-" + number.
_BEGUN = re.compile(r"""([A-Za-z][\w-]*-)(?=\$\{|["']\s*\+)""")
# Any word of a value: a custom property, a font, an animation.
_SAID = re.compile(r"[\w-]+")
_KEPT_COMMENT = re.compile(r"/\*!.*?\*/", re.DOTALL)
_CONDITIONAL = ("media", "supports", "layer", "container")


@dataclass
class Rule:
    """A style rule: its selectors and its declarations."""

    selectors: list[list[Node]]
    declarations: list[Declaration]


@dataclass
class AtRule:
    """An at-rule: one that holds rules (``@media``), or one that is kept as it stands."""

    name: str
    prelude: list[Node]
    rules: list[Rule | AtRule] | None = None
    content: list[Node] = field(default_factory=list)


@dataclass
class Sheet:
    """A style sheet, and the licence notices of those it was made of."""

    rules: list[Rule | AtRule] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Words:
    """What rules may speak of: the names that pages bear and the words of scripts.

    Attributes
    ----------
    names : frozenset of str
        Classes, identifiers, elements and data attributes of pages, words of scripts.
    begun : tuple of str
        Beginnings of words that a script finishes while it runs.
    """

    names: frozenset[str]
    begun: tuple[str, ...] = ()

    @classmethod
    def found(cls, pages: Iterable[str], scripts: Iterable[str]) -> Words:
        """Collect the words of a site.

        Examples
        --------
        >>> words = Words.found(['<p class="note big" id="top">'], ['e.classList.add("open")'])
        >>> sorted(words.names - IMPLIED)
        ['add', 'big', 'classList', 'e', 'note', 'open', 'p', 'top']
        """
        names = set(IMPLIED)
        begun: set[str] = set()
        # Each tag once: most stand on every page.
        for tag, attributes in set().union(*map(_TAG.findall, pages)):
            names.add(tag.lower())
            names.update(_DATA.findall(attributes))
            for values in _NAMED.findall(attributes):
                names.update("".join(values).split())
        for script in scripts:
            names.update(_WORD.findall(script))
            begun.update(_BEGUN.findall(script))
        return cls(frozenset(names), tuple(sorted(begun)))

    def spoken_of(self, sheets: Iterable[str]) -> Words:
        """Return the words that style sheets can ask for, and icons; a new heading adds none."""
        asked = {word for sheet in sheets for word in _WORD.findall(sheet)}
        asked |= {_in_script(word) for word in asked}
        # An icon that no sheet has is a mistake, which `icons.unknown_icons` finds.
        icons = {name for name in self.names if name.startswith("fa-")}
        return Words(self.names & asked | icons, self.begun)

    def __contains__(self, name: str) -> bool:
        """Tell whether a name is among the words."""
        return name in self.names or name.startswith(self.begun)

    def has_attribute(self, name: str) -> bool:
        """Tell whether an attribute may be set; only data attributes need somebody to set them.

        A script may call ``data-mode`` ``dataset.mode``.
        """
        if not name.startswith("data-"):
            return True
        return name in self or _in_script(name) in self.names


def _in_script(attribute: str) -> str:
    return re.sub("-(.)", lambda match: match[1].upper(), attribute.removeprefix("data-"))


def join(paths: Sequence[Path], home: Path, mark: Callable[[Path], str] = lambda path: "") -> Sheet:
    """Make one sheet of several, in the order of the cascade.

    Addresses are rewritten to start from ``home``, where the sheet will lie; ``mark`` gives the
    query, such as ``?v=1a2b``, that tells versions of a file apart. What a sheet imports is
    joined, too.
    """
    sheet = Sheet()
    for path in paths:
        text = path.read_text(encoding="utf-8")
        sheet.notices += [n for n in _KEPT_COMMENT.findall(text) if n not in sheet.notices]
        nodes = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
        for node in nodes:
            if node.type == "at-rule" and node.lower_at_keyword == "import":
                target = next(t.value for t in node.prelude if t.type in ("string", "url"))
                imported = join([path.parent / target], home, mark)
                sheet.rules += imported.rules
                sheet.notices += [n for n in imported.notices if n not in sheet.notices]
            else:
                _rebase([node], path.parent, home, mark)
                sheet.rules += _rules([node])
    return sheet


def parse(css: str) -> list[Rule | AtRule]:
    """Read style rules."""
    return list(_rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)))


def declarations(css: str | list[Node]) -> list[Declaration]:
    """Read declarations."""
    parsed = tinycss2.parse_declaration_list(css, skip_comments=True, skip_whitespace=True)
    return [node for node in parsed if node.type == "declaration"]


def _rules(nodes: Iterable[Node]) -> Iterator[Rule | AtRule]:
    for node in nodes:
        if node.type == "qualified-rule":
            yield Rule(_split(node.prelude), declarations(node.content))
        elif node.type == "at-rule" and node.lower_at_keyword in _CONDITIONAL and node.content:
            inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
            yield AtRule(node.lower_at_keyword, node.prelude, rules=list(_rules(inner)))
        elif node.type == "at-rule" and node.lower_at_keyword != "charset":
            yield AtRule(node.lower_at_keyword, node.prelude, content=node.content or [])


def _split(tokens: Iterable[Node]) -> list[list[Node]]:
    """Split a selector list at its commas."""
    parts: list[list[Node]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        elif token.type != "comment":
            parts[-1].append(token)
    return parts


def _rebase(nodes: Iterable[Node], old: Path, new: Path, mark: Callable[[Path], str]) -> None:
    """Let addresses start from another folder, in place."""
    for node in nodes:
        if node.type == "url":
            _readdress(node, old, new, mark)
        elif node.type == "function" and node.lower_name == "url":
            for token in node.arguments:
                if token.type == "string":
                    _readdress(token, old, new, mark)
        for part in ("prelude", "content", "arguments"):
            _rebase(getattr(node, part, None) or (), old, new, mark)


def _readdress(token: Node, old: Path, new: Path, mark: Callable[[Path], str]) -> None:
    if urlsplit(token.value).scheme or token.value.startswith(("#", "/")):
        return
    target = Path(os.path.normpath(old / urlsplit(token.value).path))
    token.value = Path(os.path.relpath(target, new)).as_posix() + mark(target)
    token.representation = f'"{token.value}"' if token.type == "string" else f"url({token.value})"


def prune(sheet: Sheet, words: Words) -> Sheet:
    """Leave out what nothing on the site can use.

    A selector stays if each name that it asks for may be there; a name inside ``:not()`` need not
    be. Fonts, animations and custom properties stay if what is left, or a script, speaks of them.
    """
    rules = filtered(sheet.rules, lambda rule: _usable(rule, words))
    size = -1
    while size != (size := sum(1 for _ in _declared_in(rules))):
        spoken = " ".join(tinycss2.serialize(d.value) for d in _declared_in(rules))
        said = Words(words.names.union(_SAID.findall(spoken)), words.begun)
        fonts = _letters(spoken)
        rules = filtered(rules, lambda rule: _spoken_of(rule, said, fonts))  # noqa: B023
    return Sheet(rules, list(sheet.notices))


def style_rules(rules: Iterable[Rule | AtRule]) -> Iterator[Rule]:
    """Go through the style rules, those inside ``@media`` and the like included."""
    for rule in rules:
        if isinstance(rule, Rule):
            yield rule
        else:
            yield from style_rules(rule.rules or ())


def filtered(
    rules: Iterable[Rule | AtRule], part: Callable[[Rule | AtRule], Rule | AtRule | None]
) -> list[Rule | AtRule]:
    """Return what ``part`` leaves of each rule, and no group that is left empty."""
    kept: list[Rule | AtRule] = []
    for rule in rules:
        left: Rule | AtRule | None
        if isinstance(rule, AtRule) and rule.rules is not None:
            inner = filtered(rule.rules, part)
            left = AtRule(rule.name, rule.prelude, rules=inner) if inner else None
        else:
            left = part(rule)
        if left is not None:
            kept.append(left)
    return kept


def _usable(rule: Rule | AtRule, words: Words) -> Rule | AtRule | None:
    """Leave out selectors that match nothing."""
    if isinstance(rule, AtRule):
        return rule
    selectors = [selector for selector in rule.selectors if _may_match(selector, words)]
    return Rule(selectors, rule.declarations) if selectors and rule.declarations else None


def _spoken_of(rule: Rule | AtRule, said: Words, fonts: str) -> Rule | AtRule | None:
    """Leave out the properties, fonts and animations that nothing speaks of."""
    if isinstance(rule, Rule):
        kept = [d for d in rule.declarations if not d.name.startswith("--") or d.name in said]
        return Rule(rule.selectors, kept) if kept else None
    if rule.name == "font-face":
        families = [d.value for d in declarations(rule.content) if d.name == "font-family"]
        return rule if any(_letters(tinycss2.serialize(f)) in fonts for f in families) else None
    if rule.name.endswith("keyframes"):
        names = [token.value for token in rule.prelude if token.type in ("ident", "string")]
        return rule if any(name in said for name in names) else None
    return rule


def _declared_in(rules: Iterable[Rule | AtRule]) -> Iterator[Declaration]:
    """Go through all declarations, those of animations' frames included."""
    for rule in rules:
        if isinstance(rule, Rule):
            yield from rule.declarations
        elif rule.rules is not None:
            yield from _declared_in(rule.rules)
        elif rule.name.endswith("keyframes"):
            for frame in tinycss2.parse_rule_list(rule.content, True, True):
                yield from declarations(frame.content)


def _may_match(selector: list[Node], words: Words) -> bool:
    before: Node | None = None
    for token in selector:
        sign = before.value if before is not None and before.type == "literal" else ""
        if token.type == "ident" and sign != ":":
            if sign == ".":
                if token.value not in words:
                    return False
            elif token.lower_value not in words:
                return False
        elif token.type == "hash" and token.value not in words:
            return False
        elif token.type == "[] block":
            names = [t.lower_value for t in token.content if t.type == "ident"]
            if names and not words.has_attribute(names[0]):
                return False
        elif token.type == "function" and token.lower_name in ("is", "where", "has"):
            branches = [_may_match(branch, words) for branch in _split(token.arguments)]
            if not any(branches):
                return False
        before = token
    return True


def _letters(text: str) -> str:
    """Return letters and digits only: a font's name is written with quotes or with backslashes."""
    return re.sub(r"[\W_]", "", text).lower()


def write(sheet: Sheet) -> str:
    """Write a sheet without blanks that mean nothing."""
    return "\n".join([*sheet.notices, *map(_written, sheet.rules)]) + "\n"


def _written(rule: Rule | AtRule) -> str:
    if isinstance(rule, Rule):
        selectors = ",".join(_compact(s, ">~+") for s in rule.selectors)
        return f"{selectors}{{{';'.join(map(_declared, rule.declarations))}}}"
    head = f"@{rule.name} {_compact(rule.prelude, ',')}".strip()
    if rule.rules is None:
        return f"{head}{{{_compact(rule.content, ';:,')}}}"
    return f"{head}{{{''.join(map(_written, rule.rules))}}}"


def _declared(declaration: Declaration) -> str:
    value = _compact(declaration.value, ",") or " "
    return f"{declaration.name}:{value}{'!important' * declaration.important}"


def _compact(tokens: Iterable[Node], tight: str) -> str:
    """Write tokens with single blanks, and none beside the literals in ``tight``."""
    kept: list[Node] = []
    for token in tokens:
        last = kept[-1] if kept else None
        if token.type == "whitespace":
            if last is not None and last.type != "whitespace" and not _is_literal(last, tight):
                kept.append(WhitespaceToken(token.source_line, token.source_column, " "))
        elif token.type != "comment":
            if last is not None and last.type == "whitespace" and _is_literal(token, tight):
                kept.pop()
            kept.append(token)
    return str(tinycss2.serialize(kept)).rstrip(" ")


def _is_literal(token: Node, literals: str) -> bool:
    return token.type == "literal" and token.value in literals
