"""Sealing soon after the commit."""

import threading

import pytest
from django.db import DatabaseError
from django.utils import timezone

from ledger.models import LedgerSeal
from ledger.sealing import following
from ledger.sealing.following import follow, seal_when_due, sealing_beside
from ledger.services import log_event
from tests.ledger.aged import aged
from tests.ledger.tamper import wait_for_the_watermark

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_due_is_sealed_and_what_is_not_waits():
    assert seal_when_due(within_s=0).seals == 0
    log_event("worker_started")
    wait_for_the_watermark()
    assert seal_when_due(within_s=3600).seals == 0
    assert seal_when_due(within_s=0).events == 1
    aged(2)
    wait_for_the_watermark()
    assert seal_when_due(within_s=3600).events == 1  # it has waited long enough, wherever


def test_a_full_batch_does_not_wait(monkeypatch):
    monkeypatch.setattr(following, "BATCH", 3)
    for _ in range(3):
        log_event("worker_started")
    wait_for_the_watermark()
    assert seal_when_due(within_s=3600).events == 3


def test_the_thread_seals_until_it_is_told_to_stop(settings, monkeypatch):
    settings.LEDGER_SEAL_WITHIN_S = 1
    monkeypatch.setattr(following, "LOOK_S", 0.01)
    sealed, real = threading.Event(), following.seal_when_due

    def told(**options):
        if real(**options).seals:
            sealed.set()

    monkeypatch.setattr(following, "seal_when_due", told)
    event = aged(1)
    with sealing_beside():
        assert sealed.wait(240)
    assert str(LedgerSeal.objects.get().first_id) == str(event.pk)
    assert not [each for each in threading.enumerate() if each.name == "sealer"]


def test_the_setting_zero_is_no_thread(settings):
    settings.LEDGER_SEAL_WITHIN_S = 0
    with sealing_beside():
        assert not [each for each in threading.enumerate() if each.name == "sealer"]


def test_trouble_is_logged_and_tried_again(monkeypatch, caplog):
    stop, tries = threading.Event(), []
    monkeypatch.setattr(following, "TROUBLE_S", 0.0)

    def gone(**options):
        tries.append(timezone.now())
        if len(tries) == 2:
            stop.set()
        raise DatabaseError("gone")

    monkeypatch.setattr(following, "seal_when_due", gone)
    follow(stop, within_s=1)
    assert len(tries) == 2
    assert "could not be sealed now" in caplog.text
