"""Instagram: a container is created, filled and worked on; `media_publish` makes it a reel."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from publishing.errors import (
    NeedsReconnect,
    PlatformBusy,
    PlatformError,
    PlatformLimit,
    PlatformProblem,
    RefusedContent,
)
from publishing.platforms.base import (
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
from publishing.platforms.error_table import MINUTE, Phase, error_for, failure_of
from publishing.platforms.facts import version_of
from publishing.platforms.hosts import LIVE, Hosts
from publishing.platforms.instagram_comments import InstagramComments
from publishing.platforms.usage import regain_s
from publishing.platforms.wire import (
    ATTEMPTS,
    CHUNK_READ_S,
    COMMIT_READ_S,
    Wire,
    json_of,
    same_text,
    slices,
    the_one,
)

PLATFORM = "instagram"
UPLOAD_TRIES = 5
CLOCK_MARGIN = timedelta(seconds=30)
LIST_PAGES, LIST_SIZE = 5, 50
METRICS = ("views", "reach", "likes", "comments", "shares", "saved", "total_interactions")
# Of reels alone; asked of other media, one of them fails the whole call.
REEL_METRICS = {
    "ig_reels_video_view_total_time": "watch_ms",
    "ig_reels_avg_watch_time": "average_watch_ms",
}
_MEDIA_FIELDS = "id,caption,permalink,timestamp,media_product_type"


class InstagramClient(InstagramComments):
    """One professional account, by either login: after it, both hosts speak alike.

    The handle: container_id, upload_url ("" where Instagram pulls), caption, started_at. Content
    options: upload ("bytes" or "pull"), share_to_feed, cover_url (goes before thumb_offset_ms),
    thumb_offset_ms, is_ai_generated.
    """

    platform = PLATFORM

    def __init__(
        self, *, hosts: Hosts, external_id: str, access_token: str, options: dict[str, Any]
    ) -> None:
        self._hosts, self._id, self._token = hosts, external_id, access_token
        self._by_facebook = options.get("login") == "facebook"
        self._known_post_ids = set(options.get("known_post_ids", ()))
        self._wire = Wire(hosts, read_s=options.get("read_timeout_s"), meter=options.get("meter"))
        # How often to look whether a container is ready before the caller should come back later.
        polls, self._poll_units = (6, 10.0) if hosts.mode == LIVE else (200, 2.0)
        self._polls = int(options.get("ready_polls", polls))

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    # --- The account -----------------------------------------------------------------------------

    def authenticate(self) -> Profile:
        """Ask whose token this is. Raises NeedsReconnect when it is another account's."""
        me = self._account_of_page() if self._by_facebook else self._me()
        external_id = str(me.get("user_id") or me.get("id", ""))
        if self._id and external_id != self._id:
            raise NeedsReconnect(
                "The token belongs to another Instagram account. Connect the right one.",
                platform=PLATFORM,
            )
        return Profile(external_id=external_id, handle=str(me.get("username", "")), raw=me)

    def _me(self) -> dict[str, Any]:
        return self._get("/me", fields="user_id,username,name,account_type")

    def _account_of_page(self) -> dict[str, Any]:
        """Here /me is the person; the account is asked for by its id, if the person manages it."""
        try:
            return self._get(f"/{self._id}", fields="id,username,name")
        except PlatformError as error:
            if error.details.get("platform_subcode") != "33":
                raise
            raise NeedsReconnect(
                "This Facebook login does not manage the page of the Instagram account (any more).",
                platform=PLATFORM,
            ) from error

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
        """Create a container, fill it, and wait until Instagram has worked it through.

        Raises PlatformBusy when that takes long: come back with the handle. A container that failed
        or expired is replaced; containers publish nothing.
        """
        handle = dict(handle)
        state = self._container(handle) if handle.get("container_id") else {}
        if state.get("status_code") in (None, "ERROR", "EXPIRED"):
            handle = self._create(media, content)
            on_handle(dict(handle))
            state = {}
        if handle["upload_url"] and state.get("status_code") not in ("FINISHED", "PUBLISHED"):
            self._send_bytes(media, handle, at=_received(state), on_progress=on_progress)
        self._wait_until_ready(handle)
        on_progress(1.0)
        return handle

    def _create(self, media: Media, content: Content) -> Handle:
        wants_pull = content.options.get("upload") == "pull" and bool(media.public_url)
        try:
            made = self._create_container(media, content, pull=wants_pull)
        except PlatformProblem as problem:
            # Some apps may not send bytes on this host (code 100 asks for video_url): let them pull.
            if problem.details.get("platform_code") != "100" or not media.public_url or wants_pull:
                raise
            made = self._create_container(media, content, pull=True)
        return {
            "container_id": str(made["id"]),
            "upload_url": str(made.get("uri", "")),
            "caption": _caption(content),
            "started_at": self._wire.now().isoformat(),
        }

    def _create_container(self, media: Media, content: Content, *, pull: bool) -> dict[str, Any]:
        options = content.options
        form = {
            "media_type": "REELS",
            "caption": _caption(content),
            "share_to_feed": "true" if options.get("share_to_feed", True) else "false",
        }
        form |= {"video_url": media.public_url} if pull else {"upload_type": "resumable"}
        if options.get("cover_url"):
            form["cover_url"] = str(options["cover_url"])
        elif "thumb_offset_ms" in options:
            form["thumb_offset"] = str(int(options["thumb_offset_ms"]))
        if options.get("is_ai_generated"):
            form["is_ai_generated"] = "true"
        made = self._post(
            f"/{self._id}/media",
            form,
            phase=Phase.PREPARE,
            attempts=ATTEMPTS,
            needs="id",
            uses={"calls": 1, "containers": 1},
        )
        if not pull and not made.get("uri"):
            raise PlatformProblem(
                "Instagram gave no address for the upload.", platform=PLATFORM, platform_code="100"
            )
        return made

    def _send_bytes(
        self, media: Media, handle: Handle, *, at: int, on_progress: OnProgress
    ) -> None:
        """Send from an offset on; after a break, ask how far it got and go on from there."""
        size = media.size_bytes
        for left in reversed(range(UPLOAD_TRIES)):
            if at >= size:
                return
            try:
                self._send_from(media, handle, at=at, on_progress=on_progress)
                return
            except PlatformBusy:
                if not left:
                    raise
            self._wire.pause(1)
            at = _received(self._container(handle))

    def _send_from(self, media: Media, handle: Handle, *, at: int, on_progress: OnProgress) -> None:
        size = media.size_bytes
        answer = self._wire.call(
            "POST",
            handle["upload_url"],
            phase=Phase.PREPARE,
            read_s=CHUNK_READ_S,
            content=slices(
                media.path, at, size, on_bytes=lambda sent: on_progress(0.9 * sent / size)
            ),
            headers={
                "Authorization": f"OAuth {self._token}",
                "Content-Type": "application/octet-stream",
                "Content-Length": str(size - at),
                "offset": str(at),
                "file_size": str(size),
            },
        )
        body = json_of(answer)
        if answer.is_success and body.get("success"):
            return
        info = body.get("debug_info")
        if isinstance(info, dict) and info.get("retriable"):
            raise PlatformBusy(
                "Instagram asked for the rest of the file again.",
                platform=PLATFORM,
                retry_after_s=MINUTE,
            )
        raise self._error(answer, phase=Phase.PREPARE)

    def _wait_until_ready(self, handle: Handle) -> None:
        for _ in range(self._polls):
            state = self._container(handle)
            code = state.get("status_code")
            if code in ("FINISHED", "PUBLISHED"):
                return
            if code in ("ERROR", "EXPIRED"):
                failure = failure_of(PLATFORM, _subcode(state))
                raise failure.as_error(PLATFORM, wire=state.get("status"))
            self._wire.pause(self._poll_units)
        raise PlatformBusy(
            "Instagram is still working on the video.", platform=PLATFORM, retry_after_s=MINUTE
        )

    # --- The point of no return ------------------------------------------------------------------

    def ready_to_publish(self, handle: Handle) -> PostStatus:
        """Whether the container is ready and the day's number leaves room. Raises PlatformLimit."""
        before = self.get_publish_status(handle)
        if before.state is not PostState.READY:
            return self._not_ready(before)
        self._check_quota()
        return before

    def publish_video(self, media: Media, content: Content, *, handle: Handle) -> PostStatus:
        """Make the container a reel, once."""
        made = self._post(
            f"/{self._id}/media_publish",
            {"creation_id": handle["container_id"]},
            phase=Phase.COMMIT,
            read_s=COMMIT_READ_S,
            needs="id",
        )
        return PostStatus(PostState.PUBLISHED, external_post_id=str(made["id"]))

    def _not_ready(self, before: PostStatus) -> PostStatus:
        if before.state is PostState.PUBLISHED or before.external_post_id:
            return before
        if before.state is PostState.FAILED:
            raise (before.failure or failure_of(PLATFORM, "")).as_error(PLATFORM)
        raise PlatformBusy(
            before.reason or "Instagram is still working on the video.",
            platform=PLATFORM,
            retry_after_s=30,
        )

    def _check_quota(self) -> None:
        found = self._get(f"/{self._id}/content_publishing_limit", fields="quota_usage,config")
        rows = found.get("data") or [{}]
        used = int(rows[0].get("quota_usage", 0))
        # The guide says 100 and the reference 50, so the endpoint decides; 50 where it is silent.
        total = int((rows[0].get("config") or {}).get("quota_total", 50))
        if self._wire.meter:
            self._wire.meter.told("posts", limit=total, used=used)
        if used >= total:
            raise PlatformLimit(
                f"The account reached Instagram's daily number of posts ({total}).",
                platform=PLATFORM,
                retry_after_s=60 * MINUTE,
                closes="account:posts",
            )

    def permalink(self, external_post_id: str) -> str:
        """Where people see the post; "" when Instagram does not say now: that is no failure."""
        try:
            found = self._get(f"/{external_post_id}", fields="permalink")
            return str(found.get("permalink", ""))
        except PlatformError:
            return ""

    # --- Asking ----------------------------------------------------------------------------------

    def get_publish_status(self, handle: Handle) -> PostStatus:
        """By the container's own word; PUBLISHED is proof, and the list then tells the post's id."""
        if post_id := str(handle.get("external_post_id") or ""):
            return PostStatus(PostState.PUBLISHED, post_id, self.permalink(post_id))
        if not handle.get("container_id"):
            return PostStatus(PostState.UNKNOWN, reason="There is no container to ask about.")
        state = self._container(handle)
        code = state.get("status_code")
        if code == "PUBLISHED":
            return self._published(handle, state)
        if code == "FINISHED":
            return PostStatus(PostState.READY, raw=state)
        if code in ("ERROR", "EXPIRED"):
            word = "2207020" if code == "EXPIRED" else _subcode(state)
            return PostStatus.failed(failure_of(PLATFORM, word), raw=state)
        if code == "IN_PROGRESS":
            arrived = not handle.get("upload_url") or _phase(state) == "complete"
            return PostStatus(PostState.PROCESSING if arrived else PostState.UPLOADING, raw=state)
        return PostStatus(
            PostState.UNKNOWN, reason="Instagram does not show the container.", raw=state
        )

    def _published(self, handle: Handle, state: dict[str, Any]) -> PostStatus:
        started = datetime.fromisoformat(str(handle["started_at"]))
        found = self._find(str(handle.get("caption", "")), since=started)
        if found is not None:
            return found
        # Published, but the list does not show it yet, which it may do a moment later.
        return PostStatus(
            PostState.PROCESSING,
            reason="Instagram says it is published, and does not list it yet.",
            raw=state,
        )

    def find_post(self, content: Content, media: Media, *, since: datetime) -> PostStatus | None:
        """By caption and time, among the account's reels."""
        return self._find(_caption(content), since=since)

    def _find(self, caption: str, *, since: datetime) -> PostStatus | None:
        earliest = since - CLOCK_MARGIN
        matches = [
            PostStatus(
                PostState.PUBLISHED,
                external_post_id=str(item["id"]),
                external_url=str(item.get("permalink", "")),
                raw=item,
            )
            for item in self._media_since(earliest)
            if same_text(caption, str(item.get("caption", ""))) and _time_of(item) >= earliest
        ]
        return the_one(PLATFORM, matches, known_post_ids=self._known_post_ids)

    def recent_posts(self, *, since: datetime) -> Listing:
        """The account's reels and other media."""
        found = self._media_since(since)
        posts = [
            ListedPost(
                str(item["id"]),
                str(item.get("permalink", "")),
                str(item.get("caption", "")),
                _time_of(item),
            )
            for item in found
            if _time_of(item) >= since
        ]
        return Listing(posts, complete=len(found) < LIST_PAGES * LIST_SIZE)

    def _media_since(self, earliest: datetime) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        more = {"since": str(int(earliest.timestamp())), "limit": str(LIST_SIZE)}
        for _ in range(LIST_PAGES):
            page = self._get(f"/{self._id}/media", fields=_MEDIA_FIELDS, **more)
            found += [item for item in page.get("data", []) if isinstance(item, dict)]
            paging = page.get("paging") or {}
            if not paging.get("next"):
                break
            more["after"] = str((paging.get("cursors") or {}).get("after", ""))
        return found

    def post_metrics(self, external_post_id: str) -> dict[str, int]:
        """What a reel has; a metric without data is missing, not 0."""
        path = f"/{external_post_id}/insights"
        try:
            found = self._get(path, metric=",".join([*METRICS, *REEL_METRICS]))
        except (PlatformProblem, RefusedContent):
            found = self._get(path, metric=",".join(METRICS))
        return {
            REEL_METRICS.get(row["name"], str(row["name"])): int(row["values"][0]["value"])
            for row in found.get("data", [])
            if row.get("values") and row["values"][0].get("value") is not None
        }

    # --- The wire --------------------------------------------------------------------------------

    def _container(self, handle: Handle) -> dict[str, Any]:
        """What Instagram says of the container; empty where it does not show it (any more, or yet)."""
        fields = "status_code,status,video_status"
        try:
            return self._get(f"/{handle['container_id']}", fields=fields)
        except PlatformBusy as busy:
            if (busy.details.get("platform_code"), busy.details.get("platform_subcode")) == (
                "100",
                "33",
            ):
                return {}
            raise

    def _url(self, path: str) -> str:
        role = "facebook_api" if self._by_facebook else "api"
        return self._hosts.url(role, f"/{version_of(PLATFORM)}{path}")

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        answer = self._wire.call(
            "GET",
            self._url(path),
            attempts=ATTEMPTS,
            params=query,
            headers=self._bearer(),
            uses={"calls": 1},
        )
        body = json_of(answer)
        if not answer.is_success or not body or "error" in body:
            raise self._error(answer, phase=Phase.READ)
        return body

    def _post(
        self,
        path: str,
        form: dict[str, str],
        *,
        phase: Phase,
        needs: str,
        attempts: int = 1,
        read_s: float = COMMIT_READ_S,
        uses: Mapping[str, int] | None = None,
    ) -> dict[str, Any]:
        """needs: the key without which an answer is none."""
        answer = self._wire.call(
            "POST",
            self._url(path),
            phase=phase,
            attempts=attempts,
            read_s=read_s,
            uses=uses or {"calls": 1},
            data=form,
            headers=self._bearer(),
        )
        body = json_of(answer)
        if not answer.is_success or not body.get(needs):
            raise self._error(answer, phase=phase)
        return body

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _error(self, answer: httpx.Response, *, phase: Phase) -> PlatformError:
        error = json_of(answer).get("error")
        error = error if isinstance(error, dict) else {}
        return error_for(
            PLATFORM,
            phase=phase,
            http=answer.status_code,
            code=str(error.get("code", "")),
            subcode=str(error.get("error_subcode", "")),
            transient=bool(error.get("is_transient")),
            retry_after_s=regain_s(answer.headers),
            wire=error or None,
        )


def _caption(content: Content) -> str:
    return content.caption or content.title


def _received(state: dict[str, Any]) -> int:
    uploading = (state.get("video_status") or {}).get("uploading_phase") or {}
    return int(uploading.get("bytes_transferred") or 0)


def _phase(state: dict[str, Any]) -> str:
    uploading = (state.get("video_status") or {}).get("uploading_phase") or {}
    return str(uploading.get("status", "complete"))


def _subcode(state: dict[str, Any]) -> str:
    found = re.search(r"\b(2207\d{3})\b", str(state.get("status", "")))
    return found.group(1) if found else ""


def _time_of(item: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(str(item["timestamp"]))
