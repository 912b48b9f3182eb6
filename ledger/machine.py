"""State machines: a table of legal moves and the one line in the house that writes a state."""

from collections.abc import Mapping, Set
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone

from ledger.signals import state_changed
from stakazo.core.bundles import Write, bundle, write
from stakazo.core.errors import Conflict
from stakazo.core.rows import change

M = TypeVar("M", bound=models.Model)

MACHINES: dict[type[models.Model], "Machine[Any]"] = {}


class IllegalMove(Conflict):
    """The table of moves has no way from here to there."""

    code = "ledger.illegal-move"


class StaleState(Conflict):
    """Somebody moved it first, or its row is gone."""

    code, permanent = "ledger.stale-state", False


class Machine(Generic[M]):
    """The life of one model.

    moves: state → states it may move into. stamps: state → name of the time column that is set when
    it is reached. sentences: state → what it means to an operator.
    """

    def __init__(
        self,
        model: type[M],
        moves: Mapping[str, Set[str]],
        *,
        sentences: Mapping[str, str],
        stamps: Mapping[str, str] | None = None,
        field: str = "status",
    ) -> None:
        self.model, self.field = model, field
        self.moves = {str(k): frozenset(map(str, v)) for k, v in moves.items()}
        self.stamps = {str(k): v for k, v in (stamps or {}).items()}
        self.sentences = {str(k): v for k, v in sentences.items()}
        if missing := self.states - set(self.sentences):
            raise ValueError(f"{model.__name__}: states without a sentence: {sorted(missing)}")
        MACHINES[model] = self

    @property
    def states(self) -> set[str]:
        """Every state of the table."""
        return set(self.moves) | {state for ways in self.moves.values() for state in ways}

    @property
    def entered(self) -> set[str]:
        """States that a move leads into."""
        return {state for ways in self.moves.values() for state in ways}

    @property
    def final(self) -> set[str]:
        """States with no way out."""
        return {state for state in self.states if not self.moves.get(state)}

    def may(self, row: M, to: str) -> bool:
        """Whether the table has this move from where the row stands, as we last saw it."""
        return str(to) in self.moves.get(str(getattr(row, self.field)), frozenset())

    def move(
        self,
        row: M,
        to: str,
        *,
        why: str = "",
        values: Mapping[str, Any] | None = None,
        only_if: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> M:
        """Move the row, and write `values` with it, in one conditional UPDATE.

        only_if: what other columns must still hold (a fencing token, say). Sends `state_changed` in the same
        transaction. Raises IllegalMove when the table has no such move, StaleState when the row is
        no longer in the state we saw. The row in hand then shows what the database holds; where
        writes are bundled, only once the bundle was written.
        """
        before, after = str(getattr(row, self.field)), str(to)
        if after not in self.moves.get(before, frozenset()):
            raise IllegalMove(
                f"A {self.model._meta.verbose_name} that is {before} cannot become {after}.",
                entity_id=str(row.pk),
                state=before,
                wanted=after,
                possible=sorted(self.moves.get(before, ())),
            )
        written: dict[str, Any] = {**(values or {}), self.field: after}
        if stamp := self.stamps.get(after):
            written.setdefault(stamp, timezone.now())
        held = {"pk": row.pk, self.field: before, **(only_if or {})}

        def see(cursor: Any) -> None:
            if cursor.rowcount != 1:
                raise StaleState(
                    f"This {self.model._meta.verbose_name} was changed by somebody else.",
                    entity_id=str(row.pk),
                    seen=before,
                    wanted=after,
                )

        update = Write(*change(self.model, written, where=held), told=see)
        with _in_a_transaction():
            write(update)
            for name, value in written.items():
                setattr(row, name, value)
            state_changed.send(
                sender=self.model,
                instance=row,
                machine=self,
                before=before,
                after=after,
                why=why,
                metadata=dict(metadata or {}),
            )
        return row


def _in_a_transaction() -> AbstractContextManager[None]:
    """The caller's transaction, or one of our own. No savepoint: a refused move has written nothing."""
    ours = not connection.in_atomic_block and bundle() is None
    return transaction.atomic() if ours else nullcontext()
