"""What one build keeps for the next: results that take long to make, by a hash of what goes in.

The files lie in the folder ``cache`` beside the site. Nothing there is ever wrong, since other
inputs have another name: the folder may be removed at any time, and builds may share it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a process that only draws does without
    from sphinx.application import Sphinx

_SPARED = 30 * 24 * 3600  # seconds that a result may lie unused


def folder_of(app: Sphinx) -> Path:
    """Return the folder in which builds of a book keep their results."""
    return Path(app.outdir).parent / "cache"


def kept(folder: Path, make: Callable[[], bytes], *made_of: str | bytes) -> bytes:
    """Return what ``make`` makes of some inputs; it is called only if no build has done it before.

    Parameters
    ----------
    folder : Path
        The cache.
    make : callable
        Makes the result.
    *made_of : str or bytes
        All that the result depends on: the inputs, the versions of the packages that make it.
    """
    digest = hashlib.sha256()
    for part in made_of:
        content = part.encode() if isinstance(part, str) else part
        digest.update(b"%d:" % len(content) + content)
    path = folder / digest.hexdigest()
    with contextlib.suppress(FileNotFoundError):
        content = path.read_bytes()
        os.utime(path)
        return content
    content = make()
    folder.mkdir(parents=True, exist_ok=True)
    # Another build sees the whole file or none.
    handle, name = tempfile.mkstemp(dir=folder)
    with open(handle, "wb") as file:
        file.write(content)
    os.replace(name, path)
    return content


def sweep(app: Sphinx) -> None:
    """Remove what no build has used for a month."""
    oldest = time.time() - _SPARED
    for path in folder_of(app).glob("*"):
        with contextlib.suppress(FileNotFoundError):  # another build was quicker
            if path.stat().st_mtime < oldest:
                path.unlink()
