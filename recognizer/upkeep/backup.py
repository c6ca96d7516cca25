"""Backups: all rows as they were at one moment, then the files that they name; and back again.

The rows go first. A row is said to be stored only after its file is whole, and a file is removed
only after its row is gone: so every row of that moment has its file, unless its owner deletes the
upload while the files are copied. Those uploads are noted, and a restored database is without them.

No program of PostgreSQL's is needed: tables travel by COPY, into tables that the same migrations
have made.
"""

import gzip
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import IO, TypeVar
from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from recognizer.models import Upload
from recognizer.storage.bucket import BucketUnavailable
from recognizer.storage.disk import FolderReplaced, force_to_disk, sha256_of
from recognizer.upkeep.verification import verify_storage, whole_file

FORMAT = 1
MANIFEST, TABLES, MEDIA = "manifest.json", "tables", "media"
_PART = ".part"
_NAME = re.compile(r"digitrec-(\d{8}T\d{6}Z)(\.part)?")
_TIME = "%Y%m%dT%H%M%SZ"
# Tables shrink to a tenth; more effort would take longer and gain little.
_EFFORT = 3

# Is told what is being done, how many are done, and of how many.
Tell = Callable[[str, int, int], None]
Thing = TypeVar("Thing")


class BackupUnusable(Exception):
    """What was given is no whole backup that this version can read."""


class DatabaseNotEmpty(Exception):
    """Pictures or accounts would be overwritten."""


class RestoreFailed(Exception):
    """What was restored is not what was backed up; the database was left as it was."""


@dataclass
class Manifest:
    """What a backup holds.

    Attributes:
        format: how this module wrote it.
        migrations: that its tables have been through.
        rows: how many each table has.
        files: the SHA-256 and the size of each file in the backup.
        deleted: uploads that their owners deleted while the files were copied.
        lost: uploads whose files the storage itself did not hold, or not whole.
    """

    format: int = FORMAT
    migrations: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, list[str | int]] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def pictures(self) -> list[str]:
        return [name for name in self.files if name.startswith(f"{MEDIA}/")]


def back_up(into: Path, *, tell: Tell) -> tuple[Path, Manifest]:
    """Write a new backup into a folder, beside the earlier ones.

    Returns:
        the new backup's folder, and what is in it.

    Raises:
        OSError: nothing was written, for the disk or the storage can't be used.
    """
    folder = into / f"digitrec-{timezone.now():{_TIME}}"
    part = folder.with_name(folder.name + _PART)
    part.mkdir(parents=True, mode=0o700)
    try:
        manifest = _write(part, tell)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part)
        raise
    force_to_disk(into)
    return folder, manifest


def age_out(into: Path, *, days: int) -> None:
    """Remove older backups, or deleted pictures would live on in them; 0 days keep all."""
    before = timezone.now() - timedelta(days=days)
    for path in into.iterdir() if days else ():
        found = _NAME.fullmatch(path.name)
        if found and datetime.strptime(found[1], _TIME).replace(tzinfo=UTC) < before:
            shutil.rmtree(path)


def restore(folder: Path, *, tell: Tell) -> Manifest:
    """Put a backup into an empty database and its storage; what was cut off can be repeated.

    The files go first: until all of them are there, the database stays as it is.

    Raises:
        BackupUnusable: nothing was changed.
        DatabaseNotEmpty: nothing was changed.
        RestoreFailed: the database was left as it was.
        OSError: the backup or the storage can't be used; the database was left as it was.
    """
    manifest = _read_manifest(folder)
    _require_same_tables(manifest)
    _require_empty_database()
    _require_whole(folder, manifest, tell)
    for name in _told("files restored", manifest.pictures, tell):
        data = (folder / name).read_bytes()
        default_storage.save(name.removeprefix(f"{MEDIA}/"), ContentFile(data))
    with transaction.atomic():
        _load_tables(folder, manifest, tell)
        _settle_what_has_no_file(manifest)
        _require_restored(manifest, tell)
    return manifest


def _write(folder: Path, tell: Tell) -> Manifest:
    manifest = Manifest(migrations=_applied_migrations())
    with _one_moment():
        _dump_tables(folder, manifest, tell)
        stored = Upload.objects.filter(given_up=None)
        uploads = list(stored.values_list("pk", "file", "file_sha256", "stored"))
    missing = []
    for pk, name, sha256, is_stored in _told("files copied", uploads, tell):
        data = _readable(name, sha256)
        if data is not None:
            _write_file(folder, f"{MEDIA}/{name}", data, manifest)
        elif is_stored:
            missing.append(pk)
    _note_missing(missing, manifest)
    with _new_file(folder / MANIFEST) as file:
        file.write(json.dumps(asdict(manifest), indent=1).encode())
    for parent, _, _ in os.walk(folder, topdown=False):
        Path(parent).chmod(0o700)
        force_to_disk(Path(parent))
    return manifest


def _readable(name: str, sha256: str) -> bytes | None:
    """A file, unless it is damaged or gone: one of them must not keep the others from being saved.

    Raises:
        FolderReplaced, BucketUnavailable: none of them can be read now.
    """
    try:
        return whole_file(name, sha256)
    except (FolderReplaced, BucketUnavailable):
        raise
    except OSError:
        return None


