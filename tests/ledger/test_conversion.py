"""The table becomes one of partitions without copying a row, and one table again."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from ledger.models import LedgerEvent
from ledger.sealing.verify import verify_ledger
from ledger.services import log_event
from tests.ledger.aged import aged
from tests.ledger.tamper import POSTGRESQL, seal_all, seal_rest

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql,
    pytest.mark.skipif(not POSTGRESQL, reason="SQLite has one table"),
]


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_a_table_with_events_is_converted_and_back(capsys):
    indexes = "SELECT indexname FROM pg_indexes WHERE tablename = 'ledger_events' ORDER BY 1"
    rows = "SELECT id, txid, row_hash FROM ledger_events ORDER BY id"
    before = ask(indexes)
    made = [log_event("worker_started", entity_id=str(n)) for n in range(3)]
    seal_all()
    call_command("migrate", "ledger", "0007", verbosity=0)
    assert ask("SELECT relkind FROM pg_class WHERE relname = 'ledger_events'") == [("r",)]
    assert ask(indexes) == before
    made += [log_event("worker_started"), aged(-20)]  # one from a clock that runs ahead
    there, file = ask(rows), ask("SELECT pg_relation_filenode('ledger_events')")
    call_command("migrate", "ledger", verbosity=0)
    assert ask(rows) == there
    assert ask("SELECT pg_relation_filenode('ledger_events_first')") == file
    assert ask("SELECT id FROM ledger_events_default") == [(made[-1].pk,)]
    assert ask(indexes) == before
    invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
    assert ask(invalid) == [(0,)]
    log_event("worker_stopped")
    seal_rest()
    assert verify_ledger().wrong == 0
    assert LedgerEvent.objects.count() == 6
    for table in ("ledger_events", "ledger_events_first", "ledger_events_default"):
        for statement in ("UPDATE {} SET actor = 'x'", "DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises(DatabaseError, match="append-only"):
                ask(statement.format(table))
