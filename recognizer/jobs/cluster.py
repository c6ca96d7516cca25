"""Workers: processes that take jobs from django-q2's queue, and the guard that replaces the dead.

django-q2 has a cluster of its own. There, one process passes jobs to the workers through a pipe,
which they read one after the other under a lock; the worker that is killed while it waits at the
pipe takes the lock with it, no other worker gets a job again, and the cluster can't even be stopped
(tried with 1.11.1). Here each worker asks the queue itself, so that nothing is shared and any of
them may die at any time.
"""

import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import Any

from django.db import Error as DatabaseError
from django.db import connections
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.monitor import save_task
from django_q.scheduler import scheduler
from django_q.signing import BadSignature, SignedPackage
from django_q.worker import worker

from recognizer.jobs.queue import AWAY

logger = logging.getLogger(__name__)

LOOK_S = 0.25
# How often schedules are looked at, and the guard asks whether a job was lost.
LOOK_AROUND_S = 15
# A job takes some seconds; who stops the workers waits at most this long for its end.
STOP_S = 25
# A worker that ended sooner than this after its start is started anew only after it.
LEAST_LIFE_S = 1
# While the queue is away, with its database or Redis, workers ask for jobs this often.
QUEUE_AWAY_S = 1
# A job that takes too long ends itself; one that can't, in a library's loop, is ended after this.
GRACE_S = 3
_PR_SET_PDEATHSIG = 1
_NEVER = float("inf")

_fork = multiprocessing.get_context("fork")


class Cluster:
    """Some workers and their guard, until they are stopped."""

    def __init__(self, workers: int, wake: Callable[[], None]) -> None:
        """Start nothing yet.

        Args:
            wake: called when a worker starts, and every LOOK_AROUND_S; it puts jobs into the queue
                for whatever has to be done and has no job there, because a worker died with it.
        """
        self._workers = [_Worker(wake) for _ in range(workers)]
        self._wake = wake
        self._stopping = False
        self._next_look_around = 0.0

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; then let every worker end its job, and end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            while not self._stopping:
                for each in self._workers:
                    each.keep_alive()
                self._look_around()
                time.sleep(LOOK_S)
        finally:
            self._end_all()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _look_around(self) -> None:
        if time.monotonic() < self._next_look_around:
            return
        self._next_look_around = time.monotonic() + LOOK_AROUND_S
        try:
            scheduler(get_broker())
            self._wake()
        except AWAY:
            connections.close_all()
            logger.warning("the queue of jobs is away: they wait until it is back")

    def _end_all(self) -> None:
        for each in self._workers:
            each.terminate()
        deadline = time.monotonic() + STOP_S
        for each in self._workers:
            each.join(deadline)


