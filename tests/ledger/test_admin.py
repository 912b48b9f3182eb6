"""The ledger's pages: links from a fact to what it is about, and no way to change it."""

import pytest
from django.urls import reverse

from ledger.models import LedgerEvent
from tests.factories import make_clip, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/ledger/ledgerevent/"


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
    assert "A clip was found in a video." in page


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
