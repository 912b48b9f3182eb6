"""YouTube: a resumable session is opened and filled; its last byte makes the video.

The official library builds and reads the ordinary calls, through our own wire. It does not speak the
upload: it opens the session and sends the first bytes in one step, and we need the session's address
on record before any byte leaves, and the last byte apart from the others.
"""

import json
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import httplib2
import httpx
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError

from publishing.errors import NeedsReconnect, PlatformBusy, PlatformError, RefusedContent
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
from publishing.platforms.hosts import Hosts
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
from publishing.platforms.youtube_comments import YouTubeComments

PLATFORM = "youtube"
GRANULE = 262_144  # every chunk but the last is a multiple of this
CHUNK_BYTES = 8 * 1024 * 1024
UPLOAD_TRIES = 10
CLOCK_MARGIN = timedelta(seconds=30)
LIST_PAGES, LIST_SIZE = 3, 50
MAX_TITLE_CHARS = 100
PEOPLE_AND_BLOGS = "22"
_METRICS = {"viewCount": "views", "likeCount": "likes", "commentCount": "comments"}
_GONE = (404, 410)


class YouTubeClient(YouTubeComments):
    """One channel.

    The handle: upload_url (the session), size_bytes, chunk_bytes, title, started_at. Content options:
    tags, category_id, made_for_kids, is_ai_generated, notify_subscribers.
    """

    platform = PLATFORM

    def __init__(
        self, *, hosts: Hosts, external_id: str, access_token: str, options: dict[str, Any]
    ) -> None:
        self._hosts, self._id, self._token = hosts, external_id, access_token
        self._known_post_ids = set(options.get("known_post_ids", ()))
        self._chunk_bytes = int(options.get("chunk_bytes", CHUNK_BYTES)) // GRANULE * GRANULE
        self._wire = Wire(hosts, read_s=options.get("read_timeout_s"), meter=options.get("meter"))
        # Session → where its rest begins: after a broken commit it may have part of the last chunk.
        self._rest: dict[str, int] = {}
        # Any: the library makes its methods from the discovery document, so nobody can type them.
        self._api: Any = build_from_document(
            _document(hosts.url("api", "/")), http=_WireHttp(self._wire, access_token)
        )

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    # --- The account -----------------------------------------------------------------------------

    def authenticate(self) -> Profile:
        """Ask which channel this token has."""
        channel = self._channel("id,snippet,status")
        external_id = str(channel["id"])
        if self._id and external_id != self._id:
            raise NeedsReconnect(
                "The token belongs to another YouTube channel. Connect the right one.",
                platform=PLATFORM,
            )
        snippet = channel.get("snippet") or {}
        handle = str(snippet.get("customUrl") or snippet.get("title", ""))
        return Profile(external_id=external_id, handle=handle, raw=channel)

    def _channel(self, parts: str) -> dict[str, Any]:
        found = self._run(self._api.channels().list(part=parts, mine=True)).get("items") or []
        if not found:
            raise NeedsReconnect(
                "The Google account has no YouTube channel. Make one, then connect again.",
                platform=PLATFORM,
            )
        channel: dict[str, Any] = found[0]
        return channel

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
        """Open a session and send every chunk but the last, whose last byte makes the video."""
        handle, at = dict(handle), 0
        if handle.get("upload_url"):
            probe = self._probe(handle)
            if probe.is_success:
                return handle
            if probe.status_code in _GONE:
                handle = {}
            else:
                at = _received(probe)
        if not handle.get("upload_url"):
            handle = self._open(media, content)
            on_handle(dict(handle))
        self._send_all_but_last(media, handle, at=at, on_progress=on_progress)
        return handle

    def _open(self, media: Media, content: Content) -> Handle:
        title = _title(content)
        if not title or "<" in title + content.caption or ">" in title + content.caption:
            raise RefusedContent(
                "YouTube takes titles and descriptions without < and >, and no empty title.",
                platform=PLATFORM,
            )
        options = content.options
        # Without privacyStatus a video would be public since 2 November 2026: always say it.
        status: dict[str, Any] = {
            "privacyStatus": content.privacy,
            "selfDeclaredMadeForKids": bool(options.get("made_for_kids", False)),
        }
        if options.get("is_ai_generated"):
            status["containsSyntheticMedia"] = True
        snippet: dict[str, Any] = {
            "title": title,
            "description": content.caption,
            "categoryId": str(options.get("category_id", PEOPLE_AND_BLOGS)),
        }
        if options.get("tags"):
            snippet["tags"] = [str(tag) for tag in options["tags"]]
        answer = self._wire.call(
            "POST",
            self._hosts.url("api", f"/upload/youtube/{version_of(PLATFORM)}/videos"),
            phase=Phase.PREPARE,
            attempts=ATTEMPTS,
            read_s=COMMIT_READ_S,
            uses={"inserts": 1},
            params={
                "uploadType": "resumable",
                "part": "snippet,status",
                "notifySubscribers": "true" if options.get("notify_subscribers", True) else "false",
            },
            content=json.dumps({"snippet": snippet, "status": status}).encode(),
            headers={
                **self._bearer(),
                "Content-Type": "application/json; charset=UTF-8",
                "X-Upload-Content-Type": "video/mp4",
                "X-Upload-Content-Length": str(media.size_bytes),
            },
        )
        session = answer.headers.get("location", "")
        if not answer.is_success or not session:
            raise _error(answer.status_code, answer.content, phase=Phase.PREPARE)
        return {
            "upload_url": session,
            "size_bytes": media.size_bytes,
            "chunk_bytes": self._chunk_bytes,
            "title": title,
            "started_at": self._wire.now().isoformat(),
        }

    def _send_all_but_last(
        self, media: Media, handle: Handle, *, at: int, on_progress: OnProgress
    ) -> None:
        last_start, tries = _last_start(handle), UPLOAD_TRIES
        while at < last_start:
            end = min(at + int(handle["chunk_bytes"]), last_start)
            try:
                answer = self._put(media, handle, at, end, phase=Phase.PREPARE)
                if answer.status_code != 308 and answer.status_code < 500:
                    raise _error(answer.status_code, answer.content, phase=Phase.PREPARE)
                if answer.status_code == 308 and _received(answer) > at:
                    at = _received(answer)
                    on_progress(at / media.size_bytes)
                    continue
            except PlatformBusy:
                if tries <= 1:
                    raise
            tries -= 1
            if not tries:
                raise PlatformBusy(
                    "YouTube does not take the file now.", platform=PLATFORM, retry_after_s=MINUTE
                )
            self._wire.pause(1)
            at = _received(self._probe(handle))

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
                **self._bearer(),
                "Content-Type": "video/mp4",
                "Content-Length": str(end - start),
                "Content-Range": f"bytes {start}-{end - 1}/{handle['size_bytes']}",
            },
        )

    def _probe(self, handle: Handle) -> httpx.Response:
        """Ask the session how far it is: 308, the finished video, or 404 and 410 when it is gone."""
        answer = self._wire.call(
            "PUT",
            handle["upload_url"],
            attempts=ATTEMPTS,
            headers={
                **self._bearer(),
                "Content-Length": "0",
                "Content-Range": f"bytes */{handle['size_bytes']}",
            },
        )
        if answer.is_success or answer.status_code in (308, *_GONE):
            return answer
        raise _error(answer.status_code, answer.content, phase=Phase.READ)

    # --- The point of no return ------------------------------------------------------------------

    def ready_to_publish(self, handle: Handle) -> PostStatus:
        """Whether the session has all that comes before the end, and where the rest begins."""
        probe = self._probe(handle)
        if probe.is_success:
            return self._status_of(json_of(probe))
        at = _received(probe)
        if probe.status_code in _GONE or at < _last_start(handle):
            raise PlatformBusy(
                "YouTube does not have all that comes before the end; send it again.",
                platform=PLATFORM,
                retry_after_s=MINUTE,
            )
        self._rest[handle["upload_url"]] = at
        return PostStatus(PostState.READY)

    def publish_video(self, media: Media, content: Content, *, handle: Handle) -> PostStatus:
        """Send the rest with the last byte, once."""
        at = self._rest.get(handle["upload_url"], _last_start(handle))
        answer = self._put(media, handle, at, media.size_bytes, phase=Phase.COMMIT)
        video = json_of(answer)
        if answer.is_success and video.get("id"):
            return self._status_of(video)
        raise _error(answer.status_code, answer.content, phase=Phase.COMMIT)

    # --- Asking ----------------------------------------------------------------------------------

    def get_publish_status(self, handle: Handle) -> PostStatus:
        """By the video where its id is known, else by the session, else by the list of uploads."""
        video_id = str(handle.get("external_post_id") or "")
        if not video_id:
            if not handle.get("upload_url"):
                return PostStatus(PostState.UNKNOWN, reason="There is no session to ask about.")
            probe = self._probe(handle)
            if probe.status_code == 308:
                ready = _received(probe) >= _last_start(handle)
                return PostStatus(PostState.READY if ready else PostState.UPLOADING)
            if probe.status_code in _GONE:
                return self._after_the_session(handle)
            video_id = str(json_of(probe).get("id", ""))
        found = self._videos(video_id, parts="status,processingDetails")
        if not found:
            return PostStatus(
                PostState.UNKNOWN,
                external_post_id=video_id,
                reason="YouTube does not show the video.",
            )
        return self._status_of(found[0])

    def _after_the_session(self, handle: Handle) -> PostStatus:
        started = datetime.fromisoformat(str(handle["started_at"]))
        found = self._find(
            str(handle.get("title", "")), size_bytes=int(handle["size_bytes"]), since=started
        )
        return found or PostStatus(
            PostState.UNKNOWN,
            reason="The upload session is gone, and the channel does not list the video.",
        )

    def _status_of(self, video: dict[str, Any]) -> PostStatus:
        video_id, status = str(video.get("id", "")), video.get("status") or {}
        processing = (video.get("processingDetails") or {}).get("processingStatus")
        word = status.get("uploadStatus")
        if word in ("failed", "rejected", "deleted") or processing in ("failed", "terminated"):
            why = str(status.get("failureReason") or status.get("rejectionReason") or "")
            failure = failure_of(PLATFORM, why or str(word))
            return PostStatus.failed(failure, raw={"status": status})
        return PostStatus(
            PostState.PUBLISHED if word == "processed" else PostState.PROCESSING,
            external_post_id=video_id,
            external_url=self.permalink(video_id),
            raw={"status": status},
        )

    def permalink(self, external_post_id: str) -> str:
        """Where people see the video."""
        return self._hosts.permalink(external_post_id)

    def find_post(self, content: Content, media: Media, *, since: datetime) -> PostStatus | None:
        """By title, time and size among the channel's uploads."""
        return self._find(_title(content), size_bytes=media.size_bytes, since=since)

    def _find(self, title: str, *, size_bytes: int, since: datetime) -> PostStatus | None:
        earliest = since - CLOCK_MARGIN
        ids = [
            str(item["contentDetails"]["videoId"])
            for item in self._uploads_since(earliest)
            if same_text(title, str(item["snippet"].get("title", "")))
        ]
        videos = self._videos(*ids, parts="status,processingDetails,fileDetails") if ids else []
        matches = [
            self._status_of(video)
            for video in videos
            if int((video.get("fileDetails") or {}).get("fileSize") or size_bytes) == size_bytes
        ]
        # A rejected video stays in the list; it is no post.
        alive = [match for match in matches if match.state is not PostState.FAILED]
        return the_one(PLATFORM, alive, known_post_ids=self._known_post_ids)

    def recent_posts(self, *, since: datetime) -> Listing:
        """The channel's uploads, without those that YouTube rejected."""
        found = self._uploads_since(since)
        times = {str(item["contentDetails"]["videoId"]): _time_of(item) for item in found}
        ids, posts = list(times), []
        for at in range(0, len(ids), LIST_SIZE):
            parts = "snippet,status,processingDetails,fileDetails"
            for video in self._videos(*ids[at : at + LIST_SIZE], parts=parts):
                if self._status_of(video).state is not PostState.FAILED:
                    size = (video.get("fileDetails") or {}).get("fileSize")
                    video_id = str(video["id"])
                    posts.append(
                        ListedPost(
                            video_id,
                            self.permalink(video_id),
                            str((video.get("snippet") or {}).get("title", "")),
                            times[video_id],
                            size_bytes=int(size) if size else None,
                        )
                    )
        return Listing(posts, complete=len(found) < LIST_PAGES * LIST_SIZE)

    def _uploads_since(self, earliest: datetime) -> list[dict[str, Any]]:
        channel = self._channel("contentDetails")
        playlist = channel["contentDetails"]["relatedPlaylists"]["uploads"]
        found: list[dict[str, Any]] = []
        page_token: str | None = None
        for _ in range(LIST_PAGES):
            page = self._run(
                self._api.playlistItems().list(
                    part="snippet,contentDetails",
                    playlistId=playlist,
                    maxResults=LIST_SIZE,
                    pageToken=page_token,
                )
            )
            items = page.get("items") or []
            found += [item for item in items if _time_of(item) >= earliest]
            page_token = page.get("nextPageToken")
            if not page_token or (items and _time_of(items[-1]) < earliest):
                break
        return found

    def post_metrics(self, external_post_id: str) -> dict[str, int]:
        """YouTube writes numbers as text and leaves out what the channel hides; so do we."""
        found = self._videos(external_post_id, parts="statistics")
        numbers = found[0].get("statistics") or {} if found else {}
        return {
            ours: int(numbers[theirs]) for theirs, ours in _METRICS.items() if theirs in numbers
        }

    # --- The wire --------------------------------------------------------------------------------

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _videos(self, *ids: str, parts: str) -> list[dict[str, Any]]:
        answer = self._run(self._api.videos().list(part=parts, id=",".join(ids)))
        items: list[dict[str, Any]] = answer.get("items") or []
        return items

    def _refused(self, answer: httpx.Response, *, phase: Phase) -> PlatformError:
        """What Google's answer means."""
        return _error(answer.status_code, answer.content, phase=phase)

    def _run(self, request: Any) -> dict[str, Any]:
        """Execute one call of the official library. Any: it is untyped."""
        try:
            answer: dict[str, Any] = request.execute(num_retries=0)
        except HttpError as err:
            raise _error(int(err.resp.status), err.content, phase=Phase.READ) from err
        except ValueError as err:  # an answer that is no JSON
            raise _error(200, b"", phase=Phase.READ) from err
        return answer