@contextmanager
def _one_moment() -> Iterator[None]:
    """Have every query see the rows of the same moment, while others go on writing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _dump_tables(folder: Path, manifest: Manifest, tell: Tell) -> None:
    (folder / TABLES).mkdir()
    for table, columns in _told("tables copied", list(_tables().items()), tell):
        name = f"{TABLES}/{table}.csv.gz"
        with _new_file(folder / name) as file, gzip.GzipFile("", "wb", _EFFORT, file) as packed:
            manifest.rows[table] = _copy(f"COPY {table} ({columns}) TO STDOUT", packed)
        _note_file(folder, name, manifest)


def _load_tables(folder: Path, manifest: Manifest, tell: Tell) -> None:
    tables = _tables()
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        _require_empty_database()  # nobody can add to it from now on
        cursor.execute(f"TRUNCATE {', '.join(tables)}")
        with _without_triggers(tables):
            for table, columns in _told("tables restored", list(tables.items()), tell):
                with gzip.open(folder / f"{TABLES}/{table}.csv.gz") as packed:
                    loaded = _copy(f"COPY {table} ({columns}) FROM STDIN", packed)
                if loaded != manifest.rows[table]:
                    raise RestoreFailed(f"{table} has {loaded} rows, not {manifest.rows[table]}.")
        models = apps.get_models(include_auto_created=True)
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


@contextmanager
def _without_triggers(tables: Iterable[str]) -> Iterator[None]:
    """Take rows as they are: what triggers once made of them is in the backup."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        # A table whose foreign keys are still to be checked can't be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _copy(statement: str, file: IO[bytes] | gzip.GzipFile) -> int:
    """Copy one table out of the database or into it; how many rows that were."""
    # Django knows no COPY, so its errors would come out as psycopg2's own.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"{statement} WITH (FORMAT csv, HEADER)", file)
        return int(cursor.rowcount)


def _tables() -> dict[str, str]:
    """Each table with its columns, quoted, in an order that depends on their names alone."""
    look, quoted = connection.introspection, connection.ops.quote_name
    with connection.cursor() as cursor:
        return {
            table: ", ".join(
                sorted(quoted(each.name) for each in look.get_table_description(cursor, table))
            )
            for table in sorted(look.django_table_names(only_existing=True, include_views=False))
        }


def _applied_migrations() -> list[str]:
    return sorted(".".join(each) for each in MigrationRecorder(connection).applied_migrations())


def _note_missing(missing: list[UUID], manifest: Manifest) -> None:
    """Tell uploads that were deleted meanwhile from those whose files the storage has lost."""
    kept = set(Upload.objects.filter(pk__in=missing).values_list("pk", flat=True))
    manifest.deleted = [str(pk) for pk in missing if pk not in kept]
    manifest.lost = [str(pk) for pk in missing if pk in kept]


def _settle_what_has_no_file(manifest: Manifest) -> None:
    """No row without a file: what was deleted stays deleted, what was lost is told its owner."""
    Upload.objects.filter(pk__in=manifest.deleted).delete()
    Upload.objects.filter(pk__in=manifest.lost).update(stored=None, given_up=timezone.now())


def _require_restored(manifest: Manifest, tell: Tell) -> None:
    done = count(1)
    found = verify_storage(
        lambda _bytes: tell("files compared", next(done), len(manifest.pictures))
    )
    if found.missing or found.changed:
        names = ", ".join([*found.missing, *found.changed][:5])
        raise RestoreFailed(f"The storage does not hold what was restored to it: {names}.")


def _require_empty_database() -> None:
    first = User.objects.first()
    is_new = User.objects.count() <= 1 and (first is None or first.is_superuser)
    if Upload.objects.exists() or not is_new:
        raise DatabaseNotEmpty(
            "The database holds pictures or accounts already, and restoring would replace them: "
            "name an empty one in DATABASE_URL, and run `manage.py migrate` for it."
        )


def _read_manifest(folder: Path) -> Manifest:
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_bytes()))
    except FileNotFoundError:
        raise BackupUnusable(f"{folder} is no backup: it has no {MANIFEST}.") from None
    except (ValueError, TypeError):
        raise BackupUnusable(f"{folder / MANIFEST} is damaged, or of another version.") from None
    if manifest.format != FORMAT:
        raise BackupUnusable(f"The backup has format {manifest.format}, and this reads {FORMAT}.")
    return manifest


def _require_same_tables(manifest: Manifest) -> None:
    applied = _applied_migrations()
    if not applied:
        raise BackupUnusable("The database has no tables yet: run `manage.py migrate` first.")
    if differing := set(manifest.migrations) ^ set(applied):
        raise BackupUnusable(
            "The backup was made by another version of digitrec: restore it with that version, "
            f"then update. Only one of both has the migrations {', '.join(sorted(differing))}."
        )


def _require_whole(folder: Path, manifest: Manifest, tell: Tell) -> None:
    for name in _told("files checked", list(manifest.files), tell):
        path = folder / name
        if not path.is_file() or [sha256_of(path), path.stat().st_size] != manifest.files[name]:
            raise BackupUnusable(f"{path} is missing or damaged: use another backup.")


def _write_file(folder: Path, name: str, data: bytes, manifest: Manifest) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    with _new_file(folder / name) as file:
        file.write(data)
    _note_file(folder, name, manifest)


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file for its owner alone, which is on the disk in the end."""
    with path.open("xb") as file:
        path.chmod(0o600)
        yield file
        file.flush()
        os.fsync(file.fileno())


def _note_file(folder: Path, name: str, manifest: Manifest) -> None:
    path = folder / name
    manifest.files[name] = [sha256_of(path), path.stat().st_size]


def _told(what: str, things: list[Thing], tell: Tell) -> Iterator[Thing]:
    for number, thing in enumerate(things, 1):
        yield thing
        tell(what, number, len(things))
