"""Backups of a real database, there and back: whole, of one moment, and refused when they are not."""

import dataclasses
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, connections

from campaigns.models import CAMPAIGN, Campaign
from jobs.models import Job, JobQueue
from jobs.services import enqueue
from ledger import spool
from ledger.composing import new_event
from ledger.models import LedgerEvent, LedgerSeal
from ledger.sealing.anchors import anchor_head
from media_assets.models import ClipVariant, VideoAsset
from media_assets.payloads import CutAnalysis
from publishing.vault import Tokens, keep_tokens, read_tokens
from stakazo.backups import postgresql, services, sqlite
from stakazo.backups.errors import (
    BackupFailed,
    BadBackup,
    BadPlace,
    NoBackup,
    NoClientPrograms,
    NotEmpty,
    UnfitBackup,
)
from stakazo.backups.manifest import Manifest, Part, write_manifest
from stakazo.backups.services import check_backup, make_backup, restore_backup
from tests.chaos.everywhere import CRASHED, Steps
from tests.chaos.forking import let_go_of_the_database
from tests.factories import make_account, make_campaign, make_clip, make_variant
from tests.ledger.tamper import seal_all
from tests.ledger.test_sealing import database_url

POSTGRESQL = connection.vendor == "postgresql"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        POSTGRESQL and not shutil.which("pg_dump"), reason="PostgreSQL's programs are not installed"
    ),
]


@pytest.fixture
def house(settings, tmp_path):
    """Rows, stored files and a sealed ledger."""
    settings.VAR_DIR = tmp_path / "var"
    content = b"a variant of ten seconds"
    variant = make_variant(content=content)
    thumbnail = default_storage.save("thumbnails/one.jpg", ContentFile(b"a picture"))
    VideoAsset.objects.update(thumbnail=thumbnail, sha256=hashlib.sha256(b"x").hexdigest())
    for video in VideoAsset.objects.all():  # the stand-in gets the hash of its content
        VideoAsset.objects.filter(pk=video.pk).update(
            sha256=hashlib.sha256(video.file.open().read()).hexdigest()
        )
    CAMPAIGN.move(make_campaign(), Campaign.Status.ACTIVE)
    seal_all()
    return variant


@pytest.fixture
def backup(house, tmp_path):
    """A backup with the stored files."""
    answer = make_backup(tmp_path / "backup", media=True)
    assert answer["failed"] == 0
    return tmp_path / "backup"


def rows():
    """Every row that somebody could miss."""
    return {
        model: set(model.objects.values_list("pk", flat=True))
        for model in (Campaign, ClipVariant, LedgerEvent, LedgerSeal, VideoAsset)
    }


def of(folder):
    return json.loads((folder / "manifest.json").read_text())


def sign_again(folder, **changes):
    """The same backup, as somebody would write it who has our key."""
    said = of(folder) | changes
    bare = {field.name for field in dataclasses.fields(Manifest)} - {"signature"}
    said = {name: said[name] for name in bare - {"algorithm", "key_id", "version"}}
    write_manifest(folder, **(said | {"parts": [Part(**part) for part in said["parts"]]}))


# --- There and back -------------------------------------------------------------------------------


def test_what_was_backed_up_comes_back(backup, house, capsys):
    before, head = rows(), LedgerSeal.objects.latest("number")
    before[LedgerEvent].remove(LedgerEvent.objects.get(event_type="backup_made").pk)
    make_clip()
    Campaign.objects.update(name="spoilt")
    seal_all()
    Path(house.file.path).unlink()
    call_command("restore", str(backup), "--replace", "--json")
    answer = json.loads(capsys.readouterr().out)
    told = LedgerEvent.objects.get(event_type="backup_restored")
    since = LedgerEvent.objects.filter(event_type__in=["queue_noted", "queue_paused"])
    after = rows()
    assert after[LedgerEvent] == before[LedgerEvent] | {told.pk, *(one.pk for one in since)}
    assert after | {LedgerEvent: 0} == before | {LedgerEvent: 0}
    assert Campaign.objects.get().name == "Spring"
    assert house.file.open().read() == b"a variant of ten seconds"
    assert answer["head"] == {k: getattr(head, k) for k in ("number", "seal_hash", "key_id")}
    assert answer["head_faults"] == 0
    assert answer["files_put"] == 1
    assert answer["next"] == ["backfill ledger", "ledger_verify", "jobs_resume publish"]
    assert JobQueue.objects.get(name="publish").status == JobQueue.Status.PAUSED
    assert told.metadata["head"]["number"] == head.number


