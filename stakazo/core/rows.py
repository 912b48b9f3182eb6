"""One row written or read, without composing SQL anew each time.

The ORM composes a statement per call, which costs as much as the statement itself. What the house
does most (a claim, a move of a state, an event of the ledger, an attempt) takes one row of known
columns, so its SQL is composed once per set of columns and kept. Values are prepared by the fields,
as in the ORM.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import Model
from django.db.models.signals import post_save

M = TypeVar("M", bound=Model)

# A value of just this type needs no preparing by a field of just this class.
_KEPT: dict[type[Any], type[Any]] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.FloatField: float,
    models.IntegerField: int,
    models.BigIntegerField: int,
    models.SmallIntegerField: int,
    models.PositiveIntegerField: int,
}


_KEYS = (models.UUIDField, models.ForeignKey)


def insert_row(row: Model, *, before: str = "", after: str = "") -> None:
    """INSERT this row. No signal is sent. Raises what the database raises.

    before, after: statements without values that are sent with it in one round trip (PostgreSQL).
    """
    sql, values = insertion(row)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("; ".join(filter(None, (before, sql, after))), values)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def insertion(row: Model) -> tuple[str, list[Any]]:
    """The INSERT of this row, and its values as the driver takes them."""
    model, database = type(row), connections[DEFAULT_DB_ALIAS]
    values = [
        _prepared(field, getattr(row, field.attname), database)
        for field in model._meta.concrete_fields
    ]
    return _insert_sql(model, database.vendor), values


def create_row(row: Model) -> None:
    """INSERT this row and say so by `post_save`, from which the ledger records it."""
    insert_row(row)
    post_save.send(
        sender=type(row),
        instance=row,
        created=True,
        raw=False,
        using=DEFAULT_DB_ALIAS,
        update_fields=None,
    )


def update_row(model: type[Model], values: Mapping[str, Any], *, where: Mapping[str, Any]) -> int:
    """UPDATE the row whose columns hold `where`, its key or another unique set among them; 0 or 1.

    Names are those of fields, `pk` among them; values are plain, not expressions.
    """
    sql, parameters = change(model, values, where=where)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def change(
    model: type[Model], values: Mapping[str, Any], *, where: Mapping[str, Any]
) -> tuple[str, list[Any]]:
    """The UPDATE that `update_row` makes, and its values as the driver takes them."""
    database = connections[DEFAULT_DB_ALIAS]
    parameters = [
        _prepared(_field(model, name), value, database)
        for given in (values, where)
        for name, value in given.items()
    ]
    return _update_sql(model, tuple(values), tuple(where), database.vendor), parameters


def select_row(model: type[M], tail: str, parameters: Sequence[Any]) -> M | None:
    """The first row of the model's table that this tail of a SELECT finds (WHERE …), or None."""
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        cursor.execute(f"{_select_sql(model, database.vendor)} {tail}", parameters)
        found = cursor.fetchone()
    if found is None:
        return None
    values = list(found)
    for place, converters, column in _converters(model, database.vendor):
        for convert in converters:
            values[place] = convert(values[place], column, database)
    return model.from_db(DEFAULT_DB_ALIAS, _names(model), values)


@lru_cache(maxsize=64)
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@lru_cache(maxsize=64)
def _converters(model: type[Model], vendor: str) -> list[tuple[int, list[Any], Any]]:
    """(place, converters, column) of the columns whose values are not as the driver gives them."""
    database = connections[DEFAULT_DB_ALIAS]
    columns = [field.get_col(model._meta.db_table) for field in model._meta.concrete_fields]
    both = [
        database.ops.get_db_converters(column) + column.get_db_converters(database)
        for column in columns
    ]
    return [
        (place, found, column)
        for place, (found, column) in enumerate(zip(both, columns, strict=True))
        if found
    ]


@lru_cache(maxsize=64)
def _select_sql(model: type[Model], vendor: str) -> str:
    columns = ", ".join(map(_column, model._meta.concrete_fields))
    return f"SELECT {columns} FROM {_quoted(model._meta.db_table)}"  # noqa: S608


@lru_cache(maxsize=512)
def _field(model: type[Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _prepared(field: Any, value: Any, database: Any) -> Any:
    """The value as the driver takes it: what `get_db_prep_save` answers, sooner where it is plain."""
    if value is None or type(value) is _KEPT.get(type(field)):
        return value
    value = getattr(value, "pk", value)
    if type(value) is uuid.UUID and type(field) in _KEYS:
        return value if database.vendor == "postgresql" else value.hex
    if type(value) is datetime and type(field) is models.DateTimeField and value.tzinfo is not None:
        if database.vendor == "postgresql":
            return value
        if settings.USE_TZ and database.timezone is UTC:
            return str(value if value.tzinfo is UTC else value.astimezone(UTC))[
                :-6
            ]  # without +00:00
    return field.get_db_prep_save(value, database)


@lru_cache(maxsize=64)
def _insert_sql(model: type[Model], vendor: str) -> str:
    fields = model._meta.concrete_fields
    columns = ", ".join(map(_column, fields))
    slots = ", ".join("%s" for _ in fields)
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES ({slots})"  # noqa: S608


@lru_cache(maxsize=512)
def _update_sql(
    model: type[Model], values: tuple[str, ...], where: tuple[str, ...], vendor: str
) -> str:
    sets = ", ".join(f"{_column(_field(model, name))} = %s" for name in values)
    holds = " AND ".join(f"{_column(_field(model, name))} = %s" for name in where)
    return f"UPDATE {_quoted(model._meta.db_table)} SET {sets} WHERE {holds}"  # noqa: S608


def _column(field: Any) -> str:
    return _quoted(field.column)


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
