"""The chain read forward, each seal with what lies in its batch now; hashed ahead, on several connections."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

from ledger.models import LedgerSeal
from ledger.sealing.digests import Digested, Span, digests_of
from ledger.sealing.sealer import position_behind
from ledger.watermark import Position

SEALS = 16
"""So many seals are asked for in one statement: with full batches some 16 000 events."""

MOST_WORKERS = 4

Step = tuple[LedgerSeal, Position | None, Digested | None]


def default_workers() -> int:
    """As many connections as this machine has processors, within reason."""
    return min(MOST_WORKERS, os.cpu_count() or 1)


def seals_with_digests(*, workers: int) -> Iterator[Step]:
    """(seal without its members, where its batch begins, what lies there now), from the first seal on.

    On PostgreSQL so many connections hash side by side. Within a transaction, whose changes no other
    connection sees, and on SQLite the work is done here.
    """
    if workers < 2 or connection.vendor != "postgresql" or connection.in_atomic_block:
        for seals, spans in _pages():
            yield from _steps(seals, spans, digests_of(spans))
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="verify") as pool:
        asked: deque[tuple[list[LedgerSeal], list[Span], Future[dict[int, Digested]]]] = deque()
        try:
            for seals, spans in _pages():
                asked.append((seals, spans, pool.submit(_apart, spans)))
                if len(asked) > workers:
                    yield from _steps(*_answered(asked.popleft()))
            while asked:
                yield from _steps(*_answered(asked.popleft()))
        finally:
            for _, _, future in asked:
                future.cancel()


def _answered(
    page: tuple[list[LedgerSeal], list[Span], Future[dict[int, Digested]]],
) -> tuple[list[LedgerSeal], list[Span], dict[int, Digested]]:
    seals, spans, future = page
    return seals, spans, future.result()


def _apart(spans: Sequence[Span]) -> dict[int, Digested]:
    """In a thread, on a connection of its own."""
    try:
        return digests_of(spans)
    finally:
        connection.close()


def _pages() -> Iterator[tuple[list[LedgerSeal], list[Span]]]:
    last: LedgerSeal | None = None
    while True:
        behind = last.number if last else -(2**63)
        seals = list(
            LedgerSeal.objects.filter(number__gt=behind).defer("members").order_by("number")[:SEALS]
        )
        if not seals:
            return
        spans = []
        for seal in seals:
            after = position_behind(last) if last else None
            spans.append(Span(seal.number, after, position_behind(seal)))
            last = seal
        yield seals, spans


def _steps(
    seals: list[LedgerSeal], spans: list[Span], digested: dict[int, Digested]
) -> Iterator[Step]:
    for seal, span in zip(seals, spans, strict=True):
        yield seal, span.after, digested.get(seal.number)
