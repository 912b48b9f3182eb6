"""The half of the relay that talks to the database; it lives in one thread with its own connection.

The connection stays open between looks, for on SQLite `PRAGMA data_version` compares what other
connections did since this one last looked. It is closed on trouble, and at the end.
"""

from dataclasses import dataclass

from django.db import connection, connections

from jobs.models import Job
from ledger.models import LedgerEvent
from ledger.watermark import Position, events_after

PAGE_EVENTS = 200


@dataclass(frozen=True)
class Seen:
    """What one look found. events come after `before` and end at `after`; changed: anything at all."""

    events: list[LedgerEvent]
    before: Position
    after: Position
    changed: bool

    @property
    def more(self) -> bool:
        """Whether the next look should not wait."""
        return len(self.events) >= PAGE_EVENTS


class Tail:
    """Follows the ledger and the progress of running jobs from a position on."""

    def __init__(self, position: Position) -> None:
        self._position = position
        self._version: object = None
        self._progress: object = None

    def look(self) -> Seen:
        """What is new since the last look; one tiny statement when nothing is (SQLite)."""
        before = self._position
        version = self._data_version()
        if version is not None and version == self._version:
            return Seen([], before, before, changed=False)
        events, self._position = events_after(before, limit=PAGE_EVENTS)
        progress = self._running_jobs()
        changed = bool(events) or progress != self._progress
        self._progress = progress
        if len(events) < PAGE_EVENTS:  # else there is more, whatever the version says
            self._version = version
        return Seen(events, before, self._position, changed)

    def let_go(self) -> None:
        """Close the connection; the next look opens a new one."""
        self._version = None
        connections.close_all()

    def _data_version(self) -> object:
        if connection.vendor != "sqlite":
            return None
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return cursor.fetchone()[0]

    def _running_jobs(self) -> object:
        """Progress is on the rows of the jobs, not in the ledger."""
        running = Job.objects.filter(status=Job.Status.PROCESSING).order_by("-id")
        return list(running.values_list("pk", "stage", "progress")[:200])
