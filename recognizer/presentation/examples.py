"""Pictures to try: made by mlmodel.synthesis.examples, nobody's handwriting."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.staticfiles import finders
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

FOLDER = "images/examples"


@dataclass(frozen=True)
class Example:
    """A picture of the start page, and what it shows."""

    name: str
    title: StrPromise

    @property
    def static_path(self) -> str:
        return f"{FOLDER}/{self.name}.jpg"

    def read(self) -> bytes:
        """The picture's bytes.

        Raises:
            FileNotFoundError: the installation lacks it.
        """
        found = finders.find(self.static_path)
        if not found:
            raise FileNotFoundError(self.static_path)
        return Path(found).read_bytes()


EXAMPLES = (
    Example("amount", _("An amount on a ruled line")),
    Example("boxes", _("Digits in printed boxes")),
    Example("touching", _("Digits that touch")),
    Example("board", _("Chalk on a board")),
    Example("cell", _("One digit of a grid")),
    Example("crossed-out", _("A number that is crossed out")),
)


def example_named(name: str) -> Example | None:
    return next((example for example in EXAMPLES if example.name == name), None)
