"""Verifying, through its command."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from jobs.runner import run_job
from jobs.services import enqueue, settle_lost
from ledger.models import LedgerEvent
from ledger.services import log_event

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_a_verification_whose_worker_dies_at_the_end_tells_what_it_found_once(monkeypatch):
    class Killed(BaseException):
        """No handler of ours may catch it."""

    def die(*args, **kwargs):
        raise Killed

    _tamper(log_event("worker_started", entity_id="1"))
    job = enqueue("verify_ledger", {})
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("jobs.services.settle_done", die)
        run_job(job.pk)
    job.refresh_from_db()
    settle_lost(job, why="killed")
    assert run_job(job.pk).result["wrong"] == 1
    assert LedgerEvent.objects.filter(event_type="ledger_faults_found").count() == 1
