"""Work in other threads, each with a database connection of its own, as a server's have."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def together(count: int, work: Callable[[int], Result]) -> list[Future[Result]]:
    """Do the same in many threads at once; wait for all."""
    with ThreadPoolExecutor(count) as threads:
        return [threads.submit(_with_own_connection, work, number) for number in range(count)]


def _with_own_connection(work: Callable[[int], Result], number: int) -> Result:
    try:
        return work(number)
    finally:
        connection.close()
