"""What every platform client can do. Small adapters implement it; nobody above sees a wire format.

A post is made in two phases. `upload_video` does all that publishes nothing and may be repeated: it
obtains the platform's handle, tells it to `on_handle` before it goes on (so that a crash can ask about
it later), and sends the bytes that do not commit. `ready_to_publish` is the last look, also free to
repeat. `publish_video` crosses the point of no return: one call, once, with no retry and no other call
beside it. `get_publish_status` asks about a handle; `find_post` looks through the account's
recent posts when the handle does not answer.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from publishing.platforms.error_table import Failure

Handle = dict[str, Any]
OnHandle = Callable[[Handle], None]
OnProgress = Callable[[float], None]


@dataclass(frozen=True)
class Media:
    """The file to post. public_url: a signed, time-limited address, for platforms that pull; or ""."""

    path: Path
    size_bytes: int
    sha256: str
    duration_ms: int
    width_px: int
    height_px: int
    public_url: str = ""


@dataclass(frozen=True)
class Content:
    """What is said with it. privacy: public, unlisted or private; options: per platform."""

    title: str
    caption: str
    privacy: str = "public"
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """Who the token belongs to."""

    external_id: str
    handle: str
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tokens:
    """What an OAuth exchange or a refresh gave us. refresh_token "" means: keep the one you have."""

    access_token: str
    refresh_token: str = ""
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListedPost:
    """A post as the account's own list shows it. text: what the list shows of the words: the title at
    YouTube, else the caption. duration_ms, size_bytes: None where the list does not tell."""

    external_post_id: str
    external_url: str
    text: str
    posted_at: datetime
    duration_ms: int | None = None
    size_bytes: int | None = None


@dataclass(frozen=True)
class Listing:
    """An account's posts since a moment, newest first. complete: no older ones were left out."""

    posts: list[ListedPost]
    complete: bool


@dataclass(frozen=True)
class Comment:
    """A comment that the account itself wrote under a post of its own."""

    external_id: str
    text: str
    written_at: datetime


class PostState(enum.StrEnum):
    """What the platform says about a post."""

    UPLOADING = "uploading"  # it has the handle, not all it needs
    PROCESSING = "processing"  # it has everything and works on it
    READY = "ready"  # it waits for publish_video
    DELIVERED = "delivered"  # it waits for the creator, who posts it in the platform's app, or not
    PUBLISHED = "published"
    FAILED = "failed"  # it says that there will be no post, and why
    UNKNOWN = "unknown"  # it does not say


@dataclass(frozen=True)
class PostStatus:
    """The platform's answer about a post. FAILED only: retryable, a fresh attempt may work; failure,
    what kind of failure it is and what people do about it."""

    state: PostState
    external_post_id: str = ""
    external_url: str = ""
    reason: str = ""
    retryable: bool = False
    failure: Failure | None = None
    raw: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def failed(cls, failure: Failure, *, raw: dict[str, Any]) -> "PostStatus":
        """There will be no post, and why."""
        return cls(
            PostState.FAILED,
            reason=failure.sentence,
            retryable=failure.retryable,
            failure=failure,
            raw=raw,
        )


class Meter(Protocol):
    """What rations the calls of one account: asked before each of them, told what comes back."""

    def take(self, uses: Mapping[str, int]) -> None:
        """Take so many units of each of these budgets, all or none. Raises OverBudget."""
        ...

    def answered(self, headers: Mapping[str, str]) -> None:
        """Believe what the headers of an answer say of our usage."""
        ...

    def told(self, name: str, *, limit: int, used: int) -> None:
        """Believe an endpoint that says how large a budget of the account is and how much is used."""
        ...