def test_what_came_back_is_a_database_like_any_other(backup):
    restore_backup(backup, replace=True)
    with pytest.raises(DatabaseError, match="append-only"):
        LedgerEvent.objects.update(actor="x")
    with pytest.raises(DatabaseError, match="append-only"):
        LedgerSeal.objects.all().delete()
    video = VideoAsset.objects.first()
    jobs = [
        enqueue("cut_analysis", CutAnalysis(video_asset_id=video.pk), dedup_key="once")
        for _ in range(2)
    ]
    assert jobs[0].pk == jobs[1].pk == Job.objects.get().pk
    spool.keep(new_event("worker_started", entity_id="after the backup"))
    call_command("migrate", "--check", verbosity=0)
    call_command("backfill", "ledger", "--json")
    assert LedgerEvent.objects.filter(entity_id="after the backup").exists()
    seal_all()
    call_command("ledger_verify")


def test_a_backup_fills_an_empty_database(backup, tmp_path):
    """In processes of their own, as on a new machine that has the old one's keys."""
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    if POSTGRESQL:
        name = f"{connection.settings_dict['NAME']}_new"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}")
        url = database_url().rpartition("/")[0] + f"/{name}"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("STAKAZO_", "TEST_", "REDIS"))}
    env |= {
        "DJANGO_SETTINGS_MODULE": "stakazo.settings",
        "STAKAZO_VAR_DIR": str(tmp_path / "new"),
        "DATABASE_URL": url,
        "STAKAZO_SECRET_KEY": project.SECRET_KEY,
        "STAKAZO_LOG_LEVEL": "WARNING",
    }

    def manage(*words, **more):
        command = [sys.executable, "manage.py", *map(str, words)]
        ran = subprocess.run(
            command,
            cwd=project.BASE_DIR,
            env=env | more,
            capture_output=True,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stdout + ran.stderr

    try:
        code, said = manage("restore", backup, STAKAZO_SECRET_KEY="x" * 50)
        assert (code, "STAKAZO_SECRET_KEY" in said) == (2, True)
        code, said = manage("restore", backup)
        assert (code, "Next: manage.py backfill ledger" in said) == (0, True), said
        assert "another file" not in said
        assert len(list((tmp_path / "new" / "media").rglob("*.mp4"))) == 2
        assert manage("ledger_verify")[0] == 0
        code, said = manage("restore", backup)
        assert (code, "--replace" in said) == (2, True)
        assert manage("restore", backup, "--replace")[0] == 0
    finally:
        if POSTGRESQL:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_manifest_says_what_is_in_it(backup, house):
    said = of(backup)
    assert said["rows"]["campaigns"] == 1
    assert said["rows"]["ledger_events"] == LedgerSeal.objects.get().count
    assert "ledger.0001_initial" in said["migrations"]
    assert said["head"]["seal_hash"] == LedgerSeal.objects.get().seal_hash
    assert {part["name"] for part in said["parts"]} == {
        services.ENGINES[connection.vendor].PART,
        "files.jsonl",
    }
    for part in said["parts"]:
        assert part["sha256"] == hashlib.sha256((backup / part["name"]).read_bytes()).hexdigest()
    told = LedgerEvent.objects.get(event_type="backup_made")
    assert told.metadata["rows"] == sum(said["rows"].values())
    assert oct(backup.stat().st_mode)[-3:] == "700"


def test_without_media_the_files_are_listed_with_the_hashes_that_rows_know(house, tmp_path, capsys):
    call_command("backup", str(tmp_path / "b"))
    assert "listed, not copied" in capsys.readouterr().out
    listed = {row["name"]: row for row in map(json.loads, (tmp_path / "b/files.jsonl").open())}
    assert listed[house.file.name]["sha256"] == house.sha256
    assert listed["thumbnails/one.jpg"] == {
        "name": "thumbnails/one.jpg", "size_bytes": 9, "sha256": None,
    }  # fmt: skip
    assert not (tmp_path / "b/files").exists()
    restore_backup(tmp_path / "b", replace=True)


def test_a_file_that_rows_name_and_the_storage_lacks_is_named(house, tmp_path, capsys):
    Path(house.file.path).write_bytes(b"something else")
    default_storage.delete("thumbnails/one.jpg")
    with pytest.raises(SystemExit) as ended:
        call_command("backup", str(tmp_path / "b"), "--media", "--json")
    assert ended.value.code == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["missing"], answer["damaged"]) == (["thumbnails/one.jpg"], [house.file.name])
    restore_backup(tmp_path / "b", replace=True)  # what is there is whole


