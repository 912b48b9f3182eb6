"""Work that ended badly, and work that nobody takes."""

from collections.abc import Iterator

from stakazo.reasoning.facts import EndedJobs, Facts
from stakazo.reasoning.findings import Action, Call, Finding, Severity, some

# A job that has been due so long should have been taken: workers look every second.
LATE_S = 120
# With workers at work, a queue this old means that there are too few.
BEHIND_S = 900
# Errors that are bugs: trying again does not help before somebody changed code.
BUGS = frozenset({"jobs.bug"})


def work_that_nobody_takes(facts: Facts) -> Iterator[Finding]:
    """The oldest due job waits too long: nobody works, or too few do."""
    if facts.oldest_due_s is None or facts.oldest_due_s < LATE_S:
        return
    waiting = f"{some(facts.due_jobs, 'job is', 'jobs are')} due, the oldest for"
    evidence = f"{waiting} {_minutes(facts.oldest_due_s)}."
    seen = facts.worker_seen_s
    if seen is None or seen >= LATE_S:
        last = (
            "No worker was ever seen."
            if seen is None
            else f"The last worker: {_minutes(seen)} ago."
        )
        yield Finding(
            title="No worker takes jobs",
            evidence=(evidence, last),
            severity=Severity.ERROR,
            action=Action("Start the workers, or look at the log why they hang."),
            confidence=0.95,
        )
    elif facts.oldest_due_s >= BEHIND_S:
        yield Finding(
            title="The workers do not keep up",
            evidence=(
                evidence,
                f"{some(facts.jobs.get('processing', 0), 'job runs', 'jobs run')} now.",
            ),
            severity=Severity.WARN,
            action=Action("Add workers (STAKAZO_WORKERS), or a second machine."),
            confidence=0.7,
        )


def jobs_that_ended_badly(facts: Facts) -> Iterator[Finding]:
    """One finding per job type and error: dead letters to retry, refusals and bugs to look at."""
    for group in facts.ended_jobs:
        if group.count:
            yield _of_group(group)


def _of_group(group: EndedJobs) -> Finding:
    jobs = some(group.count, "job")
    evidence = (
        f"{jobs} of type {group.job_type}.",
        f"The error: {group.error or 'none was kept'} ({group.error_code or 'no code'}).",
    )
    if group.error_code in BUGS:
        return Finding(
            title=f"A bug stops {jobs} of type {group.job_type}",
            evidence=evidence,
            severity=Severity.ERROR,
            action=Action("Read the traceback of the last try, repair, then retry."),
            confidence=0.8,
        )
    if not group.dead:
        return Finding(
            title=f"{jobs} of type {group.job_type} cannot be done as asked",
            evidence=evidence,
            severity=Severity.WARN,
            action=Action("Change what the error names, then retry; or leave it."),
            confidence=0.6,
        )
    calls = tuple(Call("POST", f"/jobs/{job_id}/retry") for job_id in group.job_ids)
    return Finding(
        title=f"{jobs} of type {group.job_type} failed every try",
        evidence=evidence,
        severity=Severity.ERROR,
        action=Action(f"Retry {some(group.count, 'dead job')}.", calls),
        # The more died of the same, the more likely its cause is still there.
        confidence=0.7 if group.count <= 3 else 0.5,
    )


def _minutes(seconds: float) -> str:
    return some(int(seconds // 60), "minute")