class _Worker:
    """One worker's process, and the one that follows when it dies."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._timer = _Timer()
        self._in_hand = _InHand()
        self._process: ForkProcess | None = None
        self._started = -_NEVER

    def keep_alive(self) -> None:
        """Start the process if there is none, and end one whose job takes too long."""
        if self._process and self._timer.is_over():
            logger.error("a worker was ended because its job took too long")
            self._process.kill()
            self._process.join()
        if self._process and self._process.is_alive():
            return
        if self._process:
            self._settle(self._process.exitcode)
            self._process = None
        if time.monotonic() >= self._started + LEAST_LIFE_S:
            self._start()

    def _settle(self, exit_code: int | None) -> None:
        """See to the job that a worker died with: another worker tries it at once."""
        self._timer.value = -1
        if exit_code:
            logger.error("a worker ended with exit code %s: another follows", exit_code)
        try:
            self._in_hand.give_back(f"the worker ended with exit code {exit_code}")
        except DatabaseError:
            connections.close_all()
            logger.warning("the job that a worker died with comes again later")

    def _start(self) -> None:
        self._started = time.monotonic()
        # A connection that two processes use breaks.
        connections.close_all()
        process = _fork.Process(
            target=_work, args=(os.getpid(), self._timer, self._in_hand, self._wake)
        )
        try:
            process.start()
        except OSError as error:  # no memory for another process
            logger.error("a worker could not be started, and is tried again: %s", error)  # noqa: TRY400
        else:
            self._process = process

    def terminate(self) -> None:
        if self._process and self._process.is_alive():
            self._process.terminate()

    def join(self, deadline: float) -> None:
        if self._process is None:
            return
        self._process.join(max(deadline - time.monotonic(), 0.1))
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
            self._settle(self._process.exitcode)


class _Timer:
    """What django-q2's worker writes its time limit to, and the guard reads: in shared memory.

    django-q2's own has a lock, which a worker that is killed would keep, and it is counted down by
    the guard, to which the worker adds three seconds; here they are in GRACE_S.
    """

    def __init__(self) -> None:
        self._deadline = multiprocessing.RawValue("d", _NEVER)

    @property
    def value(self) -> float:
        return -1

    @value.setter
    def value(self, seconds: float) -> None:
        """Set the limit from now on, in seconds; 0 and less mean that there is none."""
        self._deadline.value = time.monotonic() + seconds + GRACE_S if seconds > 0 else _NEVER

    def get_lock(self) -> AbstractContextManager[None]:
        return nullcontext()

    def is_over(self) -> bool:
        return bool(time.monotonic() > self._deadline.value)


class _InHand:
    """The row in the queue of the job that a worker has in hand, in memory shared with its guard.

    A job whose worker dies would else come again only after its lock's time, and as often as it
    kills one.
    """

    def __init__(self) -> None:
        self._row = multiprocessing.RawValue("q", 0)

    def take(self, row: int | None) -> None:
        self._row.value = row or 0  # Redis has no rows: what it gives is gone from it

    def lay_down(self) -> None:
        self._row.value = 0

    def give_back(self, why: str) -> None:
        """Count a failed try of the job in hand, if there is one, and let it come again at once.

        After the last of its tries, django-q2 removes it from the queue.
        """
        mine = OrmQ.objects.filter(pk=self._row.value)
        self.lay_down()
        if (row := mine.first()) is None:
            return
        failed = {"success": False, "result": why, "stopped": timezone.now(), "ack_id": row.pk}
        save_task(SignedPackage.loads(row.payload) | failed, get_broker())
        mine.update(lock=timezone.now())


class _Jobs:
    """The queue as django-q2's worker wants it: get() waits for the next job, or says STOP."""

    def __init__(self, guard: int, in_hand: _InHand, wake: Callable[[], None]) -> None:
        self._stopping = self._was_away = False
        signal.signal(signal.SIGTERM, self._stop)
        self._guard = guard
        self._in_hand = in_hand
        self._wake = wake
        self._broker = get_broker()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def get(self) -> dict[str, Any] | str:
        while not self._stopping and os.getppid() == self._guard:
            try:
                taken = self._taken()
            except AWAY:
                connections.close_all()
                self._was_away = True
                time.sleep(QUEUE_AWAY_S)
                continue
            for ack_id, package in taken:
                if job := self._opened(ack_id, package):
                    self._in_hand.take(ack_id)
                    return job
        return "STOP"

    def _taken(self) -> Sequence[tuple[int | None, str]]:
        taken: Sequence[tuple[int | None, str]] = self._broker.dequeue() or ()
        if self._was_away and not taken:
            self._wake()  # jobs that broke off with the database come again only after a while
            self._was_away = False
        return taken

    def _opened(self, ack_id: int | None, package: str) -> dict[str, Any] | None:
        try:
            job: dict[str, Any] = SignedPackage.loads(package)
        except (TypeError, BadSignature):
            logger.exception("a job that nobody of ours signed was removed from the queue")
            self._broker.fail(ack_id)
            return None
        return job | {"cluster": Conf.CLUSTER_NAME, "ack_id": ack_id}


class _Outcomes:
    """Where django-q2's worker puts what became of a job: it is done, or comes again."""

    def __init__(self, in_hand: _InHand) -> None:
        self._in_hand = in_hand
        self._broker = get_broker()

    def put(self, job: dict[str, Any]) -> None:
        if not job["success"]:
            logger.error("the job %s failed: %s", job["func"], job["result"])
        try:
            save_task(job, self._broker)
            if job["success"] and job["ack_id"]:
                self._broker.acknowledge(job["ack_id"])
        except AWAY:
            logger.warning("the end of a job could not be noted: it comes again")
        self._in_hand.lay_down()


def _work(guard: int, timer: _Timer, in_hand: _InHand, wake: Callable[[], None]) -> None:
    """What a worker's process does."""
    _end_with_guard()
    jobs = _Jobs(guard, in_hand, wake)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the guard, which says when to end
    try:
        wake()
    except AWAY:
        connections.close_all()
    worker(jobs, _Outcomes(in_hand), timer, Conf.TIMEOUT)


def _end_with_guard() -> None:
    """Let the kernel kill this process when its guard dies, so that no worker is left alone.

    Elsewhere than on Linux, and if the guard is dead by now, it ends before the next job.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
