"""One run: a fresh database and folder, a house, a plan, and in the end the judge."""

import contextlib
import os
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections

from jobs.errors import NotWaiting
from jobs.models import JOB, Job
from jobs.services import cancel_job, enqueue
from ledger.machine import IllegalMove, StaleState
from tests.chaos import clock, points
from tests.chaos.history import lines_of, read_history
from tests.chaos.house import PATIENCE_S, House
from tests.chaos.judge import ENDED, judge
from tests.chaos.outside import World

AWAY = (DatabaseError, InterfaceError)
# Tries that jobs ask for themselves.
NATURAL = {("trial_flaky", "failed"), ("trial_doomed", "failed"), ("trial_snooze", "snoozed")}


@dataclass
class Told:
    """What came out of one run."""

    seed: int
    faults: list = field(default_factory=list)
    injuries: Counter = field(default_factory=Counter)
    jobs: int = 0
    attempts: int = 0
    natural: int = 0  # tries that the jobs asked for themselves: fails, snoozes
    ends: Counter = field(default_factory=Counter)
    outcomes: Counter = field(default_factory=Counter)
    repairs_s: list = field(default_factory=list)
    said: Counter = field(default_factory=Counter)
    replaced: Counter = field(default_factory=Counter)  # clusters, by reason
    spooled: int = 0
    seconds: float = 0.0


def use_database(url):
    """Let this process of the harness speak to another database from now on."""
    from stakazo.core.databases import database_settings

    connections.close_all()
    fresh = database_settings(url, var_dir=Path(settings.VAR_DIR))
    connection.settings_dict.update({key: value for key, value in fresh.items() if key != "TEST"})
    connection.settings_dict["CONN_HEALTH_CHECKS"] = True


