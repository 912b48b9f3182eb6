"""The product's settings, with a var folder and databases that belong to the tests.

TEST_DATABASE_URL and TEST_REDIS_URL choose the servers; without them: SQLite and nothing else.
"""

import atexit
import os
import shutil
import tempfile

_var = tempfile.mkdtemp(prefix="stakazo-tests-")
atexit.register(shutil.rmtree, _var, ignore_errors=True)
os.environ["STAKAZO_VAR_DIR"] = _var
os.environ.setdefault("STAKAZO_LOG_LEVEL", "WARNING")
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")
os.environ["REDIS_URL"] = os.environ.get("TEST_REDIS_URL", "")

from stakazo.settings import *  # noqa: E402, F403  the product's, all of them

# Test processes that run side by side share a Redis; each has a bell of its own.
Q_CLUSTER = {**Q_CLUSTER, "name": f"stakazo{os.environ.get('PYTEST_XDIST_WORKER', '')}"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Nothing recurs by itself while a test counts jobs; tests of schedules turn this on.
JOB_SCHEDULES_RUN = False
# Posts of one account follow each other at once; tests of the gap turn it on.
PUBLISH_GAP_S = 0
# Tests call more often than anybody; those of the limits set some.
RATE_LIMIT_ADDRESS = RATE_LIMIT_USER = RATE_LIMIT_KEY = 0
# No thread writes beside a test; tests of the buffer turn it on.
LEDGER_TELEMETRY_FLUSH_S = 0
# Tiny films are watched faster without starting children; what children do has its own tests.
ANALYSIS_WORKERS = 0

# The films of the tests last some seconds.
CLIP_MIN_MS, CLIP_MAX_MS = 3_000, 10_000
