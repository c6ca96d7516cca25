"""A Chromium for the tests in a browser: `python -m tests.browser.chromium` installs a missing one.

Playwright's own Chromium comes last: its download is not allowed everywhere.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
START_TIMEOUT_S = 60

# apt-get knows no package before its first update.
SYSTEM_INSTALLERS = {
    "apt-get": (("update", "-q"), ("install", "-q", "-y", "--no-install-recommends", "chromium")),
    "dnf": (("install", "-q", "-y", "chromium"),),
    "apk": (("add", "--quiet", "chromium"),),
}


def find_chromium() -> Path | None:
    """Give the first Chromium that starts: CHROMIUM's, the system's, Playwright's."""
    return next((program for program in _candidates() if _starts(program)), None)


def install_chromium() -> Path | None:
    """Install one with the first way that works here, and give it."""
    for commands in _ways_to_install():
        if all(_succeeds(command) for command in commands) and (found := find_chromium()):
            return found
    return None


def main() -> int:
    if os.environ.get("CHROMIUM") and not _starts(Path(os.environ["CHROMIUM"])):
        sys.stderr.write("CHROMIUM names no program that starts: correct it or leave it out.\n")
        return 1
    chromium = find_chromium() or install_chromium()
    if chromium is None:
        sys.stderr.write(
            "The tests need Chromium, and none could be installed: "
            "install it, or name one as in `CHROMIUM=/usr/bin/chromium make test`.\n"
        )
        return 1
    sys.stdout.write(f"Tests in a browser use {chromium}\n")
    return 0


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("CHROMIUM"):
        yield Path(named)
    for program in PROGRAMS:
        if found := shutil.which(program):
            yield Path(found)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    yield own


def _starts(program: Path) -> bool:
    """Ask for the version: Ubuntu's package is a script that only asks for another installer."""
    try:
        probe = subprocess.run(
            [program, "--version"], check=False, capture_output=True, timeout=START_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0


def _ways_to_install() -> Iterator[list[list[str]]]:
    playwright = [sys.executable, "-m", "playwright", "install"]
    if os.geteuid() == 0:
        for installer, steps in SYSTEM_INSTALLERS.items():
            if program := shutil.which(installer):
                yield [[program, *step] for step in steps]
        yield [[*playwright, "--with-deps", "chromium"]]
    yield [[*playwright, "chromium"]]


def _succeeds(command: list[str]) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, env=environment)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
