"""Events of the past, for tests of what is read: they have the ids that they would have had."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta

from ledger.hashing import row_hash
from ledger.models import LedgerEvent
from ledger.queries.events import first_id_at

NOON = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
_numbers = itertools.count(1)


def event_at(moment, event_type="worker_started", **fields):
    """An event of that time, not saved."""
    tail = 0x7 << 76 | 0x2 << 62 | next(_numbers)
    event = LedgerEvent(
        id=uuid.UUID(int=first_id_at(moment).int | tail),
        timestamp=moment,
        event_type=event_type,
        **{"entity_type": "worker", "entity_id": "studio:a", "severity": "INFO", **fields},
    )
    event.row_hash = row_hash(event)
    return event


def put(*events):
    """Save them."""
    LedgerEvent.objects.bulk_create(events)
    return list(events)


def job_life(
    *, begun, took=timedelta(seconds=10), job_type="cut_analysis", ends="completed", **fields
):
    """The events of one job: created, begun, ended (`ends` empty: not yet)."""
    job = fields.pop("job", None) or uuid.uuid4()
    about = {
        "entity_type": "job",
        "entity_id": str(job),
        "job_id": job,
        "metadata": {"job_type": job_type},
        "worker_id": "studio:a:1",
        **fields,
    }
    life = [
        event_at(begun - timedelta(seconds=1), "job_created", **about),
        event_at(begun, "job_processing_started", **about),
    ]
    if ends:
        name = {"completed": "job_processing_completed", "failed": "job_processing_failed"}
        name |= {"dead": "job_died", "retry": "job_retry_scheduled"}
        severity = {"completed": "INFO", "retry": "WARN"}.get(ends, "ERROR")
        life.append(event_at(begun + took, name[ends], **about | {"severity": severity}))
    return life
