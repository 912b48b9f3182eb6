"""YouTube: comments under the channel's own videos, and their thumbnails. A part of its client."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from publishing.errors import PlatformError
from publishing.platforms.base import Comment
from publishing.platforms.error_table import Phase
from publishing.platforms.facts import version_of
from publishing.platforms.hosts import Hosts
from publishing.platforms.wire import ATTEMPTS, COMMIT_READ_S, Wire, json_of

PLATFORM = "youtube"
WRITE_UNITS = 50  # of the daily 10 000; as of hosts.AS_OF


class YouTubeComments:
    """For the client, which knows the wire. Any: the official library is untyped."""

    _id: str
    _api: Any
    _hosts: Hosts
    _wire: Wire
    _run: Callable[[Any], dict[str, Any]]
    _bearer: Callable[[], dict[str, str]]
    _refused: Callable[..., PlatformError]

    def comment(self, external_post_id: str, text: str) -> str:
        """Write a comment, once; its id. Not by the library, whose calls count as reads."""
        said = {"snippet": {"textOriginal": text}}
        snippet = {
            "channelId": self._id,
            "videoId": external_post_id,
            "topLevelComment": said,
        }
        answer = self._wire.call(
            "POST",
            self._hosts.url("api", f"/youtube/{version_of(PLATFORM)}/commentThreads"),
            phase=Phase.COMMIT,
            read_s=COMMIT_READ_S,
            uses={"units": WRITE_UNITS},
            params={"part": "snippet"},
            content=json.dumps({"snippet": snippet}).encode(),
            headers={**self._bearer(), "Content-Type": "application/json; charset=UTF-8"},
        )
        return self._id_in(answer)

    def _id_in(self, answer: httpx.Response) -> str:
        made = json_of(answer)
        if not answer.is_success or not made.get("id"):
            raise self._refused(answer, phase=Phase.COMMIT)
        return str(made["id"])

    def own_comments(self, external_post_id: str) -> list[Comment]:
        """What the channel itself wrote under its video, newest first."""
        call = self._api.commentThreads().list(
            part="snippet",
            videoId=external_post_id,
            order="time",
            maxResults=100,
            textFormat="plainText",
        )
        tops = [each["snippet"]["topLevelComment"] for each in self._run(call).get("items") or []]
        return [
            Comment(
                str(top["id"]),
                str(top["snippet"].get("textOriginal") or top["snippet"].get("textDisplay", "")),
                datetime.fromisoformat(str(top["snippet"]["publishedAt"])),
            )
            for top in tops
            if (top["snippet"].get("authorChannelId") or {}).get("value") == self._id
        ]

    def set_thumbnail(self, external_post_id: str, picture: bytes) -> None:
        """Show this JPEG for the video. Twice the same is the same, so it may be tried again."""
        answer = self._wire.call(
            "POST",
            self._hosts.url("api", f"/upload/youtube/{version_of(PLATFORM)}/thumbnails/set"),
            phase=Phase.PREPARE,
            attempts=ATTEMPTS,
            read_s=COMMIT_READ_S,
            uses={"units": WRITE_UNITS},
            params={"videoId": external_post_id, "uploadType": "media"},
            content=picture,
            headers={**self._bearer(), "Content-Type": "image/jpeg"},
        )
        if not answer.is_success:
            raise self._refused(answer, phase=Phase.PREPARE)
