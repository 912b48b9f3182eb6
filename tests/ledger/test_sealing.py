"""Sealing, on an honest ledger: late commits, two sealers, death half-way, retention, keys, anchors."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.runner import run_job
from jobs.services import enqueue
from ledger.checks import seals_can_be_signed
from ledger.hashing import row_hash
from ledger.models import LedgerCut, LedgerEvent, LedgerSeal
from ledger.sealing import sealer
from ledger.sealing.anchors import FOLDER
from ledger.sealing.bodies import signed_of_cut
from ledger.sealing.keys import sealing_key
from ledger.sealing.members import unpack
from ledger.sealing.sealer import CounterBehind, seal_events
from ledger.sealing.verify import verify_ledger
from ledger.services import log_event
from stakazo.telemetry.gauges import prometheus_text
from tests.ledger.tamper import seal_all, sealed_count, triggers_off, wait_for_the_watermark

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time"
)
ED25519 = "ed25519:9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch, settings):
    monkeypatch.setattr("ledger.sealing.sealer.BATCH", 4)
    settings.LEDGER_ANCHOR_EVERY_S = 0


def write(count, name="worker_started"):
    return [log_event(name, entity_id=str(n)) for n in range(count)]


def members():
    """How often each id is in a seal."""
    seals = LedgerSeal.objects.order_by("number")
    return Counter(member.event_id for seal in seals for member in unpack(seal.members))


def verified(capsys, *words):
    """(exit code, answer) of ledger_verify."""
    code = 0
    capsys.readouterr()
    try:
        call_command("ledger_verify", "--json", *words)
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(capsys.readouterr().out)


# --- The chain ------------------------------------------------------------------------------------


def test_a_sealing_closes_over_every_event_once_and_a_second_one_finds_nothing(capsys):
    made = write(10)
    seal_all()
    assert members() == Counter(str(event.pk) for event in made)
    assert list(LedgerSeal.objects.order_by("number").values_list("number", "count")) == [
        (1, 4), (2, 4), (3, 2),
    ]  # fmt: skip
    assert seal_events().seals == 0
    log_event("worker_stopped")
    code, answer = verified(capsys)
    assert code == 0
    assert (answer["checked"], answer["sealed"], answer["unsealed"]) == (11, 10, 1)


def test_numbers_that_a_database_writes_otherwise_still_verify():
    numbers = [1e16, -1e20, -0.0, 1e-7, 2.5, 0.1, 10**20]
    log_event("worker_started", metadata={"n": numbers, "text": "ü €"})
    seal_all()
    assert verify_ledger().wrong == 0


def test_the_job_seals_and_the_gauge_shows_how_far_behind_it_is():
    log_event("worker_started")
    assert b"stakazo_ledger_seal_lag_seconds " in prometheus_text()
    job = run_job(enqueue("seal_ledger", {}).pk)
    assert job.status == "completed", job
    assert set(job.result) == {"seals", "events", "contested"}


@pytest.mark.parametrize("table", ["ledger_seals", "ledger_cuts"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET key_id = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete_seals_and_cuts(table, statement):
    write(1)
    seal_all()
    LedgerCut.objects.create(before=timezone.now())
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


# --- Late commits, many writers, several sealers --------------------------------------------------


@pytest.mark.postgresql
@on_postgresql
def test_an_event_that_commits_after_younger_ones_were_sealed_comes_into_a_later_seal():
    made, may_write, written, may_commit = (threading.Event() for _ in range(4))
    late = []

    def slow():
        late.append(event_by_hand())  # its id is of now
        made.set()
        may_write.wait(60)
        with transaction.atomic():
            late[0].save(force_insert=True)
            written.set()
            may_commit.wait(60)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert made.wait(60)
    younger = write(3)
    may_write.set()
    assert written.wait(60)
    youngest = write(3)
    seal_all_of(younger)
    sealed_early = members()
    may_commit.set()
    thread.join()
    assert set(sealed_early) == {str(event.pk) for event in younger}  # what began later waits
    seal_all()
    assert members() == Counter(str(event.pk) for event in younger + late + youngest)
    assert late[0].pk < LedgerSeal.objects.get(number=1).last_id
    assert verify_ledger().wrong == 0


def event_by_hand(**fields):
    event = LedgerEvent(event_type="worker_started", **fields)
    event.row_hash = row_hash(event)
    return event


def seal_all_of(events):
    """Seal until these are in; open transactions of other databases may hold them up for a moment."""
    give_up_at = time.monotonic() + 60
    while not {str(event.pk) for event in events} <= set(members()):
        assert time.monotonic() < give_up_at
        seal_events()


def test_an_event_older_than_what_is_sealed_comes_into_a_later_seal():
    old = event_by_hand(timestamp=timezone.now() - timedelta(days=2))
    write(4)
    seal_all()
    old.save(force_insert=True)
    seal_all()
    found = verify_ledger()
    assert found.wrong == 0
    assert found.late_events == [str(old.pk)]
    assert members()[str(old.pk)] == 1


def test_many_writers_and_several_sealers_make_one_chain_with_each_event_once():
    writers_done, ended_well = threading.Event(), []

    def writer(name):
        for n in range(20):
            with transaction.atomic():
                log_event("worker_started", entity_id=f"{name}-{n}")
                if n % 5 == 0:
                    log_event("worker_stopped", entity_id=f"{name}-{n}")
        connection.close()

    def seal():
        try:
            while not writers_done.is_set():
                seal_events()
            seal_events()
            ended_well.append(True)
        finally:
            connection.close()

    writers = [threading.Thread(target=writer, args=[name]) for name in "abcd"]
    sealers = [threading.Thread(target=seal) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join()
    writers_done.set()
    for thread in sealers:
        thread.join()
    assert ended_well == [True, True]
    seal_all()
    assert members() == Counter(map(str, LedgerEvent.objects.values_list("pk", flat=True)))
    assert sealed_count() == 4 * 24
    assert verify_ledger().wrong == 0


def test_a_sealer_that_lost_the_race_leaves_no_trace(monkeypatch):
    write(4)
    wait_for_the_watermark()
    real = sealer._next_seal

    def slow(key):
        mine = real(key)
        monkeypatch.setattr(sealer, "_next_seal", real)
        seal_all()  # the other one
        return mine

    monkeypatch.setattr(sealer, "_next_seal", slow)
    lost = seal_events()
    assert (lost.seals, lost.contested) == (0, 1)
    assert LedgerSeal.objects.count() == 1
    assert verify_ledger().wrong == 0


KILLED = """
import os, signal, django
django.setup()
from ledger.models import LedgerSeal
from ledger.sealing import sealer
sealer.BATCH, save = 4, LedgerSeal.save
def save_and_die(seal, *args, **options):
    save(seal, *args, **options)
    if seal.number == 2:
        os.kill(os.getpid(), signal.SIGKILL)  # inserted, not committed
