import unicodedata

import pytest

from recognizer.batches.sources.names import MAX_NAME_LENGTH, page_name, printable_path
from tests.hostile.names import NAMES


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("forms/page 1.png", "forms/page 1.png"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\scans\\1.png", "scans/1.png"),
        ("C:1.png", "1.png"),
        ("./a//b/./1.png", "a/b/1.png"),
        ("a\0b\r\n\u202egnp.exe", "abgnp.exe"),
        ("e\u0301.png", "é.png"),
        ("数字/números.png", "数字/números.png"),
        ("..", ""),
        ("", ""),
    ],
)
def test_a_path_is_shown_without_what_would_mislead(path: str, shown: str) -> None:
    assert printable_path(path) == shown


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_harmless(name: str) -> None:
    shown = printable_path(name)
    assert len(shown) <= MAX_NAME_LENGTH
    assert not {".", ".."} & set(shown.split("/"))
    assert not any(unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp"} for letter in shown)


def test_the_end_of_a_long_path_is_kept() -> None:
    shown = printable_path("folder/" * 100 + "1.png")
    assert len(shown) == MAX_NAME_LENGTH
    assert shown.endswith("/folder/1.png")


def test_pages_are_counted_from_one() -> None:
    assert page_name("scan.pdf", 2) == "scan.pdf#3"
