"""Retention: what goes, where it goes, and that nothing is lost or doubled when it is killed."""

import gzip
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from jobs.runner import run_job
from jobs.services import enqueue
from ledger.keeping import archives, pruning
from ledger.keeping.archives import FOLDER, ArchiveNotRead, PrunedMeanwhile, make_archive
from ledger.keeping.bounds import Bounds, retention
from ledger.keeping.partitions import drop_partition, make_weeks, partitions, week_of
from ledger.keeping.pruning import prune_ledger
from ledger.models import LedgerArchive, LedgerEvent
from ledger.sealing.sealer import newest_seal, position_behind
from ledger.sealing.verify import verify_ledger
from ledger.services import log_event
from media_assets.services.upkeep import sweep_temporaries
from stakazo.core.errors import InvalidInput
from tests.ledger.aged import aged
from tests.ledger.tamper import (
    POSTGRESQL,
    seal_all,
    seal_rest,
    triggers_off,
    wait_for_the_watermark,
)

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(not POSTGRESQL, reason="SQLite has one table")


@pytest.fixture(autouse=True)
def _small(monkeypatch, settings):
    monkeypatch.setattr("ledger.sealing.sealer.BATCH", 4)
    monkeypatch.setattr("ledger.keeping.archives.EVENTS", 5)
    settings.LEDGER_ANCHOR_EVERY_S = 0


def old(count, days=100, **fields):
    return [aged(days, entity_id=str(n), **fields) for n in range(count)]


def ids(events):
    return Counter(str(event.pk) for event in events)


def archived():
    """How often each id is in the archives that the ledger knows."""
    return Counter(
        json.loads(line)["id"]
        for archive in LedgerArchive.objects.all()
        for line in gzip.decompress(default_storage.open(archive.name).read()).splitlines()
    )


def verified(name, capsys):
    """(exit code, answer) of ledger_verify --archive."""
    code = 0
    capsys.readouterr()
    try:
        call_command("ledger_verify", "--json", "--archive", name)
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(capsys.readouterr().out)


# --- What goes ------------------------------------------------------------------------------------


def test_the_old_go_into_archives_and_the_ledger_remembers_that_they_did(capsys):
    made = old(12)
    fresh = log_event("worker_started")
    seal_all()
    call_command("ledger_prune", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["pruned"], len(answer["archives"]), answer["left"]) == (12, 3, [])
    assert archived() == ids(made)
    kept = LedgerEvent.objects.order_by("id").values_list("event_type", flat=True)
    assert list(kept) == ["worker_started"] + ["ledger_pruned"] * 3
    assert LedgerEvent.objects.filter(pk=fresh.pk).exists()
    said = LedgerEvent.objects.filter(event_type="ledger_pruned").order_by("id")
    assert [event.metadata["pruned"] for event in said] == [5, 5, 2]
    assert sorted(event.metadata["archive"] for event in said) == sorted(answer["archives"])
    found = verify_ledger()
    assert (found.wrong, found.pruned) == (0, 12)


def test_a_second_run_finds_nothing_and_writes_nothing():
    old(6)
    log_event("worker_started")
    seal_all()
    assert prune_ledger().pruned == 6
    files = sorted(default_storage.listdir(FOLDER)[1])
    again = prune_ledger()
    assert (again.pruned, again.archives) == (0, [])
    assert sorted(default_storage.listdir(FOLDER)[1]) == files


def test_an_archive_can_be_verified_and_says_what_is_wrong_with_it(capsys):
    made = old(5)
    log_event("worker_started")
    seal_all()
    (name,) = prune_ledger().archives
    code, answer = verified(name, capsys)
    assert (code, answer["checked"], answer["seals"]) == (0, 5, 2)
    assert verified("1", capsys)[0] == verified(Path(name).name, capsys)[0] == 0
    assert verified("nothing", capsys)[0] == 2
    path = Path(default_storage.path(name))
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    lines[1] = lines[1].replace(b'"actor":"', b'"actor":"x')
    path.write_bytes(gzip.compress(b"".join([*lines[:3], *lines[4:]])))
    code, answer = verified(name, capsys)
    assert (code, answer["changed"], answer["removed"]) == (1, [str(made[1].pk)], [str(made[3].pk)])
    assert answer["kinds"]["archive_changed"] == 1
    path.write_bytes(b"torn")
    assert verified(name, capsys)[0] == 1
    path.unlink()
    assert verified(name, capsys)[0] == 1