class _WireHttp:
    """What the official library takes for httplib2.Http: our wire, with its guard and timeouts."""

    def __init__(self, wire: Wire, access_token: str) -> None:
        self._wire, self._token = wire, access_token

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: dict[str, str] | None = None,
        **_unused: object,
    ) -> tuple[Any, bytes]:
        """As httplib2.Http.request; redirects are not followed. Any: httplib2 is untyped."""
        sent = {name: text for name, text in (headers or {}).items() if name.lower() != "host"}
        answer = self._wire.call(
            method,
            uri,
            attempts=ATTEMPTS if method == "GET" else 1,
            content=body,
            headers={**sent, "Authorization": f"Bearer {self._token}"},
            uses={"units": 1},  # every call that goes this way is a read
        )
        info = {**answer.headers, "status": str(answer.status_code)}
        return httplib2.Response(info), answer.content

    def close(self) -> None:
        """The wire is closed by its client."""


@lru_cache(maxsize=8)
def _document(root_url: str) -> dict[str, Any]:
    """The bundled discovery document, moved to another root. No network is used."""
    document: dict[str, Any] = json.loads(get_static_doc(PLATFORM, version_of(PLATFORM)))
    document["rootUrl"] = document["baseUrl"] = root_url
    document.pop("mtlsRootUrl", None)
    return document


