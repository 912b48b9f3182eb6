"""Before which time events go: the retention rule, for all and by type."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from ledger.hashing import utc_text
from ledger.keeping.exporting import as_key
from ledger.models import LedgerEvent
from stakazo.core.errors import InvalidInput


@dataclass(frozen=True)
class Bounds:
    """Events that claim a time before `before` go; types of `by_type` have a bound of their own.

    None: for ever. floor: events with this id or a later one stay.
    """

    before: datetime | None
    by_type: Mapping[str, datetime | None] = field(default_factory=dict)
    floor: uuid.UUID | None = None

    @property
    def newest(self) -> datetime:
        """Before this time some event may go; behind it all stay."""
        never = datetime.fromtimestamp(0, UTC)
        return max((each for each in (self.before, *self.by_type.values()) if each), default=never)

    def where(self) -> tuple[str, list[Any]]:
        """The condition in SQL of what goes, and its values, for the database at hand."""
        adapt = connection.ops.adapt_datetimefield_value
        parts, values = [], []
        if self.before:
            part = '"timestamp" < %s'
            values.append(adapt(self.before))
            if self.by_type:
                part += f" AND event_type NOT IN ({', '.join(['%s'] * len(self.by_type))})"
                values += self.by_type
            parts.append(part)
        for event_type, before in self.by_type.items():
            if before:
                parts.append('event_type = %s AND "timestamp" < %s')
                values += [event_type, adapt(before)]
        where = f"({' OR '.join(parts)})" if parts else "1 = 0"
        if self.floor:
            where += " AND id < %s"
            values.append(as_key(self.floor))
        if connection.vendor == "sqlite":
            # It would give the last row's rowid away anew, and who follows the commits would miss it.
            where += " AND rowid < (SELECT MAX(rowid) FROM ledger_events)"
        return where, values

    def as_json(self) -> dict[str, Any]:
        """As an archive keeps it."""
        return {
            "before": utc_text(self.before) if self.before else None,
            "by_type": {
                name: utc_text(before) if before else None for name, before in self.by_type.items()
            },
            "floor": str(self.floor) if self.floor else None,
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Bounds":
        """The bounds that an archive keeps."""
        read = datetime.fromisoformat
        return cls(
            before=read(kept["before"]) if kept["before"] else None,
            by_type={name: read(text) if text else None for name, text in kept["by_type"].items()},
            floor=uuid.UUID(kept["floor"]) if kept["floor"] else None,
        )


def retention(*, now: datetime, days: int | None = None, keep_at_least: int = 0) -> Bounds | None:
    """The bounds that hold now; None when there are fewer than `keep_at_least` events.

    days: instead of the setting, and then for all types. The newest `keep_at_least` stay whatever
    their age. Raises InvalidInput.
    """
    floor = None
    if keep_at_least:
        newest = LedgerEvent.objects.order_by("-id").values_list("pk", flat=True)
        floor = next(iter(newest[keep_at_least - 1 : keep_at_least]), None)
        if floor is None:
            return None
    if days is not None:
        return Bounds(now - timedelta(days=days), {}, floor)
    by_type = {
        name: _before(kept, now) for name, kept in sorted(settings.LEDGER_KEEP_DAYS_BY_TYPE.items())
    }
    return Bounds(_before(settings.LEDGER_KEEP_DAYS, now), by_type, floor)


def _before(days: Any, now: datetime) -> datetime | None:
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= 36_500:
        raise InvalidInput("Days to keep are whole numbers from 0, which is for ever, to 36500.")
    return now - timedelta(days=days) if days else None
