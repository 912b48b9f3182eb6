"""Events of long ago: made, and given an id, at that time."""

import os
import uuid
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from ledger.hashing import row_hash
from ledger.models import LedgerEvent


def aged(days, event_type="worker_started", **fields):
    """An event that was recorded so many days ago."""
    moment = timezone.now() - timedelta(days=days)
    tail = int.from_bytes(os.urandom(8)) >> 2
    pk = uuid.UUID(int=int(moment.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | tail)
    event = LedgerEvent(id=pk, timestamp=moment, event_type=event_type, **fields)
    event.row_hash = row_hash(event)
    event.save(force_insert=True)
    return event


def grow(count, *, since_days=1):
    """So many events by one statement, with right ids and wrong hashes: for sizes, not for truth."""
    start_ms = int((timezone.now() - timedelta(days=since_days)).timestamp() * 1000)
    columns = (
        'id, "timestamp", event_type, entity_type, entity_id, severity, actor, worker_id, '
        "correlation_id, metadata, row_hash"
    )
    if connection.vendor == "postgresql":
        sql = f"""
            INSERT INTO ledger_events ({columns})
            SELECT (lpad(to_hex({start_ms} + n), 12, '0') || '7000' || lpad(to_hex(n), 16, '8'))::uuid,
                now() - interval '{since_days} days' + n * interval '1 ms', 'worker_started', 'worker',
                n::text, 'INFO', 'system', 'w', 'c', jsonb_build_object('n', n, 'text', repeat('x', 80)),
                repeat('0', 64)
            FROM generate_series(1, {count}) n
        """
    else:
        sql = f"""
            INSERT INTO ledger_events ({columns})
            WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {count})
            SELECT printf('%%012x7000%%016x', {start_ms} + n, n), '2026-01-01 00:00:00.000001',
                'worker_started', 'worker', n, 'INFO', 'system', 'w', 'c',
                json_object('n', n, 'text', '{"x" * 80}'), '{"0" * 64}'
            FROM counted
        """
    with connection.cursor() as cursor:
        cursor.execute(sql, [] if connection.vendor == "sqlite" else None)
