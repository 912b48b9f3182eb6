"""What recording costs (tests/benchmarks/recording.py); how fast events are sealed and verified."""

import time

from django.db import connection

from ledger.models import LedgerEvent
from ledger.sealing.sealer import seal_events
from ledger.sealing.verify import verify_ledger
from tests.benchmarks import recording
from tests.benchmarks.table import Row, median_s

TITLE = "Ledger"


def rows():
    """The figures, on the database at hand."""
    written = recording.rows()
    count = LedgerEvent.objects.count()
    begun = time.perf_counter()
    sealed = seal_events()
    seal = time.perf_counter() - begun
    verify = median_s(verify_ledger, rounds=3)
    where = connection.vendor
    return [
        *written,
        Row(f"ledger_seal, {where}", f"{sealed.events / seal:,.0f} events/s", "–", "–"),
        Row(f"ledger_verify, {where}", f"{count / verify:,.0f} events/s", "–", "–"),
    ]
