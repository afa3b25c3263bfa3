"""Pieces that generated pages are made of."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

__all__ = ["facts_html", "scrolled_html", "section"]


def section(
    env: BuildEnvironment, label: str, title: str, *content: nodes.Node, classes: str = ""
) -> nodes.section:
    """Make a section that any page can link to by its label.

    Parameters
    ----------
    env : BuildEnvironment
        Of the page being read.
    label : str
        The section's anchor.
    title : str
        Its title.
    content : nodes.Node
        What follows the title.
    classes : str
        The section's class, if any.

    Returns
    -------
    nodes.section
        To be returned by a directive, or appended to another section.
    """
    made = nodes.section(ids=[label], names=[label], classes=[classes] if classes else [])
    made += [nodes.title("", title), *content]
    standard = env.get_domain("std")
    standard.anonlabels[label] = env.docname, label  # type: ignore[attr-defined]
    standard.labels[label] = env.docname, label, title  # type: ignore[attr-defined]
    return made


def facts_html(facts: Mapping[str, str]) -> str:
    """Write terms with what there is to say of each, as HTML; terms with nothing are left out.

    Examples
    --------
    >>> facts_html({"Unit": "percent", "Note": ""})
    '<dl class="cbec-facts"><dt>Unit</dt><dd>percent</dd></dl>'
    """
    listed = (f"<dt>{escape(term)}</dt><dd>{html}</dd>" for term, html in facts.items() if html)
    return f'<dl class="cbec-facts">{"".join(listed)}</dl>'


def scrolled_html(table: str) -> str:
    """Put a table into a box that scrolls sideways, so that the page needn't.

    Examples
    --------
    >>> scrolled_html("<table></table>")
    '<div class="cbec-scroll" tabindex="0"><table></table></div>'
    """
    return f'<div class="cbec-scroll" tabindex="0">{table}</div>'
