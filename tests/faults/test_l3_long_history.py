"""A history as long as nobody's yet: each page is quick, however far down it is."""

import random
import time
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recognizer.history.filters import ORDERS
from recognizer.models import Owner, Prediction, Upload
from tests.faults.report import report
from tests.faults.test_outages import SEED
from tests.faults.times import is_long_run, percentile, slowed_down
from tests.makers import make_model_version, make_user

pytestmark = pytest.mark.django_db

ROWS = 100_000 if is_long_run() else 20_000
AT_ONCE = 5_000
PAGES_OF_EACH = 25
MOST_QUERIES = 8
MOST_MS = 150
# Row by row, this would take minutes.
ONE_A_MINUTE = """
UPDATE recognizer_upload upload
SET current_prediction_id = prediction.id,
    created = now() - prediction.milliseconds * interval '1 minute'
FROM recognizer_prediction prediction WHERE prediction.upload_id = upload.id
"""


def fill(owner: Owner, count: int) -> None:
    """Uploads and their predictions, a minute apart."""
    chance, now = random.Random(SEED), timezone.now()
    version = make_model_version()
    for start in range(0, count, AT_ONCE):
        uploads = [
            Upload(
                user=owner.user,
                sha256=f"{number:064x}",
                file_sha256=f"{number:064x}",
                file=f"uploads/{number}.png",
                width=200,
                height=100,
                byte_size=1000,
                stored=now,
            )
            for number in range(start, start + AT_ONCE)
        ]
        Upload.objects.bulk_create(uploads)
        predictions = [
            Prediction(
                upload=upload,
                model_version=version,
                state=Prediction.State.READ,
                text=str(chance.randrange(10_000)),
                confidence=chance.random(),
                milliseconds=start + number,
            )
            for number, upload in enumerate(uploads)
        ]
        Prediction.objects.bulk_create(predictions)
    with connection.cursor() as cursor:
        cursor.execute(ONE_A_MINUTE)
        cursor.execute("ANALYZE recognizer_upload, recognizer_prediction")


def random_addresses(chance: random.Random) -> list[str]:
    """Pages all over the history, in each order, as its links lead to them."""
    rows = list(Upload.objects.values_list("pk", "created", "confidence"))
    addresses = ["/uploads/"]
    for sort, order in ORDERS.items():
        for pk, created, confidence in chance.sample(rows, PAGES_OF_EACH):
            value = created.isoformat() if order.by[0] == "created" else repr(confidence)
            addresses.append(f"/uploads/?{urlencode({'sort': sort, 'after': f'{value}~{pk}'})}")
    return addresses


def test_l3_every_page_of_a_long_history_is_quick(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    fill(Owner(user=user), ROWS)
    client.get("/uploads/")  # templates are read once
    queries = offsets = 0
    milliseconds: list[float] = []
    for address in random_addresses(random.Random(SEED)):
        with CaptureQueriesContext(connection) as captured:
            started = time.perf_counter()
            page = client.get(address)
            milliseconds.append(1000 * (time.perf_counter() - started))
        assert len(page.context["page"].rows) > 0
        queries = max(queries, len(captured))
        offsets += sum(" OFFSET " in query["sql"] for query in captured)
    report(
        "L3",
        rows=ROWS,
        pages=len(milliseconds),
        p95_ms=round(percentile(milliseconds, 95)),
        queries=queries,
        offsets=offsets,
    )
    assert percentile(milliseconds, 95) <= MOST_MS * slowed_down()
    assert queries <= MOST_QUERIES
    assert offsets == 0
