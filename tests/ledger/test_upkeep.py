"""Verify, export and prune, through their commands."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from ledger.models import LedgerEvent
from ledger.services import log_event

pytestmark = pytest.mark.django_db(transaction=True)


def _old(days):
    return {"timestamp": timezone.now() - timedelta(days=days)}


def _tamper(event):
    """What somebody with rights on the database could do: drop the trigger and change a row."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE ledger_events DISABLE TRIGGER ledger_append_only_rows")
            cursor.execute("UPDATE ledger_events SET actor = 'x' WHERE id = %s", [event.pk])
            cursor.execute("ALTER TABLE ledger_events ENABLE TRIGGER ledger_append_only_rows")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'ledger_append_only_update'")
            (sql,) = cursor.fetchone()
            cursor.execute("DROP TRIGGER ledger_append_only_update")
            cursor.execute("UPDATE ledger_events SET actor = 'x' WHERE id = %s", [event.pk.hex])
            cursor.execute(sql)


def test_verify_is_content_with_an_untouched_ledger(capsys):
    log_event("worker_started", entity_id="1", metadata={"ünï": [1.5, None, {"a": "b"}]})
    call_command("ledger_verify", "--json")
    assert json.loads(capsys.readouterr().out)["wrong"] == 0


def test_verify_names_the_event_that_was_changed_and_exits_1(capsys):
    events = [log_event("worker_started", entity_id=str(n)) for n in range(3)]
    _tamper(events[1])
    with pytest.raises(SystemExit) as exit_:
        call_command("ledger_verify", "--json")
    assert exit_.value.code == 1
    assert json.loads(capsys.readouterr().out)["changed"] == [str(events[1].pk)]


def test_export_writes_one_line_per_event_oldest_first(tmp_path):
    made = [log_event("worker_started", entity_id=str(n)) for n in range(3)]
    call_command("ledger_export", str(tmp_path / "out.jsonl"))
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines] == [str(event.pk) for event in made]
    assert lines[0]["row_hash"] == made[0].row_hash


def test_prune_lets_the_old_go_and_remembers_that_it_did(monkeypatch):
    monkeypatch.setattr("ledger.upkeep.BATCH", 2)
    for _ in range(5):
        LedgerEvent.objects.create(event_type="worker_started", **_old(days=100))
    fresh = log_event("worker_started")
    call_command("ledger_prune", "--days", "90", "--dry-run", stdout=io.StringIO())
    assert LedgerEvent.objects.count() == 6
    call_command("ledger_prune", "--days", "90", stdout=io.StringIO())
    kept = list(LedgerEvent.objects.order_by("id").values_list("event_type", flat=True))
    assert kept == ["worker_started", "ledger_pruned"]
    assert LedgerEvent.objects.filter(pk=fresh.pk).exists()
    assert LedgerEvent.objects.get(event_type="ledger_pruned").metadata["pruned"] == 5


def test_prune_keeps_at_least_so_many():
    for _ in range(5):
        LedgerEvent.objects.create(event_type="worker_started", **_old(days=100))
    call_command("ledger_prune", "--days", "90", "--keep-at-least", "2", stdout=io.StringIO())
    assert LedgerEvent.objects.filter(event_type="worker_started").count() == 2
