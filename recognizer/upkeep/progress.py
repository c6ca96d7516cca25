"""Progress of a long job, for whoever waits for it."""

from collections.abc import Callable, Iterator
from typing import TypeVar

# Called with a label, the number done and the total.
Tell = Callable[[str, int, int], None]
Thing = TypeVar("Thing")


def reported(what: str, things: list[Thing], tell: Tell) -> Iterator[Thing]:
    """The things one by one, with a report after each that the caller has dealt with."""
    for number, thing in enumerate(things, 1):
        yield thing
        tell(what, number, len(things))
