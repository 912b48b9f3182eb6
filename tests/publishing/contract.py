"""What every platform client must do, checked once for each against the real simulator over HTTP.

Subclasses say what their platform calls things. `commit` and `upload` are the simulator's points of the
irreversible call and of the one that carries bytes before it.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from publishing.errors import (
    NeedsReconnect,
    OutcomeUnknown,
    PlatformBusy,
    PlatformProblem,
    RefusedContent,
)
from publishing.platforms import client_for
from publishing.platforms.base import Content, Media, PostState

CONTENT = Content(title="Spring in the city", caption="Spring in the city 🌱 #spring\nsecond line")
# Large enough that every platform gets it in several pieces.
LARGE_BYTES = 11_000_000
AFTER_EFFECT = ("reset_after", "error_after", "truncated_after", "html_after")
BEFORE_EFFECT = ("reset_before", "error_before")


def media_of(path):
    """The file as media; the facts of `small_video` hold for its padded copies too."""
    body = path.read_bytes()
    return Media(
        path=path,
        size_bytes=len(body),
        sha256=sha256(body).hexdigest(),
        duration_ms=4_000,
        width_px=540,
        height_px=960,
    )


class Handles:
    """Remembers what on_handle was told."""

    def __init__(self):
        self.told = []

    def __call__(self, handle):
        self.told.append(handle)


class PlatformContract:
    """Subclass it once per platform."""

    platform = ""
    commit = ""
    upload = ""
    begin = ""  # the call that obtains the handle
    login = ""  # another than the platform's own

    @pytest.fixture(autouse=True)
    def _world(self, simulator, padded_video, small_video):
        self.simulator, self.account = simulator, simulator.account(self.platform, login=self.login)
        self.small, self.pad = media_of(small_video), padded_video
        self.handles = Handles()

    # --- How tests speak ---

    def client(self, *, access_token=None, **options):
        return client_for(
            self.platform,
            mode="simulator",
            external_id=self.account.external_id,
            access_token=access_token or self.account.access_token,
            login=self.login,
            options={"chunk_bytes": 5_242_880, **options},
        )

    def prepared(self, client, media=None, content=CONTENT, handle=None):
        return client.upload_video(
            media or self.small, content, handle=handle or {}, on_handle=self.handles
        )

    def published(self, client, media=None, content=CONTENT):
        handle = self.prepared(client, media, content)
        self.committed(client, handle, media, content)
        return handle

    def committed(self, client, handle, media=None, content=CONTENT):
        """As a job does it: the last look, then the one call."""
        look = client.ready_to_publish(handle)
        if look.state is not PostState.READY:
            return look
        return client.publish_video(media or self.small, content, handle=handle)

    def large(self, **name):
        return media_of(self.pad(LARGE_BYTES, **name))

    # --- The account ---

    def test_says_whose_token_it_is(self):
        profile = self.client().authenticate()
        assert profile.external_id == self.account.external_id
        assert profile.handle == self.account.handle

    def test_a_token_of_another_account_needs_reconnecting(self):
        other = self.simulator.account(self.platform, handle="somebody-else", login=self.login)
        with pytest.raises(NeedsReconnect):
            self.client(access_token=other.access_token).authenticate()

    def test_an_expired_token_needs_reconnecting(self):
        self.simulator.inject(self.begin, "expired_token")
        with pytest.raises(NeedsReconnect) as caught:
            self.prepared(self.client())
        assert "Connect the account again" in caught.value.remedy
        assert self.handles.told == []

    def test_an_unknown_token_needs_reconnecting(self):
        with pytest.raises(NeedsReconnect):
            self.client(access_token="made-up").authenticate()

    # --- The good road ---

    @pytest.mark.parametrize("size", ["small", "large"])
    def test_posts_exactly_once_with_the_same_bytes_and_text(self, size):
        media, client = (self.small if size == "small" else self.large()), self.client()
        self.published(client, media)
        [post] = self.simulator.posts()
        assert (post["sha256"], post["size_bytes"]) == (media.sha256, media.size_bytes)
        assert post["caption"] == CONTENT.caption
        assert post["account_id"] == self.account.external_id

    def test_tells_the_handle_before_any_byte_flows(self):
        self.simulator.inject(self.upload, "reset_before", count=99)
        client = self.client()
        with pytest.raises(PlatformBusy):
            self.prepared(client, self.large())
        [handle] = self.handles.told
        assert client.get_publish_status(handle).state is PostState.UPLOADING
        assert self.simulator.posts() == []

    def test_nothing_is_posted_before_publish_video(self):
        client = self.client()
        handle = self.prepared(client, self.large())
        assert self.simulator.posts() == []
        assert client.get_publish_status(handle).state is PostState.READY

    def test_progress_rises_from_nothing_towards_all(self):
        seen = []
        self.client().upload_video(
            self.large(), CONTENT, handle={}, on_handle=self.handles, on_progress=seen.append
        )
        assert seen == sorted(seen)
        assert all(0 < fraction <= 1 for fraction in seen)
        assert len(seen) >= 1

    def test_status_goes_from_ready_over_processing_to_published(self):
        self.simulator.set(**{f"{self.platform}__processing_s": 30})
        client = self.client()
        handle = self.prepared(client)
        states = [client.get_publish_status(handle).state]
        client.publish_video(self.small, CONTENT, handle=handle)
        states.append(client.get_publish_status(handle).state)
        self.simulator.advance(60)
        states.append(client.get_publish_status(handle).state)
        assert states == [PostState.READY, PostState.PROCESSING, PostState.PUBLISHED]

    def test_a_published_post_has_an_address_that_shows_it(self):
        client = self.client()
        status = client.get_publish_status(self.published(client))
        assert status.state is PostState.PUBLISHED
        assert status.external_post_id == self.simulator.posts()[0]["id"]
        assert status.external_url.startswith(f"{self.simulator.url}/posts/{self.platform}/")
        page = self.simulator.get(status.external_url)
        assert page.status_code == 200
        assert "second line" in page.text
        assert sha256(self.simulator.get(f"{status.external_url}/video").content).hexdigest() == (
            self.small.sha256
        )

    # --- Breaks before the commit ---

    def test_goes_on_where_the_connection_dropped(self):
        self.simulator.inject(self.upload, "drop_upload", bytes=700_000)
        media, client = self.large(), self.client()
        self.published(client, media)
        assert [post["sha256"] for post in self.simulator.posts()] == [media.sha256]
        assert len(self.handles.told) == 1

    def test_a_second_process_goes_on_with_the_saved_handle(self):
        media = self.large()
        self.simulator.inject(self.upload, "reset_before", count=99)
        with pytest.raises(PlatformBusy):
            self.prepared(self.client(), media)
        self.simulator.reset_faults()
        client = self.client()
        handle = self.prepared(client, media, handle=self.handles.told[0])
        self.committed(client, handle, media)
        assert len(self.handles.told) == 1
        assert [post["sha256"] for post in self.simulator.posts()] == [media.sha256]

    def test_a_server_error_while_beginning_is_busy_and_posts_nothing(self):
        self.simulator.inject(self.begin, "error_before", status=503, count=99)
        with pytest.raises(PlatformBusy):
            self.prepared(self.client())
        assert self.simulator.posts() == []

    def test_an_answer_nobody_understands_is_a_problem_that_may_be_tried_again(self):
        self.simulator.inject(self.begin, "html_after")
        with pytest.raises(PlatformProblem) as caught:
            self.prepared(self.client())
        assert not caught.value.permanent

    def test_no_answer_in_time_is_busy_before_the_commit(self):
        self.simulator.inject(self.begin, "timeout_before", seconds=20, count=9)
        with pytest.raises(PlatformBusy):
            self.prepared(self.client(read_timeout_s=0.2))

    def test_too_many_calls_are_busy_and_say_when_to_come_back(self):
        self.simulator.inject(self.begin, "rate_limited")
        with pytest.raises(PlatformBusy) as caught:
            self.prepared(self.client())
        assert isinstance(caught.value.details["retry_after_s"], int)
        assert caught.value.details["retry_after_s"] > 0
        assert not caught.value.permanent

    # --- The commit ---

    @pytest.mark.parametrize("fault", AFTER_EFFECT)
    def test_a_commit_without_a_clear_answer_is_unknown_and_asking_finds_the_post(self, fault):
        client = self.client()
        handle = self.prepared(client)
        self.simulator.inject(self.commit, fault)
        with pytest.raises(OutcomeUnknown):
            client.publish_video(self.small, CONTENT, handle=handle)
        status = client.get_publish_status(handle)
        assert status.state is PostState.PUBLISHED
        assert [status.external_post_id] == [post["id"] for post in self.simulator.posts()]

    def test_a_commit_that_times_out_is_unknown(self):
        handle = self.prepared(self.client())
        self.simulator.inject(self.commit, "timeout_after", seconds=20)
        hasty = self.client(read_timeout_s=0.5)
        with pytest.raises(OutcomeUnknown):
            hasty.publish_video(self.small, CONTENT, handle=handle)
        assert self.client().get_publish_status(handle).state is PostState.PUBLISHED

    @pytest.mark.parametrize("fault", BEFORE_EFFECT)
    def test_a_commit_that_never_arrived_is_unknown_and_asking_says_not_published(self, fault):
        client = self.client()
        handle = self.prepared(client)
        self.simulator.inject(self.commit, fault)
        with pytest.raises(OutcomeUnknown):
            client.publish_video(self.small, CONTENT, handle=handle)
        assert client.get_publish_status(handle).state is PostState.READY
        assert self.simulator.posts() == []

    def test_after_a_proven_miss_the_same_handle_commits(self):
        client = self.client()
        handle = self.prepared(client)
        self.simulator.inject(self.commit, "reset_before")
        with pytest.raises(OutcomeUnknown):
            client.publish_video(self.small, CONTENT, handle=handle)
        self.committed(client, handle)
        assert len(self.simulator.posts()) == 1

    def test_the_commit_is_one_call_and_no_other(self, monkeypatch):
        client = self.client()
        handle = self.prepared(client)
        assert client.ready_to_publish(handle).state is PostState.READY
        made, call = [], client._wire.call
        monkeypatch.setattr(
            client._wire, "call", lambda *args, **more: made.append(args) or call(*args, **more)
        )
        client.publish_video(self.small, CONTENT, handle=handle)
        assert len(made) == 1
        assert len(self.simulator.posts()) == 1

    def test_the_last_look_before_all_bytes_are_there_is_busy(self):
        self.simulator.inject(self.upload, "reset_before", count=99)
        client = self.client()
        with pytest.raises(PlatformBusy):
            self.prepared(client, self.large())
        self.simulator.reset_faults()
        with pytest.raises(PlatformBusy):
            client.ready_to_publish(self.handles.told[0])

    def test_a_post_has_a_permalink_that_shows_it(self):
        client = self.client()
        status = client.get_publish_status(self.published(client))
        assert client.permalink(status.external_post_id) == status.external_url

    def test_committing_twice_with_one_handle_posts_once(self):
        client = self.client()
        handle = self.published(client)
        again = self.committed(client, handle)
        assert again.state in (PostState.PUBLISHED, PostState.PROCESSING)
        assert len(self.simulator.posts()) == 1

    def test_preparing_again_after_the_commit_posts_nothing_new(self):
        client = self.client()
        handle = self.published(client)
        assert self.prepared(client, handle=handle)
        self.committed(client, handle)
        assert len(self.simulator.posts()) == 1
        assert len(self.handles.told) == 1

    def test_an_effect_that_comes_late_is_first_not_there_and_then_found(self):
        client = self.client()
        handle = self.prepared(client)
        self.simulator.inject(self.commit, "late_effect", seconds=90)
        with pytest.raises(OutcomeUnknown):
            client.publish_video(self.small, CONTENT, handle=handle)
        assert client.get_publish_status(handle).state is not PostState.PUBLISHED
        self.simulator.advance(100)
        assert client.get_publish_status(handle).state is PostState.PUBLISHED

    def test_a_token_that_expires_before_the_commit_needs_reconnecting_and_posts_nothing(self):
        client = self.client()
        handle = self.prepared(client)
        self.simulator.inject(self.commit, "expired_token")
        with pytest.raises(NeedsReconnect):
            client.publish_video(self.small, CONTENT, handle=handle)
        assert self.simulator.posts() == []

    # --- What the platform does not want ---

    def test_rejected_media_fails_with_a_reason_for_people(self):
        self.simulator.inject(f"{self.platform}.processing", "rejected")
        client = self.client()
        try:
            handle = self.published(client)
        except RefusedContent as refused:
            reason = refused.message
        else:
            status = client.get_publish_status(handle)
            assert (status.state, status.retryable) == (PostState.FAILED, False)
            reason = status.reason
        assert reason.endswith(".")
        assert self.simulator.posts() == []

    def test_a_file_that_is_no_video_is_refused(self, tmp_path):
        path = tmp_path / "text.mp4"
        path.write_bytes(b"this is not a video " * 20_000)
        client = self.client()
        with pytest.raises(RefusedContent):
            handle = self.published(client, media_of(path))
            status = client.get_publish_status(handle)
            assert status.state is PostState.FAILED
            raise RefusedContent(status.reason, platform=self.platform)
        assert self.simulator.posts() == []

    # --- Finding ---

    def test_finds_a_post_by_its_text_within_the_window(self):
        client, since = self.client(), datetime.now(tz=UTC)
        self.published(client)
        found = client.find_post(CONTENT, self.small, since=since)
        assert found.state is PostState.PUBLISHED
        assert found.external_post_id == self.simulator.posts()[0]["id"]

    def test_does_not_find_another_text(self):
        client, since = self.client(), datetime.now(tz=UTC)
        self.published(client)
        other = replace(CONTENT, title="Autumn", caption="Autumn in the city")
        assert client.find_post(other, self.small, since=since) is None

    def test_does_not_find_a_post_from_before_the_window(self):
        client = self.client()
        self.published(client)
        later = datetime.now(tz=UTC) + timedelta(minutes=5)
        assert client.find_post(CONTENT, self.small, since=later) is None

    def test_two_posts_with_one_text_are_not_guessed_apart(self):
        client, since = self.client(), datetime.now(tz=UTC)
        first, second = self.large(name="one.mp4"), self.large(name="two.mp4")
        self.published(client, first)
        self.published(client, second)
        assert client.find_post(CONTENT, second, since=since).state is PostState.UNKNOWN
        ids = [post["id"] for post in self.simulator.posts()]
        knowing = self.client(known_post_ids=ids[:1])
        found = knowing.find_post(CONTENT, second, since=since)
        assert found.external_post_id == ids[1]

    def test_asking_without_a_handle_is_unknown(self):
        assert self.client().get_publish_status({}).state is PostState.UNKNOWN

    # --- Numbers ---

    def test_metrics_are_whole_numbers_that_grow(self):
        client = self.client()
        post_id = client.get_publish_status(self.published(client)).external_post_id
        self.simulator.advance(1_800)
        early = client.post_metrics(post_id)
        # Tokens age on the simulator's clock as well: use a young one.
        self.simulator.advance(86_400)
        fresh = self.simulator.account(self.platform, login=self.login).access_token
        late = self.client(access_token=fresh).post_metrics(post_id)
        assert {"views", "likes", "comments"} <= early.keys()
        assert all(type(number) is int for number in [*early.values(), *late.values()])
        assert late["views"] > early["views"] > 0

    # --- Secrets ---

    def test_no_token_and_no_signed_address_reaches_the_log_or_an_error(self, caplog):
        caplog.set_level("DEBUG", logger="publishing")
        self.simulator.inject(self.commit, "reset_after")
        client = self.client()
        handle = self.prepared(client)
        with pytest.raises(OutcomeUnknown) as caught:
            client.publish_video(self.small, CONTENT, handle=handle)
        told = caplog.text + str(caught.value) + str(caught.value.details) + str(caught.value.wire)
        assert self.account.access_token not in told
        assert "upload_token" not in told
        assert "upload_id" not in told
