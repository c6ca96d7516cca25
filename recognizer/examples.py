"""Pictures to try: made by mlmodel.synthesis.examples, nobody's handwriting."""

from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles import finders

FOLDER = "images/examples"


@dataclass(frozen=True)
class Example:
    """A picture of the start page, and what it shows."""

    name: str
    title: str

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
    Example("amount", "An amount on a ruled line"),
    Example("boxes", "Digits in printed boxes"),
    Example("touching", "Digits that touch"),
    Example("board", "Chalk on a board"),
    Example("cell", "One digit of a grid"),
    Example("crossed-out", "A number that is crossed out"),
)


def example_named(name: str) -> Example | None:
    return next((example for example in EXAMPLES if example.name == name), None)