LedgerSeal.save = save_and_die
while True:
    sealer.seal_events()
"""


def test_a_sealer_that_is_killed_leaves_a_whole_chain_that_the_next_one_goes_on_with(tmp_path):
    write(10)
    wait_for_the_watermark()
    child = subprocess.run(
        [sys.executable, "-c", KILLED],
        cwd=project.BASE_DIR,
        env=os.environ
        | {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "stakazo.settings",
            "STAKAZO_VAR_DIR": str(tmp_path),
            "STAKAZO_SECRET_KEY": project.SECRET_KEY,
        },
        timeout=120,
        capture_output=True,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert LedgerSeal.objects.count() == 1
    seal_all()
    assert [seal.count for seal in LedgerSeal.objects.order_by("number")] == [4, 4, 2]
    assert verify_ledger().wrong == 0


def database_url():
    of = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{of['NAME']}"
    return f"postgres://{of['USER']}:{of['PASSWORD']}@{of['HOST']}:{of['PORT']}/{of['NAME']}"


@pytest.mark.postgresql
@on_postgresql
def test_a_database_whose_transactions_count_from_further_back_is_not_sealed_over():
    write(4)
    seal_all()
    with triggers_off():
        LedgerSeal.objects.update(position=2**50)
        with pytest.raises(CounterBehind):
            seal_events()


# --- Retention ------------------------------------------------------------------------------------


def test_the_chain_verifies_across_what_retention_let_go(capsys):
    for _ in range(6):
        event_by_hand(timestamp=timezone.now() - timedelta(days=100)).save(force_insert=True)
    fresh = write(3)
    seal_all()
    call_command("ledger_prune", "--days", "90", stdout=io.StringIO())
    seal_all_of([LedgerEvent.objects.get(event_type="ledger_pruned")])
    code, answer = verified(capsys)
    assert (code, answer["pruned"]) == (0, 6)
    with triggers_off():
        LedgerEvent.objects.filter(pk=fresh[0].pk).delete()
        assert verify_ledger().named("removed") == [str(fresh[0].pk)]


def test_a_signed_cut_from_before_there_were_archives_still_explains_a_gap():
    old = [event_by_hand(timestamp=timezone.now() - timedelta(days=100)) for _ in range(3)]
    for event in old:
        event.save(force_insert=True)
    fresh = write(1)
    seal_all()
    key, cut = sealing_key(), LedgerCut(before=timezone.now() - timedelta(days=90))
    cut.algorithm, cut.key_id = key.algorithm, key.key_id
    cut.signature = key.sign(signed_of_cut(cut))
    cut.save(force_insert=True)
    with triggers_off():
        LedgerEvent.objects.filter(pk__in=[event.pk for event in old]).delete()
        found = verify_ledger()
        assert (found.wrong, found.pruned) == (0, 3)
        LedgerEvent.objects.filter(pk=fresh[0].pk).delete()
        assert verify_ledger().named("removed") == [str(fresh[0].pk)]


def test_what_comes_after_everything_was_pruned_is_sealed_too():
    """SQLite gives the last row's place away again when that row goes."""
    for _ in range(6):
        event_by_hand(timestamp=timezone.now() - timedelta(days=100)).save(force_insert=True)
    seal_all()
    call_command("ledger_prune", "--days", "90", stdout=io.StringIO())
    new = [*write(3), LedgerEvent.objects.get(event_type="ledger_pruned")]
    seal_all_of(new)
    found = verify_ledger()
    assert (found.wrong, found.unsealed) == (0, 0)


