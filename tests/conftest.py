"""What every test stands on: a clean var folder, and a ledger that may be emptied between tests."""

import os
import tempfile
from pathlib import Path

# Before settings are read: nothing of the tests touches the var folder of the checkout.
_VAR = Path(tempfile.mkdtemp(prefix="stakazo-tests-"))
os.environ["STAKAZO_VAR_DIR"] = str(_VAR)
os.environ.setdefault("STAKAZO_LOG_LEVEL", "WARNING")
if url := os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = url
if os.environ.get("TEST_REDIS_URL"):
    os.environ["REDIS_URL"] = os.environ["TEST_REDIS_URL"]

import shutil  # noqa: E402

import pytest  # noqa: E402
from django.test import TransactionTestCase  # noqa: E402

from ledger.connections import ledger_door  # noqa: E402

_flush = TransactionTestCase._fixture_teardown


def _flush_through_the_door(self):
    """Emptying all tables after a test is not what the append-only triggers are there to refuse."""
    with ledger_door():
        _flush(self)


TransactionTestCase._fixture_teardown = _flush_through_the_door


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    """Each test has media, work and spool folders of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.WORK_DIR = tmp_path / "work"
    settings.LEDGER_SPOOL_DIR = tmp_path / "spool"


def pytest_unconfigure(config):
    """Take the var folder away again."""
    shutil.rmtree(_VAR, ignore_errors=True)