def _error(http: int, content: bytes, *, phase: Phase) -> PlatformError:
    """Google's error, which names a reason."""
    try:
        body = json.loads(content or b"{}")
    except ValueError:
        body = {}
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    details = error.get("errors") or [{}]
    reason = str(details[0].get("reason", "")) if isinstance(details[0], dict) else ""
    return error_for(PLATFORM, phase=phase, http=http, code=reason, wire=error or None)


def _title(content: Content) -> str:
    """The title, else the first line of the caption; as long as YouTube lets it be."""
    first_line = next(iter(content.caption.strip().splitlines()), "")
    return (content.title or first_line).strip()[:MAX_TITLE_CHARS]


def _last_start(handle: Handle) -> int:
    """Where the chunk begins that commits; at least one byte is left for it."""
    chunk = int(handle["chunk_bytes"])
    return (int(handle["size_bytes"]) - 1) // chunk * chunk


def _received(answer: httpx.Response) -> int:
    """How many bytes a session has: Range tells the last one, and is missing where there is none."""
    _, _, last = answer.headers.get("range", "").partition("-")
    return int(last) + 1 if last.isdigit() else 0


def _time_of(item: dict[str, Any]) -> datetime:
    published = item["contentDetails"].get("videoPublishedAt") or item["snippet"]["publishedAt"]
    return datetime.fromisoformat(str(published))
