"""A batch of 100,000 pictures becomes a table in little memory, in every format."""

import time
from typing import Any

import pytest
from django.db import connection

from recognizer.batches.export import table_of
from recognizer.models import Batch, Owner
from recognizer.table_files import FORMATS, written
from tests.faults.report import report
from tests.hostile.peak_memory import watch_peak
from tests.makers import make_model_version
from tests.recognizer.batches.rows import make_batch_row, make_source_row

pytestmark = pytest.mark.django_db

ROWS = 100_000
MOST_MEGABYTES = 200
UPLOADS = """
INSERT INTO recognizer_upload (id, user_id, key, source, original_name, file, file_sha256, sha256,
    width, height, byte_size, created, stored)
SELECT gen_random_uuid(), %(user)s, n::text, 'batch', n || '.png', 'uploads/' || n,
    lpad(to_hex(n), 64, '0'), lpad(to_hex(n), 64, '0'), 200, 100, 1000, now(), now()
FROM generate_series(0, %(rows)s - 1) n
"""
PREDICTIONS = """
INSERT INTO recognizer_prediction (upload_id, model_version_id, state, reason, text, value,
    value_text, confidence, possibilities, milliseconds, created)
SELECT id, %(version)s, 'read', '', '0042', '0042', '0042', 0.97,
    '[["0042", 0.97], ["0047", 0.01], ["0012", 0.01], ["0043", 0.01]]', 5, now()
FROM recognizer_upload
"""
CURRENT = """
UPDATE recognizer_upload upload SET current_prediction_id = prediction.id
FROM recognizer_prediction prediction WHERE prediction.upload_id = upload.id
"""
ITEMS = """
INSERT INTO recognizer_batchitem (batch_id, source_id, position, name, upload_id, state, code,
    refusal, tries, confidence)
SELECT %(batch)s, %(source)s, key::bigint, original_name, id, 'read', '', '', 1, 0.97
FROM recognizer_upload
"""


def fill(batch: Batch, rows: int) -> None:
    values: dict[str, Any] = {
        "user": batch.user_id,
        "rows": rows,
        "version": make_model_version().pk,
        "batch": batch.pk,
        "source": make_source_row(batch).pk,
    }
    with connection.cursor() as cursor:
        # Without its statistics, PostgreSQL would compare every upload with every prediction.
        for statement in (UPLOADS, PREDICTIONS, "ANALYZE", CURRENT, ITEMS, "ANALYZE"):
            cursor.execute(statement, values)


def test_a_long_table_takes_little_memory(owner: Owner) -> None:
    assert owner.user
    batch = make_batch_row(owner.user)
    fill(batch, ROWS)
    for kind in FORMATS:
        started, added = time.perf_counter(), watch_peak()
        table = table_of(batch, batch.items.all(), "https://example.org", whole=True)
        size = sum(len(piece) for piece in written(table, kind))
        megabytes = added()
        report(
            f"table {kind}",
            rows=ROWS,
            seconds=round(time.perf_counter() - started, 1),
            megabytes_of_memory=round(megabytes),
            megabytes=round(size / 1e6),
        )
        assert size > ROWS * 10
        assert megabytes < MOST_MEGABYTES
