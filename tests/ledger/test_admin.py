"""The ledger's pages: links from a fact to what it is about, and no way to change it."""

import pytest
from django.urls import reverse

from ledger.models import LedgerEvent, LedgerSeal
from tests.factories import make_clip, make_user
from tests.ledger.tamper import seal_all, triggers_off

pytestmark = pytest.mark.django_db
LIST, SEALS = "/admin/ledger/ledgerevent/", "/admin/ledger/ledgerseal/"


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


def test_an_event_links_to_what_it_is_about(ada):
    clip = make_clip()
    link = reverse("admin:media_assets_clip_change", args=[clip.pk])
    event = LedgerEvent.objects.get(event_type="clip_created")
    assert link in ada.get(LIST).content.decode()
    page = ada.get(f"{LIST}{event.pk}/change/").content.decode()
    assert link in page
    assert "A clip was found in a video, or cut by hand." in page


def test_nobody_can_add_change_or_delete_an_event(ada):
    make_clip()
    event = LedgerEvent.objects.first()
    assert ada.get(f"{LIST}add/").status_code == 403
    assert ada.post(f"{LIST}{event.pk}/change/", {"actor": "x"}).status_code == 403
    assert ada.post(f"{LIST}{event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert LedgerEvent.objects.filter(pk=event.pk).exists()


def test_a_long_list_takes_few_queries(ada, django_assert_max_num_queries):
    for _ in range(20):
        make_clip()
    ada.get(LIST)
    with django_assert_max_num_queries(8):
        ada.get(LIST)


@pytest.mark.django_db(transaction=True)
def test_a_seal_shows_its_state_verifies_its_events_and_is_linked_from_them(ada):
    make_clip()
    seal_all()
    seal = LedgerSeal.objects.get()
    event = LedgerEvent.objects.get(event_type="clip_created")
    page = f"{SEALS}{seal.pk}/change/"
    assert page in ada.get(f"{LIST}{event.pk}/change/").content.decode()
    assert "intact" in ada.get(SEALS).content.decode()
    assert f"{seal.count} events as they were sealed." in ada.get(page).content.decode()
    with triggers_off():
        LedgerEvent.objects.filter(pk=event.pk).update(actor="x")
        assert f"changed: {event.pk}" in ada.get(page).content.decode()
        LedgerSeal.objects.update(root="0" * 64)
        assert "broken" in ada.get(SEALS).content.decode()


@pytest.mark.django_db(transaction=True)
def test_nobody_can_add_change_or_delete_a_seal(ada):
    make_clip()
    seal_all()
    assert ada.get(f"{SEALS}add/").status_code == 403
    assert ada.post(f"{SEALS}1/change/", {"root": "x"}).status_code == 403
    assert ada.post(f"{SEALS}1/delete/", {"post": "yes"}).status_code == 403
    assert LedgerSeal.objects.count() == 1
