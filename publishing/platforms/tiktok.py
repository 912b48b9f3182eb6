"""TikTok: a post is begun, its chunks are sent in order, and the last chunk commits it.

A direct post is live then. One for the inbox waits there until the creator posts it in the app.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from publishing.errors import (
    FailureKind,
    NeedsReconnect,
    PlatformBusy,
    PlatformError,
    PlatformProblem,
    RefusedContent,
)
from publishing.platforms.base import (
    Comment,
    Content,
    Handle,
    ListedPost,
    Listing,
    Media,
    OnHandle,
    OnProgress,
    PostState,
    PostStatus,
    Profile,
)
from publishing.platforms.error_table import MINUTE, Failure, Phase, error_for, failure_of
from publishing.platforms.facts import fact, version_of
from publishing.platforms.hosts import Hosts
from publishing.platforms.wire import (
    ATTEMPTS,
    CHUNK_READ_S,
    Wire,
    json_of,
    same_text,
    slices,
    the_one,
)

PLATFORM = "tiktok"
# Chunks are 5 to 64 MB; a file under twice our chunk goes as one piece. The rest that does not fill a
# chunk travels with the last one, which is therefore up to twice as long.
CHUNK_BYTES = 8 * 1024 * 1024
UPLOAD_TRIES = 5
CLOCK_MARGIN = timedelta(seconds=30)
LIST_PAGES, LIST_SIZE = 10, 20
PUBLIC, PRIVATE = "PUBLIC_TO_EVERYONE", "SELF_ONLY"
INBOX = "tiktok_inbox"  # what the option `destination` says
# A creator's post that is not public never gets an id; after this we wait for one no longer.
ID_COMES_WITHIN = timedelta(days=3)
_VIDEO_FIELDS = "id,create_time,share_url,video_description,duration"
_METRICS = {
    "view_count": "views",
    "like_count": "likes",
    "comment_count": "comments",
    "share_count": "shares",
}


@dataclass(frozen=True)
class Chunks:
    """How a file is cut. All chunks but the last have the same size."""

    size_bytes: int
    chunk_bytes: int
    count: int

    @property
    def last_start(self) -> int:
        """Where the chunk begins that commits."""
        return self.chunk_bytes * (self.count - 1)


def chunks_of(size_bytes: int, *, chunk_bytes: int = CHUNK_BYTES) -> Chunks:
    """TikTok's arithmetic: the count is rounded down."""
    if size_bytes < 2 * chunk_bytes:
        return Chunks(size_bytes, size_bytes, 1)
    return Chunks(size_bytes, chunk_bytes, size_bytes // chunk_bytes)


class TikTokClient:
    """One creator.

    The handle: publish_id, upload_url, size_bytes, chunk_bytes, chunk_count, privacy_level, caption,
    started_at, inbox (only there). Content options: destination, privacy_level, disable_comment, disable_duet, disable_stitch,
    brand_content, brand_organic, is_ai_generated, thumb_offset_ms.
    """

    platform = PLATFORM

    def __init__(
        self, *, hosts: Hosts, external_id: str, access_token: str, options: dict[str, Any]
    ) -> None:
        self._hosts, self._id, self._token = hosts, external_id, access_token
        self._known_post_ids = set(options.get("known_post_ids", ()))
        self._chunk_bytes = int(options.get("chunk_bytes", CHUNK_BYTES))
        self._wire = Wire(hosts, read_s=options.get("read_timeout_s"), meter=options.get("meter"))

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    # --- The account -----------------------------------------------------------------------------

    def authenticate(self) -> Profile:
        """Ask whose token this is, and what this creator may post."""
        answer = self._wire.call(
            "GET",
            self._url("/user/info/"),
            attempts=ATTEMPTS,
            params={"fields": "open_id,union_id,display_name"},
            headers=self._bearer(),
            uses={"reads": 1},
        )
        user = self._data(answer, phase=Phase.READ).get("user") or {}
        external_id = str(user.get("open_id", ""))
        if self._id and external_id != self._id:
            raise NeedsReconnect(
                "The token belongs to another TikTok account. Connect the right one.",
                platform=PLATFORM,
            )
        creator = self._creator_info()
        handle = str(creator.get("creator_username") or user.get("display_name", ""))
        return Profile(external_id=external_id, handle=handle, raw={**user, **creator})

    def _creator_info(self) -> dict[str, Any]:
        return self._ask(
            "/post/publish/creator_info/query/", {}, attempts=ATTEMPTS, uses="creator_info"
        )

    # --- Before the point of no return -----------------------------------------------------------

    def upload_video(
        self,
        media: Media,
        content: Content,
        *,
        handle: Handle,
        on_handle: OnHandle,
        on_progress: OnProgress = lambda fraction: None,
    ) -> Handle:
        """Begin the post and send every chunk but the last, which would commit it."""
        handle, at = dict(handle), 0
        state = self._state_of(handle) if handle.get("publish_id") else {}
        if state.get("status") == "PROCESSING_UPLOAD" and not self._is_too_old(handle):
            at = int(state.get("uploaded_bytes") or 0)
        elif state.get("status") not in _HAS_IT_ALL:
            self._refuse_if_failed(state)
            handle = self._begin(media, content)
            on_handle(dict(handle))
        else:
            return handle
        self._send_all_but_last(media, handle, at=at, on_progress=on_progress)
        return handle

    def _refuse_if_failed(self, state: dict[str, Any]) -> None:
        if state.get("status") == "FAILED":
            failure = failure_of(PLATFORM, str(state.get("fail_reason", "")))
            if not failure.retryable:
                raise failure.as_error(PLATFORM, wire=state.get("fail_reason"))

    def _begin(self, media: Media, content: Content) -> Handle:
        if content.options.get("destination") == INBOX:
            return self._begun(media, "/post/publish/inbox/video/init/", {}, inbox=True)
        creator = self._creator_info()
        privacy = _privacy_level(content, creator)
        limit_s = int(creator.get("max_video_post_duration_sec") or 600)
        if media.duration_ms > limit_s * 1000:
            raise RefusedContent(
                f"This TikTok account takes videos of at most {limit_s} seconds.", platform=PLATFORM
            )
        options = content.options
        info: dict[str, Any] = {
            "title": _caption(content),
            "privacy_level": privacy,
            "disable_comment": _off(options, creator, "comment"),
            "disable_duet": _off(options, creator, "duet"),
            "disable_stitch": _off(options, creator, "stitch"),
            "brand_content_toggle": bool(options.get("brand_content")),
            "brand_organic_toggle": bool(options.get("brand_organic")),
            "is_aigc": bool(options.get("is_ai_generated")),
        }
        if "thumb_offset_ms" in options:
            info["video_cover_timestamp_ms"] = int(options["thumb_offset_ms"])
        return self._begun(
            media,
            "/post/publish/video/init/",
            {"post_info": info},
            privacy_level=privacy,
            caption=_caption(content),
        )

    def _begun(self, media: Media, path: str, body: dict[str, Any], **kept: Any) -> Handle:
        """kept: what the handle keeps beside the platform's answer."""
        cut = chunks_of(media.size_bytes, chunk_bytes=self._chunk_bytes)
        begun = self._ask(
            path,
            {
                **body,
                "source_info": {
                    "source": "FILE_UPLOAD",
                    "video_size": cut.size_bytes,
                    "chunk_size": cut.chunk_bytes,
                    "total_chunk_count": cut.count,
                },
            },
            phase=Phase.PREPARE,
            attempts=2,
            uses="init",
        )
        if not begun.get("publish_id") or not begun.get("upload_url"):
            raise PlatformProblem("TikTok gave no address for the upload.", platform=PLATFORM)
        return {
            "publish_id": str(begun["publish_id"]),
            "upload_url": str(begun["upload_url"]),
            "size_bytes": cut.size_bytes,
            "chunk_bytes": cut.chunk_bytes,
            "chunk_count": cut.count,
            "started_at": self._wire.now().isoformat(),
            **kept,
        }

    def _send_all_but_last(
        self, media: Media, handle: Handle, *, at: int, on_progress: OnProgress
    ) -> None:
        cut, tries = _cut(handle), UPLOAD_TRIES
        while at < cut.last_start:
            end = at + cut.chunk_bytes
            try:
                answer = self._put(media, handle, at, end, phase=Phase.PREPARE)
                if answer.status_code == 206:
                    at = end
                    on_progress(at / cut.size_bytes)
                    continue
                if answer.status_code not in (416, 429) and answer.status_code < 500:
                    raise self._upload_error(answer, phase=Phase.PREPARE)
            except PlatformBusy:
                if tries <= 1:
                    raise
            tries -= 1
            if not tries:
                raise PlatformBusy(
                    "TikTok does not take the file now.", platform=PLATFORM, retry_after_s=MINUTE
                )
            self._wire.pause(1)
            at = int(self._state_of(handle).get("uploaded_bytes") or 0)

    def _put(
        self, media: Media, handle: Handle, start: int, end: int, *, phase: Phase
    ) -> httpx.Response:
        return self._wire.call(
            "PUT",
            handle["upload_url"],
            phase=phase,
            read_s=CHUNK_READ_S,
            content=slices(media.path, start, end),
            headers={
                "Content-Type": _MIME.get(media.path.suffix.lower(), "video/mp4"),
                "Content-Length": str(end - start),
                "Content-Range": f"bytes {start}-{end - 1}/{handle['size_bytes']}",
            },
        )

    # --- The point of no return ------------------------------------------------------------------

    def ready_to_publish(self, handle: Handle) -> PostStatus:
        """Whether TikTok has all but the last chunk."""
        before = self._status(handle, self._state_of(handle))
        if before.state is PostState.FAILED:
            raise (before.failure or failure_of(PLATFORM, "")).as_error(PLATFORM)
        if before.state in (PostState.UPLOADING, PostState.UNKNOWN):
            raise PlatformBusy(
                before.reason or "TikTok does not have the whole file yet; send it again.",
                platform=PLATFORM,
                retry_after_s=MINUTE,
            )
        return before

    def publish_video(self, media: Media, content: Content, *, handle: Handle) -> PostStatus:
        """Send the last chunk, once."""
        cut = _cut(handle)
        answer = self._put(media, handle, cut.last_start, cut.size_bytes, phase=Phase.COMMIT)
        if answer.status_code != 201:
            raise self._upload_error(answer, phase=Phase.COMMIT)
        return PostStatus(PostState.PROCESSING)

    # --- Asking ----------------------------------------------------------------------------------

    def get_publish_status(self, handle: Handle) -> PostStatus:
        """By publish_id, for as long as TikTok remembers it."""
        if not handle.get("publish_id"):
            return PostStatus(PostState.UNKNOWN, reason="There is no publish_id to ask about.")
        return self._status(handle, self._state_of(handle))

    def _status(self, handle: Handle, state: dict[str, Any]) -> PostStatus:
        word = state.get("status")
        if word == "FAILED":
            failure = failure_of(PLATFORM, str(state.get("fail_reason", "")))
            return PostStatus.failed(failure, raw=state)
        if word == "PUBLISH_COMPLETE":
            return self._complete(handle, state)
        if word == "PROCESSING_UPLOAD":
            cut, uploaded = _cut(handle), int(state.get("uploaded_bytes") or 0)
            if uploaded >= cut.size_bytes:
                return PostStatus(PostState.PROCESSING, raw=state)
            if self._is_too_old(handle):
                return PostStatus.failed(_HOUR_IS_OVER, raw=state)
            ready = uploaded >= cut.last_start
            return PostStatus(PostState.READY if ready else PostState.UPLOADING, raw=state)
        if word == "SEND_TO_USER_INBOX":
            return PostStatus(PostState.DELIVERED, reason=_IN_THE_INBOX, raw=state)
        if word == "PROCESSING_DOWNLOAD":
            return PostStatus(PostState.PROCESSING, raw=state)
        return PostStatus(PostState.UNKNOWN, reason="TikTok does not know the upload.", raw=state)

    def _complete(self, handle: Handle, state: dict[str, Any]) -> PostStatus:
        ids = state.get("publicaly_available_post_id") or []  # TikTok's spelling
        if ids:
            post_id = str(ids[0])  # beyond 2**53: a number only for those who can count so far
            return PostStatus(PostState.PUBLISHED, post_id, self.permalink(post_id), raw=state)
        if handle.get("inbox") and not self._is_older_than(handle, ID_COMES_WITHIN):
            reason = "The creator has posted it; TikTok shows no public id of it (yet)."
            return PostStatus(PostState.PROCESSING, reason=reason, raw=state)
        if handle.get("privacy_level") != PUBLIC:
            # Posts that are not public never get an id; the publish_id is all there will be.
            return PostStatus(PostState.PUBLISHED, str(handle["publish_id"]), raw=state)
        return PostStatus(
            PostState.PROCESSING, reason="TikTok has posted it and moderates it now.", raw=state
        )

    def permalink(self, external_post_id: str) -> str:
        """Where people see the post; "" when TikTok does not say now: that is no failure."""
        try:
            found = self._videos(external_post_id, fields="id,share_url")
        except PlatformError:
            return ""
        return str(found[0].get("share_url", "")) if found else ""

    def find_post(self, content: Content, media: Media, *, since: datetime) -> PostStatus | None:
        """By text, time and length among the public videos; private ones are in no list.

        What goes to the inbox has no text of ours: the creator writes it.
        """
        if content.options.get("destination") == INBOX:
            return None
        earliest = since - CLOCK_MARGIN
        matches = [
            PostStatus(
                PostState.PUBLISHED,
                external_post_id=str(video["id"]),
                external_url=str(video.get("share_url", "")),
                raw=video,
            )
            for video in self._videos_since(earliest)
            if same_text(_caption(content), str(video.get("video_description", "")))
            and abs(int(video.get("duration") or 0) * 1000 - media.duration_ms) <= 2_000
        ]
        return the_one(PLATFORM, matches, known_post_ids=self._known_post_ids)

    def recent_posts(self, *, since: datetime) -> Listing:
        """The creator's public videos; private ones are in no list."""
        found = self._videos_since(since)
        posts = [
            ListedPost(
                str(video["id"]),
                str(video.get("share_url", "")),
                str(video.get("video_description", "")),
                _time_of(video),
                duration_ms=int(video.get("duration") or 0) * 1000 or None,
            )
            for video in found
        ]
        return Listing(posts, complete=len(found) < LIST_PAGES * LIST_SIZE)

    def _videos_since(self, earliest: datetime) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        body: dict[str, Any] = {"max_count": LIST_SIZE}
        for _ in range(LIST_PAGES):
            page = self._ask(
                f"/video/list/?fields={_VIDEO_FIELDS}", body, attempts=ATTEMPTS, uses="list"
            )
            videos = [video for video in page.get("videos") or [] if isinstance(video, dict)]
            recent = [video for video in videos if _time_of(video) >= earliest]
            found += recent
            if len(recent) < len(videos) or not page.get("has_more"):
                break
            body["cursor"] = page.get("cursor")
        return found

    def comment(self, external_post_id: str, text: str) -> str:
        """Refused: TikTok's API has no comments."""
        raise RefusedContent("TikTok takes no comments through its API.", platform=PLATFORM)

    def own_comments(self, external_post_id: str) -> list[Comment]:
        """None: TikTok's API has no comments."""
        return []

    def set_thumbnail(self, external_post_id: str, picture: bytes) -> None:
        """Refused: the cover is chosen when the post is begun."""
        raise RefusedContent("TikTok takes a cover with the post only.", platform=PLATFORM)

    def post_metrics(self, external_post_id: str) -> dict[str, int]:
        """What a public video has, without what TikTok leaves out. {} for a post that is in no list."""
        found = self._videos(external_post_id, fields="id," + ",".join(_METRICS))
        if not found:
            return {}
        return {
            ours: int(found[0][theirs])
            for theirs, ours in _METRICS.items()
            if found[0].get(theirs) is not None
        }

    def _videos(self, post_id: str, *, fields: str) -> list[dict[str, Any]]:
        asked = {"filters": {"video_ids": [post_id]}}
        answer = self._ask(f"/video/query/?fields={fields}", asked, attempts=ATTEMPTS, uses="query")
        return [video for video in answer.get("videos") or [] if isinstance(video, dict)]

    # --- The wire --------------------------------------------------------------------------------

    def _state_of(self, handle: Handle) -> dict[str, Any]:
        """TikTok's word on a publish_id; empty where it does not know it."""
        asked = {"publish_id": handle["publish_id"]}
        try:
            return self._ask("/post/publish/status/fetch/", asked, attempts=ATTEMPTS, uses="status")
        except PlatformProblem as problem:
            if problem.details.get("platform_code") == "invalid_publish_id":
                return {}
            raise

    def _is_too_old(self, handle: Handle) -> bool:
        """Whether the upload address is dead, by TikTok's clock."""
        return self._is_older_than(handle, fact(PLATFORM, "life", "upload"))

    def _is_older_than(self, handle: Handle, age: timedelta) -> bool:
        return self._wire.now() - datetime.fromisoformat(str(handle["started_at"])) >= age

    def _url(self, path: str) -> str:
        return self._hosts.url("api", f"/{version_of(PLATFORM)}{path}")

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _ask(
        self,
        path: str,
        body: dict[str, Any],
        *,
        uses: str,
        phase: Phase = Phase.READ,
        attempts: int = 1,
    ) -> dict[str, Any]:
        """uses: the budget that each try takes one unit of."""
        answer = self._wire.call(
            "POST",
            self._url(path),
            phase=phase,
            attempts=attempts,
            json=body,
            headers=self._bearer(),
            uses={uses: 1},
        )
        return self._data(answer, phase=phase)

    def _data(self, answer: httpx.Response, *, phase: Phase) -> dict[str, Any]:
        """The data of an envelope. Any code but "ok" is a failure, whatever the HTTP status."""
        body = json_of(answer)
        error = body.get("error")
        code = str(error.get("code", "")) if isinstance(error, dict) else ""
        if code != "ok" or not answer.is_success:
            raise error_for(
                PLATFORM, phase=phase, http=answer.status_code, code=code, wire=error or None
            )
        data = body.get("data")
        return data if isinstance(data, dict) else {}

    def _upload_error(self, answer: httpx.Response, *, phase: Phase) -> PlatformError:
        """The upload host says no more than an HTTP status."""
        return error_for(PLATFORM, phase=phase, http=answer.status_code, code="upload")


_HOUR_IS_OVER = Failure(
    FailureKind.TRANSIENT,
    "The upload was not finished within TikTok's hour; nothing was posted.",
)
_HAS_IT_ALL = ("PUBLISH_COMPLETE", "PROCESSING_DOWNLOAD", "SEND_TO_USER_INBOX")
_IN_THE_INBOX = (
    "It waits in the creator's inbox: it is not posted until the creator posts it in TikTok's app."
)
_MIME = {".mov": "video/quicktime", ".webm": "video/webm"}


def _caption(content: Content) -> str:
    return content.caption or content.title


def _cut(handle: Handle) -> Chunks:
    return Chunks(int(handle["size_bytes"]), int(handle["chunk_bytes"]), int(handle["chunk_count"]))


def _off(options: dict[str, Any], creator: dict[str, Any], what: str) -> bool:
    """Whether an interaction is switched off: by us, or by the creator for all posts."""
    return bool(options.get(f"disable_{what}")) or bool(creator.get(f"{what}_disabled"))


def _privacy_level(content: Content, creator: dict[str, Any]) -> str:
    """What was asked for, if this creator offers it; never something else instead."""
    offered = [str(level) for level in creator.get("privacy_level_options") or []]
    asked = content.options.get("privacy_level") or {"public": PUBLIC, "private": PRIVATE}.get(
        content.privacy, ""
    )
    if asked not in offered:
        raise RefusedContent(
            f"This TikTok account does not offer the privacy {asked or content.privacy}. "
            f"It offers {', '.join(offered) or 'none now'}.",
            platform=PLATFORM,
            offered=offered,
        )
    return str(asked)


def _time_of(video: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(video.get("create_time") or 0), tz=UTC)
