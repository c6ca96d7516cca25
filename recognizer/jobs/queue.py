"""Putting jobs into the queue, which is in the database unless REDIS_URL names another."""

from collections.abc import Callable
from importlib import import_module

from django.db import Error as DatabaseError
from django.db import transaction
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.tasks import async_task


def _away() -> tuple[type[Exception], ...]:
    if Conf.ORM:
        return (DatabaseError,)
    return DatabaseError, import_module("redis").RedisError


# What is raised while the queue can't be reached.
AWAY = _away()


# Jobs in the queue that are enough for every worker to have one.
_ENOUGH = 8


def enqueue(task: str) -> None:
    """Let a worker call a function, if the current transaction is committed.

    A job may come twice, or when there is nothing to do any more: it must not mind.

    Args:
        task: the function in recognizer.tasks, as a dotted path.
    """
    _on_commit(async_task, task)


def enqueue_if_few(task: str) -> None:
    """The same, unless enough jobs wait: for jobs of which each does whatever there is to do."""
    _on_commit(_put_if_few, task)


def _on_commit(put: Callable[[str], object], task: str) -> None:
    if Conf.ORM:
        put(task)  # a row of this transaction
    else:
        # What was committed stays so if Redis is away: workers look for it by themselves.
        transaction.on_commit(lambda: put(task), robust=True)


def _put_if_few(task: str) -> None:
    if waiting() < _ENOUGH:
        async_task(task)


def waiting() -> int:
    """The number of jobs that no worker has taken yet."""
    return int(get_broker().queue_size())
