"""Verifying: is the ledger what it was?"""

from collections.abc import Callable, Iterable

from ledger.models import LedgerSeal
from ledger.sealing.ahead import default_workers
from ledger.sealing.faults import Verified
from ledger.sealing.sealer import position_behind
from ledger.sealing.walk import Walk

Follow = Callable[[Iterable[int], int], Iterable[int]]


def _as_is(steps: Iterable[int], total: int) -> Iterable[int]:
    return steps


def verify_ledger(
    *, with_anchors: bool = True, workers: int | None = None, follow: Follow = _as_is
) -> Verified:
    """Recompute everything. Changes nothing, holds up nobody.

    workers: connections that hash side by side, on PostgreSQL. follow: wraps the steps, one for each
    seal and one for what is not sealed, for a progress bar.
    Raises Unavailable when anchors are wanted and the storage does not answer.
    """
    walk = Walk()
    if with_anchors:
        walk.read_anchors()
    for _ in follow(
        walk.steps(workers=default_workers() if workers is None else workers),
        LedgerSeal.objects.count() + 1,
    ):
        pass
    return walk.found


def verify_seal(seal: LedgerSeal) -> Verified:
    """The same of one seal and the events of its batch, for its page."""
    walk = Walk()
    walk.last = LedgerSeal.objects.filter(number__lt=seal.number).order_by("-number").first()
    walk.end = position_behind(walk.last) if walk.last else None
    walk.check_seal(seal)
    walk.settle_strays()
    return walk.found
