import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
MAX_BYTES = 120 * 1024


def test_the_readme_shows_small_pictures_that_are_there() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^\]]+\]\((docs/[^)]+)\)", readme)
    assert len(pictures) == 5
    assert all(0 < (PROJECT / name).stat().st_size <= MAX_BYTES for name in pictures)
