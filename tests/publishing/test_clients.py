"""The three clients, each by the shared contract, and what is particular to one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from publishing.errors import (
    NeedsReconnect,
    PlatformBusy,
    RefusedContent,
    UnknownPlatform,
)
from publishing.platforms import PLATFORMS, client_for, oauth_for
from publishing.platforms.base import PostState
from publishing.platforms.tiktok import chunks_of
from tests.publishing.contract import CONTENT, PlatformContract, media_of


class TestInstagram(PlatformContract):
    platform = "instagram"
    commit, upload, begin = "instagram.media_publish", "instagram.upload", "instagram.container"

    def test_status_goes_from_ready_over_processing_to_published(self):
        """Instagram works on the video before the commit, so the order is its own."""
        self.simulator.set(instagram__processing_s=300)
        client = self.client(ready_polls=2)
        with pytest.raises(PlatformBusy) as caught:
            self.prepared(client)
        assert caught.value.details["retry_after_s"] > 0
        [handle] = self.handles.told
        states = [client.get_publish_status(handle).state]
        with pytest.raises(PlatformBusy):
            client.ready_to_publish(handle)
        self.simulator.advance(301)
        assert self.prepared(client, handle=handle) == handle
        states.append(client.get_publish_status(handle).state)
        client.publish_video(self.small, CONTENT, handle=handle)
        states.append(client.get_publish_status(handle).state)
        assert states == [PostState.PROCESSING, PostState.READY, PostState.PUBLISHED]

    def test_an_expired_container_is_replaced(self):
        client = self.client()
        old = self.prepared(client)
        self.simulator.advance(86_401)
        status = client.get_publish_status(old)
        assert (status.state, status.retryable) == (PostState.FAILED, True)
        assert self.prepared(client, handle=old)["container_id"] != old["container_id"]

    def test_the_daily_limit_is_asked_before_the_commit(self):
        self.simulator.set(instagram__quota_total=1)
        client = self.client()
        self.published(client)
        other = replace(CONTENT, caption="Another one")
        handle = self.prepared(client, content=other)
        with pytest.raises(PlatformBusy) as caught:
            client.ready_to_publish(handle)
        assert "daily number" in caught.value.message
        assert len(self.simulator.posts()) == 1

    def test_too_many_calls_wait_as_long_as_the_usage_header_says(self):
        self.simulator.inject("instagram.container", "rate_limited")
        with pytest.raises(PlatformBusy) as caught:
            self.prepared(self.client())
        assert caught.value.details["retry_after_s"] == 7 * 60

    def test_instagram_pulls_the_file_where_the_options_ask_for_it(self):
        client = self.client()
        self.published(client)
        url = f"{self.simulator.url}/posts/instagram/{self.simulator.posts()[0]['id']}/video"
        pulled = replace(CONTENT, caption="Pulled", options={"upload": "pull"})
        media = replace(self.small, public_url=url)
        handle = self.prepared(client, media, pulled)
        assert handle["upload_url"] == ""
        client.publish_video(media, pulled, handle=handle)
        assert [post["caption"] for post in self.simulator.posts()][1:] == ["Pulled"]
        assert self.simulator.posts()[1]["sha256"] == self.small.sha256

    def test_a_too_long_caption_is_refused_in_words(self):
        with pytest.raises(RefusedContent, match="2200"):
            self.prepared(self.client(), content=replace(CONTENT, caption="x" * 2_201))


class TestInstagramByFacebook(TestInstagram):
    """The same accounts through the pages that a Facebook login manages."""

    login = "facebook"

    def test_a_token_of_one_host_opens_nothing_on_the_other(self):
        for login, token in (
            ("", self.account.access_token),
            ("facebook", self.simulator.account("instagram").access_token),
        ):
            client = client_for(
                "instagram",
                mode="simulator",
                external_id=self.account.external_id,
                access_token=token,
                login=login,
            )
            with pytest.raises(NeedsReconnect):
                client.authenticate()

    def test_one_login_posts_on_each_of_its_accounts(self):
        other = self.simulator.account(
            "instagram", handle="second", login="facebook", person="stakazo.person"
        )
        self.published(self.client(access_token=other.access_token))
        assert [post["account_id"] for post in self.simulator.posts()] == [self.account.external_id]
        self.account = other
        self.published(self.client())
        assert self.simulator.posts()[1]["account_id"] == other.external_id


class TestTikTok(PlatformContract):
    platform = "tiktok"
    commit, upload, begin = "tiktok.commit", "tiktok.upload", "tiktok.init"

    @pytest.mark.parametrize(
        ("size", "chunk", "count"),
        [
            (1_000, 1_000, 1),
            (16_777_215, 16_777_215, 1),
            (16_777_216, 8_388_608, 2),
            (50_000_123, 8_388_608, 5),
            (4 * 1024**3, 8_388_608, 512),
        ],
    )
    def test_chunks_are_cut_as_tiktok_counts_them(self, size, chunk, count):
        cut = chunks_of(size)
        assert (cut.chunk_bytes, cut.count) == (chunk, count)
        assert 0 < size - cut.last_start < 2 * max(chunk, 8_388_608)

    def test_a_private_post_is_published_without_a_public_id(self):
        client, quiet = self.client(), replace(CONTENT, privacy="private")
        handle = self.published(client, content=quiet)
        status = client.get_publish_status(handle)
        assert (status.state, status.external_post_id) == (
            PostState.PUBLISHED,
            handle["publish_id"],
        )

    def test_a_public_post_is_processing_until_it_is_moderated(self):
        self.simulator.set(tiktok__moderation_s=600)
        client = self.client()
        handle = self.published(client)
        assert client.get_publish_status(handle).state is PostState.PROCESSING
        self.simulator.advance(601)
        status = client.get_publish_status(handle)
        assert status.state is PostState.PUBLISHED
        assert int(status.external_post_id) > 2**53
        assert status.external_post_id == self.simulator.posts()[0]["id"]
        assert status.raw["publicaly_available_post_id"] == [status.external_post_id]

    def test_a_privacy_that_the_creator_does_not_offer_is_refused(self):
        self.account = self.simulator.account("tiktok", handle="shy", private=True)
        with pytest.raises(RefusedContent) as caught:
            self.prepared(self.client())
        assert caught.value.details["offered"] == [
            "FOLLOWER_OF_CREATOR",
            "MUTUAL_FOLLOW_FRIENDS",
            "SELF_ONLY",
        ]
        assert self.handles.told == []

    def test_a_creator_who_posted_too_much_today_is_busy(self):
        self.simulator.set(tiktok__daily_cap=0)
        with pytest.raises(PlatformBusy, match="daily number"):
            self.prepared(self.client())

    def test_a_dead_upload_address_proves_that_nothing_was_posted(self):
        client = self.client()
        old = self.prepared(client, self.large())
        self.simulator.advance(3_601)
        status = client.get_publish_status(old)
        assert (status.state, status.retryable) == (PostState.FAILED, True)
        assert self.prepared(client, self.large(), handle=old)["publish_id"] != old["publish_id"]

    def test_too_many_starts_in_a_minute_are_busy(self):
        self.simulator.set(tiktok__init_per_minute=1)
        client = self.client()
        self.prepared(client)
        with pytest.raises(PlatformBusy):
            self.prepared(client)


class TestYouTube(PlatformContract):
    platform = "youtube"
    commit, upload, begin = "youtube.commit", "youtube.upload", "youtube.session"

    def test_a_committed_video_has_its_id_while_youtube_still_works(self):
        self.simulator.set(youtube__processing_s=60)
        client = self.client()
        handle = self.prepared(client)
        status = client.publish_video(self.small, CONTENT, handle=handle)
        assert status.state is PostState.PROCESSING
        assert status.external_post_id == self.simulator.posts()[0]["id"]

    def test_privacy_is_always_said(self):
        client = self.client()
        self.published(client, content=replace(CONTENT, privacy="unlisted"))
        assert self.simulator.posts()[0]["privacy"] == "unlisted"

    def test_a_lost_session_is_settled_by_the_list_of_uploads(self):
        client = self.client()
        handle = self.published(client)
        lost = {**handle, "upload_url": handle["upload_url"] + "gone"}
        status = client.get_publish_status(lost)
        assert status.state is PostState.PUBLISHED
        assert status.external_post_id == self.simulator.posts()[0]["id"]

    def test_a_lost_session_without_a_video_stays_unknown(self):
        client = self.client()
        handle = self.prepared(client)
        lost = {**handle, "upload_url": handle["upload_url"] + "gone"}
        assert client.get_publish_status(lost).state is PostState.UNKNOWN

    def test_a_video_of_another_size_is_not_taken_for_ours(self):
        client, since = self.client(), datetime.now(tz=UTC)
        self.published(client)
        other = replace(self.small, size_bytes=self.small.size_bytes + 1)
        assert client.find_post(CONTENT, other, since=since) is None

    def test_a_rejected_video_is_in_the_list_and_no_post(self):
        self.simulator.inject("youtube.processing", "rejected", reason="rejected:copyright")
        client, since = self.client(), datetime.now(tz=UTC)
        handle = self.published(client)
        assert "copyright" in client.get_publish_status(handle).reason
        assert client.find_post(CONTENT, self.small, since=since) is None

    def test_a_title_with_angle_brackets_is_refused_before_any_call(self):
        with pytest.raises(RefusedContent, match="< and >"):
            self.prepared(self.client(), content=replace(CONTENT, title="<b>"))

    def test_without_a_title_the_first_line_of_the_caption_is_it(self):
        client = self.client()
        self.published(client, content=replace(CONTENT, title=""))
        assert self.simulator.posts()[0]["title"] == "Spring in the city 🌱 #spring"


def test_an_unknown_platform_is_named():
    with pytest.raises(UnknownPlatform, match="friendster"):
        client_for("friendster", mode="simulator", external_id="1", access_token="x")
    with pytest.raises(UnknownPlatform):
        oauth_for("friendster", mode="simulator")


def test_an_empty_file_of_a_platform_is_never_taken_for_a_video(simulator, tmp_path):
    path = tmp_path / "cut.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 500)
    account = simulator.account("instagram")
    client = client_for(
        "instagram",
        mode="simulator",
        external_id=account.external_id,
        access_token=account.access_token,
    )
    with pytest.raises(RefusedContent):
        client.upload_video(media_of(path), CONTENT, handle={}, on_handle=lambda handle: None)


def test_every_platform_is_defined_under_its_own_name():
    assert [definition.name for definition in PLATFORMS.values()] == list(PLATFORMS)
