"""The same with real processes: forked workers that are killed with kill -9, and the simulator as a
server that they call over HTTP.

A batch of publications waits in a database of its own; workers take them, and each worker gets a blow
of its own from the seed: at the nth passing of a named point it kills itself, or the harness stops it
beyond its lease and lets it go on. What dies is forked anew. Where all wait, the clocks of both sides
are moved to the next thing that is due, so that minutes of patience take seconds.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta

from tests.chaos.house import PROJECT
from tests.chaos.publish.checker import Intent, Tally, check
from tests.chaos.publish.plan import COMMITS, PLATFORMS, blow_of, fault_of

BATCH = 30
ACCOUNTS = 5  # on each platform
SLOWEST_S = 420  # of a batch, in real time
STOPPED_S = 3.5  # longer than a lease
MOVE_AT_MOST_S = 600
QUIET_S = 0.4


def play_real(options):
    """All batches; 0 when none has a violation."""
    from tests.chaos.stage import Stage

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ["STAKAZO_PUBLISH_GAP_S"] = "0.2"
    os.environ["STAKAZO_REPUBLISH_DAYS"] = "0"
    stage = Stage(options.database_url)
    began, tally, bad = time.monotonic(), Tally(), []
    try:
        stage.django()
        simulator = Served(stage)
        try:
            left, number = options.real, options.first
            while left > 0:
                batch = Batch(stage, simulator, options, number, min(BATCH, left))
                found = batch.play(tally)
                bad += [(number, each) for each in found]
                left, number = left - BATCH, number + 1
        finally:
            simulator.close()
    finally:
        stage.close()
    seconds = time.monotonic() - began
    _say(
        f"{tally.intents} publications by real processes, {tally.posts} posts, {tally.crashes} × "
        f"kill -9, {tally.pauses} × stopped beyond the lease, {tally.faults} faults: {len(bad)} "
        f"violations. {tally.published} published, {tally.failed} failed and not posted, "
        f"{tally.left} left to people; {tally.unknown} outcomes were unknown, "
        f"{tally.unknown_settled} settled without a person. {seconds:.0f} s."
    )
    for number, each in bad:
        _say(f"VIOLATION in batch {number}: {each}")
        _say(
            f"Again: make chaos-publish SEED={options.seed} REAL={BATCH} OPTIONS='--first {number}'"
        )
    if options.json:
        told = vars(tally) | {"violations": len(bad), "seconds": round(seconds, 1)}
        with options.json.open("a") as out:
            out.write(json.dumps(told) + "\n")
    return int(bool(bad))


class Served:
    """The simulator, a server in a process of its own."""

    def __init__(self, stage):
        from django.conf import settings

        from tests.chaos.servers import free_port, listens, wait_for
        from tests.publishing.simulator import RunningSimulator

        port = free_port()
        settings.SIMULATOR_URL = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "simulator", "--port", str(port)],
            cwd=PROJECT,
            env=os.environ
            | {
                "STAKAZO_VAR_DIR": str(stage.folder / "simulator"),
                "STAKAZO_SIMULATOR_DELAY_S": "0",
                "STAKAZO_SIMULATOR_WEBHOOK_URL": "http://127.0.0.1:9",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: listens(port), "the simulator answers")
        self.control = RunningSimulator(settings.SIMULATOR_URL)

    def close(self):
        """It ends."""
        self._process.kill()
        self._process.wait()


class Batch:
    """So many publications on one database, and workers that die over them."""

    def __init__(self, stage, simulator, options, number, count):
        self.stage, self.control = stage, simulator.control
        self.workers, self.count, self.number = options.workers, count, number
        self.dice = random.Random(f"{options.seed}:real:{number}")
        self.name = f"real{number}"
        self.folder = stage.folder / self.name
        self._alive, self._stopped, self._made = [], {}, []
        self.kills = self.stops = 0

    def play(self, tally):
        """Up to the end of everything; the violations."""
        self._set_up()
        end = time.monotonic() + SLOWEST_S
        quiet_since = time.monotonic()
        try:
            while time.monotonic() < end and not self._all_is_settled():
                self._keep_up()
                if not self._is_idle():
                    quiet_since = time.monotonic()
                elif time.monotonic() - quiet_since > QUIET_S:
                    self._move_clocks()
                    quiet_since = time.monotonic()
                time.sleep(0.1)
        finally:
            self._stop()
        return self._judge(tally)

    # --- Before -----------------------------------------------------------------------------------

    def _set_up(self):
        from django.conf import settings

        from jobs.schedules import SCHEDULES
        from tests.chaos import clock
        from tests.chaos.run import use_database

        for sub in ("", "var", "var/media", "passings"):
            (self.folder / sub).mkdir(exist_ok=True)
        os.environ["CHAOS_DIR"] = str(self.folder)
        settings.MEDIA_ROOT = self.folder / "var" / "media"
        settings.LEDGER_SPOOL_DIR = self.folder / "var" / "spool"
        settings.JOB_SCHEDULES_RUN = True
        for name in [name for name in SCHEDULES if name != "publishing.reconcile"]:
            del SCHEDULES[name]
        use_database(self.stage.database.fresh(self.name))
        clock.set_fast_by(0)
        self.control.reset()
        self._want()
        for _ in range(self.count // 2):
            fault = fault_of(self.dice, PLATFORMS)
            with contextlib.suppress(AssertionError):
                self.control.inject(
                    fault.point,
                    fault.fault,
                    count=fault.count,
                    skip=self.dice.randrange(12) if fault.point in COMMITS.values() else fault.skip,
                    **_in_real_time(fault),
                )

    def _want(self):
        from publishing.services.publications import create_publication
        from tests.media import make_clip_file
        from tests.publishing.road import real_variant, simulated_account

        video = make_clip_file(
            self.stage.folder / "small.mp4",
            seconds=4,
            size=(540, 960),
            fps=30,
            extra=("-use_editlist", "0", "-movflags", "+faststart"),
        )
        accounts = {
            platform: [
                simulated_account(self.control, platform, handle=f"chaos{number}")
                for number in range(ACCOUNTS)
            ]
            for platform in PLATFORMS
        }
        for number in range(self.count):
            platform = PLATFORMS[number % 3]
            tag = f"#batch{self.number}n{number}"
            publication = create_publication(
                real_variant(video),
                accounts[platform][number // 3 % ACCOUNTS],
                title=f"Harbour lights {tag}",
                caption=f"Out now {tag}",
            )
            self._made.append((publication.pk, tag, platform))

    # --- Workers ----------------------------------------------------------------------------------

    def _keep_up(self):
        """Bury, fork, stop and let go on."""
        for pid in list(self._alive):
            found, _ = os.waitpid(pid, os.WNOHANG)
            if found:
                self.kills += 1
                self._alive.remove(pid)
                self._stopped.pop(pid, None)
        while len(self._alive) < self.workers:
            self._fork()
        for pid, until in list(self._stopped.items()):
            if time.monotonic() > until:
                os.kill(pid, signal.SIGCONT)
                self._stopped.pop(pid)
        if not self._stopped and self.stops < self.count / 4 and self.dice.random() < 0.02:
            pid = self.dice.choice(self._alive)
            os.kill(pid, signal.SIGSTOP)
            self.stops += 1
            self._stopped[pid] = time.monotonic() + STOPPED_S

    def _fork(self):
        from tests.chaos.forking import let_go_of_the_database

        # The first of three is the end. After as many deaths as posts the batch may come to its own.
        blows = [blow_of(self.dice, pauses=False) for _ in range(3)]
        blows = blows if self.kills < self.count else []
        let_go_of_the_database()
        pid = os.fork()
        if pid:
            self._alive.append(pid)
            return
        try:
            _work(blows, self.folder / "log")
        finally:
            os._exit(1)

    def _stop(self):
        for pid in self._alive:
            os.kill(pid, signal.SIGCONT)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self._alive.clear()

    # --- Time -------------------------------------------------------------------------------------

    def _is_idle(self):
        from jobs.models import Job
        from tests.chaos import clock

        busy = Job.objects.filter(status="processing")
        due = Job.objects.filter(status__in=Job.WAITING, run_at__lte=clock.now())
        return not self._stopped and not busy.exists() and not due.exists()

    def _move_clocks(self):
        from jobs.models import Job, JobSchedule
        from tests.chaos import clock

        now = clock.now()
        moments = [
            *Job.objects.filter(status__in=Job.WAITING).values_list("run_at", flat=True),
            *JobSchedule.objects.filter(name="publishing.reconcile").values_list(
                "next_run_at", flat=True
            ),
        ]
        waits_s = [(moment - now).total_seconds() for moment in moments if moment > now]
        seconds = min(min(waits_s, default=MOVE_AT_MOST_S) + 0.1, MOVE_AT_MOST_S)
        clock.set_fast_by(clock.fast_by_s() + seconds)
        self.control.advance(seconds)

    def _all_is_settled(self):
        from jobs.models import Job
        from publishing.models import Publication
        from tests.chaos.publish.run import is_left

        open_ones = Publication.objects.exclude(status__in=["published", "failed"])
        if not open_ones.exists():
            return True
        if Job.objects.filter(status__in=Job.LIVE, job_type="publish_clip").exists():
            return False
        return all(is_left(publication) for publication in open_ones)

    # --- After ------------------------------------------------------------------------------------

    def _judge(self, tally):
        from ledger.models import LedgerEvent
        from publishing.models import Publication
        from tests.chaos.publish.run import is_left

        self.control.advance(timedelta(hours=2).total_seconds())
        posts = self.control.posts()
        rows = Publication.objects.in_bulk([key for key, _, _ in self._made])
        unknown = set(
            LedgerEvent.objects.filter(event_type="publication_outcome_unknown").values_list(
                "entity_id", flat=True
            )
        )
        intents = [
            Intent(
                key=f"{platform} {tag}",
                tag=tag,
                platform=platform,
                status=rows[key].status,
                external_post_id=rows[key].external_post_id,
                error=rows[key].error,
                was_unknown=str(key) in unknown,
                asked_out=is_left(rows[key]),
            )
            for key, tag, platform in self._made
        ]
        injected = self.control.get("/_control/inject").json()["injected"]
        tally.add(
            intents,
            posts,
            crashes=self.kills,
            pauses=self.stops,
            faults=self.count // 2 - len(injected),
        )
        return check(intents, posts)


def _in_real_time(fault):
    """Its parameters. A silence is really waited for, so it is short."""
    if fault.fault.startswith("timeout"):
        return {"seconds": 2}
    return fault.params


def _work(blows, log):
    """A worker: what q2's do when a bell rings, over and over, and now and then what a sweeper does."""
    from django.db import DatabaseError, connections

    from jobs.processes import die_with_parent
    from jobs.runner import answer_bell
    from jobs.sweeper import sweep
    from tests.chaos.publish import points

    die_with_parent(signal.SIGKILL)
    with log.open("ab") as out:
        os.dup2(out.fileno(), sys.stderr.fileno())
    points.here = points.Blows(blows, really=True)
    points.install()
    while True:
        try:
            sweep()
            if not answer_bell(""):
                time.sleep(0.2)
        except DatabaseError:
            connections.close_all()


def _say(words):
    print(words, flush=True)  # noqa: T201
