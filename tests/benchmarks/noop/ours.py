"""The product's settings with one job type more. Nothing recurs meanwhile; all else is as it is."""

from stakazo.settings import *  # noqa: F403
from stakazo.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.benchmarks.noop"]
JOB_SCHEDULES_RUN = False  # only what is measured runs
