"""A batch as large as nobody's yet: each of its pages is quick, and so is asking how far it is."""

import random
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recognizer.history.batch_filters import BatchFilter
from recognizer.models import Batch, BatchItem, Prediction
from tests.faults.report import report
from tests.faults.test_outages import SEED
from tests.faults.times import percentile, slowed_down
from tests.makers import make_batch, make_model_version, make_user

# Vacuumed, as the database's own upkeep leaves its tables: that needs rows that are committed.
pytestmark = pytest.mark.django_db(transaction=True)

PICTURES = 100_000
PAGES_OF_EACH = 20
MOST_QUERIES = 8
MOST_MS = 100
# Row by row, this would take minutes. One in fifty is doubtful, and a thousand are waiting.
FILL = """
WITH source AS (
    INSERT INTO recognizer_batchsource
        (id, batch_id, number, name, file, sha256, byte_size, key, created, stored, opened,
         next_member, tries, code, refusal)
    VALUES (gen_random_uuid(), %(batch)s, 0, 'a.zip', '', '', 1, '', now(), now(), now(), 0, 0, '',
            '')
    RETURNING id
), numbers AS (
    SELECT number, gen_random_uuid() AS upload, random() AS confidence
    FROM generate_series(1, %(count)s) number
), uploads AS (
    INSERT INTO recognizer_upload
        (id, user_id, key, source, original_name, file, file_sha256, sha256, width, height,
         byte_size, created, stored)
    SELECT upload, %(user)s, '', 'batch', number || '.png', 'uploads/' || number || '.png',
           lpad(number::text, 64, '0'), lpad(number::text, 64, '0'), 200, 100, 1000,
           now() - number * interval '1 second', now()
    FROM numbers
    RETURNING id
), predictions AS (
    INSERT INTO recognizer_prediction
        (upload_id, model_version_id, state, reason, text, confidence, possibilities, milliseconds,
         created)
    SELECT upload, %(version)s, CASE WHEN number %% 50 = 0 THEN 'doubtful' ELSE 'read' END, '',
           (number * 7919 %% 100000)::text, confidence, '[]', 5,
           clock_timestamp() - number * interval '30 milliseconds'
    FROM numbers WHERE number > 1000
    RETURNING id, upload_id
)
INSERT INTO recognizer_batchitem
    (batch_id, source_id, position, name, upload_id, state, code, refusal, tries, confidence)
SELECT %(batch)s, source.id, number, number || '.png', upload,
       CASE WHEN number <= 1000 THEN 'waiting' WHEN number %% 50 = 0 THEN 'doubtful'
            ELSE 'read' END,
       '', '', 0, CASE WHEN number <= 1000 THEN 0 ELSE confidence END
FROM numbers, source
"""
MAKE_CURRENT = """
UPDATE recognizer_upload upload SET current_prediction_id = prediction.id
FROM recognizer_prediction prediction WHERE prediction.upload_id = upload.id
"""
TABLES = "recognizer_upload, recognizer_prediction, recognizer_batchitem, recognizer_batchsource"


def fill(batch: Batch) -> None:
    values: dict[str, str | int] = {
        "batch": str(batch.pk),
        "user": batch.user_id,
        "version": make_model_version().pk,
        "count": PICTURES,
    }
    with connection.cursor() as cursor:
        cursor.execute(FILL, values)
        # Without its statistics, PostgreSQL would compare every upload with every prediction.
        cursor.execute(f"ANALYZE {TABLES}")
        cursor.execute(MAKE_CURRENT)
        cursor.execute(f"VACUUM ANALYZE {TABLES}")


def random_queries(chance: random.Random) -> list[dict[str, str]]:
    """Pages all over the batch, in each order and narrowed, as its links lead to them."""
    rows = list(BatchItem.objects.only("position", "confidence"))
    queries: list[dict[str, str]] = [{}, {"state": "doubtful"}, {"state": "failed"}]
    for sort, order in BatchFilter.ORDERS.items():
        for row in chance.sample(rows, PAGES_OF_EACH):
            after = order.key_of(row)
            queries.append({"sort": sort, "after": after})
            queries.append({"sort": sort, "after": after, "state": "doubtful"})
    return queries


def timed(client: Client, path: str, query: dict[str, str]) -> tuple[float, int, Any]:
    """Milliseconds and queries of an answer, and the answer."""
    with CaptureQueriesContext(connection) as captured:
        started = time.perf_counter()
        answer = client.get(path, query)
        milliseconds = 1000 * (time.perf_counter() - started)
    assert answer.status_code == 200
    return milliseconds, len(captured), answer


def test_l5_every_page_of_a_large_batch_is_quick(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    batch = make_batch(user)
    fill(batch)
    here = batch.get_absolute_url()
    client.get(here)  # templates are read once
    latest = list(Prediction.objects.order_by("-pk").values_list("pk", flat=True)[:100])
    Prediction.objects.filter(pk__in=latest).update(created=timezone.now())
    status = client.get(f"{here}status").json()
    assert status["counts"]["waiting"] == 1000
    assert status["a_second"] > 0
    pages = [timed(client, here, query) for query in random_queries(random.Random(SEED))]
    asked = [timed(client, f"{here}status", {}) for _ in range(PAGES_OF_EACH)]
    narrowed = [
        timed(client, here, query)[0]
        for query in ({"text": "471"}, {"checked": "yes"}, {"checked": "no"}, {"most_sure": "1"})
    ]
    report(
        "L5",
        pictures=PICTURES,
        pages=len(pages),
        p95_ms=round(percentile([each[0] for each in pages], 95)),
        status_p95_ms=round(percentile([each[0] for each in asked], 95)),
        narrowed_most_ms=round(max(narrowed)),
        queries=max(each[1] for each in pages),
    )
    assert len(pages) > 100
    assert percentile([each[0] for each in pages], 95) <= MOST_MS * slowed_down()
    assert percentile([each[0] for each in asked], 95) <= MOST_MS * slowed_down()
    assert max(each[1] for each in pages) <= MOST_QUERIES
