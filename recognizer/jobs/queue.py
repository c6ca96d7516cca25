"""Putting jobs into the queue, which is in the database unless REDIS_URL names another."""

from functools import partial

from django.db import transaction
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.tasks import async_task


def enqueue(task: str) -> None:
    """Let a worker call a function, if the current transaction is committed.

    A job may come twice, or when there is nothing to do any more: it must not mind.

    Args:
        task: the function in recognizer.tasks, as a dotted path.
    """
    if Conf.ORM:
        async_task(task)  # a row of this transaction
    else:
        transaction.on_commit(partial(async_task, task))


def waiting() -> int:
    """The number of jobs that no worker has taken yet."""
    return int(get_broker().queue_size())
