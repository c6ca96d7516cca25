"""A reader that sees more in a picture than the shipped one."""

from dataclasses import replace
from typing import Any

import pytest

from mlmodel.reader import read
from mlmodel.reading import Reading
from recognizer.uploads import reading


def let_it_see(monkeypatch: pytest.MonkeyPatch, **seen: Any) -> None:
    """Let every reading from now on have these values; the others are those of the picture."""

    def read_more(*args: Any, **options: Any) -> Reading:
        return replace(read(*args, **options), **seen)

    monkeypatch.setattr(reading, "read", read_more)
