"""A commit is named only for files that it holds, and never that of another repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cbec.audit.revision import Revision, revision_of

WHEN = "2024-05-06T07:08:09+08:00"


def git(folder: Path, *arguments: str) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    author = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in {"NAME": "a", "EMAIL": "a@b.invalid", "DATE": WHEN}.items()
    }
    return subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env=environment | author,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with one commit of two files."""
    folder = tmp_path / "repository"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "claims.csv").write_text("id\n", encoding="utf-8")
    (folder / "notes.md").write_text("notes\n", encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Two files", "--no-gpg-sign")
    return folder


def test_a_tracked_file_has_its_commit_and_the_date_of_that(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    assert revision_of(repository / "data", ["claims.csv"]) == Revision(commit, WHEN, clean=True)


@pytest.mark.parametrize("staged", [False, True])
def test_a_change_anywhere_in_the_tree_is_told(repository: Path, staged: bool) -> None:
    (repository / "notes.md").write_text("other notes\n", encoding="utf-8")
    if staged:
        git(repository, "add", "notes.md")
    found = revision_of(repository / "data", ["claims.csv"])
    assert (found.commit, found.clean) == (git(repository, "rev-parse", "HEAD"), False)


def test_what_a_command_wrote_beside_the_files_is_no_change(repository: Path) -> None:
    (repository / "certificate.json").write_text("{}", encoding="utf-8")
    assert revision_of(repository / "data", ["claims.csv"]).clean is True


@pytest.mark.parametrize("names", [["new.csv"], ["claims.csv", "new.csv"], ["*.csv"]])
def test_files_that_the_repository_around_them_does_not_track_have_no_commit(
    repository: Path, names: list[str]
) -> None:
    (repository / "data" / "new.csv").write_text("id\n", encoding="utf-8")
    found = revision_of(repository / "data", names)
    assert found == Revision(reason="not every file is tracked by the git repository around it")


def test_an_ignored_copy_inside_a_repository_has_no_commit(repository: Path) -> None:
    copy = repository / ".venv" / "lib"
    copy.mkdir(parents=True)
    (copy / "claims.csv").write_text("id\n", encoding="utf-8")
    (repository / ".gitignore").write_text("/.venv/\n", encoding="utf-8")
    assert revision_of(copy, ["claims.csv"]).commit is None


def test_a_folder_without_a_repository_has_no_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "claims.csv").write_text("id\n", encoding="utf-8")
    found = revision_of(tmp_path, ["claims.csv"])
    assert found == Revision(reason="there is no git repository here that git may read")


def test_a_repository_without_a_commit_is_said(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "claims.csv").write_text("id\n", encoding="utf-8")
    git(tmp_path, "add", "claims.csv")
    found = revision_of(tmp_path, ["claims.csv"])
    assert found == Revision(reason="the git repository has no commit that git can read")


def test_without_git_the_reason_says_so(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    found = revision_of(repository / "data", ["claims.csv"])
    assert found == Revision(reason="git isn't installed")


def test_variables_that_name_another_repository_are_not_followed(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    commit = git(repository, "rev-parse", "HEAD")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    assert revision_of(repository / "data", ["claims.csv"]).commit == commit