class PlatformClient(Protocol):
    """One account on one platform. Errors: PlatformBusy, NeedsReconnect, RefusedContent,
    PlatformProblem; from publish_video also OutcomeUnknown.

    PlatformBusy carries retry_after_s. When upload_video returns and ready_to_publish says READY,
    publish_video may be called at once. What PostStatus tells as external_post_id may be put into the handle under that
    name; get_publish_status then asks for the post itself. After OutcomeUnknown, get_publish_status
    says READY where the post was not made (publish_video with the same handle is then safe) and
    PROCESSING or PUBLISHED where it was.
    """

    platform: str

    def authenticate(self) -> Profile:
        """Ask the platform whose token this is, and that it may post."""
        ...

    def upload_video(
        self,
        media: Media,
        content: Content,
        *,
        handle: Handle,
        on_handle: OnHandle,
        on_progress: OnProgress = lambda fraction: None,
    ) -> Handle:
        """Prepare the post up to, not over, the point of no return; continues from `handle`."""
        ...

    def ready_to_publish(self, handle: Handle) -> PostStatus:
        """The last look before the commit; changes nothing. READY: publish_video may be called.

        PUBLISHED or PROCESSING: this handle was committed already, and must not be again.
        """
        ...

    def publish_video(self, media: Media, content: Content, *, handle: Handle) -> PostStatus:
        """Cross the point of no return, once: the call that commits, and no other."""
        ...

    def permalink(self, external_post_id: str) -> str:
        """Where people see the post; "" where the platform does not say now. Raises nothing of its own."""
        ...

    def get_publish_status(self, handle: Handle) -> PostStatus:
        """What became of it."""
        ...

    def find_post(self, content: Content, media: Media, *, since: datetime) -> PostStatus | None:
        """The post among the account's recent ones that carries this content. None: not in the list;
        UNKNOWN: several posts carry it, and nothing tells them apart."""
        ...

    def recent_posts(self, *, since: datetime) -> Listing:
        """What the account has posted since then, ours or not, as far as the platform lists it."""
        ...

    def comment(self, external_post_id: str, text: str) -> str:
        """Write a comment under a post of this account: one call, once; the comment's id.

        Errors as of publish_video: after OutcomeUnknown only own_comments tells. RefusedContent where
        the platform has no such thing; so too set_thumbnail.
        """
        ...

    def own_comments(self, external_post_id: str) -> list[Comment]:
        """What this account itself wrote under the post, newest first, as far as the platform lists."""
        ...

    def set_thumbnail(self, external_post_id: str, picture: bytes) -> None:
        """Show this JPEG for the post; doing it twice is doing it once."""
        ...

    def post_metrics(self, external_post_id: str) -> dict[str, int]:
        """views, likes, comments, shares, watch_ms … as the platform counts them now.

        What it does not tell is not there; that is not zero.
        """
        ...

    def close(self) -> None:
        """Let the connections go."""
        ...


class OAuthClient(Protocol):
    """How somebody connects an account. Errors: NeedsReconnect (refused), PlatformBusy,
    PlatformProblem. needed_scope: without it nothing can be posted, and people may untick it."""

    platform: str
    scopes: tuple[str, ...]
    needed_scope: str

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        """Where to send the browser. The verifier is ignored where the platform has no PKCE."""
        ...

    def exchange(self, *, code: str, redirect_uri: str, code_verifier: str) -> Tokens:
        """The tokens for a code, which works once."""
        ...

    def refresh(self, tokens: Tokens) -> Tokens:
        """Younger tokens. An empty refresh_token means: keep the one you have."""
        ...

    def accounts(self, tokens: Tokens) -> list[Profile]:
        """The accounts that these tokens open: one, several, or none."""
        ...

    def close(self) -> None:
        """Let the connections go."""
        ...


@dataclass(frozen=True)
class WebhookEvent:
    """One thing a platform told us: a hint to look, never a proof.

    event_key: the same for every delivery of the same event. kind: post_published, post_delivered, post_failed,
    post_removed, video_changed, comment, account_removed or other. publish_id: the handle's id,
    where the platform speaks of handles (TikTok).
    """

    event_key: str
    kind: str
    platform_time: datetime | None = None
    account_external_id: str = ""
    external_post_id: str = ""
    publish_id: str = ""
    reason: str = ""
    raw: dict[str, Any] = field(default_factory=dict)
