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
    video from upload to advert. cause: what led to the events of this block, where known.
    """

    actor: str = "system"
    correlation_id: str = ""
    worker_id: str = ""
    job_id: uuid.UUID | None = None
    cause: "Cause | None" = None

    @property
    def caused_by(self) -> uuid.UUID | None:
        """Id of the event that led here."""
        return self.cause.event_id if self.cause else None


@dataclass
class Cause:
    """The event that caused those of a block: given to it, or the first that the block recorded."""

    event_id: uuid.UUID | None = None


JOBS_REMEMBERED = 1_000

_NOBODY = Context()
_newest_of_job: dict[uuid.UUID, uuid.UUID] = {}
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
    """Within this block, events carry these circumstances; what is not named stays as it was.

    Causes look after themselves: in the block of a job its events are caused by the newest event of
    that job, its start; in one that has a correlation id (a request) by the first event of the block.
    """
    outer = _current.get()
    given: dict[str, Any] = {
        "actor": actor,
        "correlation_id": correlation_id,
        "worker_id": worker_id,
        "job_id": job_id,
    }
    if caused_by is not None:
        given["cause"] = Cause(caused_by)
    elif job_id is not None and job_id != outer.job_id:
        given["cause"] = Cause(_newest_of_job.get(job_id))
    elif worker_id is not None:
        outer = replace(outer, cause=None)  # what somebody who looks for work finds has its own
    elif correlation_id is not None and outer.cause is None:
        given["cause"] = Cause()
    context = replace(outer, **{k: v for k, v in given.items() if v is not None})
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


def remember(event_id: uuid.UUID, *, about_job: uuid.UUID | None) -> None:
    """An event was composed: it may be what causes the next ones. about_job: the job that it is about."""
    cause = _current.get().cause
    if cause is not None and cause.event_id is None:
        cause.event_id = event_id
    if about_job is not None:
        _newest_of_job[about_job] = event_id
        if len(_newest_of_job) > JOBS_REMEMBERED:
            # Another thread may be doing the same.
            with contextlib.suppress(KeyError, RuntimeError, StopIteration):
                del _newest_of_job[next(iter(_newest_of_job))]


def newest_of_job(job_id: uuid.UUID) -> uuid.UUID | None:
    """The newest event about a job that this process recorded, while it remembers."""
    return _newest_of_job.get(job_id)


def act_as(actor: str) -> None:
    """From here to the end of the enclosing `acting` block, events carry this actor.

    For doors that learn who is asking only after the block was opened. Outside of a block: nothing.
    """
    if _current.get() is not _NOBODY:
        _current.set(replace(_current.get(), actor=actor))
