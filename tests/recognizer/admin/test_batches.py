"""What administrators see of batches, and that long lists stay cheap."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recognizer.batches.giving import Wanted, give, open_batch
from recognizer.batches.serving import serve
from recognizer.models import Batch, BatchSource, SavedRule, Upload
from tests.makers import digits_png, make_admin, make_user
from tests.recognizer.batches.rows import make_batch_row, make_item_row, make_source_row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_admin())
    return client


@pytest.fixture
def batch() -> Batch:
    user = make_user()
    rule = SavedRule.objects.create(
        user=user, name="two digits", definition={"length": {"least": 2, "most": 2}}
    )
    batch = open_batch(user, Wanted("Meters", rule=rule))
    give(batch, ContentFile(digits_png("47")), "one.png")
    while serve():
        pass
    return batch


@pytest.mark.parametrize("name", ["batch", "batchsource", "savedrule"])
@pytest.mark.parametrize("words", ["", "e", "\N{ARABIC-INDIC DIGIT FOUR}", "no id"])
def test_lists_can_be_searched(admin: Client, batch: Batch, name: str, words: str) -> None:
    page = admin.get(reverse(f"admin:recognizer_{name}_changelist"), {"q": words}, follow=True)
    assert page.status_code == 200


def test_a_batch_says_how_many_pictures_it_has(admin: Client, batch: Batch) -> None:
    page = admin.get(reverse("admin:recognizer_batch_change", args=[batch.pk])).content.decode()
    assert "Read: 1" in page
    assert 'name="name"' not in page


def test_deleting_a_batch_says_what_goes_and_leaves_nothing(
    admin: Client, batch: Batch, media: Path
) -> None:
    path = reverse("admin:recognizer_batch_delete", args=[batch.pk])
    assert "Pictures: 1" in " ".join(admin.get(path).content.decode().split())
    admin.post(path, {"post": "yes"})
    assert not Batch.objects.exists()
    assert not Upload.objects.exists()
    assert [path for path in media.rglob("uploads/**/*") if path.is_file()] == []


def test_batches_that_are_ticked_are_deleted_whole(admin: Client, batch: Batch) -> None:
    asked = {"action": "delete_selected", "_selected_action": str(batch.pk), "post": "yes"}
    admin.post(reverse("admin:recognizer_batch_changelist"), asked)
    assert not Upload.objects.exists()


@pytest.mark.parametrize("name", ["batch", "batchsource", "savedrule"])
def test_more_rows_take_no_more_queries(admin: Client, batch: Batch, name: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin.get(reverse(f"admin:recognizer_{name}_changelist"))
        return len(captured)

    queries()  # some things are looked up once
    few = queries()
    for number in range(5):
        rule = SavedRule.objects.create(user=batch.user, name=f"{number}", definition={})
        source = make_source_row(make_batch_row(batch.user, rule=rule), number)
        make_item_row(source)
    assert queries() == few
    assert BatchSource.objects.count() == 6
