"""What an audited write costs beside a plain one; how fast events are sealed and verified."""

import time
from contextlib import contextmanager

from django.db import connection

from campaigns.models import CAMPAIGN, Campaign
from ledger.models import LedgerEvent
from ledger.registry import AUDITED
from ledger.sealing.sealer import seal_events
from ledger.sealing.verify import verify_ledger
from ledger.services import log_event
from tests.benchmarks.table import Row, median_s

TITLE = "Ledger"
WRITES = 200


@contextmanager
def unaudited(model):
    """The model without its ledger."""
    audited = AUDITED.pop(model)
    try:
        yield
    finally:
        AUDITED[model] = audited


def create():
    """So many creations, each in its own transaction."""
    for _ in range(WRITES):
        Campaign.objects.create(name="bench", platforms=[])


def create_and_move():
    """So many creations, each with a move."""
    for _ in range(WRITES):
        campaign = Campaign.objects.create(name="bench", platforms=[])
        CAMPAIGN.move(campaign, Campaign.Status.ACTIVE)


def rows():
    """The figures, on the database at hand."""
    with unaudited(Campaign):
        plain, plain_move = median_s(create), median_s(create_and_move)
    audited, audited_move = median_s(create), median_s(create_and_move)
    alone = median_s(lambda: [log_event("worker_started") for _ in range(WRITES)])
    count = LedgerEvent.objects.count()
    begun = time.perf_counter()
    sealed = seal_events()
    seal = time.perf_counter() - begun
    verify = median_s(verify_ledger, rounds=3)
    us = 1_000_000 / WRITES
    where = connection.vendor
    return [
        Row(
            f"audited create, {where}",
            f"{audited * us:.0f} µs",
            f"plain create {plain * us:.0f} µs",
            f"{audited / plain:.2f}",
        ),
        Row(
            f"audited create + move, {where}",
            f"{audited_move * us:.0f} µs",
            f"plain {plain_move * us:.0f} µs",
            f"{audited_move / plain_move:.2f}",
        ),
        Row(
            f"log_event alone, {where}",
            f"{alone * us:.0f} µs",
            f"plain create {plain * us:.0f} µs",
            f"{alone / plain:.2f}",
        ),
        Row(f"ledger_seal, {where}", f"{sealed.events / seal:,.0f} events/s", "–", "–"),
        Row(f"ledger_verify, {where}", f"{count / verify:,.0f} events/s", "–", "–"),
    ]
