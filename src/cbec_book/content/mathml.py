"""Mathematics as MathML, made when the site is built: no script and no other host.

latex2mathml passes over what it does not know, so a misspelt command would reach the reader as
ordinary letters. :func:`find_problems` therefore compares every formula with a list of commands
that are known to come out right, and reports the rest as warnings of type ``cbec.math``.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert_to_element
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from cbec_book.content.html_pieces import ancestors
from cbec_book.hooks import warn

_COMMAND_LIST = """
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho
sigma tau upsilon phi varphi chi psi omega
Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega

le leq ge geq ll gg ne neq lt gt equiv sim simeq approx cong propto prec succ mid parallel
in notin ni subset subseteq supset supseteq perp

pm mp times div cdot ast star circ oplus otimes cap cup setminus land lor lnot neg
sum prod int partial nabla infty forall exists emptyset prime
exp ln log min max sup inf lim argmin argmax det Pr deg dim

to gets mapsto rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow implies iff
dots ldots cdots vdots ddots

frac dfrac tfrac binom sqrt overset underset stackrel underbrace overbrace begin end substack
limits nolimits hat widehat bar overline tilde widetilde dot ddot vec

left middle right lfloor rfloor lceil rceil langle rangle lvert rvert lVert rVert vert Vert
big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr

mathrm mathbf mathit mathbb mathcal mathsf mathtt boldsymbol operatorname
text textbf textit textrm ell hbar quad qquad displaystyle textstyle
"""

#: Commands that a formula may use, without their backslash.
COMMANDS = frozenset(_COMMAND_LIST.split())

#: Commands whose name is one sign.
SIGNS = frozenset("\\,;:!>{}%$&_#| ")

# latex2mathml knows no ``aligned``, and numbers each row of ``align`` without telling Sphinx.
_REPLACED = {"aligned": "split", "align": "split", "align*": "split", "gathered": "matrix"}

#: Environments that a formula may use.
ENVIRONMENTS = {*_REPLACED, "split", "cases", "matrix", "pmatrix", "bmatrix", "vmatrix", "array"}

_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([^}]*)\}")

# MathML Core draws no other variant than "normal": the letters themselves have to be styled.
_STYLED = {
    "bold": "MATHEMATICAL BOLD",
    "italic": "MATHEMATICAL ITALIC",
    "bold-italic": "MATHEMATICAL BOLD ITALIC",
    "double-struck": "MATHEMATICAL DOUBLE-STRUCK",
    "script": "MATHEMATICAL SCRIPT",
    "sans-serif": "MATHEMATICAL SANS-SERIF",
    "monospace": "MATHEMATICAL MONOSPACE",
}

# latex2mathml writes many operators as letters, and some letters as operators.
_OPERATOR_KINDS = frozenset({"Sm", "Ps", "Pe", "Pi", "Pf"})
_SYMBOLS = frozenset("\u221e\u2205")
_TIGHT = frozenset("|\u2016/")
_BARS = {"\u2015": "\u203e", "\xaf": "\u203e"}
_LIMITED = frozenset(["max", "min", "sup", "inf", "lim", "arg max", "arg min"])
_WITH_LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_ROWS = frozenset({"math", "mrow", "mtd", "mstyle"})


class BadFormulaError(ValueError):
    """A formula that cannot be converted."""


def find_problems(latex: str) -> list[str]:
    r"""Say what in a formula would not come out right.

    One sentence for each problem, in the order of appearance.

    Examples
    --------
    >>> find_problems(r"\frac{a}{b}")
    []
    >>> find_problems(r"\fraction{a}{b}")
    ['unknown command \\fraction']
    """
    problems = [
        f"unknown command \\{name}"
        for name in dict.fromkeys(_COMMAND.findall(latex))
        if name not in COMMANDS and name not in SIGNS and name != "\n"
    ]
    open_environments: list[str] = []
    for kind, name in _ENVIRONMENT.findall(latex):
        if name not in ENVIRONMENTS:
            if kind == "begin":
                problems.append(f"unknown environment {name}")
        elif kind == "begin":
            open_environments.append(name)
        elif not open_environments or open_environments.pop() != name:
            problems.append(f"\\end{{{name}}} without its \\begin")
    problems += [f"\\begin{{{name}}} without its \\end" for name in open_environments]
    bare = re.sub(r"\\[{}]", "", latex)
    if bare.count("{") != bare.count("}"):
        problems.append("braces do not pair")
    fences = [name for name in _COMMAND.findall(latex) if name in ("left", "right")]
    if fences.count("left") != fences.count("right"):
        problems.append("\\left and \\right do not pair")
    if not problems:
        try:
            to_mathml(latex)
        except BadFormulaError as error:
            problems.append(str(error))
    return problems


def to_mathml(latex: str, *, display: bool = False) -> str:
    r"""Convert a formula, keeping its LaTeX as an annotation.

    What latex2mathml can't read, or leaves as commands in its output, is a `BadFormulaError`.

    Examples
    --------
    >>> "<mfrac>" in to_mathml(r"\frac{a}{b}")
    True
    """
    source = latex.strip()
    try:
        math = convert_to_element(_prepared(source), display="block" if display else "inline")
        math.attrib.pop("xmlns", None)
        # latex2mathml leaves character references in its text; let them become characters.
        text = ElementTree.tostring(math, encoding="unicode").replace("&amp;#", "&#")
        math = ElementTree.fromstring(text)
    except Exception as error:  # latex2mathml's exceptions share no base class
        reason = str(error) or type(error).__name__
        raise BadFormulaError(f"latex2mathml cannot read it ({reason})") from error
    for element in math.iter():
        if element.tag != "mtext" and ("\\" in (element.text or "") or element.text == "&"):
            raise BadFormulaError(f"latex2mathml leaves {element.text} as it stands")
    for element in math.iter():
        _style_letters(element)
        _mend_operator(element)
    _space_functions(math)
    semantics = ElementTree.Element("semantics")
    if len(math) == 1:
        semantics.append(math[0])
    else:
        ElementTree.SubElement(semantics, "mrow").extend(list(math))
    annotation = ElementTree.SubElement(semantics, "annotation", encoding="application/x-tex")
    annotation.text = source
    for child in list(math):
        math.remove(child)
    math.append(semantics)
    return ElementTree.tostring(math, encoding="unicode")


def _prepared(latex: str) -> str:
    """Put into latex2mathml's words what it would misread."""
    if r"\\" in latex and r"\begin" not in latex:
        return rf"\begin{{split}}{latex}\end{{split}}"
    return _ENVIRONMENT.sub(
        lambda match: f"\\{match[1]}{{{_REPLACED.get(match[2], match[2])}}}", latex
    )


