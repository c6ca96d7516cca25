"""Where jobs are put. REDIS_URL is tried in a process of its own, whose `redis` is a stand-in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, transaction
from django_q.models import OrmQ

from recognizer.jobs.queue import enqueue, enqueue_if_few, waiting

REDIS = """
class RedisError(Exception):
    pass

class Redis:
    def rpush(self, key, job):
        if "away" in self.url:
            raise RedisError
        print("pushed to", self.url)

    def llen(self, key):
        return 0

def from_url(url):
    redis = Redis()
    redis.url = url
    return redis
"""
PUT = """
import sys
import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from django.db import transaction
from recognizer.jobs.queue import enqueue

with transaction.atomic():
    enqueue("never")
    transaction.set_rollback(True)
with transaction.atomic():
    enqueue("a job")
    print("not committed yet")
print("committed")
"""


@pytest.mark.django_db
def test_a_job_is_a_row_of_the_transaction() -> None:
    with transaction.atomic():
        enqueue("a job")
        assert OrmQ.objects.count() == waiting() == 1
        transaction.set_rollback(True)
    assert waiting() == 0


@pytest.mark.django_db
def test_jobs_that_do_whatever_there_is_to_do_do_not_pile_up() -> None:
    for _ in range(100):
        enqueue_if_few("a job")
    assert 1 < waiting() < 20


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("url", "printed"),
    [
        ("redis://here:1/0", ["not committed yet", "pushed to redis://here:1/0", "committed"]),
        ("redis://away:1/0", ["not committed yet", "committed"]),
    ],
)
def test_with_redis_a_job_waits_for_the_commit(
    tmp_path: Path, url: str, printed: list[str]
) -> None:
    (tmp_path / "redis.py").write_text(REDIS)
    database = str(connection.settings_dict["NAME"])
    done = subprocess.run(
        [sys.executable, "-c", PUT, database],
        env=os.environ | {"REDIS_URL": url, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == printed
