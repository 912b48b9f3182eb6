"""The product's settings with the chaos app, and a shorter patience."""

import os

from stakazo.settings import *  # noqa: F403
from stakazo.settings import INSTALLED_APPS, Q_CLUSTER

INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.chaos"]
# As in tests/settings.py: who rings and who answers must agree on the name of the bell.
Q_CLUSTER = {
    **Q_CLUSTER,
    "name": f"stakazo{os.environ.get('PYTEST_XDIST_WORKER', '')}",
}
JOB_LEASE_S = 2
JOB_HEARTBEAT_S = 1
JOB_RING_AGAIN_S = 1
JOB_HUNG_AFTER_S = 4
JOB_CANARY_S = 1
JOB_CANARY_PATIENCE_S = int(os.environ.get("CHAOS_CANARY_PATIENCE_S", "5"))
JOB_PULSE_S = 1
JOB_END_GRACE_S = 1
JOB_SCHEDULES_RUN = False  # the effects of jobs are counted