def _mend_operator(element: ElementTree.Element) -> None:
    """Set right what latex2mathml takes for a letter or for an operator."""
    text = element.text or ""
    if element.tag == "mi" and len(text) == 1 and unicodedata.category(text) in _OPERATOR_KINDS:
        element.tag = "mo"
        element.text = "\u223c" if text == "~" else text
    elif element.tag == "mo" and text in _SYMBOLS:
        element.tag = "mi"
    elif element.tag == "mo" and text in _BARS:
        element.text = _BARS[text]
        element.set("stretchy", "true")
    elif element.tag in _WITH_LIMITS and len(element) and element[0].text in _LIMITED:
        element.tag = _WITH_LIMITS[element.tag]
        element[0].set("movablelimits", "true")
    elif element.tag == "mo" and text in _TIGHT:
        element.set("lspace", "0")
        element.set("rspace", "0")
    elif element.tag == "mspace" and element.get("width") == "negativethinmathspace":
        element.set("width", "-0.167em")


def _space_functions(parent: ElementTree.Element) -> None:
    """Put a thin space between a function's name and a neighbour that is no operator."""
    children = list(parent)
    for child in children:
        _space_functions(child)
    if parent.tag not in _ROWS:
        return
    for child in reversed(children):
        if child.tag == "mo" and (child.text or "").replace(" ", "").isalpha():
            child.tag = "mi"
            child.attrib.clear()
    for position in range(len(children) - 1, 0, -1):
        left, right = children[position - 1], children[position]
        names = [_is_function(left), _is_function(right)]
        if any(names) and not {left.tag, right.tag} & {"mo", "mspace"}:
            parent.insert(position, ElementTree.Element("mspace", width="0.167em"))


def _is_function(element: ElementTree.Element) -> bool:
    if element.tag in ("msub", "msup", "munder", "mover") and len(element):
        element = element[0]
    return element.tag == "mi" and len(element.text or "") > 1


def _style_letters(element: ElementTree.Element) -> None:
    """Replace the letters of an element by the styled letters of Unicode."""
    name = _STYLED.get(element.attrib.get("mathvariant", ""))
    if name is None or element.text is None:
        return
    del element.attrib["mathvariant"]
    if element.tag == "mtext":
        if "BOLD" in name:
            element.set("style", "font-weight:bold")
        if "ITALIC" in name:
            element.set("style", "font-style:italic")
        return
    element.text = "".join(_styled(letter, name) for letter in element.text)


def _styled(letter: str, style: str) -> str:
    case = "CAPITAL" if letter.isupper() else "SMALL"
    plain = unicodedata.name(letter, "")
    if letter.isascii() and letter.isalpha():
        wanted = f"{style} {case} {letter.upper()}"
    elif letter.isascii() and letter.isdigit():
        wanted = f"{style} {plain}"
    elif plain.startswith("GREEK"):
        wanted = f"{style} {plain.removeprefix('GREEK ').replace('LETTER ', '')}"
    else:
        return letter
    try:
        return unicodedata.lookup(wanted)
    except KeyError:
        return letter


def check_formulas(app: Sphinx, doctree: nodes.document) -> None:
    """Warn about each formula of a document that would not come out right."""
    for node in doctree.findall(lambda n: isinstance(n, nodes.math | nodes.math_block)):
        for problem in find_problems(node.astext()):
            warn(
                "math",
                "formula %r: %s",
                " ".join(node.astext().split()),
                problem,
                at=next((n for n in (node, *ancestors(node)) if n.line is not None), node),
            )


def _convert(latex: str, *, display: bool) -> str:
    try:
        return to_mathml(latex, display=display)
    except BadFormulaError:
        return f"<code>{escape(latex)}</code>"


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(_convert(node.astext(), display=False) + "</span>")
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula in a block of its own, with its number if it has one."""
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node.get("number"):
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    for part in node.astext().split("\n\n"):
        if part.strip():
            self.body.append(_convert(part, display=True))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Connect the module to Sphinx."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    app.connect("doctree-read", check_formulas)
