"""Icons without an icon font and without an icon script.

The theme draws its icons with Font Awesome: characters of a private area in a web font, which a
script of half a megabyte replaces by pictures. Here each such character that a style sheet still
names becomes a mask that lets the text's colour through. The outlines are taken from the theme's
own copy of the script (icons CC BY 4.0, Fonticons, Inc.) when the site is built.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tinycss2.ast import Node

from cbec_book.output.stylesheets import (
    AtRule,
    Rule,
    Sheet,
    Words,
    declarations,
    filtered,
    parse,
    style_rules,
)

NOTICE = "/*! Icons: Font Awesome Free, https://fontawesome.com, CC BY 4.0, Fonticons, Inc. */"

#: Classes that say how an icon is drawn, not which it is.
_MANNER = re.compile(r"fa-(?:solid|brands|classic|lg|sm|xs|xl|2xs|2xl|\d+x|fw|inverse)")
#: The end of a pack of icons: the script registers it. Outlined icons share the characters of
#: solid ones and are left out.
_PACK_END = re.compile(r'\("(fa[bsr])",\w+\)')
_ICON = re.compile(r':\[(\d+),(\d+),\[[^\]]*\],"([0-9a-f]+)","([^"]*)"\]')
_FONT_FILE = re.compile(r"\bfa-(?:solid|regular|brands)-")

#: How each of them is drawn. The box is as high as the line where the theme places it by itself.
_MASK = """
content: "";
display: inline-block;
box-sizing: content-box;
height: max(1em, 1lh);
vertical-align: -0.125em;
background: currentColor;
-webkit-mask: var(--cbec-icon) center / contain no-repeat content-box;
mask: var(--cbec-icon) center / contain no-repeat content-box;
print-color-adjust: exact;
"""

_PLACES = Path(__file__).with_name("icons.css")


@dataclass(frozen=True)
class Icon:
    """An icon's outline.

    Attributes
    ----------
    width, height : int
        Size of the drawing, in its own units.
    path : str
        The outline, as in the attribute ``d`` of an SVG path.
    """

    width: int
    height: int
    path: str

    @property
    def address(self) -> str:
        """The picture as a ``data:`` address."""
        picture = (
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {self.width} {self.height}'>"
            f"<path d='{self.path}'/></svg>"
        )
        return "data:image/svg+xml," + quote(picture, safe=" /:='.-")


def read_icons(script: str) -> dict[str, Icon]:
    r"""Read the solid and the brand icons of Font Awesome's script.

    By the character that stands for the icon in style sheets; the script is of version 6.

    Examples
    --------
    >>> script = '{bars:[448,512,["navicon"],"f0c9","M0 96z"]};d("fas",p)'
    >>> read_icons(script)
    {'\uf0c9': Icon(width=448, height=512, path='M0 96z')}
    """
    icons = {}
    start = 0
    for end in _PACK_END.finditer(script):
        if end[1] != "far":
            for width, height, code, path in _ICON.findall(script, start, end.start()):
                icons[chr(int(code, 16))] = Icon(int(width), int(height), path)
        start = end.end()
    return icons


def unknown_icons(sheet: Sheet, words: Words) -> list[str]:
    """Find the icons that pages or scripts name and no style sheet has.

    The sheet is the theme's, not pruned; the classes are in the order of the alphabet.
    """
    named = {name for name in words.names if name.startswith("fa-") and name.islower()}
    known = {
        token.value
        for rule in style_rules(sheet.rules)
        for selector in rule.selectors
        for token in selector
        if token.type == "ident"
    }
    return sorted(name for name in named - known if not _MANNER.fullmatch(name))


def draw(sheet: Sheet, icons: Mapping[str, Icon]) -> tuple[Sheet, list[str]]:
    """Draw each icon character of a sheet as a mask, and drop the fonts that had them.

    Returned beside the sheet are the characters that no icon is known for, as in ``U+F0C9``.
    """
    variables = {
        declaration.name: declaration.value
        for rule in style_rules(sheet.rules)
        for declaration in rule.declarations
        if declaration.name.startswith("--")
    }
    drawn: list[Rule] = []
    unknown: list[str] = []

    def masked(rule: Rule | AtRule) -> Rule | AtRule | None:
        if isinstance(rule, AtRule):
            return None if _is_icon_font(rule) else rule
        said = [d for d in rule.declarations if d.name == "content"]
        character = _character(said[-1].value, variables) if said else ""
        if character in icons:
            rule = _masked(rule, icons[character])
            drawn.append(rule)
        elif character:
            unknown.append(f"U+{ord(character):04X}")
        return rule

    rules = filtered(sheet.rules, masked)
    if not drawn:
        return Sheet(rules, sheet.notices), unknown
    selectors = [selector for rule in drawn for selector in rule.selectors]
    rules += [Rule(selectors, declarations(_MASK)), *parse(_PLACES.read_text(encoding="utf-8"))]
    return Sheet(rules, [*sheet.notices, NOTICE]), unknown


def _character(value: list[Node], variables: Mapping[str, list[Node]]) -> str:
    """Return the icon character that a value is, or that it is a variable for."""
    tokens = [token for token in value if token.type not in ("whitespace", "comment")]
    if len(tokens) != 1:
        return ""
    [token] = tokens
    if token.type == "function" and token.lower_name == "var":
        return _character(variables.get(token.arguments[0].value, []), variables)
    private = (
        token.type == "string" and len(token.value) == 1 and "\ue000" <= token.value <= "\uf8ff"
    )
    return token.value if private else ""


def _is_icon_font(rule: AtRule) -> bool:
    addresses = (str(getattr(token, "value", "")) for token in rule.content)
    return rule.name == "font-face" and any(map(_FONT_FILE.search, addresses))


def _masked(rule: Rule, icon: Icon) -> Rule:
    width = round(icon.width / icon.height, 4)
    own = declarations(f'--cbec-icon: url("{icon.address}"); width: {width:g}em')
    return Rule(rule.selectors, [*(d for d in rule.declarations if d.name != "content"), *own])