def test_an_archive_is_checked_alone_by_the_script(tmp_path):
    old(5)
    log_event("worker_started")
    seal_all()
    (name,) = prune_ledger().archives
    archive = LedgerArchive.objects.get()
    answer = subprocess.run(
        [
            sys.executable,
            Path(project.BASE_DIR) / "ledger" / "check_export.py",
            default_storage.path(name),
            "--seals",
            default_storage.path(archive.seals_name),
            "--all-sealed",
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.startswith("5 events, 5 of them in 2 seals.")


def test_the_archive_is_there_as_parquet_too_where_pyarrow_is(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    made = old(3)
    log_event("worker_started")
    seal_all()
    prune_ledger()
    table = parquet.read_table(default_storage.open(LedgerArchive.objects.get().parquet_name))
    assert table.column("id").to_pylist() == [str(event.pk) for event in made]


def test_without_pyarrow_there_is_no_parquet(monkeypatch):
    monkeypatch.setattr("ledger.keeping.archives.has_parquet", lambda: False)
    old(1)
    log_event("worker_started")
    seal_all()
    prune_ledger()
    assert LedgerArchive.objects.get().parquet_name == ""


def test_each_type_has_days_of_its_own(settings):
    settings.LEDGER_KEEP_DAYS = 90
    settings.LEDGER_KEEP_DAYS_BY_TYPE = {"worker_started": 14, "worker_stopped": 0}
    gone = [aged(20, "worker_started"), aged(100, "health_check_failed")]
    kept = [aged(200, "worker_stopped"), aged(20, "health_check_failed"), aged(5)]
    log_event("worker_stopped")
    seal_all()
    assert prune_ledger().pruned == 2
    assert archived() == ids(gone)
    assert LedgerEvent.objects.filter(pk__in=[event.pk for event in kept]).count() == 3
    assert verify_ledger().wrong == 0
    with triggers_off():  # as old as one that went, and yet nobody signed for it
        LedgerEvent.objects.filter(pk=kept[1].pk).delete()
        assert verify_ledger().named("removed") == [str(kept[1].pk)]


def test_nothing_goes_when_the_setting_says_for_ever(settings):
    settings.LEDGER_KEEP_DAYS = 0
    old(3)
    log_event("worker_started")
    seal_all()
    assert prune_ledger().pruned == 0
    assert prune_ledger(days=50).pruned == 3


@pytest.mark.parametrize("days", [-1, 1.5, "ten", True])
def test_days_that_are_none_are_refused(settings, days):
    settings.LEDGER_KEEP_DAYS_BY_TYPE = {"worker_started": days}
    with pytest.raises(InvalidInput):
        prune_ledger()


def test_so_many_stay_however_old():
    old(5)
    seal_all()
    assert prune_ledger(keep_at_least=2).pruned == 3
    assert prune_ledger(keep_at_least=100).pruned == 0


def test_the_bounds_are_what_their_json_says():
    bounds = retention(now=timezone.now(), days=None)
    assert Bounds.of_json(json.loads(json.dumps(bounds.as_json()))) == bounds


def test_a_dry_run_says_what_would_go_and_changes_nothing(capsys):
    old(3)
    old(2, event_type="worker_stopped")
    seal_all()
    old(1)
    log_event("worker_started")
    call_command("ledger_prune", "--dry-run", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert {name: of["events"] for name, of in answer["by_type"].items()} == {
        "worker_started": 3,
        "worker_stopped": 2,
    }
    assert (answer["pruned"], answer["waiting"]) == (5, 1)
    assert LedgerEvent.objects.count() == 7
    assert not default_storage.exists(FOLDER)
    assert not LedgerArchive.objects.exists()
    call_command("ledger_prune", "--dry-run")
    assert "5 events would go.\n  worker_started: 3" in capsys.readouterr().out


def test_an_event_that_is_not_what_was_sealed_stays_and_is_named(capsys):
    made = old(6)
    log_event("worker_started")
    seal_all()
    change("actor = 'x'", made[2])
    with pytest.raises(SystemExit) as ended:
        call_command("ledger_prune", "--json")
    assert ended.value.code == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["pruned"], answer["left"]) == (5, [str(made[2].pk)])
    assert LedgerEvent.objects.filter(pk=made[2].pk).exists()
    assert verify_ledger().named("changed") == [str(made[2].pk)]


def change(what, event):
    """As somebody could who owns the database."""
    with connection.cursor() as cursor:
        if POSTGRESQL:
            cursor.execute("ALTER TABLE ledger_events DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE ledger_events SET {what} WHERE id = %s", [event.pk])
            cursor.execute("ALTER TABLE ledger_events ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'ledger_append_only_update'")
        (sql,) = cursor.fetchone()
        cursor.execute("DROP TRIGGER ledger_append_only_update")
        cursor.execute(f"UPDATE ledger_events SET {what} WHERE id = %s", [event.pk.hex])
        cursor.execute(sql)


def test_a_row_that_speaks_of_no_archive_explains_nothing():
    made = old(3)
    log_event("worker_started")
    seal_all()
    prune_ledger()
    with triggers_off():
        LedgerArchive.objects.update(count=4)
        assert verify_ledger().named("removed") == [str(event.pk) for event in made]


def test_the_job_prunes():
    old(2)
    log_event("worker_started")
    seal_all()
    job = run_job(enqueue("prune_ledger", {}).pk)
    assert (job.status, job.result["pruned"]) == ("completed", 2)


# --- When something goes wrong --------------------------------------------------------------------


def test_a_storage_that_gives_back_something_else_removes_nothing(monkeypatch):
    old(3)
    log_event("worker_started")
    seal_all()
    real = default_storage.save

    def half(name, content):
        stored = real(name, content)
        path = Path(default_storage.path(stored))
        path.write_bytes(path.read_bytes()[:-9])
        return stored

    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "save", half)
        with pytest.raises(ArchiveNotRead):
            prune_ledger()
    assert LedgerEvent.objects.count() == 4
    assert not LedgerArchive.objects.exists()
    assert prune_ledger().pruned == 3


def test_two_prunings_at_once_archive_nothing_twice():
    made = old(3)
    log_event("worker_started")
    seal_all()
    bounds, upto = retention(now=timezone.now()), position_behind(newest_seal())
    make_archive(bounds, number=1, after=None, upto=upto)
    with pytest.raises(PrunedMeanwhile):
        make_archive(bounds, number=1, after=None, upto=upto)
    stems = {name.split(".")[0] for name in default_storage.listdir(FOLDER)[1]}
    assert len(stems) == 1  # the loser took its files away
    assert prune_ledger().pruned == 3
    assert archived() == ids(made)


def test_what_a_killed_pruning_leaves_in_the_making_has_a_sweeper(monkeypatch):
    class Killed(BaseException):
        """No handler of ours may catch it."""

    def die(*args):
        (made,) = project.WORK_DIR.glob("ledger-archive-*")
        shutil.copytree(made, project.WORK_DIR / "left")  # as after a kill, for here it is tidied
        raise Killed

    old(3)
    log_event("worker_started")
    seal_all()
    monkeypatch.setattr(archives, "_read_back", die)
    with pytest.raises(Killed):
        prune_ledger()
    assert (project.WORK_DIR / "left" / "events").exists()
    sweep_temporaries(now=time.time() + 2 * 86_400)
    assert not (project.WORK_DIR / "left" / "events").exists()


STEPS = [
    (archives, "_store"),
    (archives, "_read_back"),
    (archives, "sign_archive"),
    (pruning, "make_archive"),
    (pruning, "_delete"),
    (pruning, "log_event"),
]


def killed_after(steps):
    """A process that prunes and is killed before the step that comes after so many; whether it was."""
    connection.close()  # the child must not speak on it
    child = os.fork()
    if not child:
        try:
            left = [steps]

            def or_die(function):
                def work(*args, **options):
                    if not left[0]:
                        os.kill(os.getpid(), signal.SIGKILL)
                    left[0] -= 1
                    return function(*args, **options)

                return work

            for module, name in STEPS:
                setattr(module, name, or_die(getattr(module, name)))
            prune_ledger()
            connection.close()
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL)
    return status != 0


def test_a_pruning_that_is_killed_at_any_step_loses_and_doubles_nothing():
    """Each round has six events more to let go, in two archives."""
    made, steps, killed = [], 0, True
    while killed:
        made += old(6)
        log_event("worker_started")
        seal_rest()
        killed = killed_after(steps)
        there = {str(pk) for pk in LedgerEvent.objects.values_list("pk", flat=True)}
        kept = archived()
        assert all(str(event.pk) in there or kept[str(event.pk)] for event in made)
        assert verify_ledger(with_anchors=False).wrong == 0
        wait_for_the_watermark()
        prune_ledger()
        assert archived() == ids(made)
        assert not LedgerEvent.objects.filter(pk__in=[event.pk for event in made]).exists()
        said = LedgerEvent.objects.filter(event_type="ledger_pruned")
        assert sum(event.metadata["pruned"] for event in said) == len(made)
        assert verify_ledger(with_anchors=False).wrong == 0
        steps += 1
    assert steps >= 16
    known = {archive.name.split(".")[0] for archive in LedgerArchive.objects.all()}
    there = {f"{FOLDER}/{name.split('.')[0]}" for name in default_storage.listdir(FOLDER)[1]}
    assert there == known  # and what was half made is gone


# --- The weeks of the table -----------------------------------------------------------------------


AHEAD = 30  # days; the first partition ends with this week, so weeks of their own lie in the future
LATER = timedelta(days=AHEAD + 100)


@pytest.fixture
def week():
    """The partition of a week in the future; its name."""
    (name,) = make_weeks(now=timezone.now() + timedelta(days=AHEAD), ahead=0)
    yield name
    drop_partition(name)


@pytest.mark.postgresql
@on_postgresql
def test_a_week_whose_events_all_go_is_dropped_whole_and_what_stays_moves(week, settings):
    settings.LEDGER_KEEP_DAYS_BY_TYPE = {"worker_stopped": 0, "ledger_pruned": 0}
    made, keeper = old(7, days=-AHEAD), aged(-AHEAD, "worker_stopped")
    fresh = aged(-AHEAD - 99)
    assert rows_in(week) == 8
    seal_all()
    pruned = prune_ledger(now=timezone.now() + LATER)
    assert (pruned.pruned, pruned.partitions, pruned.moved) == (7, [week], 1)
    assert week not in {each.name for each in partitions()}
    assert archived() == ids(made)
    late = aged(-AHEAD, entity_id="the spool kept me")
    seal_rest()
    left = LedgerEvent.objects.exclude(event_type="ledger_pruned")
    assert set(left) == {keeper, fresh, late}
    assert verify_ledger().wrong == 0
    assert prune_ledger(now=timezone.now() + LATER).pruned == 1
    assert archived() == ids([*made, late])
    assert verify_ledger().wrong == 0


@pytest.mark.postgresql
@on_postgresql
def test_what_came_into_a_week_after_it_was_archived_is_not_dropped_with_it(week, monkeypatch):
    made, late = old(4, days=-AHEAD), []
    aged(-AHEAD - 99)
    seal_all()

    def late_comer(*args, **options):
        late.append(aged(-AHEAD, entity_id="late"))
        return drop_partition(*args, **options)

    monkeypatch.setattr("ledger.keeping.pruning.drop_partition", late_comer)
    pruned = prune_ledger(now=timezone.now() + LATER)
    assert (pruned.pruned, pruned.partitions, pruned.moved) == (4, [week], 1)
    assert LedgerEvent.objects.filter(pk=late[0].pk).exists()
    assert archived() == ids(made)


@pytest.mark.postgresql
@on_postgresql
def test_a_week_that_keeps_too_many_loses_rows_and_stays(week, settings, monkeypatch):
    monkeypatch.setattr("ledger.keeping.pruning.MOST_MOVED", 1)
    settings.LEDGER_KEEP_DAYS_BY_TYPE = {"worker_stopped": 0}
    old(3, days=-AHEAD)
    old(2, days=-AHEAD, event_type="worker_stopped")
    aged(-AHEAD - 99)
    seal_all()
    pruned = prune_ledger(now=timezone.now() + LATER)
    assert (pruned.pruned, pruned.partitions) == (3, [])
    assert rows_in(week) == 2
    assert verify_ledger().wrong == 0


def rows_in(name):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}")
        return cursor.fetchone()[0]


