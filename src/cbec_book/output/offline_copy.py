"""The whole site as one zip, for who reads without a network.

Unpacked, it opens from its folder.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from sphinx.application import Sphinx

#: Beside the landing page, which links it.
ARCHIVE = "cbec-book.zip"
# The earliest day that a zip can say: the same site is the same file.
_DAY = (1980, 1, 1, 0, 0, 0)


def write_archive(app: Sphinx) -> None:
    """Pack all files of the finished site into a folder of the archive's name."""
    site = Path(app.outdir)
    target = site / ARCHIVE
    # The page for wrong addresses is for a server, and looks for its styles at the server's root.
    left_out = {target, site / "404.html"}
    # A name that begins with a dot is for the next build.
    paths = sorted(p for p in site.rglob("[!.]*") if p.is_file() and p not in left_out)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            name = f"{target.stem}/{path.relative_to(site).as_posix()}"
            told = zipfile.ZipInfo(name, _DAY)
            told.compress_type, told.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(told, path.read_bytes())
