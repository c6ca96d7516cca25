"""Who checks a batch in a browser, and batches to check."""

import time

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext

from recognizer.models import Batch, BatchItem, Owner, Upload
from tests.makers import digits_png, make_batch, make_item, make_upload

COOKIE = "sessionid"
# The test's own session is not among them.
BUSY = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    """Give a browser the session of a user, as logging in would."""
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": COOKIE, "value": client.cookies[COOKIE].value, "url": url}])


def make_pictures(user: User, *texts: str, **fields: object) -> Batch:
    """A batch whose pictures really show these numbers, each asked about as doubtful."""
    batch = make_batch(user, "Meters", **fields)
    for number, text in enumerate(texts):
        upload = make_upload(Owner(user=user), digits_png(text))
        make_item(batch, number, upload, asked="doubtful", ask_order=number)
    BatchItem.objects.filter(batch=batch).update(state=BatchItem.State.DOUBTFUL)
    return batch


def verified(batch: Batch) -> list[str | None]:
    """What people said of the pictures of a batch, in their order."""
    uploads = Upload.objects.filter(batch_item__batch=batch).order_by("batch_item__position")
    return list(uploads.values_list("verified_text", flat=True))


def close_and_wait(*contexts: BrowserContext) -> None:
    """Close browsers, whose pages send their last answers then, and let the server take them.

    The test's rows are removed afterwards, which the server must not meet.
    """
    for context in contexts:
        for page in context.pages:
            page.goto("about:blank")
        context.close()
    quiet = 0
    while quiet < 5:
        time.sleep(0.1)
        with connection.cursor() as cursor:
            cursor.execute(BUSY)
            quiet = 0 if cursor.fetchone()[0] else quiet + 1
