"""A slice of `make bench ONLY=webhooks`: forgeries are refused, good ones taken once."""

import pytest
from django.conf import settings

from publishing.models import RefusedDelivery
from publishing.services import refusals, webhooks
from tests.publishing.fuzz import TRICKS, run

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", [1, 2])
def test_no_forgery_is_taken_and_nothing_is_done_twice(seed, settings, monkeypatch):
    settings.WEBHOOKS_REFUSED_KEPT = 20
    tally = run(seed=seed, deliveries=300)
    assert tally.forgeries_taken == tally.good_refused == tally.broke == []
    assert tally.double_effects == 0
    assert tally.forged > 150
    assert 0 < tally.refused_rows <= 60


def test_the_fuzz_would_see_a_forgery(monkeypatch):
    monkeypatch.setattr(webhooks, "_signature_holds", lambda *args, **more: True)
    tally = run(seed=1, deliveries=60)
    assert tally.forgeries_taken
    assert tally.double_effects > 0
    assert len(TRICKS) >= 25


def test_refused_ones_are_kept_whole_counted_and_bounded(monkeypatch):
    def refuse(body):
        refusals.keep_refused(
            "tiktok", body, {"TikTok-Signature": "t=1,s=0", "Cookie": "x"}, reason="signature"
        )

    for _ in range(3):
        refuse(b"same")
    row = RefusedDelivery.objects.get()
    assert (bytes(row.body), row.count, row.headers) == (
        b"same",
        3,
        {"tiktok-signature": "t=1,s=0"},
    )
    for number in range(40):
        refuse(b"%d" % number)
    assert RefusedDelivery.objects.count() == refusals.MOST_A_MINUTE
    assert sum(RefusedDelivery.objects.values_list("count", flat=True)) == 43
    monkeypatch.setattr(refusals, "MOST_A_MINUTE", 10_000)
    monkeypatch.setattr(settings, "WEBHOOKS_REFUSED_KEPT", 25)
    refuse(b"x" * 100_000)
    assert RefusedDelivery.objects.count() == 25
    newest = RefusedDelivery.objects.order_by("-id")[0]
    assert (len(bytes(newest.body)), newest.size_bytes) == (refusals.KEPT_BYTES, 100_000)
