"""What preflight looks at."""

from dataclasses import dataclass, field
from typing import Any

from media_assets.file_facts import FileFacts
from publishing.platforms.base import Content

# What somebody accountable may declare once for all posts, instead of in the options of each.
DECLARATIONS = {
    "tiktok.music-usage": "Whoever posts here agrees to TikTok's Music Usage Confirmation.",
    "youtube.not-made-for-kids": "Videos are not made for children, unless a post says otherwise.",
}


@dataclass(frozen=True)
class AccountFacts:
    """What we know of an account without asking its platform.

    profile: what the platform told of it when it was connected. declared: what somebody accountable has
    declared for all posts of this installation (`STAKAZO_DECLARATIONS`). scopes: what its owner has
    allowed; empty where we do not know. Any: as the platform sent it.
    """

    live: bool = False
    profile: dict[str, Any] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Subject:
    """This file with these words on this account. file None: it cannot be read, and trouble says why."""

    platform: str
    file: FileFacts | None
    content: Content
    account: AccountFacts = AccountFacts()
    trouble: str = ""

    @property
    def options(self) -> dict[str, Any]:
        """Of the content, which a caller may have sent in any shape."""
        return self.content.options
