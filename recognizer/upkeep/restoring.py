"""Restoring a backup: the files first, then the rows, into an empty database."""

import gzip
import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from recognizer.batches.opening import FileGone
from recognizer.models import Batch, BatchSource, Upload
from recognizer.storage.disk import sha256_of
from recognizer.upkeep.backup_format import (
    FORMAT,
    MANIFEST,
    MEDIA,
    Manifest,
    applied_migrations,
    copy_table,
    table_file,
    tables,
)
from recognizer.upkeep.earlier_tables import migrations_without_a_way_back, tables_as_of
from recognizer.upkeep.progress import Report, reported
from recognizer.upkeep.verification import verify_storage

_NOT_EMPTY = (
    "The database holds pictures or accounts already, and restoring would replace them: "
    "name an empty one in DATABASE_URL, and run `manage.py migrate` for it."
)


class BackupUnusable(Exception):
    """The folder holds no whole backup that this version can read."""


class DatabaseNotEmpty(Exception):
    """Pictures or accounts would be overwritten."""


class RestoreFailed(Exception):
    """The restored rows or files differ from the backup; the database was left as it was."""


def restore(folder: Path, *, report: Report) -> Manifest:
    """Put a backup into an empty database and its storage; can be repeated if it was cut off.

    The files go first: the database stays as it is until all of them are stored.

    Raises:
        BackupUnusable: nothing was changed.
        DatabaseNotEmpty: nothing was changed.
        RestoreFailed: the database was left as it was.
        OSError: the backup or the storage can't be used; the database was left as it was.
    """
    manifest = _read_manifest(folder)
    _require_known_tables(manifest)
    _require_empty_database()
    if Batch.objects.exists():
        raise DatabaseNotEmpty(_NOT_EMPTY)
    _require_whole(folder, manifest, report)
    for name in reported("files restored", manifest.pictures, report):
        with (folder / name).open("rb") as file:
            default_storage.save(name.removeprefix(f"{MEDIA}/"), File(file))
    with transaction.atomic():
        with tables_as_of(manifest.migrations):
            _load_tables(folder, manifest, report)
        _settle_what_has_no_file(manifest)
        _require_restored(manifest, report)
    return manifest


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


def _require_known_tables(manifest: Manifest) -> None:
    applied = applied_migrations()
    if not applied:
        raise BackupUnusable("The database has no tables yet: run `manage.py migrate` first.")
    if unknown := set(manifest.migrations) - set(applied):
        raise BackupUnusable(
            "The backup was made by a newer version of digitrec: update this one, and run "
            f"`manage.py migrate`. It lacks the migrations {', '.join(sorted(unknown))}."
        )
    if final := migrations_without_a_way_back(manifest.migrations):
        raise BackupUnusable(
            "The backup was made by an earlier version of digitrec: restore it with that version, "
            f"then update. Tables can't go back before the migrations {', '.join(final)}."
        )


def _require_empty_database() -> None:
    first = User.objects.first()
    is_new = User.objects.count() <= 1 and (first is None or first.is_superuser)
    if Upload.objects.exists() or not is_new:
        raise DatabaseNotEmpty(_NOT_EMPTY)


def _require_whole(folder: Path, manifest: Manifest, report: Report) -> None:
    for name in reported("files checked", list(manifest.files), report):
        path = folder / name
        if not path.is_file() or [sha256_of(path), path.stat().st_size] != manifest.files[name]:
            raise BackupUnusable(f"{path} is missing or damaged: use another backup.")


def _load_tables(folder: Path, manifest: Manifest, report: Report) -> None:
    found = tables()
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(found)} IN ACCESS EXCLUSIVE MODE")
        _require_empty_database()  # nobody can add to it from now on
        cursor.execute(f"TRUNCATE {', '.join(found)}")
        with _without_triggers(found):
            for table, columns in reported("tables restored", list(found.items()), report):
                with gzip.open(folder / table_file(table)) as packed:
                    loaded = copy_table(f"COPY {table} ({columns}) FROM STDIN", packed)
                if loaded != manifest.rows[table]:
                    raise RestoreFailed(f"{table} has {loaded} rows, not {manifest.rows[table]}.")
        for statement in connection.ops.sequence_reset_sql(no_style(), _models_of(found)):
            cursor.execute(statement)


def _models_of(names: Collection[str]) -> list[type[Model]]:
    """The models of these tables; an earlier version has fewer."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.db_table in names]  # noqa: SLF001 - public


@contextmanager
def _without_triggers(names: Iterable[str]) -> Iterator[None]:
    """Load rows unchanged: the backup already holds what triggers made of them."""
    with connection.cursor() as cursor:
        for table in names:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        # A table whose foreign keys are still to be checked can't be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in names:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _settle_what_has_no_file(manifest: Manifest) -> None:
    """Leave no row without a file.

    Uploads that were deleted stay deleted; lost ones are marked as given up, which owners see. A
    lost file of a batch is refused, with the same sentence that a worker would have given.
    """
    now, gone = timezone.now(), FileGone()
    Upload.objects.filter(pk__in=manifest.deleted).delete()
    Upload.objects.filter(pk__in=manifest.lost).update(stored=None, given_up=now)
    BatchSource.objects.filter(pk__in=[*manifest.lost, *manifest.deleted]).update(
        file="", opened=now, code=gone.code, refusal=str(gone)
    )


def _require_restored(manifest: Manifest, report: Report) -> None:
    done = count(1)
    found = verify_storage(
        lambda _bytes: report("files compared", next(done), len(manifest.pictures))
    )
    if found.missing or found.changed:
        names = ", ".join([*found.missing, *found.changed][:5])
        raise RestoreFailed(f"The storage does not hold what was restored to it: {names}.")
