"""The systems that are measured: what its workers are, what puts work in, what is left to write.

Each is used in a process of its own, so none pays for the others. `left` looks where the system
itself remembers what is not done, and is zero only when everything about the last is written.
"""

import os
import sys

PYTHON = (sys.executable, "-W", "ignore")
WORKERS = 2


class Ours:
    """Jobs, done by the cluster that `run_workers` supervises."""

    settings = "tests.benchmarks.noop.ours"
    commands = ((*PYTHON, "manage.py", "run_workers", "--workers", str(WORKERS), "--grace", "5"),)

    def __init__(self):
        import django

        django.setup()
        from jobs.models import Job
        from jobs.services import enqueue

        self._jobs, self._enqueue = Job.objects, enqueue

    def put(self):
        """One job."""
        self._enqueue("bench_nothing", {})

    def left(self):
        """How many jobs are not settled."""
        return self._jobs.filter(status__in=["pending", "processing", "retry"]).count()

    def clear(self):
        """Nothing to take away: the database goes with the benchmark."""


class Stock:
    """Tasks of django-q2 as its documentation starts."""

    settings = "tests.benchmarks.noop.stock"
    commands = ((*PYTHON, "manage.py", "qcluster"),)

    def __init__(self):
        import django

        django.setup()
        from django_q.models import OrmQ, Schedule
        from django_q.tasks import async_task

        Schedule.objects.all().delete()  # our sweep is nothing for a stock cluster
        self._queued, self._async_task = OrmQ.objects.filter(key="stock"), async_task

    def put(self):
        """One task."""
        self._async_task("tests.benchmarks.noop.handlers.nothing")

    def left(self):
        """How many are not acknowledged, which happens after the result is saved."""
        return self._queued.count()

    def clear(self):
        """Nothing to take away."""


class Procrastinate:
    """Two worker processes of Procrastinate, one task at a time each."""

    settings = ""
    commands = (
        (
            *(
                *PYTHON,
                "-m",
                "procrastinate",
                "--app",
                "tests.benchmarks.noop.procrastinate_peer.app",
            ),
            *("worker", "--concurrency", "1"),
        ),
    ) * WORKERS

    def __init__(self):
        from tests.benchmarks.noop.procrastinate_peer import app

        self._app = app
        app.open()
        self._line = app.connector.get_sync_connector()
        if not self._one("SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS it"):
            app.schema_manager.apply_schema()
        self._task = app.tasks["nothing"]

    def put(self):
        """One task."""
        self._task.defer()

    def left(self):
        """How many are not finished."""
        return self._one(
            "SELECT count(*) AS it FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        )

    def clear(self):
        """The database goes with the benchmark."""
        self._app.close()

    def _one(self, query):
        return self._line.execute_query_one(query)["it"]


class Celery:
    """A worker of Celery with two child processes, on Redis; results are not kept."""

    settings = ""
    commands = (
        (
            *(*PYTHON, "-m", "celery", "-A", "tests.benchmarks.noop.celery_peer"),
            *("worker", "--concurrency", str(WORKERS), "--loglevel", "ERROR"),
        ),
    )

    def __init__(self):
        import redis

        from tests.benchmarks.noop.celery_peer import PREFIX, nothing

        self._redis, self._prefix = redis.Redis.from_url(os.environ["NOOP_REDIS_URL"]), PREFIX
        self.clear()
        self._task = nothing

    def put(self):
        """One task."""
        self._task.delay()

    def left(self):
        """How many wait, or were taken and are not acknowledged."""
        return self._redis.llen(f"{self._prefix}celery") + self._redis.hlen(
            f"{self._prefix}unacked"
        )

    def clear(self):
        """Take its keys away."""
        if keys := list(self._redis.scan_iter(f"{self._prefix}*")):
            self._redis.delete(*keys)


SYSTEMS = {each.__name__: each for each in (Ours, Stock, Procrastinate, Celery)}
