"""The same post again: refused with the earlier one named, unless somebody allows it."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from ledger.models import LedgerEvent
from publishing.errors import Repeated
from publishing.likeness import NEARLY, likeness
from publishing.models import Publication
from publishing.services.editing import edit_publication
from publishing.services.publications import (
    create_publication,
    move_publication,
    retry_publication,
    schedule_publication,
)
from tests.factories import make_account, make_clip, make_publication, make_user, make_variant

pytestmark = pytest.mark.django_db
TITLE, CAPTION = "Harbour lights", "The new single is out now, everywhere #harbour"


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def earlier(account):
    """A post of yesterday."""
    return make_publication(
        make_variant(content=b"one"),
        account,
        title=TITLE,
        caption=CAPTION,
        status="published",
        external_post_id="1",
        published_at=timezone.now() - timedelta(days=1),
    )


def again(earlier, *, variant=None, account=None, title=TITLE, caption=CAPTION, **more):
    return create_publication(
        variant or earlier.clip_variant,
        account or earlier.social_account,
        title=title,
        caption=caption,
        **more,
    )


# --- What is nearly the same ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CAPTION, "the NEW single is out now, everywhere! 🎉 #Harbour"),
        (CAPTION, "The new single is out nou, everywhere #harbour"),
        ("港の灯り、新曲配信中です。今すぐ聴いてね", "港の灯り、新曲配信中です。今すぐ聴いてね!!"),
        ("", "  "),
        ("🎉🎉🎉", "🎉🎉🎉"),
        ("Ｈarbour", "harbour"),
    ],
)
def test_these_say_nearly_the_same(one, other):
    assert likeness(one, other) >= NEARLY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CAPTION, "Second week, and we are still here #harbour"),
        ("🎉🎉🎉", "🌧🌧🌧"),
        ("", "words"),
        ("港の灯り", "雨の夜に歩く"),
    ],
)
def test_these_do_not(one, other):
    assert likeness(one, other) < NEARLY


@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_is_fair_and_bounded(one, other):
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 1


# --- The guard ------------------------------------------------------------------------------------


def test_the_same_clip_and_words_are_refused_and_the_earlier_one_is_named(earlier):
    with pytest.raises(Repeated, match="Harbour lights") as refused:
        again(earlier, caption=CAPTION + " !")
    assert refused.value.details["earlier_id"] == str(earlier.pk)
    assert Publication.objects.count() == 1


def test_another_variant_of_the_clip_and_the_same_bytes_elsewhere_are_the_same_media(earlier):
    sibling = make_variant(earlier.clip_variant.clip, content=b"square", format="square_1080x1080")
    same_bytes = make_variant(make_clip(), content=b"one")
    for variant in (sibling, same_bytes):
        with pytest.raises(Repeated):
            again(earlier, variant=variant)
    assert again(earlier, variant=make_variant(content=b"two")).status == "scheduled"


def test_other_words_another_account_or_enough_time_are_no_repeat(earlier, settings):
    assert again(earlier, caption="Second week, still here").status == "scheduled"
    assert again(earlier, account=make_account()).status == "scheduled"
    far = earlier.published_at + timedelta(days=settings.REPUBLISH_DAYS, minutes=1)
    assert again(earlier, scheduled_at=far).status == "scheduled"
    with pytest.raises(Repeated):
        again(earlier, caption=CAPTION + "!", scheduled_at=far - timedelta(days=1))


@pytest.mark.parametrize("status", ["draft", "failed", "cancelled"])
def test_what_is_not_out_and_will_not_be_does_not_count(account, status):
    other = make_publication(account=account, title=TITLE, caption=CAPTION, status=status)
    assert again(other).status == "scheduled"


@pytest.mark.parametrize("status", ["awaiting", "scheduled", "publishing", "unknown", "missed"])
def test_what_is_to_go_out_counts(account, status):
    other = make_publication(account=account, title=TITLE, caption=CAPTION, status=status)
    with pytest.raises(Repeated):
        again(other)


def test_the_very_same_wish_is_still_answered_with_the_one_that_is_there(account):
    variant = make_variant()
    first = create_publication(variant, account, title=TITLE, caption=CAPTION)
    assert create_publication(variant, account, title=TITLE, caption=CAPTION) == first


def test_somebody_may_allow_it_and_the_ledger_says_so(earlier):
    publication = again(earlier, allow_repeat=True)
    assert (publication.status, publication.repeat_allowed) == ("scheduled", True)
    event = LedgerEvent.objects.get(event_type="publication_repeat_allowed")
    assert event.metadata["of"] == str(earlier.pk)


def test_allowing_what_repeats_nothing_says_nothing(account):
    publication = create_publication(
        make_variant(), account, title=TITLE, caption=CAPTION, allow_repeat=True
    )
    assert not publication.repeat_allowed
    assert not LedgerEvent.objects.filter(event_type="publication_repeat_allowed").exists()


def test_a_draft_is_looked_at_when_it_gets_its_time(earlier):
    draft = again(earlier, draft=True)
    with pytest.raises(Repeated):
        schedule_publication(draft)
    assert Publication.objects.get(pk=draft.pk).status == "draft"
    edit_publication(draft, allow_repeat=True)
    draft.refresh_from_db()
    assert schedule_publication(draft).status == "scheduled"


def test_words_are_not_changed_into_a_repeat(earlier):
    waits = again(earlier, caption="Second week, still here")
    with pytest.raises(Repeated):
        edit_publication(waits, caption=CAPTION)
    assert Publication.objects.get(pk=waits.pk).caption == "Second week, still here"
    assert edit_publication(waits, caption=CAPTION, allow_repeat=True).caption == CAPTION


def test_a_failed_one_is_not_retried_where_the_same_went_out_since(earlier):
    failed = make_publication(
        earlier.clip_variant, earlier.social_account, title=TITLE, caption=CAPTION, status="failed"
    )
    with pytest.raises(Repeated):
        retry_publication(failed)
    failed.refresh_from_db()
    assert failed.status == "failed"
    assert retry_publication(failed, allow_repeat=True).status == "scheduled"


def test_nobody_is_asked_where_the_setting_says_never(earlier, settings):
    settings.REPUBLISH_DAYS = 0
    assert again(earlier).status == "scheduled"


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_refused(account):
    variant, answers = make_variant(), []

    def wish(number):
        try:
            create_publication(variant, account, title=TITLE, caption=CAPTION + "!" * number)
            answers.append("made")
        except Repeated:
            answers.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=wish, args=[number]) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    assert sorted(answers) == ["made", "refused", "refused", "refused"]


# --- Doors ----------------------------------------------------------------------------------------


def test_the_api_refuses_names_the_earlier_one_and_lets_it_be_allowed(earlier):
    client = APIClient()
    client.force_authenticate(make_user("ada"))
    body = {
        "clip_variant_id": str(earlier.clip_variant_id),
        "social_account_id": str(earlier.social_account_id),
        "title": TITLE,
        "caption": CAPTION,
    }
    refused = client.post("/publications", body, format="json")
    assert (refused.status_code, refused.data["code"]) == (409, "publishing.repeated")
    assert refused.data["details"]["earlier_id"] == str(earlier.pk)
    made = client.post("/publications", {**body, "allow_repeat": True}, format="json")
    assert (made.status_code, made.data["repeat_allowed"]) == (201, True)


def test_the_admin_refuses_says_why_and_lets_it_be_allowed(admin_client, earlier):
    page = reverse("admin:publishing_publication_add")
    form = {
        "clip_variant": str(earlier.clip_variant_id),
        "social_account": str(earlier.social_account_id),
        "title": TITLE,
        "caption": CAPTION,
        "privacy": "public",
        "scheduled_at_0": "",
        "scheduled_at_1": "",
    }
    refused = admin_client.post(page, form, follow=True)
    assert "nearly the same words" in refused.content.decode()
    assert Publication.objects.count() == 1
    admin_client.post(page, {**form, "allow_repeat": "on"})
    assert Publication.objects.count() == 2


# --- At another time ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["scheduled", "awaiting"])
def test_one_that_is_moved_near_an_earlier_post_is_refused_and_keeps_its_time(earlier, status):
    far = timezone.now() + timedelta(days=60)
    later = make_publication(
        earlier.clip_variant, earlier.social_account,
        title=TITLE, caption=CAPTION, status=status, scheduled_at=far,
    )  # fmt: skip
    with pytest.raises(Repeated):
        move_publication(later, at=timezone.now() + timedelta(days=2))
    later.refresh_from_db()
    assert later.scheduled_at == far
    move_publication(later, at=far + timedelta(days=1))
    allowed = move_publication(later, at=timezone.now() + timedelta(days=2), allow_repeat=True)
    assert allowed.repeat_allowed
    assert allowed.status == status


def test_a_draft_is_moved_anywhere_and_looked_at_when_it_goes(earlier):
    draft = again(earlier, draft=True)
    move_publication(draft, at=timezone.now() + timedelta(days=2))
    with pytest.raises(Repeated):
        schedule_publication(draft, at=draft.scheduled_at)


def test_what_somebody_let_repeat_beside_it_does_not_nail_it_down(account):
    soon = timezone.now() + timedelta(days=2)
    first = create_publication(
        make_variant(), account, title=TITLE, caption=CAPTION, scheduled_at=soon
    )
    again(first, scheduled_at=soon + timedelta(days=1), allow_repeat=True)
    assert move_publication(first, at=soon + timedelta(hours=1)).status == "scheduled"


def test_the_calendar_offers_to_let_it_repeat(client, earlier):
    client.force_login(make_user("ada"))
    day = (timezone.now() + timedelta(days=3)).date()
    later = make_publication(
        earlier.clip_variant, earlier.social_account,
        title=TITLE, caption=CAPTION, scheduled_at=timezone.now() + timedelta(days=60),
    )  # fmt: skip
    address = reverse("admin:publishing_publication_move", args=[later.pk])
    form = {"day": day.isoformat(), "at": "10:00", "zone": "UTC"}
    refused = client.post(address, form)
    assert refused.status_code == 400
    assert "allow the repeat" in refused.text
    assert client.post(address, {**form, "allow_repeat": "on"}).status_code == 302
    later.refresh_from_db()
    assert later.scheduled_at.date() == day
