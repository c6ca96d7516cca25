"""The errors of commands that can't use the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import Error


@contextmanager
def end_on_database_error(sentence: str = "The database can't be used") -> Iterator[None]:
    """End the command with a sentence and the reason if the database fails in this block.

    Raises:
        CommandError: the database failed.
    """
    try:
        yield
    except Error as error:
        raise CommandError(f"{sentence}: {reason_of(error)}") from error


def reason_of(error: Exception) -> str:
    """The first line of a database's error; the rest is for whoever runs the database server."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
