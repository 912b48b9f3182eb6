"""The same task for Celery on Redis: acknowledged late, so that a killed worker loses none."""

import os

from celery import Celery

from tests.benchmarks.noop.starts import note_start

PREFIX = "stakazo-bench:"  # of its keys in Redis, which others may use too

app = Celery("noop", broker=os.environ["NOOP_REDIS_URL"])
app.conf.task_acks_late = True
app.conf.task_ignore_result = True
app.conf.broker_transport_options = {"global_keyprefix": PREFIX}


@app.task
def nothing():
    """Say that it began."""
    note_start()
