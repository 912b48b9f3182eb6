"""Backfill: what the spool holds and what states show comes back, once."""

import pytest
from django.db import DatabaseError

from campaigns.models import CAMPAIGN, Campaign
from ledger import spool
from ledger.backfill import backfill_ledger
from ledger.connections import ledger_door
from ledger.hashing import row_hash
from ledger.models import LedgerEvent
from ledger.services import log_event
from tests.events import event_types_of
from tests.factories import make_campaign, make_variant

pytestmark = pytest.mark.django_db(transaction=True)


def test_spooled_events_come_back_as_they_were_and_only_once(monkeypatch):
    def full(*args, **kwargs):
        raise DatabaseError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(LedgerEvent, "save", full)
        log_event("worker_started", entity_type="worker", entity_id="w1", metadata={"n": 1})
    assert backfill_ledger().replayed == 1
    event = LedgerEvent.objects.get(entity_id="w1")
    assert event.row_hash == row_hash(event)
    assert list(spool.waiting()) == []
    assert backfill_ledger().replayed == 0


def test_a_torn_line_does_not_hide_the_others(monkeypatch, settings):
    def full(*args, **kwargs):
        raise DatabaseError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(LedgerEvent, "save", full)
        log_event("worker_started", entity_id="w1")
    with (settings.LEDGER_SPOOL_DIR / spool.FILE_NAME).open("a") as file:
        file.write('{"model": "ledger.ledg')
    assert backfill_ledger().replayed == 1


def test_states_that_no_event_explains_are_explained_and_marked():
    variant = make_variant()
    campaign = make_campaign()
    CAMPAIGN.move(campaign, Campaign.Status.ACTIVE)
    with ledger_door():
        LedgerEvent.objects.all().delete()
    restored = backfill_ledger()
    assert restored.failed == 0
    assert event_types_of(variant) == ["clip_variant_generated"]
    assert event_types_of(campaign) == ["campaign_created", "campaign_started"]
    assert all(event.metadata["reconstructed"] for event in LedgerEvent.objects.all())
    assert backfill_ledger().reconstructed == 0