# --- Keys and anchors -----------------------------------------------------------------------------


def test_a_key_that_was_replaced_still_verifies_what_it_signed(settings, capsys):
    write(4)
    seal_all()
    settings.LEDGER_SEAL_KEY = ED25519
    write(4)
    seal_all()
    code, answer = verified(capsys)
    assert (code, answer["kinds"]) == (1, {"seal_changed": 1, "anchor_changed": 1})
    settings.LEDGER_SEAL_OLD_KEYS = [f"secret:{settings.SECRET_KEY}"]
    assert verified(capsys)[0] == 0


def test_a_public_key_verifies_and_cannot_seal(settings, capsys):
    settings.LEDGER_SEAL_KEY = ED25519
    write(1)
    seal_all()
    call_command("ledger_seal", "--json")
    public = json.loads(capsys.readouterr().out)["public_key"]
    assert public == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    settings.LEDGER_SEAL_KEY = ""
    settings.LEDGER_SEAL_OLD_KEYS = [f"ed25519-public:{public}"]
    assert verified(capsys)[0] == 0
    settings.LEDGER_SEAL_KEY = f"ed25519-public:{public}"
    with pytest.raises(SystemExit) as ended:
        call_command("ledger_seal")
    assert ended.value.code == 2


@pytest.mark.parametrize(
    "written", ["hmac", "secret:", "ed25519:12", "ed25519:xx", f"ed25519-public:{'0' * 64}"]
)
def test_a_key_that_cannot_sign_is_told_before_we_start(settings, written):
    assert seals_can_be_signed() == []
    settings.LEDGER_SEAL_KEY = written
    assert [error.id for error in seals_can_be_signed()] == ["ledger.E003"]


def test_an_anchor_that_was_changed_is_named_and_a_torn_one_says_nothing(capsys):
    write(4)
    seal_all()
    (name,) = default_storage.listdir(FOLDER)[1]
    path = default_storage.path(f"{FOLDER}/{name}")
    text = Path(path).read_text()
    Path(path).write_text(text.replace('"number": 1', '"number": 7'))
    code, answer = verified(capsys)
    assert (code, answer["kinds"]) == (1, {"anchor_changed": 1})
    assert verified(capsys, "--no-anchors")[0] == 0
    Path(path).write_text(text[:50])
    code, answer = verified(capsys)
    assert (code, answer["anchors_torn"]) == (0, 1)


def test_one_anchor_stands_for_each_period(settings):
    settings.LEDGER_ANCHOR_EVERY_S = 10**9
    for _ in range(3):
        write(1)
        seal_all()
    assert LedgerSeal.objects.count() == 3
    assert len(default_storage.listdir(FOLDER)[1]) == 1


def test_a_torn_anchor_is_made_anew_by_the_next_sealing(settings, capsys):
    settings.LEDGER_ANCHOR_EVERY_S = 10**9
    write(4)
    seal_all()
    (name,) = default_storage.listdir(FOLDER)[1]
    whole = Path(default_storage.path(f"{FOLDER}/{name}"))
    whole.write_text(whole.read_text()[:50])
    seal_events()
    assert default_storage.listdir(FOLDER)[1] == [name]
    code, answer = verified(capsys)
    assert (code, answer["anchors"], answer["anchors_torn"]) == (0, 1, 0)
    before = whole.stat().st_mtime_ns
    seal_events()
    assert whole.stat().st_mtime_ns == before


def test_a_dry_run_seals_and_anchors_nothing(capsys):
    write(4)
    call_command("ledger_seal", "--dry-run", "--json")
    capsys.readouterr()
    assert not LedgerSeal.objects.exists()
    assert not default_storage.exists(FOLDER)


def test_a_storage_that_fails_holds_up_no_seal(monkeypatch, caplog):
    def full(*args, **options):
        raise OSError("disk full")

    monkeypatch.setattr(default_storage, "save", full)
    write(4)
    seal_all()
    assert LedgerSeal.objects.count() == 1
    assert "could not be anchored" in caplog.text


def test_a_storage_that_cannot_be_read_is_told_with_exit_code_2(monkeypatch, capsys):
    def gone(*args):
        raise OSError("unplugged")

    monkeypatch.setattr(default_storage, "exists", gone)
    code, answer = verified(capsys)
    assert (code, answer["code"]) == (2, "stakazo.unavailable")


def test_verifying_a_seal_takes_a_query_or_two():
    write(12)
    seal_all()
    with CaptureQueriesContext(connection) as few:
        verify_ledger()
    write(40)
    seal_all()
    with CaptureQueriesContext(connection) as many:
        verify_ledger()
    assert len(many) - len(few) <= 2 * 10
