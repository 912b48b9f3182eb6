"""No way past the ledger: what the ORM does to many rows at once is recorded too, or refused.

Django sends no signal from `bulk_create`, `update` and `bulk_update`. `audit()` covers a model: all of
its managers then answer querysets of this kind. What goes past the ORM (raw SQL, `update_row`) is for
who knows what they do; `manage.py backfill ledger` finds what it left unexplained.
"""

import contextlib
import copy
import functools
from collections.abc import Callable, Collection, Iterable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Manager, Model, QuerySet
from django.db.models.signals import post_delete, pre_delete

from ledger.machine import MACHINES, StaleState
from ledger.signals import rows_created, rows_deleted
from stakazo.core.errors import StakazoError

_deleted: ContextVar[list[Model] | None] = ContextVar("ledger_deleted", default=None)


class PastTheLedger(StakazoError):
    """This would change rows whose every change is remembered, without a word to the ledger."""

    code, http_status, permanent = "ledger.past-the-ledger", 409, True


M = TypeVar("M", bound=Model)


class AuditedRows(QuerySet[M]):
    """Rows of an audited model. Creating and deleting many is recorded; states are moved one by one."""

    def bulk_create(
        self,
        objs: Iterable[M],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[M]:
        """Insert them and record that, in one transaction.

        With ignore_conflicts those count as created whose key was not there before and is afterwards.
        Raises PastTheLedger for update_conflicts, and where the database alone knows the keys.
        """
        rows = list(objs)
        if update_conflicts:
            raise PastTheLedger(
                f"{_named(self.model)} rows cannot be created or changed in one go."
            )
        if ignore_conflicts and any(row.pk is None for row in rows):
            raise PastTheLedger(
                f"Which {_named(self.model)} rows were created could not be told: ignore_conflicts "
                "needs rows with a key."
            )
        with _one_transaction():
            before = self._there(rows) if ignore_conflicts else set()
            made = super().bulk_create(rows, batch_size, ignore_conflicts=ignore_conflicts)
            new = made
            if ignore_conflicts:
                after = self._there(made) - before
                new = [row for row in made if row.pk in after]
            if new:
                rows_created.send(sender=self.model, rows=new)
        return made

    bulk_create.alters_data = True  # type: ignore[attr-defined]

    def update(self, **values: Any) -> int:
        """Change columns that are no state. Raises PastTheLedger for a state: its Machine moves it."""
        _refuse_state(self.model, values)
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        """Take them away and record that, in one transaction. Raises PastTheLedger where it must not be."""
        with _one_transaction(), _gathered():
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _there(self, rows: Iterable[M]) -> set[Any]:
        found = self.model._base_manager.filter(pk__in=[row.pk for row in rows])
        return set(found.values_list("pk", flat=True))


class AuditedManager(Manager[M]):
    """The manager of an audited model."""

    _queryset_class = AuditedRows


# It stands in for Django's own, also to the type checker, which looks managers up by this name.
AuditedManager.__module__, AuditedManager.__qualname__ = Manager.__module__, Manager.__qualname__


def cover(model: type[Model], *, deletable: bool) -> None:
    """From now on no manager of this model has a way past the ledger."""
    options = model._meta
    (manager,) = (
        options.managers
    )  # more than one, or an inherited one, is for whoever needs it to add
    if type(manager) is not Manager:
        raise ValueError(f"{model.__name__}: an audited model has the plain manager of Django")
    for local in options.local_managers:
        local.__class__ = AuditedManager
    # The way that saves, relations and `_base_manager` itself take.
    options.base_manager_name = manager.name
    options._expire_cache()  # type: ignore[attr-defined]
    model.save_base = _with_its_event(model.save_base)  # type: ignore[method-assign]
    # Connected one by one: with a listener to all, Django could delete nothing at all in one go.
    if deletable:
        post_delete.connect(_note_deleted, sender=model)
    else:
        pre_delete.connect(_refuse_deletion, sender=model)


def _with_its_event(save_base: Callable[..., None]) -> Callable[..., None]:
    """A save whose event is in its transaction, and that writes no state past its Machine."""

    @functools.wraps(save_base)
    def save(self: Any, *args: Any, **options: Any) -> None:
        if self._state.adding:
            with _one_transaction():
                save_base(self, *args, **options)
            return
        if not options.get("raw"):
            _check_saved_state(self, options.get("update_fields"))
        save_base(self, *args, **options)

    return save


def _check_saved_state(row: Model, update_fields: Collection[str] | None) -> None:
    machine = MACHINES.get(type(row))
    if machine is None or (update_fields is not None and machine.field not in update_fields):
        return
    if machine.field in row.get_deferred_fields():
        return
    state = getattr(row, machine.field)
    rows = type(row)._base_manager.filter(pk=row.pk)
    stored = rows.values_list(machine.field, flat=True).first()
    if stored is not None and str(stored) != str(state):
        raise StaleState(
            f"This {type(row)._meta.verbose_name} is {stored}; saving it does not make it {state}.",
            entity_id=str(row.pk),
            seen=str(stored),
            wanted=str(state),
        )


def _refuse_state(model: type[Model], names: Collection[str]) -> None:
    machine = MACHINES.get(model)
    if machine is not None and machine.field in names:
        raise PastTheLedger(
            f"The {machine.field} of {_named(model)} rows is written by their Machine alone, one by one."
        )


def _refuse_deletion(sender: type[Model], **more: Any) -> None:
    raise PastTheLedger(
        f"{_named(sender)} rows are never taken away: no event type is declared for that."
    )


def _note_deleted(sender: type[Model], instance: Model, **more: Any) -> None:
    gathered = _deleted.get()
    if gathered is None:
        rows_deleted.send(sender=sender, rows=[instance])
    else:
        gathered.append(copy.copy(instance))  # Django takes the key off the other when it is done


@contextlib.contextmanager
def _gathered() -> Iterator[None]:
    """Rows that are deleted in this block are told of together, at its end."""
    if _deleted.get() is not None:
        yield
        return
    rows: list[Model] = []
    token = _deleted.set(rows)
    try:
        yield
    finally:
        _deleted.reset(token)
    by_model: dict[type[Model], list[Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    for model, gone in by_model.items():
        rows_deleted.send(sender=model, rows=gone)


def _one_transaction() -> contextlib.AbstractContextManager[None]:
    return contextlib.nullcontext() if connection.in_atomic_block else transaction.atomic()


def _named(model: type[Model]) -> str:
    return str(model._meta.verbose_name)
