"""Find a Chromium for the browser tests, or install one, and print its path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Of Debian. Without the second font, a page and a PDF have no Chinese character: they show boxes.
PACKAGES = ("chromium", "fonts-dejavu-core", "fonts-noto-cjk")


def find() -> str | None:
    """Return the path of a Chromium on PATH, else of Playwright's own, else None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except Error:
        return None
    return path if Path(path).is_file() else None


def install() -> list[str]:
    """Try to install a Chromium; return why each way that was tried failed.

    Debian's package comes first, as root, for it needs no download from elsewhere and brings
    the libraries.
    """
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        apt = ["apt-get", "-qq", "-y", "--no-install-recommends", "install", *PACKAGES]
        ways.insert(0, ["sh", "-c", f"apt-get -qq update && {' '.join(apt)}"])
    failures = []
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for way in ways:
        print(
            f"Installing a browser: {way[-1] if way[0] == 'sh' else 'playwright install'}",
            file=sys.stderr,
        )
        done = subprocess.run(
            way, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode == 0 and find():
            return []
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no browser came of it"]
        reasons = [line for line in lines if line.startswith("E:") or "rror:" in line]
        failures.append(f"{' '.join(way)}: {(reasons or lines)[-1].strip()}")
    return failures


def main() -> int:
    """Print the path; return 1 if there is none and CI asks for one."""
    failures = [] if find() else install()
    if path := find():
        print(path)
        return 0
    print("No Chromium: the browser tests will be SKIPPED.", *failures, sep="\n  ", file=sys.stderr)
    print("Install chromium or google-chrome and put it on PATH.", file=sys.stderr)
    if os.environ.get("CI") == "true":
        print("CI=true: a missing browser is a failure.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
