"""Whoever cheats with the triggers off is found, and what was cheated on is named.

`LEDGER_TAMPERINGS=1000` tries so many at random; the suite tries each way a few times, always the same.
"""

import os
import random

import pytest
from django.db import transaction

from ledger.sealing.verify import verify_ledger
from ledger.services import log_event
from tests.ledger.tamper import CHEATS, Cheat, seal_all, triggers_off

pytestmark = pytest.mark.django_db(transaction=True)
TAMPERINGS = int(os.environ.get("LEDGER_TAMPERINGS", "0"))
ROUNDS = -(-TAMPERINGS // len(CHEATS)) if TAMPERINGS else 8  # of every way to cheat


@pytest.fixture
def ledger(monkeypatch, settings):
    """Some 40 events in sealed batches, those of a transaction of several among them; 3 unsealed."""
    settings.LEDGER_ANCHOR_EVERY_S = 0
    monkeypatch.setattr("ledger.sealing.sealer.BATCH", 7)
    for n in range(30):
        log_event("worker_started", entity_id=f"{n}", metadata={"n": n, "ünï": [1.5, None]})
    with transaction.atomic():
        for n in range(10):
            log_event("worker_stopped", entity_id=f"together {n}")
    seal_all()
    for n in range(3):
        log_event("worker_started", entity_id=f"not sealed {n}")


def named(found):
    """{kind: what is named}, ids as text, seals by number."""
    answer = {}
    for fault in found.faults:
        answer.setdefault(fault.kind, set()).add(fault.event or fault.seal)
    return answer


def as_named(wanted):
    return {
        kind: {each if isinstance(each, int) else str(each) for each in those}
        for kind, those in wanted.items()
    }


def test_every_tampering_is_found_and_what_it_touched_is_named(ledger):
    assert verify_ledger().wrong == 0
    assert len(CHEATS) * ROUNDS >= 200
    seeds = random.sample(range(2**32), ROUNDS) if TAMPERINGS else range(ROUNDS)
    for cheat in CHEATS:
        for seed in seeds:
            with triggers_off():
                wanted = as_named(getattr(Cheat(random.Random(seed)), cheat)())
                found = named(verify_ledger())
            if "seal_changed" in wanted:
                # A seal that was changed drags what hangs on it along: its follower, its events.
                assert wanted["seal_changed"] <= found["seal_changed"], (cheat, seed)
            else:
                assert found == wanted, (cheat, seed)
    assert verify_ledger().wrong == 0
