"""Which commit some files belong to, or why no commit can be named."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# They would make git answer for another repository than that of the files.
_MISLEADING = {
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
}
# What `git ls-files --error-unmatch` ends with; 128 says that there is no repository.
_UNTRACKED = 1


@dataclass(frozen=True)
class Revision:
    """The full hash of a commit and its date in ISO 8601, or the reason why none is named.

    ``clean`` tells whether every tracked file of the repository is as in the commit.
    """

    commit: str | None = None
    date: str | None = None
    clean: bool | None = None
    reason: str | None = None


def revision_of(folder: Path, names: Sequence[str]) -> Revision:
    """Find the commit that some files of a folder belong to, or the reason why there is none.

    A repository around the files isn't enough, since an installed package or an unpacked archive
    may lie in one that knows nothing of it: each of the files has to be tracked.
    """
    folder = folder.resolve()
    try:
        listed = _git(folder, "ls-files", "--error-unmatch", "--", *names)
    except FileNotFoundError:
        return Revision(reason="git isn't installed")
    if listed.returncode == _UNTRACKED:
        return Revision(reason="not every file is tracked by the git repository around it")
    if listed.returncode:
        return Revision(reason="there is no git repository here that git may read")
    head = _git(folder, "log", "-1", "--no-show-signature", "--format=%H %cI")
    state = _git(folder, "status", "--porcelain", "--untracked-files=no")
    if head.returncode or state.returncode:
        return Revision(reason="the git repository has no commit that git can read")
    commit, date = head.stdout.split()
    return Revision(commit, date, clean=not state.stdout)


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    return subprocess.run(
        # File names are names here, not patterns.
        ["git", "--literal-pathspecs", "--no-optional-locks", "-C", str(folder), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
