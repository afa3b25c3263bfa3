"""What must stand before any test, notebook kernel or worker starts, and who shares a worker."""

from __future__ import annotations

import gc
import os
import re
import sys
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Notebook kernels inherit this: charts then store what the committed outputs hold.
os.environ["CBEC_CHARTS"] = "stored"

# Tests make few circles, and each look for them goes through all that was collected.
gc.set_threshold(50_000, 20, 100)

# nbval imports jsonschema, which would spend a second on the grammar of addresses in another
# alphabet; no schema here asks for it.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
pytest_plugins = ["nbval.plugin"]

# What takes longest begins first, so that no worker is left alone with it at the end.
FIRST = ("tests/tools/test_site.py", "chapters/02", "tests/site/", "chapters/", "tests/nbval/")
FIRST += ("tests/project/test_types.py", "tests/charts/", "tests/cbec_book/", "tests/")
PAGE = re.compile(r"\[[^\]]*?([\w/]+\.html)")


def group(nodeid: str) -> str:
    """Name those of a test that stay on its worker: those of its page, else those of its file.

    The cells of a notebook share a kernel, the tests of a page an open tab, those of a file what
    its fixtures have built.
    """
    file = nodeid.partition("::")[0]
    page = PAGE.search(nodeid) if file.startswith("tests/site/") else None
    return page[1] if page else file


class ByGroup(LoadScopeScheduling):
    """Hands out one group after the other, in the order of the tests."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByGroup:
    """Give every worker its next group."""
    return ByGroup(config, log)


def pytest_collection_finish() -> None:
    """Leave what was collected out of the looks for circles."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first."""
    rank = {
        item: next((n for n, p in enumerate(FIRST) if item.nodeid.startswith(p)), len(FIRST))
        for item in items
    }
    items.sort(key=rank.__getitem__)
