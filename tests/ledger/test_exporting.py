"""Exports: what is chosen, in which form, in how much memory; and the script that checks them alone."""

import csv
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from ledger.hashing import canonical
from ledger.models import LedgerEvent, LedgerSeal
from ledger.services import log_event
from stakazo.core.ids import uuid7
from tests.ledger.aged import aged, grow
from tests.ledger.tamper import seal_all, wait_for_the_watermark
from tests.ledger.test_sealing import database_url

pytestmark = pytest.mark.django_db(transaction=True)
LEDGER = Path(project.BASE_DIR) / "ledger"
ED25519 = "ed25519:9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


@pytest.fixture
def export(tmp_path, capsys):
    """export(*words) → the lines of JSON."""

    def run(*words):
        wait_for_the_watermark()
        call_command("ledger_export", str(tmp_path / "out.jsonl"), *words, "--json")
        answer = json.loads(capsys.readouterr().out)
        lines = (tmp_path / "out.jsonl").read_text().splitlines()
        assert answer["exported"] == len(lines)
        return [json.loads(line) for line in lines]

    return run


def test_an_export_has_one_line_for_each_event_oldest_first(export):
    made = [log_event("worker_started", entity_id=str(n), metadata={"ü": n}) for n in range(3)]
    lines = export()
    assert [line["id"] for line in lines] == [str(event.pk) for event in made]
    assert lines[0]["row_hash"] == made[0].row_hash
    assert lines[2]["metadata"] == {"ü": 2}


def test_a_line_without_its_hash_is_what_was_hashed(tmp_path):
    log_event("worker_started", metadata={"b": [1.5, None], "a": 'quote " and \\'})
    wait_for_the_watermark()
    call_command("ledger_export", str(tmp_path / "out.jsonl"), stdout=io.StringIO())
    line = (tmp_path / "out.jsonl").read_bytes()
    content = {k: v for k, v in json.loads(line).items() if k != "row_hash"}
    assert line.startswith(canonical(content)[:-1])


def test_every_filter_narrows(export):
    job, clip = uuid7(), uuid7()
    wanted = {
        "type": log_event("worker_stopped"),
        "entity": log_event("worker_started", entity_type="worker", entity_id="7"),
        "job": log_event("worker_started", job_id=job),
        "clip": log_event("worker_started", clip_id=clip),
        "correlation": log_event("worker_started", correlation_id="road"),
        "severity": log_event("worker_started", severity="WARN"),
        "until": aged(days=9),
    }
    then = (timezone.now() - timedelta(days=8)).isoformat()

    def ids(*words):
        return [line["id"] for line in export(*words)]

    def pk(name):
        return [str(wanted[name].pk)]

    assert ids("--type", "worker_stopped") == pk("type")
    assert len(ids("--type", "worker_stopped", "--type", "worker_started")) == 7
    assert ids("--entity", "worker:7") == ids("--entity", "worker") == pk("entity")
    assert ids("--job", str(job)) == pk("job")
    assert ids("--clip", str(clip)) == pk("clip")
    assert ids("--correlation", "road") == pk("correlation")
    assert ids("--severity", "WARN") == pk("severity")
    assert ids("--until", then) == pk("until")
    assert len(ids("--since", then)) == 6
    assert ids("--since", then, "--until", then) == []


@pytest.mark.parametrize(
    "words",
    [("--format", "xml"), ("--job", "no"), ("--since", "soon"), ("--severity", "LOUD")],
)
def test_what_no_filter_can_mean_is_wrong_usage(words):
    with pytest.raises(CommandError):
        call_command("ledger_export", "-", *words)


def test_no_cell_of_a_csv_is_a_formula(tmp_path):
    for entity_id in ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "|calc", "plain"]:
        log_event("worker_started", entity_id=entity_id, metadata={"a": ["=1", "ü,\n"]})
    wait_for_the_watermark()
    call_command("ledger_export", str(tmp_path / "out.csv"), stdout=io.StringIO())
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["entity_id"] for row in rows] == [
        "'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'\t=1", "'|calc", "plain",
    ]  # fmt: skip
    assert json.loads(rows[0]["metadata"]) == {"a": ["=1", "ü,\n"]}
    assert rows[0]["job_id"] == ""


def test_parquet_holds_the_same(tmp_path, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("ledger.keeping.formats.PARQUET_ROWS", 2)
    made = [log_event("worker_started", entity_id=str(n), metadata={"n": n}) for n in range(5)]
    wait_for_the_watermark()
    call_command("ledger_export", str(tmp_path / "out.parquet"), stdout=io.StringIO())
    rows = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["id"] for row in rows] == [str(event.pk) for event in made]
    assert rows[0]["timestamp"] == made[0].timestamp
    assert json.loads(rows[4]["metadata"]) == {"n": 4}
    assert rows[4]["job_id"] is None


def test_an_export_to_the_screen_is_the_events_and_nothing_else(capfdbinary):
    log_event("worker_started", entity_id="1")
    wait_for_the_watermark()
    call_command("ledger_export", "-")
    (line,) = capfdbinary.readouterr().out.split()
    assert json.loads(line)["entity_id"] == "1"


MEASURED = r"""
import re, sys, django
django.setup()
from pathlib import Path
from ledger.keeping.exporting import export_events
with open("/dev/null", "wb") as out:
    events = export_events(out, form=sys.argv[1]).events
print(events, re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
"""


