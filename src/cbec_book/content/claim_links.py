"""Claims in the tables that notebooks print, each linked to its entry in the ledger."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform

from cbec.audit.provenance import find
from cbec_book.own_ledger import addresses, book_audit, note_data

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["setup"]

_NAMED = re.compile(r'<span data-claim="([^"]+)">(.*?)</span>', re.DOTALL)


class LinkClaims(SphinxTransform):
    """Link the claims that `cbec.audit.results.Audit` names in its table.

    A notebook can print the audit of another ledger, too; claims that the book's ledger doesn't
    have are left alone.
    """

    default_priority = 885

    def apply(self, **kwargs: Any) -> None:
        """Replace the marked places of each HTML output."""
        address = addresses(self.env, self.env.docname)

        def link(match: re.Match[str]) -> str:
            id, label = match.groups()
            if id not in book_audit().ledger.claims:
                return match[0]
            return f'<a href="{address(find(id))}">{label}</a>'

        for node in self.document.findall(nodes.raw):
            if "data-claim=" in node.astext():
                note_data(self.env)
                node[:] = [nodes.Text(_NAMED.sub(link, node.astext()))]


def setup(app: Sphinx) -> None:
    """Add the transform to Sphinx."""
    app.add_transform(LinkClaims)
