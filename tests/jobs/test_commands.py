"""The commands of jobs."""

import json

import pytest
from django.core.management import call_command

from jobs.models import Job, JobQueue
from jobs.registry import GiveUp
from jobs.services import claim_next, enqueue, settle_failed
from tests.jobs.conftest import Note

pytestmark = pytest.mark.django_db


def answer_of(capsys, *words):
    """(exit code, what `--json` printed)."""
    try:
        call_command(*words, "--json")
        code = 0
    except SystemExit as end:
        code = end.code
    return code, json.loads(capsys.readouterr().out)


def test_the_dispatch_table_is_printed(capsys, job_type_of):
    job_type_of(queue="render", timeout_s=7)
    code, answer = answer_of(capsys, "job_types")
    (row,) = [row for row in answer["job_types"] if row["name"] == "test_note"]
    assert (code, row["queue"], row["timeout_s"], row["payload"]) == (
        0,
        "render",
        7,
        {"word": "str?"},
    )
    call_command("job_types")
    assert "Find the best clips of one video." in capsys.readouterr().out


def test_draining_counts_ends_and_fails_when_a_job_failed(capsys, job_type_of):
    job_type_of()
    job_type_of(lambda job: GiveUp("no"), name="test_bad", queue="render")
    for name in ("test_note", "test_note", "test_bad"):
        enqueue(name, Note())
    code, answer = answer_of(capsys, "jobs_drain", "--queue", "default", "--max", "1")
    assert (code, answer["ends"]) == (0, {"completed": 1})
    code, answer = answer_of(capsys, "jobs_drain")
    assert (code, answer) == (1, {"done": 2, "ends": {"completed": 1, "failed": 1}, "failed": 1})
    call_command("jobs_drain")
    assert "none was due" in capsys.readouterr().out


def test_sweeping_by_hand(capsys):
    assert answer_of(capsys, "jobs_sweep") == (
        0,
        {"lost": 0, "rung": 0, "drained": 0, "forgotten": 0},
    )


def test_a_dry_run_counts_what_is_due_and_does_nothing(capsys, job_type_of):
    job_type_of()
    job = enqueue("test_note", Note())
    assert answer_of(capsys, "jobs_drain", "--dry-run") == (
        0,
        {"done": 0, "due": {"test_note": 1}, "failed": 0},
    )
    assert Job.objects.get(pk=job.pk).status == Job.Status.PENDING


def test_a_queue_that_nobody_uses_is_wrong_usage(capsys, job_type_of):
    code, answer = answer_of(capsys, "jobs_drain", "--queue", "nope")
    assert (code, answer["code"]) == (2, "jobs.unknown-queue")


def test_queues_are_paused_resumed_and_drained_by_workers(capsys, job_type_of):
    job_type_of()
    enqueue("test_note", Note())
    code, answer = answer_of(capsys, "jobs_pause", "default", "--why", "night")
    assert (code, answer) == (0, {"queues": [{"queue": "default", "status": "paused"}]})
    assert answer_of(capsys, "jobs_drain")[1]["done"] == 0
    code, answer = answer_of(capsys, "jobs_pause", "default", "nowhere")
    assert (code, answer["code"]) == (2, "jobs.unknown-queue")
    code, answer = answer_of(capsys, "jobs_drain", "--queue", "default", "--by-workers")
    assert (code, answer["status"]) == (0, "draining")
    assert answer_of(capsys, "jobs_drain", "--by-workers")[1]["code"] == "jobs.unknown-queue"
    answer_of(capsys, "jobs_resume", "all", "--dry-run")
    assert JobQueue.objects.get(name="default").status == "draining"
    answer_of(capsys, "jobs_resume", "all")
    assert JobQueue.objects.get(name="default").status == "running"
    assert answer_of(capsys, "jobs_drain")[1]["done"] == 1


def test_the_figures_are_printed(capsys, job_type_of):
    job_type_of(max_attempts=1)
    enqueue("test_note", Note())
    settle_failed(claim_next(worker_id="vm::1"), error="no luck", error_code="x")
    code, answer = answer_of(capsys, "jobs_stats")
    (queue,) = [each for each in answer["queues"] if each["queue"] == "default"]
    assert (code, queue["failed_1h"], queue["failure_share"]) == (0, 1, 1.0)
    assert [cause["count"] for cause in answer["causes"]] == [1]
    call_command("jobs_stats")
    shown = capsys.readouterr().out
    assert "no luck" in shown
    assert "100%" in shown
