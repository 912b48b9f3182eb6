"""Who acts, for which request, in which job: carried along so that nobody passes it by hand."""

import contextlib
import uuid
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Context:
    """The circumstances that every event of this thread of work shares.

    actor: `user:42`, `key:ab12`, `command:reconcile`, `worker`, `system`. correlation_id follows one
    video from upload to advert. caused_by: id of the event that led here, where known.
    """

    actor: str = "system"
    correlation_id: str = ""
    worker_id: str = ""
    job_id: uuid.UUID | None = None
    caused_by: uuid.UUID | None = None


_NOBODY = Context()
_current: ContextVar[Context] = ContextVar("ledger_context", default=_NOBODY)


def current() -> Context:
    """The circumstances of this moment."""
    return _current.get()


@contextlib.contextmanager
def acting(
    *,
    actor: str | None = None,
    correlation_id: str | None = None,
    worker_id: str | None = None,
    job_id: uuid.UUID | None = None,
    caused_by: uuid.UUID | None = None,
) -> Iterator[Context]:
    """Within this block, events carry these circumstances; what is not named stays as it was."""
    given: dict[str, Any] = {
        "actor": actor,
        "correlation_id": correlation_id,
        "worker_id": worker_id,
        "job_id": job_id,
        "caused_by": caused_by,
    }
    context = replace(_current.get(), **{k: v for k, v in given.items() if v is not None})
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


@contextlib.contextmanager
def acting_afresh(*, actor: str, worker_id: str = "") -> Iterator[Context]:
    """Within this block, events carry these circumstances and none of those around it."""
    token = _current.set(Context(actor=actor, worker_id=worker_id))
    try:
        yield _current.get()
    finally:
        _current.reset(token)


def act_as(actor: str) -> None:
    """From here to the end of the enclosing `acting` block, events carry this actor.

    For doors that learn who is asking only after the block was opened. Outside of a block: nothing.
    """
    if _current.get() is not _NOBODY:
        _current.set(replace(_current.get(), actor=actor))