class Run:
    """stage: the servers and the folder of all runs. plan: of this one."""

    house_of = House
    progress_s = 20.0  # how long an injury waits at most for something to begin

    def __init__(self, stage, plan, *, lease_s=2.0):
        self.stage, self.plan = stage, plan
        self.name = f"run{plan.seed}"
        self.folder = stage.folder / self.name
        for sub in ("", "passings"):
            (self.folder / sub).mkdir(exist_ok=True)
        for sub in ("var", "tmp", "made"):  # what the product writes
            self._make(sub)
        (self.folder / "crashes.json").write_text(points.json.dumps(plan.crashes))
        self.url = stage.database.fresh(self.name)
        self.env = {
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "DATABASE_URL": self.url,
            "REDIS_URL": stage.redis.url if stage.redis else "",
            "CHAOS_DIR": str(self.folder),
            "CHAOS_LEASE_S": str(lease_s),
            "STAKAZO_VAR_DIR": str(self.folder / "var"),
            "STAKAZO_LOG_LEVEL": "INFO",
            "TMPDIR": str(self.folder / "tmp"),
        }
        os.environ["CHAOS_DIR"] = str(self.folder)
        settings.JOB_LEASE_S, settings.JOB_HEARTBEAT_S = lease_s, lease_s / 4
        settings.LEDGER_SPOOL_DIR = self.folder / "var" / "ledger-spool"
        use_database(self.url)
        self.house = self.house_of(
            self.folder,
            env=self.env,
            workers=plan.workers,
            supervisors=plan.supervisors,
            disk=stage.disk,
        )
        self.world = World(answer_lost_each=5)
        (self.folder / "world").write_text(self.world.url)
        self._orders = list(plan.orders)
        self._dedups = 0

    def _make(self, sub):
        if self.stage.disk is None:
            (self.folder / sub).mkdir(exist_ok=True)
            return
        there = self.stage.disk.folder / self.name / sub
        there.mkdir(parents=True)
        (self.folder / sub).symlink_to(there)

    def play(self):
        """Everything the plan has, until all jobs have ended; then the judge's word."""
        began = time.monotonic()
        try:
            self._hurt_it()
            stuck = self._wait_for_the_end()
            left = self.house.stop()
        finally:
            self.house.stop()
            self.world.close()
        told = self._judged(left, stuck)
        told.seconds = round(time.monotonic() - began, 1)
        return told

    def close(self, *, keep=False):
        """Give the database and the folder back."""
        connections.close_all()
        if not keep:
            self.stage.database.drop(self.name)
            self.house.remove()

    # --- Playing ----------------------------------------------------------------------------------

    def _hurt_it(self):
        injuries = self.plan.injuries
        per_step = max(1, len(self._orders) // (len(injuries) + 1))
        self.house.keep_up()
        for injury in injuries:
            self._enqueue(per_step)
            if injury.after_progress:
                self._wait_for_progress()
            self._pass_time(injury.after_s)
            if injury.kind == "cancel":
                self._cancel(injury.pick)
            else:
                self.house.hurt(
                    injury,
                    database=self.stage.database,
                    name=self.name,
                    redis=self.stage.redis,
                )
        self._enqueue(len(self._orders))

    def _pass_time(self, seconds):
        until = time.monotonic() + seconds
        self.house.keep_up()
        while time.monotonic() < until:
            time.sleep(0.02)
            self.house.keep_up()

    def _wait_for_progress(self):
        """Until another try begins; a house that is too broken or too idle is not waited for long."""
        log = self.folder / "begun"
        before = log.stat().st_size if log.exists() else 0
        until = time.monotonic() + self.progress_s
        while time.monotonic() < until:
            if log.exists() and log.stat().st_size > before:
                return
            self._pass_time(0.02)
            if not self._orders:
                return

    def _enqueue(self, count):
        for order in self._orders[:count]:
            key = ""
            if order.dedup:
                self._dedups += 1
                key = f"key-{self._dedups % 3}"
            payload = {"name": order.name, "seconds": order.seconds, "times": order.times}
            job = self._insist(
                lambda order=order, payload=payload, key=key: enqueue(
                    order.job_type, payload, priority=order.priority, dedup_key=key
                )
            )
            points.log("enqueued", {"order": order.name, "job": str(job.pk)})
        del self._orders[:count]

    def _insist(self, do):
        """The database may be away just now, for it is part of the game."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with contextlib.suppress(*AWAY):
                return do()
            # Not while the error is in hand, for it holds the connection open: see let_go_of.
            connection.close()
            points.log("harness", {"kind": "the database was away"})
            self._pass_time(0.2)
        return do()

    def _cancel(self, pick):
        live = self._insist(lambda: list(Job.objects.filter(status__in=Job.LIVE)[:50]))
        if live:
            with contextlib.suppress(IllegalMove, StaleState, NotWaiting):
                self._insist(lambda: cancel_job(live[pick % len(live)]))
            points.log("injected", {"kind": "cancel"})

    def _wait_for_the_end(self):
        """All jobs in an end; "" or the words for those that are not after a long time."""
        ours = Job.objects.filter(job_type__startswith="trial_")
        until = time.monotonic() + PATIENCE_S
        while self._insist(lambda: ours.exclude(status__in=ENDED).exists()):
            if time.monotonic() > until:
                return f"jobs had not ended after {PATIENCE_S} s"
            self._pass_time(0.2)
        return ""

    # --- Judging ----------------------------------------------------------------------------------

    def _judged(self, processes_left, stuck):
        told = Told(seed=self.plan.seed)
        told.spooled = self._replay_spool()
        history = read_history(self.folder, now=clock.now(), processes_left=processes_left)
        told.faults = judge(
            history, moves=JOB.moves, created_in=set(JOB.states) & {"pending", "scheduled"}
        )
        if stuck:
            told.faults.insert(0, stuck)
        injected = lines_of(self.folder, "injected")
        told.injuries = Counter(line["kind"] for line in injected)
        told.jobs = len(history.jobs)
        told.ends = Counter(job.status for job in history.jobs.values())
        told.outcomes = Counter(
            outcome for job in history.jobs.values() for _, outcome in job.attempts
        )
        told.attempts = told.outcomes.total()
        told.natural = sum(
            (job.job_type, outcome) in NATURAL
            for job in history.jobs.values()
            for _, outcome in job.attempts
        )
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                found = cursor.execute("PRAGMA integrity_check").fetchall()
            if found != [("ok",)]:
                told.faults.insert(0, f"the database is corrupt: {found[:3]}")
        told.repairs_s = repairs(history, injected, lines_of(self.folder, "noticed"))
        log = (self.folder / "log").read_text() if (self.folder / "log").exists() else ""
        for words in ("database is locked", "A round of the supervisor failed"):
            told.said[words] = log.count(words)
        full = r"(?:No space left on device|disk is full)(?! \(chaos)"  # really, not by a point
        told.said["disk is full"] = len(re.findall(full, log))
        told.replaced = Counter(re.findall(r"is replaced: (?:\d+ of )?(.*)", log))
        return told

    def _replay_spool(self):
        """What the database would not take when it was full is in the spool; an operator replays it."""
        from ledger.replay import replay_spool

        return replay_spool()


def repairs(history, injected, noticed):
    """Of each death of a worker with a job in hand: seconds until it was noticed, and until the next try.

    [(noticed_s, tried_again_s)]. The next try also waits for its backoff, and for whatever is due before.
    """
    begun = sorted(history.begun, key=lambda line: line["at_s"])
    seen = {(line["job"], line["token"]): line["at_s"] for line in noticed}
    found = []
    for death in injected:
        if death["kind"] not in ("kill:worker", "point:exit", "point:kill"):
            continue
        pids = death.get("pids") or [death.get("pid")]
        held = [b for b in begun if b["pid"] in pids and b["at_s"] <= death["at_s"]][-1:]
        for b in held:
            after = [n["at_s"] for n in begun if n["job"] == b["job"] and n["token"] > b["token"]]
            at_s = seen.get((b["job"], b["token"]))
            if at_s is not None and after:
                found.append((at_s - death["at_s"], min(after) - death["at_s"]))
    return found
