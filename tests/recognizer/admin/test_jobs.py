"""What administrators may do with jobs: see those that failed, and clear them away."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import Failure

from tests.makers import make_admin

pytestmark = pytest.mark.django_db


@pytest.fixture
def failure(client: Client) -> Failure:
    client.force_login(make_admin())
    return Failure.objects.create(
        id="0" * 32,
        name="one",
        func="recognizer.tasks.upkeep",
        success=False,
        result="Traceback:\n  in a file\nOSError: No space left on device",
        started=timezone.now(),
        stopped=timezone.now(),
    )


def test_no_page_lets_staff_call_functions() -> None:
    shown = {model._meta.model_name for model in admin.site._registry if _is_of_jobs(model)}
    assert shown == {"failure"}


def _is_of_jobs(model: type) -> bool:
    return model.__module__.startswith("django_q")


def test_a_failed_job_says_why(client: Client, failure: Failure) -> None:
    page = client.get(reverse("admin:django_q_failure_changelist")).content.decode()
    assert "OSError: No space left on device" in page
    assert "Traceback" not in page
    whole = client.get(reverse("admin:django_q_failure_change", args=[failure.pk]))
    assert "Traceback" in whole.content.decode()


def test_a_failed_job_can_be_cleared_away_and_not_changed(client: Client, failure: Failure) -> None:
    change = reverse("admin:django_q_failure_change", args=[failure.pk])
    assert client.post(change, {"func": "os.system"}).status_code == 403
    client.post(reverse("admin:django_q_failure_delete", args=[failure.pk]), {"post": "yes"})
    assert not Failure.objects.exists()
