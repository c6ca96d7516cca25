"""Workers in processes of their own, which are killed, stopped, and given what ends them."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Task
from django_q.tasks import async_task

from tests.recognizer.jobs.work import lines
from tests.recognizer.jobs.workers import Workers, is_alive, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

WORK = "tests.recognizer.jobs.work"
MOST_TRIES = 3
STOP_LIMIT_S = 30


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    """The file that the tests' jobs write into."""
    return tmp_path / "noted"


def put(job: str, noted: Path, *arguments: object) -> None:
    async_task(f"{WORK}.{job}", str(noted), *arguments)


def queue_is_empty() -> bool:
    return not OrmQ.objects.exists()


def test_a_job_of_a_transaction_that_is_rolled_back_never_runs(media: Path, noted: Path) -> None:
    with transaction.atomic():
        put("note", noted, "never")
        transaction.set_rollback(True)
    put("note", noted, "committed")
    with Workers(media):
        wait_until(queue_is_empty)
    assert lines(noted) == ["committed"]


def test_idle_workers_may_die_one_after_the_other(media: Path, noted: Path) -> None:
    with Workers(media, workers=2) as workers:
        put("note", noted)
        wait_until(queue_is_empty)
        first, second = workers.numbers()
        workers.kill_one(first)
        workers.kill_one(second)
        put("note", noted)
        put("note", noted)
        wait_until(queue_is_empty)
    assert len(lines(noted)) == 3


def test_a_guard_that_is_killed_takes_its_workers_along(media: Path) -> None:
    with Workers(media, workers=2) as workers:
        wait_until(lambda: len(workers.numbers()) == 2)
        numbers = workers.numbers()
        workers.process.kill()
        workers.process.wait()
        wait_until(lambda: not any(map(is_alive, numbers)), seconds=5)


def test_who_stops_them_gets_the_job_in_hand_done(media: Path, noted: Path) -> None:
    put("take_time", noted, 3)
    with Workers(media) as workers:
        wait_until(lambda: lines(noted))
        assert workers.stop() < STOP_LIMIT_S
        assert workers.process.returncode == 0
    assert lines(noted) == ["begun", "done"]
    assert queue_is_empty()


def test_a_job_that_outlasts_the_stop_comes_again(media: Path, noted: Path) -> None:
    put("hang", noted)
    with Workers(media, stop_s=2) as workers:
        wait_until(lambda: lines(noted))
        assert workers.stop() < STOP_LIMIT_S
    with Workers(media):
        wait_until(queue_is_empty)
    assert lines(noted) == ["begun", "begun", "done"]


def test_a_job_that_hangs_is_ended_and_comes_again(media: Path, noted: Path) -> None:
    put("hang", noted)
    with Workers(media, timeout=2, retry=60):
        wait_until(queue_is_empty)
    assert lines(noted) == ["begun", "begun", "done"]


def test_a_job_whose_worker_is_killed_comes_again_at_once(media: Path, noted: Path) -> None:
    put("take_time", noted, 2)
    with Workers(media, retry=600) as workers:
        wait_until(lambda: lines(noted))
        workers.kill_one()
        wait_until(queue_is_empty, seconds=10)
    assert lines(noted) == ["begun", "begun", "done"]


@pytest.mark.parametrize("job", ["fail", "abort"])
def test_a_job_that_goes_wrong_is_tried_so_often_and_no_worker_is_lost(
    media: Path, noted: Path, job: str
) -> None:
    put(job, noted)
    with Workers(media, retry=1, timeout=1) as workers:
        wait_until(queue_is_empty)
        put("note", noted)
        wait_until(lambda: lines(noted)[-1] == "done")
        assert len(workers.numbers()) == 1
    assert lines(noted) == ["begun"] * MOST_TRIES + ["done"]
    failed = Task.objects.get()
    assert failed.attempt_count == MOST_TRIES
    assert ("ValueError" if job == "fail" else "exit code -6") in failed.result


def test_a_worker_that_has_grown_is_followed_by_another(media: Path, noted: Path) -> None:
    for _ in range(3):
        put("whoami", noted)
    with Workers(media, max_rss=1) as workers:
        wait_until(queue_is_empty)
        assert len(set(lines(noted))) == len(lines(noted)) == 3
        wait_until(lambda: len(workers.numbers()) == 1)


def test_a_schedule_runs_once_although_there_are_two_clusters(media: Path, noted: Path) -> None:
    due = timezone.now() - timedelta(minutes=1)
    schedule = Schedule.objects.create(
        func=f"{WORK}.note", args=repr(str(noted)), schedule_type=Schedule.HOURLY, next_run=due
    )
    with Workers(media) as one, Workers(media) as other:
        wait_until(lambda: one.numbers() and other.numbers() and lines(noted))
        one.stop()
        other.stop()
    schedule.refresh_from_db()
    assert schedule.next_run > timezone.now()
    assert lines(noted) == ["done"]


def test_a_guard_goes_on_when_the_database_cuts_its_sessions(media: Path, noted: Path) -> None:
    with Workers(media, workers=2) as workers:
        put("note", noted)
        wait_until(lambda: lines(noted))
        numbers = workers.numbers()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                "datname = current_database() AND pid <> pg_backend_pid()"
            )
        put("note", noted)
        wait_until(lambda: len(lines(noted)) == 2)
        assert workers.numbers() == numbers
