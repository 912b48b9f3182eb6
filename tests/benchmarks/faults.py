"""10,000 faults on recording (`FAULTS=…`): what reaches a caller, and what becomes of the events."""

import os
import tempfile
import time

from django.conf import settings
from django.db import connection

from tests.benchmarks.table import Row
from tests.ledger.faults import inject

TITLE = "Faults on recording"
FAULTS = int(os.environ.get("FAULTS", "10000"))
SEED = int(os.environ.get("SEED", "1"))


def rows():
    """The figures, on the database at hand."""
    begun, spool_dir = time.monotonic(), settings.LEDGER_SPOOL_DIR
    with tempfile.TemporaryDirectory(prefix="stakazo-bench-") as folder:
        try:
            told = inject(FAULTS, seed=SEED, folder=folder)
        finally:
            settings.LEDGER_SPOOL_DIR = spool_dir
    for fault in told.faults():
        print(fault)  # noqa: T201
    where = f"{connection.vendor}, seed {SEED}, {time.monotonic() - begun:.0f} s"
    return [
        Row(f"{told.count:,} faults, {where}", "–", "–", "–"),
        Row("exceptions that reached a caller", str(len(told.raised)), "–", "–"),
        Row(
            "events in neither table, spool nor (disk full too) the log",
            str(len(told.lost)),
            "–",
            "–",
        ),
        Row("events of changes that were rolled back", str(len(told.false)), "–", "–"),
        Row("events that are there twice", str(len(told.doubled)), "–", "–"),
        Row("rows whose hash is not theirs", str(len(told.wrong_hash)), "–", "–"),
        Row("writes of the caller's own that were lost", str(len(told.unwritten)), "–", "–"),
        Row(
            "events by way of the spool, only in the log",
            f"{told.spooled}, {told.only_logged}",
            "–",
            "–",
        ),
    ]
