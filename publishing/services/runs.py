"""The history of reconciliation and of the audit: each run is a row, from its beginning on."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from ledger.context import current
from publishing.models import PublishLog, ReconcileRun

MOST_ERRORS = 50
Door = ReconcileRun.Door


class Notes:
    """What a run has done so far, in all and by platform."""

    def __init__(self) -> None:
        self.success: list[str] = []
        self.failed: list[str] = []
        self.total_checked = self.found = 0
        self.per_platform: dict[str, dict[str, int]] = {}
        self.errors: list[dict[str, str]] = []

    @contextlib.contextmanager
    def looking_at(self, platform: str) -> Iterator[dict[str, int]]:
        """One more is looked at; the numbers of its platform, which count the time as well."""
        numbers = self.per_platform.setdefault(platform, {"checked": 0, "skipped": 0, "ms": 0})
        self.total_checked += 1
        numbers["checked"] += 1
        begun = time.monotonic()
        try:
            yield numbers
        finally:
            numbers["ms"] += round((time.monotonic() - begun) * 1000)

    def settled(self, log: PublishLog, to: str | None, numbers: dict[str, int]) -> None:
        """What became of one attempt; None: skipped."""
        if to is None:
            numbers["skipped"] += 1
            return
        numbers[str(to)] = numbers.get(str(to), 0) + 1
        into = self.success if to == PublishLog.Status.SUCCESS else self.failed
        into.append(str(log.pk))

    def trouble(self, about: str, platform: str, words: str) -> None:
        """Something could not be asked about."""
        if len(self.errors) < MOST_ERRORS:
            self.errors.append({"about": about, "platform": platform, "error": words})

    def answer(self) -> dict[str, Any]:
        """The public contract of reconciliation."""
        return {
            "total_checked": self.total_checked,
            "marked_success": len(self.success),
            "marked_failed": len(self.failed),
            "skipped": self.total_checked - len(self.success) - len(self.failed),
            "success_log_ids": self.success,
            "failed_log_ids": self.failed,
        }


@contextlib.contextmanager
def recorded(kind: str, *, door: str, **parameters: Any) -> Iterator[Notes]:
    """A run of this kind in the history: who asked, for what, how long it took, what it did.

    A run whose process dies stays without an end; one that is broken off says by what. Not to be called
    in a transaction. Any: parameters as JSON carries them.
    """
    who, begun, notes = current(), time.monotonic(), Notes()
    run = ReconcileRun.objects.create(
        kind=kind, door=door, actor=who.actor, job_id=who.job_id, parameters=parameters
    )
    error = ""
    try:
        yield notes
    except BaseException as broken:
        error = str(broken) or type(broken).__name__
        raise
    finally:
        numbers = notes.answer()
        if kind == ReconcileRun.Kind.AUDIT:
            numbers["skipped"] = len(notes.errors)
        ReconcileRun.objects.filter(pk=run.pk).update(
            **numbers,
            found=notes.found,
            per_platform=notes.per_platform,
            errors=notes.errors,
            error=error,
            ended_at=timezone.now(),
            duration_ms=round((time.monotonic() - begun) * 1000),
        )
