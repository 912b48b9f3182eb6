"""What the rules reason about: plain facts of one moment. A fact that is None could not be known.

Lists are cut at MOST_ROWS, counts are whole: a person reads what comes of it.
"""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MOST_ROWS = 20


@dataclass(frozen=True)
class EndedJobs:
    """Jobs of one type that ended badly of one error. job_ids: the newest, at most MOST_ROWS.

    dead: every try failed; else the work itself was refused.
    """

    job_type: str
    error_code: str
    error: str
    dead: bool
    count: int
    job_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """A publication that may be live. minutes: since when, None where no event says."""

    publication_id: str
    platform: str
    name: str
    minutes: float | None


@dataclass(frozen=True)
class FailedPosts:
    """Publications on one platform that failed in the last day, with the newest error."""

    platform: str
    count: int
    error: str
    publication_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    """A connected account. token_days: until its token can no longer be renewed, None: unknown."""

    account_id: str
    platform: str
    name: str
    expired: bool
    token_days: float | None = None


@dataclass(frozen=True)
class WaitingVideo:
    """A video with ready clips of which none was ever put forward. hours: since the newest clip."""

    video_id: str
    title: str
    clips: int
    hours: float


@dataclass(frozen=True)
class FailedVideo:
    """A video that could not be analysed."""

    video_id: str
    title: str
    error: str


@dataclass(frozen=True)
class RunningCampaign:
    """A campaign that is active. ended_hours: since its end passed, below 0 before, None: no end."""

    campaign_id: str
    name: str
    platforms: int
    choices: int
    ended_hours: float | None = None


@dataclass(frozen=True)
class ProposedRule:
    """A rule that waits for somebody. examples: posts it was learned from, 0: written by hand."""

    rule_id: str
    name: str
    platform: str
    examples: int
    explained: float | None
    explained_before: float | None


@dataclass(frozen=True)
class Outcomes:
    """Posts with figures on a platform, and how many there were when a rule last learned from them."""

    platform: str
    posts: int
    learned_from: int


@dataclass(frozen=True)
class Facts:
    """All that the rules know of one moment.

    jobs, videos, publications, campaigns: state → count. oldest_due_s: age of the job that has been
    due the longest. worker_seen_s: since a worker last began or held a job.
    errors_last_hour / errors_last_day: ledger events of severity ERROR.
    """

    now: datetime
    jobs: dict[str, int] = dataclasses.field(default_factory=dict)
    videos: dict[str, int] = dataclasses.field(default_factory=dict)
    publications: dict[str, int] = dataclasses.field(default_factory=dict)
    campaigns: dict[str, int] = dataclasses.field(default_factory=dict)
    due_jobs: int = 0
    oldest_due_s: float | None = None
    worker_seen_s: float | None = None
    ended_jobs: tuple[EndedJobs, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    failed_posts: tuple[FailedPosts, ...] = ()
    accounts: tuple[Account, ...] = ()
    clips_ready: int = 0
    waiting_videos: tuple[WaitingVideo, ...] = ()
    failed_videos: tuple[FailedVideo, ...] = ()
    running_campaigns: tuple[RunningCampaign, ...] = ()
    proposed_rules: tuple[ProposedRule, ...] = ()
    outcomes: tuple[Outcomes, ...] = ()
    errors_last_hour: int = 0
    errors_last_day: int = 0

    def data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return dataclasses.asdict(self) | {"now": self.now.isoformat()}
