import pytest
from django_q.models import Schedule

from recognizer.jobs.schedules import UPKEEP, keep_upkeep_scheduled
from tests.threads import together


@pytest.mark.django_db(transaction=True)
def test_clusters_that_start_at_once_schedule_the_upkeep_once() -> None:
    for each in together(4, lambda _: keep_upkeep_scheduled(60)):
        each.result()
    schedule = Schedule.objects.get(name=UPKEEP)
    keep_upkeep_scheduled(5)
    assert Schedule.objects.get() == schedule
    assert Schedule.objects.get().minutes == 5


@pytest.mark.django_db
def test_0_minutes_mean_never() -> None:
    keep_upkeep_scheduled(60)
    keep_upkeep_scheduled(0)
    assert not Schedule.objects.exists()