def test_dry_runs_write_nothing(backup, tmp_path, capsys):
    before, there = rows(), sorted(tmp_path.rglob("*"))
    call_command("backup", str(tmp_path / "other"), "--media", "--dry-run")
    call_command("restore", str(backup), "--replace", "--dry-run")
    said = capsys.readouterr().out
    assert "Would be made" in said
    assert "Would be restored" in said
    assert (rows(), sorted(tmp_path.rglob("*"))) == (before, there)


def test_a_backup_is_one_moment_while_others_write(house, tmp_path, monkeypatch):
    """Between two steps of the copy somebody commits a campaign with its event."""
    written = []

    def write():
        assert len(written) < 500, "the copy begins anew at each commit"
        written.append(make_campaign(name=f"meanwhile {len(written)}"))

    if POSTGRESQL:
        dump = postgresql._dump
        monkeypatch.setattr(postgresql, "_dump", lambda *a, **k: (write(), dump(*a, **k), write()))
    else:
        monkeypatch.setattr(sqlite, "PAGES", 40)
        monkeypatch.setattr(sqlite, "_giving_up", lambda: lambda *of: write())
    make_backup(tmp_path / "b")
    monkeypatch.undo()
    assert len(written) >= 2
    assert Campaign.objects.count() == 1 + len(written)
    assert of(tmp_path / "b")["rows"]["campaigns"] == 1
    restore_backup(tmp_path / "b", replace=True)
    assert Campaign.objects.count() == 1
    assert LedgerEvent.objects.filter(event_type="campaign_created").count() == 1


# --- Killed ---------------------------------------------------------------------------------------


def forked(do, *, die_at, folder):
    """Do it in a process that is gone at its nth step: (exit code, how many steps there were)."""
    let_go_of_the_database()
    told = folder / "told"
    told.unlink(missing_ok=True)
    pid = os.fork()
    if not pid:
        code = 1
        try:
            steps = Steps(die_at=die_at, folders=[folder])
            steps.install()
            # SQLite copies within one call; it tells us after each so many pages.
            sqlite.PAGES, sqlite._giving_up = 20, lambda: lambda *of: steps.passed("pages")
            do()
            told.write_text(str(steps.count))
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), int(told.read_text()) if told.exists() else 0


