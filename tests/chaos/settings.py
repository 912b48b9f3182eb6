"""The product's settings with the trial app, a clock that can be set, and a short patience.

CHAOS_DIR: the folder of the run. CHAOS_BELL: the name of its bells, for runs may share a Redis.
CHAOS_LEASE_S: how long a claim holds.
"""

import os

from tests.chaos import clock

clock.install()

from stakazo.settings import *  # noqa: E402, F403  the product's, all of them
from stakazo.settings import INSTALLED_APPS, Q_CLUSTER  # noqa: E402

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos.app"]
Q_CLUSTER = {**Q_CLUSTER, "name": os.environ.get("CHAOS_BELL", "chaos"), "poll": 0.05}
JOB_LEASE_S = float(os.environ.get("CHAOS_LEASE_S", "2"))
JOB_HEARTBEAT_S = JOB_LEASE_S / 4
JOB_RING_AGAIN_S = 1
JOB_HUNG_AFTER_S = 8
JOB_END_GRACE_S = 1
JOB_SCHEDULES_RUN = False
ANALYSIS_WORKERS = 0
CLIP_MIN_MS, CLIP_MAX_MS = 3_000, 10_000
SIMULATOR_URL = os.environ.get("STAKAZO_SIMULATOR_URL", "http://127.0.0.1:9")
