"""Writing backups: all rows as they were at one moment, then the files that they name.

The rows come first. A row is marked as stored only after its file is whole, and a file is removed
only after its row is deleted. So every row of that moment has its file, unless its owner deletes
the upload while the files are copied: the manifest lists those uploads, and restoring leaves them
out. The files of batches are kept until they are copied: a worker removes them when their pictures
are stored, and those of the pictures that are stored after that moment are not in the backup.
"""

import gzip
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from mlmodel.durable import sync_folder
from recognizer.batches.removing import files_kept
from recognizer.models import BatchSource, Upload
from recognizer.storage.bucket import BucketUnavailable
from recognizer.storage.disk import FolderReplaced, sha256_of
from recognizer.upkeep.backup_format import (
    MANIFEST,
    MEDIA,
    TABLES,
    Manifest,
    applied_migrations,
    copy_table,
    table_file,
    tables,
)
from recognizer.upkeep.progress import Report, reported
from recognizer.upkeep.verification import read_if_whole, waiting_sources

# A row's key, its file, the file's SHA-256, and when it was stored.
_Named = tuple[UUID, str, str, datetime | None]
_PART = ".part"
_NAME = re.compile(r"digitrec-(\d{8}T\d{6}Z)(\.part)?")
_TIME = "%Y%m%dT%H%M%SZ"
# gzip's level. Tables shrink to a tenth; a higher level would take longer and gain little.
_EFFORT = 3


def back_up(into: Path, *, report: Report) -> tuple[Path, Manifest]:
    """Write a new backup into a folder, beside the earlier ones.

    Returns:
        the new backup's folder, and its manifest.

    Raises:
        OSError: the disk or the storage can't be used; nothing was written.
    """
    folder = into / f"digitrec-{timezone.now():{_TIME}}"
    part = folder.with_name(folder.name + _PART)
    part.mkdir(parents=True, mode=0o700)
    try:
        manifest = _write(part, report)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part)
        raise
    sync_folder(into)
    return folder, manifest


def age_out(into: Path, *, days: int) -> None:
    """Remove backups older than some days, because they still hold deleted pictures.

    Args:
        days: 0 removes none.
    """
    before = timezone.now() - timedelta(days=days)
    for path in into.iterdir() if days else ():
        found = _NAME.fullmatch(path.name)
        if found and datetime.strptime(found[1], _TIME).replace(tzinfo=UTC) < before:
            shutil.rmtree(path)


def _write(folder: Path, report: Report) -> Manifest:
    manifest = Manifest(migrations=applied_migrations())
    with files_kept():
        with _one_moment():
            _dump_tables(folder, manifest, report)
            stored = Upload.objects.filter(given_up=None)
            uploads = list(stored.values_list("pk", "file", "file_sha256", "stored"))
            sources = list(waiting_sources().values_list("pk", "file", "sha256", "stored"))
        missing = _copy_files(folder, "files of batches copied", sources, manifest, report)
    missing += _copy_files(folder, "files copied", uploads, manifest, report)
    _note_missing(missing, manifest)
    with _new_file(folder / MANIFEST) as file:
        file.write(json.dumps(asdict(manifest), indent=1).encode())
    for parent, _, _ in os.walk(folder, topdown=False):
        Path(parent).chmod(0o700)
        sync_folder(Path(parent))
    return manifest


def _copy_files(
    folder: Path, what: str, named: list[_Named], manifest: Manifest, report: Report
) -> list[UUID]:
    """Copy files; returns the rows that should have one and have none, or a damaged one."""
    missing = []
    for pk, name, sha256, is_stored in reported(what, named, report):
        data = _readable(name, sha256)
        if data is not None:
            _write_file(folder, f"{MEDIA}/{name}", data, manifest)
        elif is_stored:
            missing.append(pk)
    return missing


@contextmanager
def _one_moment() -> Iterator[None]:
    """Let every query see the rows of the same moment, while others go on writing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _dump_tables(folder: Path, manifest: Manifest, report: Report) -> None:
    (folder / TABLES).mkdir()
    for table, columns in reported("tables copied", list(tables().items()), report):
        name = table_file(table)
        with _new_file(folder / name) as file, gzip.GzipFile("", "wb", _EFFORT, file) as packed:
            manifest.rows[table] = copy_table(f"COPY {table} ({columns}) TO STDOUT", packed)
        _note_file(folder, name, manifest)


def _readable(name: str, sha256: str) -> bytes | None:
    """A file's bytes, or None if it is damaged or gone: one such file must not end the backup.

    Raises:
        FolderReplaced, BucketUnavailable: no file at all can be read now.
    """
    try:
        return read_if_whole(name, sha256)
    except (FolderReplaced, BucketUnavailable):
        raise
    except OSError:
        return None


def _note_missing(missing: list[UUID], manifest: Manifest) -> None:
    """Separate what was deleted meanwhile from that whose files the storage has lost."""
    present = set(Upload.objects.filter(pk__in=missing).values_list("pk", flat=True))
    present |= set(BatchSource.objects.filter(pk__in=missing).values_list("pk", flat=True))
    manifest.deleted = [str(pk) for pk in missing if pk not in present]
    manifest.lost = [str(pk) for pk in missing if pk in present]


def _write_file(folder: Path, name: str, data: bytes, manifest: Manifest) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    with _new_file(folder / name) as file:
        file.write(data)
    _note_file(folder, name, manifest)


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner can read, forced to the disk when it is closed."""
    with path.open("xb") as file:
        path.chmod(0o600)
        yield file
        file.flush()
        os.fsync(file.fileno())


def _note_file(folder: Path, name: str, manifest: Manifest) -> None:
    path = folder / name
    manifest.files[name] = [sha256_of(path), path.stat().st_size]
