"""Tables as an earlier version had them, for a backup that it made."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

Target = tuple[str, str | None]


@contextmanager
def tables_as_of(migrations: Collection[str]) -> Iterator[None]:
    """Take the tables back to these migrations, and at the end forward again.

    In a transaction, nobody else sees them in between.

    Args:
        migrations: those that had been applied, as "app.name".
    """
    if targets := _targets(migrations):
        _executor().migrate(targets)
    yield
    if targets:
        executor = _executor()
        executor.migrate(executor.loader.graph.leaf_nodes())


def migrations_without_a_way_back(migrations: Collection[str]) -> list[str]:
    """List the migrations since these that can't be undone."""
    return [
        f"{migration.app_label}.{migration.name}"
        for migration, _ in _executor().migration_plan(_targets(migrations))
        if not all(operation.reversible for operation in migration.operations)
    ]


def _targets(migrations: Collection[str]) -> list[Target]:
    """The last of these migrations, in each app that has newer ones; None before its first."""
    graph = _executor().loader.graph
    newer = {node for node in graph.nodes if f"{node[0]}.{node[1]}" not in migrations}
    targets: list[Target] = []
    for app in sorted({app for app, _ in newer}):
        own = [node for node in graph.nodes if node[0] == app and node not in newer]
        last = [node for node in own if not _children(graph.node_map[node].children) & set(own)]
        targets += last or [(app, None)]
    return targets


def _children(nodes: Collection[object]) -> set[tuple[str, str]]:
    return {node.key for node in nodes}  # type: ignore[attr-defined]


def _executor() -> MigrationExecutor:
    return MigrationExecutor(connection)
