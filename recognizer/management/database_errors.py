"""What a command says where the database can't be used."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import Error


@contextmanager
def end_on_database_error(sentence: str = "The database can't be used") -> Iterator[None]:
    """End the command with a sentence, and the reason, where the database fails.

    Raises:
        CommandError: it did.
    """
    try:
        yield
    except Error as error:
        raise CommandError(f"{sentence}: {reason_of(error)}") from error


def reason_of(error: Exception) -> str:
    """The first line of a database's error; what follows is for who runs its server."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
