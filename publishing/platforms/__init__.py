"""One client per platform, behind one interface (`base.PlatformClient`): the whole cast in view."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from publishing.errors import UnknownPlatform
from publishing.platforms.apps import app_of
from publishing.platforms.base import OAuthClient, PlatformClient
from publishing.platforms.hosts import hosts_of
from publishing.platforms.instagram import InstagramClient
from publishing.platforms.oauth import FacebookOAuth, GoogleOAuth, InstagramOAuth, TikTokOAuth
from publishing.platforms.tiktok import TikTokClient
from publishing.platforms.youtube import YouTubeClient


@dataclass(frozen=True)
class PlatformDefinition:
    """What the house needs to know of a platform before it talks to it.

    Limits are what the platform's documents promise of a short video posted by API (as of error_table.AS_OF);
    0 means: none that matters. Preflight's own table is at least as strict.
    """

    name: str
    label: str
    client: Callable[..., PlatformClient]
    oauth: Callable[..., OAuthClient]
    min_duration_ms: int
    max_duration_ms: int
    max_bytes: int
    max_caption_chars: int
    max_title_chars: int
    privacies: tuple[str, ...]
    docs_url: str
    # What can be done to a post that is live, of StepKind.
    steps: tuple[str, ...] = ()
    other_logins: Mapping[str, Callable[..., OAuthClient]] = field(default_factory=dict)


PLATFORMS: dict[str, PlatformDefinition] = {
    "instagram": PlatformDefinition(
        name="instagram",
        label="Instagram",
        client=InstagramClient,
        oauth=InstagramOAuth,
        min_duration_ms=3_000,
        max_duration_ms=15 * 60_000,
        max_bytes=300_000_000,
        max_caption_chars=2_200,
        max_title_chars=0,
        privacies=("public",),
        docs_url="https://developers.facebook.com/docs/instagram-platform/content-publishing",
        steps=("first_comment",),
        other_logins={"facebook": FacebookOAuth},
    ),
    "tiktok": PlatformDefinition(
        name="tiktok",
        label="TikTok",
        client=TikTokClient,
        oauth=TikTokOAuth,
        min_duration_ms=3_000,
        max_duration_ms=10 * 60_000,
        max_bytes=4 * 1024**3,
        max_caption_chars=2_200,
        max_title_chars=0,
        privacies=("public", "private"),
        docs_url="https://developers.tiktok.com/doc/content-posting-api-get-started",
    ),
    "youtube": PlatformDefinition(
        name="youtube",
        label="YouTube",
        client=YouTubeClient,
        oauth=GoogleOAuth,
        min_duration_ms=1_000,
        max_duration_ms=15 * 60_000,
        max_bytes=274_877_906_944,
        max_caption_chars=5_000,
        max_title_chars=100,
        privacies=("public", "unlisted", "private"),
        docs_url="https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol",
        steps=("first_comment", "thumbnail"),
    ),
}


def definition_of(platform: str) -> PlatformDefinition:
    """Raises UnknownPlatform."""
    if platform not in PLATFORMS:
        raise UnknownPlatform(
            f"We do not publish on {platform!r}. We do on {', '.join(PLATFORMS)}.",
            platform=platform,
        )
    return PLATFORMS[platform]


def client_for(
    platform: str,
    *,
    mode: str,
    external_id: str,
    access_token: str,
    login: str = "",
    options: Mapping[str, Any] | None = None,
) -> PlatformClient:
    """A client for one account; close it when done.

    login: by which it was connected, where the platform has several; "" for the platform's own.
    options: known_post_ids, post ids known to be other posts than the one looked for. For tests and
    tuning: read_timeout_s, chunk_bytes, ready_polls (how often to look before being busy).
    Raises UnknownPlatform, LiveIsOff.
    """
    definition = definition_of(platform)
    return definition.client(
        hosts=hosts_of(platform, mode=mode),
        external_id=external_id,
        access_token=access_token,
        options={"login": login, **(options or {})},
    )


def oauth_for(platform: str, *, mode: str, login: str = "") -> OAuthClient:
    """How accounts on this platform are connected; close it when done. Raises as client_for."""
    definition = definition_of(platform)
    if login and login not in definition.other_logins:
        raise UnknownPlatform(
            f"{definition.label} has no login {login!r}.", platform=platform, login=login
        )
    oauth = definition.other_logins[login] if login else definition.oauth
    return oauth(hosts=hosts_of(platform, mode=mode), app=app_of(platform, mode=mode, login=login))
