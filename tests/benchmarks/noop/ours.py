"""The product's settings with one job type more. Nothing of the jobs' own settings is changed."""

from stakazo.settings import *  # noqa: F403
from stakazo.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.benchmarks.noop"]
