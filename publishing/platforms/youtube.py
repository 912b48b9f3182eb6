"""Youtube: filled in by the next commits of this branch."""

from datetime import datetime
from typing import Any

from publishing.platforms.base import (
    Content,
    Handle,
    Media,
    OnHandle,
    OnProgress,
    PostStatus,
    Profile,
)
from publishing.platforms.hosts import Hosts


class YouTubeClient:
    """One account on Youtube."""

    platform = "youtube"

    def __init__(
        self, *, hosts: Hosts, external_id: str, access_token: str, options: dict[str, Any]
    ) -> None: ...

    def authenticate(self) -> Profile:
        raise NotImplementedError

    def upload_video(
        self,
        media: Media,
        content: Content,
        *,
        handle: Handle,
        on_handle: OnHandle,
        on_progress: OnProgress = lambda fraction: None,
    ) -> Handle:
        raise NotImplementedError

    def publish_video(self, media: Media, content: Content, *, handle: Handle) -> PostStatus:
        raise NotImplementedError

    def get_publish_status(self, handle: Handle) -> PostStatus:
        raise NotImplementedError

    def find_post(self, content: Content, media: Media, *, since: datetime) -> PostStatus | None:
        raise NotImplementedError

    def post_metrics(self, external_post_id: str) -> dict[str, int]:
        raise NotImplementedError

    def close(self) -> None: ...
