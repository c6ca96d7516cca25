"""The format of a backup: a manifest, one packed CSV file per table, and the stored pictures.

No program of PostgreSQL's is needed: COPY writes each table and reads it again, into tables that
the same migrations have made.
"""

import gzip
from dataclasses import dataclass, field
from typing import IO

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
MANIFEST, TABLES, MEDIA = "manifest.json", "tables", "media"


@dataclass
class Manifest:
    """What a backup holds.

    Attributes:
        format: the version of this format.
        migrations: the migrations that had been applied to its tables.
        rows: the number of rows of each table.
        files: the SHA-256 and the size in bytes of each file in the backup.
        deleted: uploads that their owners deleted while the files were copied.
        lost: uploads, and files of batches, that were missing from the storage, or damaged.
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


def applied_migrations() -> list[str]:
    return sorted(".".join(each) for each in MigrationRecorder(connection).applied_migrations())


def tables() -> dict[str, str]:
    """Each table with its columns, quoted, in an order that depends on their names alone."""
    look, quoted = connection.introspection, connection.ops.quote_name
    with connection.cursor() as cursor:
        return {
            table: ", ".join(
                sorted(quoted(each.name) for each in look.get_table_description(cursor, table))
            )
            for table in sorted(look.django_table_names(only_existing=True, include_views=False))
        }


def table_file(table: str) -> str:
    """The name of a table's file in the backup."""
    return f"{TABLES}/{table}.csv.gz"


def copy_table(statement: str, file: IO[bytes] | gzip.GzipFile) -> int:
    """Copy one table out of the database or into it; returns the number of rows.

    Args:
        statement: COPY with its direction, without its options.
    """
    # Django has no COPY of its own, so without this its errors would be psycopg2's.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"{statement} WITH (FORMAT csv, HEADER)", file)
        return int(cursor.rowcount)
