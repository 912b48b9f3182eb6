"""Taking work: claim the best job that this machine may take."""

import itertools
import time
import uuid
import zlib
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from jobs.models import JOB, Job, JobAttempt, JobQueue
from jobs.queries import heavy_jobs_running, jobs_running
from jobs.queues import Candidate, QueueRule, best_of, candidates, queue_rules
from jobs.services.holding import lease_end
from ledger.context import acting, acting_afresh
from ledger.machine import StaleState
from stakazo.core.bundles import Write, bundled, write
from stakazo.core.rows import insertion

RULES_HOLD_S = 1.0  # a pause takes effect after so long at most
OLDEST_EVERY = 8  # one claim in so many takes what has waited longest, whatever its priority


@dataclass(frozen=True)
class Sight:
    """The best of each queue at one moment, best first; by_age: by how long they wait alone."""

    best: list[Candidate]
    by_age: bool


@dataclass
class Taker:
    """Somebody who takes jobs, one after the other.

    queue: only of this one; empty: of any. limited: within the limits of this machine and of the
    queues. Pauses hold for everybody.
    """

    worker_id: str
    queue: str = ""
    limited: bool = True
    _turns: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _rules: dict[str, QueueRule] = field(default_factory=dict)
    _rules_until: float = 0.0

    def next(self, *, now: datetime | None = None) -> Job | None:
        """Claim the best due job, or None when none is due that may be taken.

        Best is the highest priority, then the longest wait; every eighth claim goes to the longest
        wait alone, so that no priority starves. See `claim` for what a claim does.
        """
        return self.take(self.look(now=now), now=now)

    def look(self, *, now: datetime | None = None) -> Sight:
        """What the next claim would go for. Takes nothing and holds nothing."""
        by_age = next(self._turns) % OLDEST_EVERY == 0
        found = candidates(self._open_queues(), now=now or timezone.now(), by_age=by_age)
        return Sight(found, by_age=by_age)

    def take(self, sight: Sight, *, now: datetime | None = None) -> Job | None:
        """Claim the best of what was seen, or None when all of it is gone or may not be taken.

        In a transaction at hand the claim is part of that one.
        """
        now = now or timezone.now()
        for one in sight.best:
            if job := self._take(one, by_age=sight.by_age, now=now):
                return job
        return None

    def _open_queues(self) -> list[QueueRule]:
        if time.monotonic() >= self._rules_until:
            self._rules = queue_rules(only=self.queue)
            self._rules_until = time.monotonic() + RULES_HOLD_S
        return [rule for rule in self._rules.values() if rule.status != JobQueue.Status.PAUSED]

    def _take(self, best: Candidate, *, by_age: bool, now: datetime) -> Job | None:
        """The best of this queue that nobody else is about to take, if there is room for it."""
        rule = self._rules[best.queue]
        with acting_afresh(actor="worker", worker_id=self.worker_id), transaction.atomic():
            if self.limited and _is_full(rule, worker_id=self.worker_id, now=now):
                return None
            job = best_of(rule, later=best.later, by_age=by_age, now=now)
            return job and _take_lease(job, self.worker_id, now)


def claim_next(
    queue: str = "", *, worker_id: str, now: datetime | None = None, limited: bool = True
) -> Job | None:
    """Take the best due job of the queue (empty: of any queue), or None. See `Taker`, `claim`."""
    return Taker(worker_id, queue=queue, limited=limited).next(now=now)


def claim(job_id: uuid.UUID, *, worker_id: str, now: datetime | None = None) -> Job | None:
    """Take this very job if it waits; None when it does not (any more), or for other jobs.

    Raises its fencing token and its attempt count, takes a lease and opens a JobAttempt, all before
    anything runs and on the disk (decision 0031), so that a job that kills its worker is counted too.
    """
    waiting = Job.objects.filter(pk=job_id, status__in=Job.WAITING, after_left=0)
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True)
    with acting(actor="worker", worker_id=worker_id), transaction.atomic():
        job = waiting.first()
        return job and _take_lease(job, worker_id, now or timezone.now())


def _take_lease(job: Job, worker_id: str, now: datetime) -> Job | None:
    try:
        with bundled():
            _write_claim(job, worker_id, now)
    except StaleState:
        return None
    return job


def _write_claim(job: Job, worker_id: str, now: datetime) -> None:
    JOB.move(
        job,
        Job.Status.PROCESSING,
        values={
            "worker_id": worker_id,
            "attempt": job.attempt + 1,
            "fencing_token": job.fencing_token + 1,
            "lease_until": lease_end(now),
            "started_at": now,
            "ended_at": None,
            "stage": "",
            "progress": 0.0,
            "cancel_requested": False,
            "error": "",
            "error_code": "",
            "error_group": "",
        },
        metadata={"fencing_token": job.fencing_token + 1},
    )
    attempt = JobAttempt(
        job=job,
        number=job.attempt,
        fencing_token=job.fencing_token,
        worker_id=worker_id,
        started_at=now,
    )
    write(Write(*insertion(attempt)))


def _is_full(rule: QueueRule, *, worker_id: str, now: datetime) -> bool:
    """Whether the limits leave no room for one more; whoever asks holds them until it commits."""
    node = worker_id.split(":")[0]
    is_heavy = rule.name in settings.JOB_HEAVY_QUEUES
    if rule.total_limit is not None:
        _hold_limit("")
        if jobs_running(queue=rule.name, now=now).count() >= rule.total_limit:
            return True
    if is_heavy or rule.host_limit is not None:
        _hold_limit(node)
    if is_heavy and heavy_jobs_running(node=node, now=now).count() >= settings.JOB_HEAVY_SLOTS:
        return True
    return (
        rule.host_limit is not None
        and jobs_running(queue=rule.name, node=node, now=now).count() >= rule.host_limit
    )


def _hold_limit(node: str) -> None:
    """Two claims must not both count the same free slot: of one machine, or (empty) of all."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('stakazo.jobs.slots'), %s)",
                [zlib.crc32(node.encode()) - 2**31],
            )
