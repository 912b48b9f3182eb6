"""What a database holds, as its manifest says it. Reads only tables and columns that are there."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import FileField

from ledger.models import LedgerArchive, LedgerSeal
from stakazo.backups.errors import BadBackup
from stakazo.backups.manifest import Manifest

_ALIAS = "backup"


@dataclass(frozen=True)
class Held:
    """What a database holds: applied migrations, rows of each table, the newest seal."""

    migrations: list[str]
    rows: dict[str, int]
    head: LedgerSeal | None


def held(alias: str = DEFAULT_DB_ALIAS) -> Held:
    """Count it all."""
    tables = tables_of(alias)
    rows = {}
    with connections[alias].cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows[table] = int(cursor.fetchone()[0])
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    head = None
    if LedgerSeal._meta.db_table in tables:
        seals = LedgerSeal.objects.using(alias).only("number", "seal_hash", "sealed_at")
        head = seals.order_by("-number").first()
    return Held(sorted(f"{app}.{name}" for app, name in applied), rows, head)


def tables_of(alias: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Its tables; a partitioned one is one."""
    found = connections[alias].introspection.table_names()
    return [name for name in found if not name.startswith("sqlite_")]


def unknown_migrations(names: list[str]) -> list[str]:
    """Those that this code does not have."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    return sorted(set(names) - known)


def pending_migrations(names: list[str]) -> list[str]:
    """Those that this code has beyond the given ones."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    return sorted(known - set(names))


def refuse_other(now: Held, manifest: Manifest) -> None:
    """What a database holds must be what the manifest says. Raises BadBackup."""
    other = sorted(
        name
        for name in {*now.rows, *manifest.rows}
        if now.rows.get(name) != manifest.rows.get(name)
    )
    head = now.head.seal_hash if now.head else None
    if other or head != (manifest.head["seal_hash"] if manifest.head else None):
        where = f", in {', '.join(other[:5])}." if other else ": the head of the ledger is another."
        raise BadBackup(
            f"The database does not hold what the manifest says{where}", tables=other[:50]
        )


def files_named(alias: str) -> dict[str, str]:
    """Name of each stored file that a row names → its SHA-256, where a row knows that, else ""."""
    tables, found = set(tables_of(alias)), dict[str, str]()
    for model in apps.get_models():
        if model._meta.db_table not in tables:
            continue
        columns = _columns_of(alias, model._meta.db_table)
        for file, hash_field in _file_fields(model):
            if not {file, *hash_field.split()} <= columns:  # not migrated yet
                continue
            rows = model._base_manager.using(alias).order_by()
            for name, *known in rows.values_list(file, *hash_field.split()).iterator():
                if name:
                    found[name] = (known[0] if known else "") or found.get(name, "")
    return found


def _file_fields(model: type[Any]) -> Iterator[tuple[str, str]]:
    """(field with the name of a file, field with its hash or "").

    By convention `sha256` is that of a row's `file`, or of its `image`.
    """
    if model is LedgerArchive:
        yield from [("name", "file_hash"), ("seals_name", ""), ("parquet_name", "")]
    names = {field.name for field in model._meta.concrete_fields}
    for field in model._meta.concrete_fields:
        if isinstance(field, FileField):
            has_hash = field.name in ("file", "image") and "sha256" in names
            yield field.name, "sha256" if has_hash else ""


def _columns_of(alias: str, table: str) -> set[str]:
    with connections[alias].cursor() as cursor:
        described = connections[alias].introspection.get_table_description(cursor, table)
    return {column.name for column in described}


@contextlib.contextmanager
def as_alias(**settings: Any) -> Iterator[str]:
    """Within the block one more connection like the usual one, with these settings changed; its alias."""
    opened = connection.copy(alias=_ALIAS)
    opened.settings_dict.update(settings)
    connections[_ALIAS] = opened
    try:
        yield _ALIAS
    finally:
        opened.close()
        del connections[_ALIAS]
