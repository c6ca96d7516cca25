"""What the members of a file are called, for people."""

import re
import unicodedata

# Upload.original_name takes 255, and a page's number may follow.
MAX_NAME_LENGTH = 200
# Control, direction, halves of letters, private use; and what breaks a line.
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_DRIVE = re.compile(r"[A-Za-z]:")


def printable_path(path: str) -> str:
    """A stranger's path as it may be shown; empty if nothing is left of it.

    Nothing is ever stored under this name.
    """
    shown = unicodedata.normalize("NFC", path.replace("\\", "/"))
    shown = "".join(c for c in shown if unicodedata.category(c) not in _UNPRINTABLE)
    parts = [_DRIVE.sub("", part, count=1).strip() for part in shown.split("/")]
    return _shortened("/".join(part for part in parts if part not in {"", ".", ".."}))


def page_name(source: str, number: int) -> str:
    """The name of a page by its number from 0: "scan.pdf#3" in every language."""
    return f"{source}#{number + 1}"


def _shortened(name: str) -> str:
    """The end is kept: it names the file, the beginning its folders."""
    return name if len(name) <= MAX_NAME_LENGTH else "…" + name[1 - MAX_NAME_LENGTH :]