def peak_kb(form, tmp_path):
    """(events, the most memory that a process had which exported all)."""
    answer = subprocess.run(
        [sys.executable, "-c", MEASURED, form],
        cwd=project.BASE_DIR,
        env=os.environ
        | {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "stakazo.settings",
            "STAKAZO_VAR_DIR": str(tmp_path),
        },
        capture_output=True,
        check=True,
        text=True,
        timeout=240,
    )
    events, peak = map(int, answer.stdout.split())
    return events, peak


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_twenty_times_the_events_take_no_more_memory(form, tmp_path):
    """60 000 events are 25 MB as lines; what the process needs besides them may vary by a few."""
    grow(3_000)
    wait_for_the_watermark()
    few, little = peak_kb(form, tmp_path)
    grow(57_000, since_days=3)
    wait_for_the_watermark()
    many, much = peak_kb(form, tmp_path)
    assert (few, many) == (3_000, 60_000)
    assert much - little < 8_000, (little, much)


# --- The script -----------------------------------------------------------------------------------


@pytest.fixture
def check(tmp_path, settings, monkeypatch):
    """check(lines, *words) → (exit code, what it said), on 23 sealed events and two that are not."""
    monkeypatch.setattr("ledger.sealing.sealer.BATCH", 4)
    settings.LEDGER_SEAL_KEY = ED25519
    for n in range(23):
        log_event("worker_started", entity_id=str(n), metadata={"id": "not mine", "n": n})
    seal_all()
    log_event("worker_stopped", entity_id="later")
    log_event("worker_stopped", entity_id="later still")
    wait_for_the_watermark()
    out, seals = tmp_path / "out.jsonl", tmp_path / "seals.jsonl"
    call_command("ledger_export", str(out), "--seals", str(seals), stdout=io.StringIO())
    for name in ("check_export.py", "check_proof.py"):  # alone: nothing of ours is beside them
        shutil.copy(LEDGER / name, tmp_path / name)

    def run(*words, lines=None, sealed=None, with_seals=True):
        if lines is not None:
            out.write_bytes(b"".join(lines))
        if sealed is not None:
            seals.write_bytes(b"".join(sealed))
        given = ["--seals", str(seals)] if with_seals else []
        answer = subprocess.run(
            [sys.executable, "-I", tmp_path / "check_export.py", out, *given, *words],
            env={},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return answer.returncode, answer.stdout + answer.stderr

    run.lines = out.read_bytes().splitlines(keepends=True)
    run.seals = seals.read_bytes().splitlines(keepends=True)
    return run


def test_the_script_believes_an_honest_export(check):
    code, said = check(with_seals=False)
    assert (code, said) == (0, "25 events, 0 of them in 0 seals.\n")
    code, said = check("--complete")
    assert code == 0
    assert (
        "25 events, 23 of them in 6 seals.\n2 in no seal; 0 of the seals not in the file." in said
    )
    assert "agrees with itself" in said
    assert check("--all-sealed")[0] == 1
    head = LedgerSeal.objects.get(number=6).seal_hash
    assert check("--head", head)[0] == 0
    assert check("--head", "0" * 64)[0] == 1
    assert check("--processes", "2", lines=check.lines[:23])[0] == 0


def test_the_script_reads_packed_files_and_lines_that_were_written_anew(check, tmp_path):
    anew = [json.dumps(json.loads(line)).encode() + b"\n" for line in check.lines]
    code, said = check("--complete", lines=[gzip.compress(b"".join(anew))])
    assert code == 0, said


def test_the_script_finds_every_change(check):
    lines, seals = check.lines, check.seals
    fourth = json.loads(lines[3])

    def rewritten(**changes):
        content = {k: v for k, v in (fourth | changes).items() if k != "row_hash"}
        text = canonical(content)
        return text[:-1] + b',"row_hash":"' + sha256(text).hexdigest().encode() + b'"}\n'

    changed = lines[3].replace(b'"n":3', b'"n":4')
    assert changed != lines[3]
    for altered, word in [
        ([*lines[:3], changed, *lines[4:]], "does not match its hash"),
        ([*lines[:3], rewritten(actor="x"), *lines[4:]], "does not match its seal"),
        ([*lines[:3], *lines[4:]], "1 events of the seals are not in the file"),
        ([*lines, lines[3]], "is there twice"),
    ]:
        code, said = check("--complete", lines=altered)
        assert (code, word in said) == (1, True), said
    body = json.loads(seals[1])
    for altered, word in [
        ([seals[0], *seals[2:]], "1 seals are not in the file of seals"),
        ([seals[1], seals[0], *seals[2:]], "seals are not in the file"),
        ([seals[0], json.dumps(body | {"members": ""}).encode() + b"\n", *seals[2:]], "list"),
        ([seals[0], seals[1].replace(b'"count":4', b'"count":5'), *seals[2:]], "hash of seal 2"),
    ]:
        code, said = check("--complete", lines=lines, sealed=altered)
        assert code == 1, said
        assert word in said
    assert check(lines=[b"x"], sealed=seals)[0] == 1
    assert check(sealed=[b"x"])[0] == 2


def test_the_script_checks_signatures(check):
    code, said = check("--public-key", PUBLIC)
    assert (code, "agrees with itself" in said) == (0, False), said
    other = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert check("--public-key", other)[0] == 1


def test_an_export_reads_only_what_is_committed_for_good(export):
    log_event("worker_started")
    assert len(export()) == LedgerEvent.objects.count() == 1
    assert connection.in_atomic_block is False
