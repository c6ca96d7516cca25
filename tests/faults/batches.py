"""A batch that the workers of a running server read, and what became of it.

Run as `python -m tests.faults.batches COUNT` in the folder of a site: it gives a batch of so many
pictures and closes it. Each shows another number, of PLACES digits. A site has only this batch.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import uuid4

import django

from tests.faults.server import Site

PROJECT = Path(__file__).resolve().parents[2]
PLACES = 4
GIVE_AGAIN_AFTER_S = 0.2


TWICE_TAKEN = "SELECT count(*) - count(DISTINCT sha256) FROM recognizer_upload"
READ_OTHERWISE_THAN_ONCE = """
SELECT count(*) FROM recognizer_batchitem item
WHERE (
    SELECT count(*) FROM recognizer_prediction prediction
    WHERE prediction.upload_id = item.upload_id
) <> 1
"""
READ_AS_ANOTHER = """
SELECT count(*) FROM recognizer_batchitem item
JOIN recognizer_upload upload ON upload.id = item.upload_id
JOIN recognizer_prediction prediction ON prediction.id = upload.current_prediction_id
WHERE item.name <> prediction.text || '.png'
"""


@dataclass(frozen=True)
class Found:
    """What is in a batch, read from its rows and files.

    Attributes:
        items: its pictures.
        waiting: those that are neither read nor given up.
        failed: those that were given up.
        twice: uploads beyond the first of what was given, and pictures that do not have exactly
            one prediction.
        wrong: pictures that were read, but as another text than they show.
        orphans: files that no row names.
        lost: files that are not there, although rows name them.
        finished: whether the batch is.
    """

    items: int
    waiting: int
    failed: int
    twice: int
    wrong: int
    orphans: int
    lost: int
    finished: bool

    def is_clean(self, count: int) -> bool:
        return self == Found(count, 0, 0, 0, self.wrong, 0, 0, finished=True)


class Giving:
    """A process that gives a batch to a site and closes it, from the start of the block."""

    def __init__(self, site: Site, count: int) -> None:
        self._output = site.folder.with_name("giving.txt")
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(count)],
                cwd=site.folder,
                env={
                    "PATH": os.environ["PATH"],
                    "DATABASE_URL": site.database.url,
                    "MEDIA_ROOT": str(site.media),
                    "DJANGO_SETTINGS_MODULE": "digitrec.settings",
                    # The site's own code comes first, because it is started in its folder.
                    "PYTHONPATH": str(PROJECT),
                },
                stderr=output,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def printed(self) -> str:
        """What it has logged so far."""
        return self._output.read_text()

    def require_whole(self) -> None:
        """Wait until all is given."""
        assert self._process.wait() == 0


def is_finished(site: Site) -> bool:
    """Whether all of the batch is given and read."""
    return bool(site.rows("SELECT 1 FROM recognizer_batch WHERE finished IS NOT NULL"))


def given(site: Site) -> int:
    """How many pictures are given by now."""
    return _number(site, "SELECT count(*) FROM recognizer_batchsource WHERE stored IS NOT NULL")


def read(site: Site) -> int:
    """How many pictures are read by now."""
    return _number(site, "SELECT count(*) FROM recognizer_batchitem WHERE state <> 'waiting'")


def found_in(site: Site) -> Found:
    items = "SELECT count(*) FROM recognizer_batchitem"
    files, named = _files(site), _names(site)
    return Found(
        items=_number(site, items),
        waiting=_number(site, f"{items} WHERE state = 'waiting'"),
        failed=_number(site, f"{items} WHERE state NOT IN ('waiting', 'read', 'doubtful')"),
        twice=_number(site, TWICE_TAKEN) + _number(site, READ_OTHERWISE_THAN_ONCE),
        wrong=_number(site, READ_AS_ANOTHER),
        orphans=len(files - named),
        lost=len(named - files),
        finished=is_finished(site),
    )


def _number(site: Site, query: str) -> int:
    ((number,),) = site.rows(query)
    return int(number)


def _files(site: Site) -> set[str]:
    found = [*site.media.glob("uploads/**/*"), *site.media.glob("sources/**/*")]
    return {str(path.relative_to(site.media)) for path in found if path.is_file()}


def _names(site: Site) -> set[str]:
    uploads = site.rows("SELECT file FROM recognizer_upload")
    sources = site.rows("SELECT file FROM recognizer_batchsource WHERE file <> ''")
    return {name for (name,) in uploads + sources}


def main(count: int) -> None:
    django.setup()
    from django.contrib.auth.models import User
    from django.core.files.base import ContentFile
    from django.db import Error as DatabaseError

    from recognizer.batches.giving import Wanted, close, give, open_batch
    from recognizer.storage.protocol import StorageUnavailable

    user, _ = User.objects.get_or_create(username="clerk")
    batch = open_batch(user, Wanted("Meters", key=str(uuid4())))
    for number, (name, data) in enumerate(pictures(count)):
        while True:
            try:
                give(batch, ContentFile(data), name, key=str(number))
                break
            except (StorageUnavailable, DatabaseError):
                time.sleep(GIVE_AGAIN_AFTER_S)
    close(batch)


def pictures(count: int) -> Iterator[tuple[str, bytes]]:
    """Numbers that are all different, and the pictures that show them."""
    from tests.makers import digits_png

    for number in range(count):
        shown = f"{number * 7919 % 10**PLACES:0{PLACES}}"
        yield f"{shown}.png", digits_png(shown)


if __name__ == "__main__":
    main(int(sys.argv[1]))