def points(steps, most=8):
    return range(1, steps + 1, max(steps // most, 1))


def test_killed_anywhere_a_backup_is_whole_or_not_there(house, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    code, steps = forked(lambda: make_backup(folder / "0", media=True), die_at=0, folder=folder)
    assert (code, steps > 20) == (0, True)
    whole = 0
    for n in points(steps):
        final = folder / str(n)
        code, _ = forked(lambda to=final: make_backup(to, media=True), die_at=n, folder=folder)
        assert code == CRASHED
        if final.exists():
            check_backup(final, replace=True)
            whole += 1
    assert whole < len(points(steps))
    make_backup(folder / "last", media=True)
    assert not list(folder.glob(".*"))
    restore_backup(folder / "last", replace=True)


def test_killed_anywhere_a_restore_leaves_the_old_database_or_the_new_one(house, tmp_path):
    make_backup(tmp_path / "b", media=True)
    new = rows()
    Campaign.objects.create(name="later", platforms=[])
    make_backup(tmp_path / "later")

    def restore():
        restore_backup(tmp_path / "b", replace=True)

    code, steps = forked(restore, die_at=0, folder=tmp_path)
    assert (code, steps > 10) == (0, True)
    seen = set()
    for n in points(steps):
        restore_backup(tmp_path / "later", replace=True)
        assert forked(restore, die_at=n, folder=tmp_path)[0] == CRASHED
        campaigns = rows()[Campaign]  # on PostgreSQL this waits until what was begun is undone
        assert campaigns in (new[Campaign], new[Campaign] | {Campaign.objects.latest("id").pk})
        seen.add(len(campaigns))
        assert LedgerEvent.objects.filter(event_type="campaign_created").count() == len(campaigns)
    assert seen == {1, 2}


# --- Refused --------------------------------------------------------------------------------------


def spoil(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def copies(folder):
    return sorted(path for path in (folder / "files").rglob("*") if path.is_file())


def part(folder):
    return folder / services.ENGINES[connection.vendor].PART


def other_rows(folder):
    said = of(folder)
    said["rows"]["campaigns"] += 1
    (folder / "manifest.json").write_text(json.dumps(said))


CHEATS = {
    "a part changed": (lambda f: spoil(part(f)), "is not what was backed up"),
    "a part gone": (lambda f: part(f).unlink(), "is missing"),
    "a part that is a link": (
        lambda f: part(f).rename(f.parent / "p") and part(f).symlink_to(f.parent / "p"),
        "is missing",
    ),
    "the list changed": (lambda f: spoil(f / "files.jsonl"), "is not what was backed up"),
    "a copy changed": (lambda f: spoil(copies(f)[0]), "not what was copied"),
    "a copy gone": (lambda f: copies(f)[-1].unlink(), "missing"),
    "the manifest changed": (other_rows, "changed since"),
    "no JSON": (lambda f: (f / "manifest.json").write_text("{"), "cannot be read"),
    "no object": (lambda f: (f / "manifest.json").write_text("[]"), "version"),
    "too little": (lambda f: (f / "manifest.json").write_text('{"version": 1}'), "not written"),
    "another version": (lambda f: (f / "manifest.json").write_text('{"version": 9}'), "version 1"),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_backup_that_was_tampered_with_is_refused_before_anything_changes(backup, cheat, capsys):
    do, said = CHEATS[cheat]
    before = rows()
    do(backup)
    with pytest.raises(BadBackup, match=said):
        restore_backup(backup, replace=True)
    assert rows() == before
    with pytest.raises(SystemExit) as ended:
        call_command("restore", str(backup), "--replace", "--dry-run")
    assert ended.value.code == 2


def test_an_older_database_under_a_newer_manifest_is_refused(house, tmp_path):
    """Each of the two is signed and whole; together they say what never was."""
    make_backup(tmp_path / "older")
    Campaign.objects.create(name="later", platforms=[])
    seal_all()
    make_backup(tmp_path / "newer")
    shutil.copy(part(tmp_path / "older"), part(tmp_path / "newer"))
    before = rows()
    with pytest.raises(BadBackup, match="is not what was backed up"):
        restore_backup(tmp_path / "newer", replace=True)
    parts = [dataclasses.asdict(Part.of(tmp_path / "older" / name)) for name in (
        part(tmp_path / "older").name, "files.jsonl")]  # fmt: skip
    sign_again(tmp_path / "older", parts=parts, head=of(tmp_path / "newer")["head"])
    with pytest.raises((BadBackup, BackupFailed), match="head of the ledger"):
        restore_backup(tmp_path / "older", replace=True)
    sign_again(tmp_path / "older", rows=of(tmp_path / "newer")["rows"])
    with pytest.raises((BadBackup, BackupFailed), match="campaigns"):
        restore_backup(tmp_path / "older", replace=True)
    assert rows() == before


def test_anchors_of_what_the_backup_does_not_have_are_named(house, tmp_path, settings, capsys):
    settings.LEDGER_ANCHOR_EVERY_S = 0
    make_backup(tmp_path / "b")
    Campaign.objects.create(name="later", platforms=[])
    seal_all()
    anchor_head()
    call_command("restore", str(tmp_path / "b"), "--replace")
    assert "1 anchors in the storage speak of newer seals" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        call_command("ledger_verify")
    assert "are gone: an anchor speaks of the last of them" in capsys.readouterr().out
    # A backup made now does not take such an anchor along.
    make_backup(tmp_path / "c", media=True)
    assert "seal-000000000002" not in (tmp_path / "c/files.jsonl").read_text()


def test_a_database_that_holds_something_is_not_replaced_unasked(backup):
    with pytest.raises(NotEmpty):
        restore_backup(backup)


def test_what_does_not_fit_is_refused(backup, tmp_path):
    said = of(backup)
    sign_again(backup, migrations=[*said["migrations"], "ledger.0099_from_the_future"])
    with pytest.raises(UnfitBackup, match="0099_from_the_future"):
        restore_backup(backup, replace=True)
    sign_again(backup, migrations=said["migrations"], database={"kind": "oracle"})
    with pytest.raises(UnfitBackup, match="oracle"):
        restore_backup(backup, replace=True)
    with pytest.raises(NoBackup):
        restore_backup(tmp_path / "nowhere")


def test_a_backup_is_a_new_folder_apart_from_the_stored_files(house, tmp_path, settings):
    (tmp_path / "there").mkdir()
    for place in (tmp_path / "there", Path(settings.MEDIA_ROOT) / "backup"):
        with pytest.raises(BadPlace):
            make_backup(place)
    (tmp_path / "file").touch()
    with pytest.raises(BackupFailed):
        make_backup(tmp_path / "file" / "b")


def test_another_file_of_the_same_name_is_left_unless_replacing(backup, house, monkeypatch):
    Path(house.file.path).write_bytes(b"something else")
    monkeypatch.setattr(services, "tables_of", list)  # as if the database were empty
    answer = restore_backup(backup)
    assert (answer["files_differ"], answer["failed"]) == ([house.file.name], 1)
    assert house.file.open().read() == b"something else"
    assert restore_backup(backup, replace=True)["failed"] == 0
    house.file.close()
    assert Path(house.file.path).read_bytes() == b"a variant of ten seconds"


def test_no_key_and_no_token_can_be_read_in_a_backup(house, tmp_path, settings):
    account = make_account()
    keep_tokens(account, Tokens(access_token="canary-token", refresh_token="canary-refresh"))
    assert read_tokens(account).access_token == "canary-token"
    make_backup(tmp_path / "b", media=True)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "b").rglob("*") if path.is_file())
    if POSTGRESQL:
        kept += subprocess.check_output(["pg_restore", "-f", "-", part(tmp_path / "b")])
    assert account.handle.encode() in kept
    for secret in ("canary-token", "canary-refresh", settings.SECRET_KEY, *settings.TOKEN_KEYS):
        assert secret.encode() not in kept


# --- Of one database ------------------------------------------------------------------------------


@pytest.mark.skipif(POSTGRESQL, reason="SQLite's locks")
def test_a_database_that_somebody_holds_is_not_waited_for_forever(backup, monkeypatch):
    monkeypatch.setattr(sqlite, "PATIENCE_S", 0.2)
    before = rows()
    connections.close_all()
    with sqlite3.connect(connection.settings_dict["NAME"]) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        with pytest.raises(BackupFailed, match="holds the database"):
            restore_backup(backup, replace=True)
        somebody.rollback()
    somebody.close()
    assert rows() == before


@pytest.mark.skipif(POSTGRESQL, reason="SQLite's pages")
def test_a_damaged_database_is_not_backed_up(house, tmp_path, monkeypatch):
    copy = sqlite._copy

    def damage(source, target):
        copy(source, target)
        target.execute("PRAGMA writable_schema = ON")
        target.execute("UPDATE sqlite_master SET rootpage = 2 WHERE name = 'campaigns'")
        target.execute("PRAGMA writable_schema = RESET")

    monkeypatch.setattr(sqlite, "_copy", damage)
    with pytest.raises(BackupFailed):
        make_backup(tmp_path / "b")
    assert list(tmp_path.glob("*b*")) == []


@pytest.mark.skipif(not POSTGRESQL, reason="PostgreSQL's programs")
def test_without_the_programs_the_cure_is_named(backup, tmp_path, monkeypatch):
    monkeypatch.setattr(postgresql, "_version_of", lambda program: 9)
    for do in (lambda: make_backup(tmp_path / "b"), lambda: restore_backup(backup, replace=True)):
        with pytest.raises(NoClientPrograms, match="apt install postgresql-client"):
            do()
    assert not (tmp_path / "b").exists()


@pytest.mark.skipif(not POSTGRESQL, reason="PostgreSQL's transactions")
def test_a_server_that_counts_from_further_back_is_let_count_on(backup):
    said = of(backup)["database"]
    wanted = postgresql.about()["transaction_counter"] + 5_000
    sign_again(backup, database=said | {"transaction_counter": wanted})
    restore_backup(backup, replace=True)
    assert postgresql.about()["transaction_counter"] >= wanted
    far = wanted + postgresql.MOST_SKIPPED + 10**6
    sign_again(backup, database=said | {"transaction_counter": far})
    with pytest.raises(UnfitBackup, match="pg_resetwal -x"):
        restore_backup(backup, replace=True)
    sign_again(backup, database=said | {"server_version": "99.1"})
    with pytest.raises(UnfitBackup, match="older"):
        restore_backup(backup, replace=True)


@pytest.mark.skipif(not POSTGRESQL, reason="PostgreSQL's programs")
@pytest.mark.parametrize(
    ("said", "major"),
    [("pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", 15), ("17beta2", 17), ("16.1", 16)],
)
def test_versions_are_read(said, major):
    assert postgresql._major(said) == major
