"""The checker: what was wanted beside what the platforms have. Knows no Django, changes nothing."""

from collections import defaultdict
from dataclasses import dataclass

KINDS = ("doubled", "lost", "false failure", "false success", "foreign")
ENDED = ("published", "failed")
LEFT_TO_PEOPLE = ("unknown", "publishing", "missed", "awaiting")


@dataclass(frozen=True)
class Intent:
    """A publication as our records end. tag: in its text, and in no other's. was_unknown: its outcome
    was unknown for a while. asked_out: we asked for as long as we do, and left it to a person."""

    key: str
    tag: str
    platform: str
    status: str
    external_post_id: str = ""
    error: str = ""
    was_unknown: bool = False
    asked_out: bool = False


@dataclass(frozen=True)
class Violation:
    """One thing that must not be."""

    kind: str
    key: str
    words: str

    def __str__(self):
        return f"{self.kind}: {self.key}: {self.words}"


def check(intents, posts):
    """Every violation. posts: the simulator's own list of what is live, refused ones left out."""
    by_tag, found = defaultdict(list), []
    tags = {intent.tag for intent in intents}
    for post in posts:
        text = f"{post['title']} {post['caption']}"
        mine = [tag for tag in tags if tag in text.split()]
        if len(mine) != 1:
            found.append(Violation("foreign", post["id"], f"a post that nobody wanted: {text!r}"))
        else:
            by_tag[mine[0]].append(post)
    for intent in intents:
        found += _of_one(intent, by_tag[intent.tag])
    return sorted(found, key=lambda each: KINDS.index(each.kind))


def _of_one(intent, posts):
    ids = [post["id"] for post in posts]
    if len(posts) > 1:
        yield Violation("doubled", intent.key, f"{len(posts)} posts on {intent.platform}: {ids}")
    if intent.status == "published":
        # TikTok gives no id to posts that are not public; then it is the upload's.
        known = {*ids, *(post["draft_id"] for post in posts)}
        if intent.external_post_id not in known:
            yield Violation(
                "false success",
                intent.key,
                f"known as {intent.external_post_id!r}, there are {ids}",
            )
    elif intent.status == "failed":
        if posts:
            yield Violation("false failure", intent.key, f"{ids} are live; we say: {intent.error}")
    elif intent.status not in LEFT_TO_PEOPLE or not _may_be_left(intent):
        yield Violation("lost", intent.key, f"is {intent.status} for good; live: {ids}")


def _may_be_left(intent):
    """With a person it may only be when it says so: we asked for a day, or it waits for a word."""
    return intent.asked_out or intent.status in ("missed", "awaiting")


@dataclass
class Tally:
    """Counts of many runs."""

    runs: int = 0
    intents: int = 0
    posts: int = 0
    published: int = 0
    failed: int = 0
    left: int = 0
    unknown: int = 0
    unknown_settled: int = 0
    crashes: int = 0
    pauses: int = 0
    faults: int = 0

    def add(self, intents, posts, *, crashes, pauses, faults):
        """One run more."""
        self.runs += 1
        self.intents += len(intents)
        self.posts += len(posts)
        self.crashes += crashes
        self.pauses += pauses
        self.faults += faults
        for intent in intents:
            settled = intent.status in ENDED
            self.published += intent.status == "published"
            self.failed += intent.status == "failed"
            self.left += not settled
            self.unknown += intent.was_unknown
            self.unknown_settled += intent.was_unknown and settled

    def join(self, other):
        """Those of another process."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def settled_share(self):
        """Of the outcomes that were unknown, those settled without a person; 1.0 where there was none."""
        return self.unknown_settled / self.unknown if self.unknown else 1.0
