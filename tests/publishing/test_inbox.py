"""TikTok's inbox: the file is there, and it is not published until the creator posts it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from publishing.errors import OutcomeUnknown, PlatformBusy, RefusedContent
from publishing.models import Publication, PublishLog
from publishing.platforms import client_for
from publishing.platforms.base import PostState
from publishing.preflight import SCHEMAS
from publishing.services.deciding import settle_as_absent
from publishing.services.publications import create_publication
from publishing.services.reconcile import reconcile
from publishing.services.webhooks import handle_delivery, receive
from publishing.simulator.credentials import SIMULATED_APPS
from publishing.simulator.hooks import signed
from stakazo.core.errors import Conflict
from tests.events import event_types_of
from tests.factories import make_user
from tests.publishing.contract import CONTENT, media_of
from tests.publishing.road import crash_at, drive, real_variant, run_once, wanted

INBOX = {"destination": "tiktok_inbox"}
FOR_THE_CREATOR = replace(CONTENT, options=INBOX)


# --- The wire ---


@pytest.fixture
def client(simulator):
    simulator.set(tiktok__access_token_s=30 * 86_400)
    account = simulator.account("tiktok")
    return client_for(
        "tiktok",
        mode="simulator",
        external_id=account.external_id,
        access_token=account.access_token,
        options={"chunk_bytes": 5_242_880},
    )


def prepared(client, media, handle=None, content=FOR_THE_CREATOR):
    return client.upload_video(media, content, handle=handle or {}, on_handle=lambda handle: None)


def delivered(client, media):
    handle = prepared(client, media)
    client.publish_video(media, FOR_THE_CREATOR, handle=handle)
    return handle


@pytest.mark.parametrize("large", [False, True])
def test_the_whole_file_lies_in_the_inbox_and_nothing_is_posted(
    simulator, client, small_video, padded_video, large
):
    media = media_of(padded_video(11_000_000) if large else small_video)
    handle = delivered(client, media)
    assert handle["publish_id"].startswith("v_inbox_file~")
    status = client.get_publish_status(handle)
    assert status.state is PostState.DELIVERED
    assert "not posted until the creator posts it" in status.reason
    assert simulator.posts() == []
    simulator.creator_posts(handle["publish_id"])
    assert [post["sha256"] for post in simulator.posts()] == [media.sha256]


def test_nothing_is_sent_twice_into_the_inbox(simulator, client, small_video):
    media = media_of(small_video)
    handle = delivered(client, media)
    assert prepared(client, media, handle) == handle
    assert client.ready_to_publish(handle).state is PostState.DELIVERED


def test_what_the_creator_posted_is_published_under_its_public_id(simulator, client, small_video):
    simulator.set(tiktok__moderation_s=60)
    handle = delivered(client, media_of(small_video))
    post_id = simulator.creator_posts(handle["publish_id"])
    assert client.get_publish_status(handle).state is PostState.PROCESSING
    simulator.advance(61)
    status = client.get_publish_status(handle)
    assert (status.state, status.external_post_id) == (PostState.PUBLISHED, post_id)


def test_what_the_creator_posted_for_friends_has_no_id_of_its_own(simulator, client, small_video):
    handle = delivered(client, media_of(small_video))
    simulator.creator_posts(handle["publish_id"], privacy="SELF_ONLY")
    assert client.get_publish_status(handle).state is PostState.PROCESSING
    simulator.advance(3 * 86_400)
    status = client.get_publish_status(handle)
    assert (status.state, status.external_post_id) == (PostState.PUBLISHED, handle["publish_id"])


def test_five_wait_and_the_sixth_is_told_to(simulator, client, small_video):
    media = media_of(small_video)
    for _ in range(5):
        delivered(client, media)
    with pytest.raises(PlatformBusy):
        prepared(client, media)


def test_a_file_that_is_no_video_never_reaches_the_inbox(simulator, client, tmp_path):
    path = tmp_path / "text.mp4"
    path.write_bytes(b"this is not a video " * 20_000)
    handle = delivered(client, media_of(path))
    assert client.get_publish_status(handle).state is PostState.FAILED


@pytest.mark.parametrize("fault", ["reset_after", "error_after"])
def test_an_unclear_commit_is_settled_by_asking(simulator, client, small_video, fault):
    media = media_of(small_video)
    handle = prepared(client, media)
    simulator.inject("tiktok.commit", fault)
    with pytest.raises(OutcomeUnknown):
        client.publish_video(media, FOR_THE_CREATOR, handle=handle)
    assert client.get_publish_status(handle).state is PostState.DELIVERED


# --- The road ---


@pytest.fixture
def publication(simulator, small_video, transactional_db):
    return wanted(simulator, "tiktok", small_video, options=INBOX)


def attempt_of(publication):
    return PublishLog.objects.get(publication=publication)


@pytest.mark.django_db(transaction=True)
def test_a_publication_is_delivered_first_and_published_when_the_creator_posts(
    simulator, publication, clock
):
    drive(publication, clock, rounds=3)
    assert publication.status == "delivered"
    assert attempt_of(publication).status == "processing"
    drive(publication, clock, rounds=3, step_s=3601)
    publication.refresh_from_db()
    assert publication.status == "delivered"
    post_id = simulator.creator_posts(attempt_of(publication).handle["publish_id"])
    drive(publication, clock, rounds=3, step_s=3601)
    publication.refresh_from_db()
    assert (publication.status, publication.external_post_id) == ("published", post_id)
    assert event_types_of(publication)[-2:] == ["publication_delivered", "clip_published"]
    assert len(simulator.posts()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_looks_for_three_days_and_a_webhook_tells_later(simulator, publication, clock):
    drive(publication, clock, rounds=90, step_s=3601)
    assert publication.status == "delivered"
    assert run_once(publication) is None
    simulator.creator_posts(attempt_of(publication).handle["publish_id"])
    body = simulator.webhooks("tiktok")[-1]["body"]
    assert json.loads(json.loads(body)["content"])["publish_type"] == "INBOX_SHARE"
    secret = SIMULATED_APPS["tiktok"].webhook_secret
    delivery = receive("tiktok", body.encode(), signed("tiktok", body, secret=secret))
    assert handle_delivery(delivery.pk) == {"asked": 1, "settled": 1}
    publication.refresh_from_db()
    assert publication.status == "published"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_died_after_the_last_byte_finds_it_in_the_inbox(
    simulator, publication, clock, monkeypatch
):
    crash_at(monkeypatch, "publish.after")
    drive(publication, clock, rounds=4)
    assert publication.status == "delivered"
    assert len(simulator.webhooks("tiktok")) == 1


@pytest.mark.django_db(transaction=True)
def test_reconciliation_says_delivered_and_fails_nothing(
    simulator, publication, clock, monkeypatch
):
    crash_at(monkeypatch, "publish.after")
    run_once(publication)
    clock.shift(timedelta(hours=2))
    answer = reconcile(10)
    assert (answer["marked_failed"], answer["skipped"]) == (0, 1)
    assert Publication.objects.get(pk=publication.pk).status == "delivered"
    assert reconcile(10)["total_checked"] == 0  # not again in each run


@pytest.mark.django_db(transaction=True)
def test_a_person_ends_what_the_creator_will_not_post_and_is_not_believed_where_it_is_out(
    simulator, publication, clock, small_video
):
    ada = make_user()
    drive(publication, clock, rounds=3)
    publication = settle_as_absent(publication, by=ada, why="the creator declined")
    assert publication.status == "failed"
    other = create_publication(
        real_variant(small_video),
        publication.social_account,
        title="Other",
        caption="Another one",
        options=INBOX,
    )
    drive(other, clock, rounds=3)
    simulator.creator_posts(PublishLog.objects.get(publication=other).handle["publish_id"])
    with pytest.raises(Conflict):
        settle_as_absent(other, by=ada)


# --- Preflight ---


def test_preflight_knows_what_the_inbox_takes():
    schema = SCHEMAS["tiktok_inbox"]
    names = {rule.name for rule in schema.rules}
    assert {"container", "codec", "fps", "length", "size", "caption"} <= names
    assert not names & {"music", "branded", "option disable_duet"}


def test_a_refused_destination_is_no_inbox_of_another_platform(simulator, small_video):
    account = simulator.account("tiktok", handle="shy", private=True)
    shy = client_for(
        "tiktok",
        mode="simulator",
        external_id=account.external_id,
        access_token=account.access_token,
    )
    media = media_of(small_video)
    with pytest.raises(RefusedContent):  # a direct post of such an account is not public
        prepared(shy, media, content=CONTENT)
    assert delivered(shy, media)["publish_id"]  # its inbox takes the file
