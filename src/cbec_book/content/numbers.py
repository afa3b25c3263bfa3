"""Numbers in prose, each linked to a note that says where it comes from.

``{figures-used}``
    One note for each number of the page that a role of :mod:`cbec_book.content.roles` has put
    there: what it is, its range within rounding, and the figures it rests on with vintage,
    evidence grade and source. Each number links to its note, and each note back to its numbers.

Where scripts run, ``notes.js`` shows the note beside the number, and in the same way the
definition of a term that :mod:`cbec_book.content.glossary_links` has linked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from cbec_book.content.number_notes import note_html
from cbec_book.own_ledger import note_data

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

__all__ = ["TERM_CLASS", "number", "setup"]

logger = logging.getLogger(__name__)

SCRIPT = "notes.js"
TERM_CLASS = "cbec-term"


class number(nodes.Inline, nodes.TextElement):  # noqa: N801 (docutils names nodes so)
    """A number in prose.

    ``about`` says which number it is, see `cbec_book.content.number_notes.note_html`. ``refuri``
    is where it leads on a page without notes, if anywhere, and ``hint`` is shown on hover.
    """


class figures_used(nodes.General, nodes.Element):  # noqa: N801
    """The place of a page's notes."""


class _FiguresUsed(SphinxDirective):
    has_content = False

    def run(self) -> list[nodes.Node]:
        note_data(self.env)
        place = figures_used()
        self.set_source_info(place)
        return [place]


class CollectNotes(SphinxTransform):
    """Number the notes of a page in the order in which its numbers appear."""

    default_priority = 880

    def apply(self, **kwargs: Any) -> None:
        """Give each number its note, and the place of the notes their list."""
        places = list(self.document.findall(figures_used))
        if not places:
            return
        place, *others = places
        for other in others:
            logger.warning(
                "figures-used: the notes stand above already; drop this directive",
                location=other,
                type="cbec",
                subtype="notes",
            )
        uses: dict[tuple[str, ...], list[number]] = {}
        for node in self.document.findall(number):
            uses.setdefault(node["about"], []).append(node)
        if not uses:
            logger.warning(
                "figures-used: no role puts a number on this page; drop the directive",
                location=place,
                type="cbec",
                subtype="notes",
            )
            return
        items = []
        for position, (about, found) in enumerate(uses.items(), start=1):
            back = []
            for time, node in enumerate(found, start=1):
                node["position"] = position
                node["ids"].append(f"use-{position}-{time}")
                which = "" if len(found) == 1 else f", place {time}"
                back.append(
                    f'<a href="#use-{position}-{time}" aria-label="Back to the text{which}">↩</a>'
                )
            items.append(
                f'<li id="figure-{position}"><span class="cbec-note__back">{" ".join(back)}</span>'
                f"{note_html(about)}</li>"
            )
        place += nodes.raw("", f'<ol class="cbec-notes">{"".join(items)}</ol>', format="html")


def visit_number_html(self: HTML5Translator, node: number) -> None:
    """Begin a number: a link to its note, to where it leads otherwise, or neither."""
    hint = {"title": node["hint"]} if node.get("hint") else {}
    if _in_link(node):
        self.body.append(self.starttag(node, "span", "", **hint))
    elif "position" in node:
        position = str(node["position"])
        link = {"href": f"#figure-{position}", "data-note": position}
        self.body.append(self.starttag(node, "a", "", CLASS="cbec-number", **link, **hint))
    elif "refuri" in node:
        self.body.append(self.starttag(node, "a", "", href=node["refuri"], **hint))
    else:
        self.body.append(self.starttag(node, "span", "", **hint))


def depart_number_html(self: HTML5Translator, node: number) -> None:
    """End a number."""
    leads = "position" in node or "refuri" in node
    self.body.append("</a>" if leads and not _in_link(node) else "</span>")


def _in_link(node: nodes.Node) -> bool:
    """Tell whether a number stands in a link, as that of a heading does in a list of contents."""
    above = node.parent
    while above is not None and not isinstance(above, nodes.reference):
        above = above.parent
    return above is not None


def add_note_script(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Load the script on pages that have notes or terms, and on no other."""
    if doctree is not None and next(doctree.findall(_is_explained), None) is not None:
        app.add_js_file(SCRIPT, loading_method="defer")


def _is_explained(node: nodes.Node) -> bool:
    if isinstance(node, nodes.reference):
        return TERM_CLASS in node["classes"]
    return isinstance(node, figures_used)


def _pass(self: nodes.NodeVisitor, node: nodes.Node) -> None:
    """Write what is inside."""


def setup(app: Sphinx) -> None:
    """Add the nodes, the directive and the transform to Sphinx."""
    skip = (_pass, _pass)
    for node, html in (
        (number, (visit_number_html, depart_number_html)),
        (figures_used, skip),
    ):
        app.add_node(node, html=html, latex=skip, text=skip, man=skip, texinfo=skip)
    app.add_directive("figures-used", _FiguresUsed)
    app.add_transform(CollectNotes)
    app.connect("html-page-context", add_note_script)