@pytest.mark.postgresql
@on_postgresql
def test_the_coming_weeks_are_made_once_and_take_what_lay_in_the_default_partition():
    now = timezone.now()
    before = [each.name for each in partitions()]
    ahead = aged(-15)
    made = make_weeks(now=now, ahead=3)
    try:
        assert len(made) == 3
        assert make_weeks(now=now, ahead=3) == []
        assert sum(rows_in(name) for name in made) == 1
        weeks = [each for each in partitions() if not each.is_default]
        assert all(one.upper == two.lower for one, two in pairwise(weeks))
        seal_all()
        assert verify_ledger().wrong == 0
        week = next(name for name in made if rows_in(name))
        for name in ("ledger_events", week):
            refused(f"UPDATE {name} SET actor = 'x'")
            refused(f"DELETE FROM {name}")
        for name in ("ledger_events", "ledger_events_default", "ledger_events_first", *made):
            refused(f"TRUNCATE {name}")
        assert LedgerEvent.objects.get() == ahead
    finally:
        for name in made:
            drop_partition(name)
    assert [each.name for each in partitions()] == before


def refused(sql):
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_job_makes_weeks_where_there_are_any():
    job = run_job(enqueue("make_ledger_weeks", {}).pk)
    assert job.status == "completed"
    if POSTGRESQL:
        for name in job.result["made"]:
            drop_partition(name)
    else:
        assert job.result == {"made": []}


def test_weeks_begin_on_monday_in_utc():
    assert week_of(datetime(2026, 11, 22, 23, 59, tzinfo=UTC)) == datetime(2026, 11, 16, tzinfo=UTC)
    assert week_of(datetime(2026, 11, 23, tzinfo=UTC)) == datetime(2026, 11, 23, tzinfo=UTC)


def test_the_words_of_the_command(capsys):
    old(6)
    log_event("worker_started")
    seal_all()
    call_command("ledger_prune", stdout=(out := io.StringIO()))
    assert out.getvalue().startswith("6 events pruned.\n  ledger/archives/00000001-")
