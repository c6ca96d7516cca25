"""Progress of a long job, for whoever waits for it."""

from collections.abc import Callable, Iterator
from typing import TypeVar

# Called with a label, the number done and the total.
Report = Callable[[str, int, int], None]
Thing = TypeVar("Thing")


def reported(what: str, things: list[Thing], report: Report) -> Iterator[Thing]:
    """The things one by one, with a report after each that the caller has dealt with."""
    for number, thing in enumerate(things, 1):
        yield thing
        report(what, number, len(things))
