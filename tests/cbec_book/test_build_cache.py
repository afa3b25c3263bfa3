from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace

from cbec_book.build_cache import kept, sweep


def test_a_result_is_made_once_for_the_same_inputs_and_again_for_others(tmp_path: Path) -> None:
    made: list[str] = []

    def make(*inputs: str) -> bytes:
        return kept(tmp_path, lambda: made.append("".join(inputs)) or b"%d" % len(made), *inputs)

    assert [make("a", "b"), make("a", "b"), make("ab"), make("a", "b")] == [b"1", b"1", b"2", b"1"]


def test_a_result_that_can_not_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    for _ in range(2):
        try:
            kept(tmp_path / "cache", lambda: (_ for _ in ()).throw(ValueError("no")), "a")
        except ValueError:
            continue
    assert not list(tmp_path.rglob("*"))


def test_what_lay_unused_for_a_month_goes(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for name in "abc":
        kept(cache, name.encode, name)
    for path in cache.iterdir():
        os.utime(path, (0, time.time() - 40 * 24 * 3600))
    kept(cache, b"never".decode, "a")
    sweep(SimpleNamespace(outdir=tmp_path / "html"))
    assert [path.read_bytes() for path in cache.iterdir()] == [b"a"]
