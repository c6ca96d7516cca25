"""The pictures in a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from recognizer.refusals import Refusal


@dataclass(frozen=True)
class Member:
    number: int
    name: str
    data: bytes
    refusal: Refusal | None = None


def members(file: IO[Any], name: str, *, start: int = 0) -> Iterator[Member]:
    if not start:
        yield Member(0, name, file.read())
