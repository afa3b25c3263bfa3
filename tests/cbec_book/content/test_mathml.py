"""Mathematics: MathML made at build time, and warnings for what would not come out right."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from cbec_book.content import mathml

ARGUMENTS = {
    "begin": r"\begin{matrix}a\end{matrix}",
    "end": r"\begin{matrix}a\end{matrix}",
    "left": r"\left(a\right)",
    "right": r"\left(a\right)",
    "middle": r"\left(a\middle|b\right)",
    "limits": r"\sum\limits_a^b",
    "nolimits": r"\sum\nolimits_a^b",
    "textstyle": r"\textstyle x",
}
WITH_ARGUMENT = re.compile(
    r"(text|math|boldsymbol|operatorname|wide|sqrt|hat|bar|overline|tilde|dot$|ddot$|vec|under|over"
    r"|substack|d?t?frac|binom|stackrel)"
)


def use(command: str) -> str:
    if command in ARGUMENTS:
        return ARGUMENTS[command]
    if WITH_ARGUMENT.match(command):
        return rf"\{command}{{a}}{{b}}"
    return rf"\{command}(" if re.match("[bB]ig", command) else rf"\{command} x"


@pytest.mark.parametrize("command", sorted(mathml.COMMANDS))
def test_each_allowed_command_comes_out(command: str) -> None:
    assert mathml.find_problems(use(command)) == []


@pytest.mark.parametrize("environment", sorted(mathml.ENVIRONMENTS))
def test_each_allowed_environment_comes_out(environment: str) -> None:
    columns = "{cc}" if environment == "array" else ""
    latex = rf"\begin{{{environment}}}{columns} a & b \\ c & d \end{{{environment}}}"
    assert mathml.find_problems(latex) == []
    table = ElementTree.fromstring(mathml.to_mathml(latex)).find(".//mtable")
    assert table is not None
    assert [len(row) for row in table] == [2, 2], "rows carry no numbers of their own"


@pytest.mark.parametrize(
    ("latex", "problem"),
    [
        (r"\fraction{a}{b}", r"unknown command \fraction"),
        (r"\begin{alignat}a\end{alignat}", "unknown environment alignat"),
        (r"\begin{cases} a", r"\begin{cases} without its \end"),
        (r"a \end{cases}", r"\end{cases} without its \begin"),
        (r"\frac{a", "braces do not pair"),
        (r"\left( a", r"\left and \right do not pair"),
        ("a & b", "latex2mathml leaves & as it stands"),
        ("x^", "latex2mathml cannot read it"),
    ],
)
def test_bad_latex_is_named(latex: str, problem: str) -> None:
    (found,) = mathml.find_problems(latex)
    assert problem in found


def test_latex_stays_as_an_annotation() -> None:
    root = ElementTree.fromstring(mathml.to_mathml(r"a < \frac{b}{c}", display=True))
    annotation = root.find("semantics/annotation")
    assert root.get("display") == "block"
    assert annotation is not None
    assert annotation.get("encoding") == "application/x-tex"
    assert annotation.text == r"a < \frac{b}{c}"


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"a \pm b", "<mo>±</mo>"),
        (r"\lfloor x \rfloor", "<mo>⌊</mo>"),
        (r"x \sim y", "<mo>∼</mo>"),
        (r"\infty", "<mi>∞</mi>"),
        (r"\max_{t} a", '<munder><mo movablelimits="true">max</mo>'),
        (r"\operatorname{CAGR} = 1", "<mi>CAGR</mi>"),
        (r"2 \log x", '<mi>log</mi><mspace width="0.167em" />'),
        (r"\mathbf{X}", "𝐗"),
        (r"\textbf{word}", '<mtext style="font-weight:bold">word</mtext>'),
        (r"a\!b", '<mspace width="-0.167em" />'),
    ],
)
def test_what_latex2mathml_gets_wrong_is_mended(latex: str, expected: str) -> None:
    assert expected in mathml.to_mathml(latex)


def test_lines_outside_an_environment_become_rows() -> None:
    assert mathml.to_mathml(r"a \\ b").count("<mtr>") == 2


Build = Callable[[str], tuple[str, str]]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Return a function that builds one page and gives its HTML and the warnings."""

    def run(markdown: str) -> tuple[str, str]:
        source, output = tmp_path / "source", tmp_path / "output"
        source.mkdir()
        (source / "index.md").write_text(markdown, encoding="utf-8")
        warnings = io.StringIO()
        with docutils_namespace():
            app = Sphinx(
                srcdir=source,
                confdir=None,
                outdir=output,
                doctreedir=tmp_path / "doctrees",
                buildername="html",
                confoverrides={
                    "extensions": ["myst_parser", "probe_mathml"],
                    "myst_enable_extensions": ["dollarmath"],
                    "html_math_renderer": "mathml",
                },
                status=None,
                warning=warnings,
            )
            app.build()
        return (output / "index.html").read_text(encoding="utf-8"), warnings.getvalue()

    return run


@pytest.fixture(autouse=True)
def extension(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an extension of the module alone, without the charts' bundle."""
    folder = tmp_path / "extension"
    folder.mkdir()
    (folder / "probe_mathml.py").write_text("from cbec_book.content.mathml import setup\n")
    monkeypatch.syspath_prepend(folder)


def test_equations_have_numbers_and_can_be_referred_to(build: Build) -> None:
    html, warnings = build(
        "# Title\n\nSee {eq}`eq-a` and {eq}`eq-b`.\n\n"
        "$$\na = b\n$$ (eq-a)\n\n```{math}\n:label: eq-b\nc = d\n```\n"
    )
    assert warnings == ""
    assert re.search(r'id="equation-eq-a".*?<span class="eqno">\(1\)', html, re.DOTALL)
    assert re.search(r'href="#equation-eq-a"[^>]*>\(1\)</a>', html)
    assert re.search(r'href="#equation-eq-b"[^>]*>\(2\)</a>', html)
    assert html.count('<math display="block">') == 2
    assert "MathJax" not in html


def test_unknown_command_warns_with_page_and_line(build: Build) -> None:
    _, warnings = build("# Title\n\nFine: $\\alpha$.\n\nBad: $\\fraction{a}{b}$.\n")
    assert re.search(r"index\.md:5: WARNING: .*unknown command \\fraction", warnings)
    assert warnings.count("WARNING") == 1
