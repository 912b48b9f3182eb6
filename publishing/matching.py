"""Whether a post in an account's own list is the one that we mean, and why. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from publishing.likeness import NEARLY, likeness
from publishing.platforms.base import Content, ListedPost
from publishing.platforms.wire import same_text

EARLIER = timedelta(minutes=5)  # clocks differ
LENGTH_MS = 2_000  # TikTok tells whole seconds


@dataclass(frozen=True)
class Sought:
    """The post that we look for. since: when the attempt began."""

    platform: str
    content: Content
    since: datetime
    duration_ms: int
    size_bytes: int

    @property
    def text(self) -> str:
        """What the platform's list shows of our words."""
        title, caption = self.content.title.strip(), self.content.caption.strip()
        if self.platform == "youtube":
            return (title or next(iter(caption.splitlines()), ""))[:100]
        return caption or title


@dataclass(frozen=True)
class Reason:
    """One thing that was compared."""

    about: str
    fits: bool
    words: str


@dataclass(frozen=True)
class Candidate:
    """A post of the list beside the one that we look for. taken_by: another publication that has it."""

    post: ListedPost
    reasons: list[Reason]
    taken_by: str = ""

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.taken_by and all(reason.fits for reason in self.reasons)


def compare(sought: Sought, post: ListedPost, *, taken_by: str = "") -> Candidate:
    """One post of the list, with a reason for each thing that can be compared."""
    reasons = [_text(sought, post), _time(sought, post)]
    if post.duration_ms is not None:
        apart = abs(post.duration_ms - sought.duration_ms)
        words = f"{post.duration_ms / 1000:.1f} s long; ours is {sought.duration_ms / 1000:.1f} s."
        reasons.append(Reason("length", apart <= LENGTH_MS, words))
    if post.size_bytes is not None:
        words = f"{post.size_bytes} bytes; ours has {sought.size_bytes}."
        reasons.append(Reason("size", post.size_bytes == sought.size_bytes, words))
    if taken_by:
        reasons.append(Reason("owner", False, "It belongs to another publication."))
    return Candidate(post, reasons, taken_by)


def _text(sought: Sought, post: ListedPost) -> Reason:
    if same_text(sought.text, post.text):
        return Reason("text", True, "The words are the same.")
    nearly = likeness(sought.text, post.text) >= NEARLY
    return Reason("text", nearly, "The words are nearly the same." if nearly else "Other words.")


def _time(sought: Sought, post: ListedPost) -> Reason:
    after = post.posted_at >= sought.since - EARLIER
    words = f"Posted {post.posted_at:%Y-%m-%d %H:%M:%S} UTC, "
    words += "after the attempt began" if after else "before the attempt began"
    return Reason("time", after, f"{words} ({sought.since:%H:%M:%S}).")


def likely_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those that fit, then those of which more fits; newest first among equals."""
    newest = sorted(candidates, key=lambda each: each.post.posted_at, reverse=True)
    return sorted(newest, key=lambda each: (not each.fits, -sum(r.fits for r in each.reasons)))
