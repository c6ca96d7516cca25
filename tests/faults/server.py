"""The real server with a database of the test's own, and what is left in both afterwards."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

from digitrec.launch.embedded_postgres import EmbeddedPostgres
from tests.digitrec.launcher import Launcher, copy_project
from tests.faults.clients import Journal

# The clients upload more than any person does.
WITHOUT_LIMITS = {
    "UPLOADS_PER_MINUTE": "0",
    "UPLOADS_PER_DAY": "0",
    "UPLOADS_PER_MINUTE_AND_ADDRESS": "0",
    "QUOTA_VISITOR_FILES": "0",
}


RESTART_TIMEOUT_S = 60


@dataclass
class Site:
    """A running server.

    Attributes:
        folder: of its copy of the project.
        database: which outlives the server.
        environment: that the server is started with.
    """

    folder: Path
    database: EmbeddedPostgres
    environment: dict[str, str]
    launcher: Launcher

    @property
    def port(self) -> int:
        return self.launcher.port

    @property
    def media(self) -> Path:
        """Where it stores files."""
        return Path(self.environment.get("MEDIA_ROOT", self.folder / "media"))

    def restart(self) -> None:
        """Start the server that has ended, as often as it takes, as a supervisor does."""
        deadline = time.monotonic() + RESTART_TIMEOUT_S
        while self.launcher.process.poll() is not None:
            assert time.monotonic() < deadline, self.launcher.printed
            self.launcher = Launcher(self.folder, self.environment)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(self.database.url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` in the copy of the project; what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": self.database.url,
                "MEDIA_ROOT": str(self.media),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    def sweep(self) -> str:
        """Settle what was cut off, however young."""
        self.rows("UPDATE recognizer_upload SET created = created - interval '1 hour'")
        return self.manage("sweep", "--apply")


@contextmanager
def running_site(folder: Path, **environment: str) -> Iterator[Site]:
    project = copy_project(folder / "project")
    shutil.copy(Path(__file__).parents[2] / "manage.py", project)
    with EmbeddedPostgres(folder / "postgres") as database:
        given = {"DATABASE_URL": database.url, **WITHOUT_LIMITS, **environment}
        site = Site(project, database, given, Launcher(project, given))
        try:
            yield site
        finally:
            site.launcher.stop()


@dataclass(frozen=True)
class Outcome:
    """What a run left behind.

    Attributes:
        acked: uploads that were confirmed.
        lost: of those, without a row or without a whole file.
        orphans: files that no row names.
        duplicates: uploads beyond the first of what was sent; nothing is sent as two.
        pending: rows that are neither stored nor given up.
        http500: answers that admit a fault of the program.
    """

    acked: int
    lost: int
    orphans: int
    duplicates: int
    pending: int
    http500: int

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.orphans or self.duplicates or self.pending or self.http500)


def outcome(site: Site, journal: Journal) -> Outcome:
    """Compare what was promised with the rows and with every file, byte for byte."""
    rows = {
        str(pk): (sha256, file_sha256, name, stored)
        for pk, sha256, file_sha256, name, stored in site.rows(
            "SELECT id, sha256, file_sha256, file, stored FROM recognizer_upload"
        )
    }
    media = site.folder / "media"
    lost = 0
    for address, sent in journal.acked.items():
        row = rows.get(address.strip("/").split("/")[-1])
        lost += row is None or row[0] != sent or not row[3] or sha256(media / row[2]) != row[1]
    named = {name for _, _, name, _ in rows.values()}
    files = {str(path.relative_to(media)) for path in media.glob("uploads/**/*") if path.is_file()}
    ((duplicates,),) = site.rows("SELECT count(*) - count(DISTINCT sha256) FROM recognizer_upload")
    ((pending,),) = site.rows(
        "SELECT count(*) FROM recognizer_upload WHERE stored IS NULL AND given_up IS NULL"
    )
    return Outcome(
        acked=len(journal.acked),
        lost=lost,
        orphans=len(files - named),
        duplicates=duplicates,
        pending=pending,
        http500=journal.statuses[500],
    )


def sha256(path: Path) -> str:
    """Of a file; nothing where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
