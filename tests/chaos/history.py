"""What a run left behind, as plain data: the rows, the ledger, and the logs outside of the database."""

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class SeenJob:
    """A row of the job table at the end, with its tries in the order of their tokens.

    order: the name under which the harness asked for it. leased: whether its lease still holds.
    """

    id: str
    job_type: str
    order: str
    status: str
    attempts: tuple[tuple[int, str], ...] = ()  # (fencing token, outcome)
    attempt: int = 0
    max_attempts: int = 40
    token: int = 0
    dedup_key: str = ""
    leased: bool = False
    error_code: str = ""
    parent: str = ""


@dataclass
class History:
    """Everything the judge may look at.

    moves: job → its events as (from, to), oldest first; a creation comes from "". effects: rows that
    transactions of jobs committed, (job, token, kind). did, committed, begun, calls, parts: lines of the
    logs outside. enqueued: order → job ids the harness was told. files: order → token in the file.
    """

    jobs: dict[str, SeenJob] = field(default_factory=dict)
    moves: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    effects: list[tuple[str, int, str]] = field(default_factory=list)
    did: list[dict] = field(default_factory=list)
    committed: list[dict] = field(default_factory=list)
    begun: list[dict] = field(default_factory=list)
    calls: list[dict] = field(default_factory=list)
    parts: list[dict] = field(default_factory=list)
    enqueued: list[dict] = field(default_factory=list)
    files: dict[str, tuple[int, str]] = field(default_factory=dict)  # order → (token, job)
    parts_left: list[str] = field(default_factory=list)
    processes_left: list[str] = field(default_factory=list)
    intents: dict[str, str] = field(default_factory=dict)  # job → post it knows of


def lines_of(folder, name):
    """The JSON lines of a log of the run; a line that a kill tore is left out."""
    path = Path(folder) / name
    found = []
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def read_history(folder, *, now, processes_left=(), job_type=""):
    """The history of a run, from its folder and the database that Django is connected to.

    job_type: of which jobs; empty: of all of the trial app.
    """
    from jobs.models import Job, JobAttempt
    from ledger.models import LedgerEvent
    from tests.chaos.app.models import Effect, Intent

    history = History(processes_left=list(processes_left))
    tries = {}
    for row in JobAttempt.objects.order_by("fencing_token"):
        tries.setdefault(str(row.job_id), []).append((row.fencing_token, row.outcome))
    for job in Job.objects.filter(job_type__startswith=job_type or "trial_"):
        history.jobs[str(job.pk)] = SeenJob(
            id=str(job.pk),
            job_type=job.job_type,
            order=job.payload.get("name", ""),
            status=job.status,
            attempts=tuple(tries.get(str(job.pk), [])),
            attempt=job.attempt,
            max_attempts=job.max_attempts,
            token=job.fencing_token,
            dedup_key=job.dedup_key,
            leased=job.lease_until is not None and job.lease_until > now,
            error_code=job.error_code,
            parent=str(job.parent_id or ""),
        )
    for event in LedgerEvent.objects.filter(entity_type="job").order_by("id"):
        facts = event.metadata
        if event.event_type == "job_created":
            move = ("", "")
        elif "to" in facts:
            move = (facts["from"], facts["to"])
        else:
            continue  # told of the job, but moved nothing
        history.moves.setdefault(event.entity_id, []).append(move)
    history.effects = [
        (str(job), token, kind)
        for job, token, kind in Effect.objects.values_list("job_id", "token", "kind")
    ]
    history.intents = {str(row.pk): row.post for row in Intent.objects.all()}
    for log in ("did", "committed", "begun", "calls", "parts", "enqueued"):
        setattr(history, log, lines_of(folder, log))
    made = Path(folder) / "made"
    for file in made.iterdir() if made.exists() else ():
        if file.name.endswith(".part"):
            history.parts_left.append(file.name)
            # Its line was written before it was made, and on a busy machine long before.
            history.parts.append({"file": file.name, "at_s": file.stat().st_mtime})
        else:
            token, job, *_ = (*file.read_text().split(), "", "")
            history.files[file.name] = (int(token or 0), job)
    return history
