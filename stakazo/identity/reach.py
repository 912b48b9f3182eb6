"""Which accounts the API key of this request reaches: a test key those of the simulator, a live key live ones.

People, workers and commands reach all. Services that act on an account ask `check_reach`; lists leave out what
is out of reach. Jobs on the road to a platform are not for keys at all: a key acts on its publications instead.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TypeVar

from django.db.models import Model, QuerySet

from stakazo.identity.errors import OutOfReach
from stakazo.identity.models import ApiKey

M = TypeVar("M", bound=Model)

# What a social account calls it.
MODES = {ApiKey.Mode.TEST.value: "simulator", ApiKey.Mode.LIVE.value: "live"}
PUBLISHING_QUEUES = frozenset({"publish"})

_reached: ContextVar[str] = ContextVar("stakazo_reached_mode", default="")


@contextlib.contextmanager
def reaching_all() -> Iterator[None]:
    """A request begins; a key that is found within it narrows what it reaches."""
    token = _reached.set("")
    try:
        yield
    finally:
        _reached.reset(token)


def reach_as(key: ApiKey) -> None:
    """From here to the end of the request, only what this key reaches."""
    _reached.set(MODES[key.mode])


def reached_mode() -> str:
    """The mode of the accounts that are in reach; empty: all."""
    return _reached.get()


def in_reach(rows: QuerySet[M], *, mode: str) -> QuerySet[M]:
    """Those rows whose account is in reach. mode: the lookup of the account's mode from a row."""
    reached = _reached.get()
    return rows.filter(**{mode: reached}) if reached else rows


def check_reach(mode: str) -> None:
    """Raises OutOfReach where the key of this request does not reach accounts of this mode."""
    reached = _reached.get()
    if reached and reached != mode:
        raise OutOfReach(
            f"This API key reaches accounts of mode {reached} only.", reaches=reached, mode=mode
        )


def check_queue_reach(queue: str) -> None:
    """Raises OutOfReach where a key would act on jobs that talk to platforms."""
    if _reached.get() and queue in PUBLISHING_QUEUES:
        raise OutOfReach(
            "API keys do not act on jobs that publish; act on the publication.", queue=queue
        )
