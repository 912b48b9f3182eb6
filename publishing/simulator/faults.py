"""Failing on purpose, at a named point, a number of times: one table of points, one of faults.

A point is a call of a platform, or what it does by itself (`<platform>.processing`,
`<platform>.webhook`). `*` stands for anything in a point's name, as in `tiktok.*`; a fault happens only
at points where it can. Set by `faults.inject`, by `POST /_control/inject` or on the page `/faults`.
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatch
from typing import Any

from publishing.simulator.world import World


class When(StrEnum):
    """When a fault strikes."""

    BEFORE = "before"  # the call had no effect
    AFTER = "after"  # it had its effect, and the caller does not learn it
    PROCESSING = "processing"
    WEBHOOK = "webhook"


class Kind(StrEnum):
    """What sort of point it is."""

    CALL = "call"
    UPLOAD = "upload"  # carries bytes
    COMMIT = "commit"  # the point of no return; at TikTok and YouTube it carries bytes too
    PROCESSING = "processing"
    WEBHOOK = "webhook"


CALLS = frozenset({Kind.CALL, Kind.UPLOAD, Kind.COMMIT})
_PLATFORMS = ("instagram", "tiktok", "youtube")

POINTS: dict[str, Kind] = {
    "instagram.authorize": Kind.CALL,
    "instagram.token": Kind.CALL,
    "instagram.refresh": Kind.CALL,
    "instagram.container": Kind.CALL,
    "instagram.upload": Kind.UPLOAD,
    "instagram.media_publish": Kind.COMMIT,
    "instagram.limit": Kind.CALL,
    "instagram.list": Kind.CALL,
    "instagram.insights": Kind.CALL,
    "instagram.read": Kind.CALL,
    "instagram.permissions": Kind.CALL,
    "instagram.pages": Kind.CALL,
    "instagram.comment": Kind.COMMIT,
    "instagram.comments": Kind.CALL,
    "tiktok.authorize": Kind.CALL,
    "tiktok.token": Kind.CALL,
    "tiktok.revoke": Kind.CALL,
    "tiktok.creator_info": Kind.CALL,
    "tiktok.init": Kind.CALL,
    "tiktok.upload": Kind.UPLOAD,
    "tiktok.commit": Kind.COMMIT,
    "tiktok.status": Kind.CALL,
    "tiktok.user": Kind.CALL,
    "tiktok.list": Kind.CALL,
    "tiktok.query": Kind.CALL,
    "youtube.authorize": Kind.CALL,
    "youtube.token": Kind.CALL,
    "youtube.revoke": Kind.CALL,
    "youtube.session": Kind.CALL,
    "youtube.probe": Kind.CALL,
    "youtube.upload": Kind.UPLOAD,
    "youtube.commit": Kind.COMMIT,
    "youtube.videos": Kind.CALL,
    "youtube.channels": Kind.CALL,
    "youtube.uploads": Kind.CALL,
    "youtube.subscribe": Kind.CALL,
    "youtube.comment": Kind.COMMIT,
    "youtube.comments": Kind.CALL,
    "youtube.thumbnail": Kind.UPLOAD,
    **{f"{platform}.processing": Kind.PROCESSING for platform in _PLATFORMS},
    **{f"{platform}.webhook": Kind.WEBHOOK for platform in _PLATFORMS},
}


@dataclass(frozen=True)
class Failing:
    """A way to fail. numbers: the parameters that can be given, and what they are else. at: the kinds
    of points where it can happen."""

    when: When
    sentence: str
    at: frozenset[Kind] = CALLS
    numbers: dict[str, float] = field(default_factory=dict)


_PROCESSING = frozenset({Kind.PROCESSING})
_WEBHOOK = frozenset({Kind.WEBHOOK})
FAULTS: dict[str, Failing] = {
    "timeout_before": Failing(
        When.BEFORE,
        "No answer comes for `seconds`, then the connection drops; nothing happened.",
        numbers={"seconds": 120},
    ),
    "timeout_after": Failing(
        When.AFTER,
        "It happened; no answer comes for `seconds`, then the connection drops.",
        numbers={"seconds": 120},
    ),
    "reset_before": Failing(When.BEFORE, "The connection drops; nothing happened."),
    "reset_after": Failing(When.AFTER, "It happened; the connection drops before the answer."),
    "error_before": Failing(
        When.BEFORE, "`status` is answered; nothing happened.", numbers={"status": 500}
    ),
    "error_after": Failing(
        When.AFTER, "It happened; `status` is answered.", numbers={"status": 500}
    ),
    "rate_limited": Failing(When.BEFORE, "The platform's own answer for too many calls."),
    "expired_token": Failing(
        When.BEFORE, "The platform's own answer for a token that is no longer valid."
    ),
    "drop_upload": Failing(
        When.BEFORE,
        "The connection drops after `bytes` of the body.",
        at=frozenset({Kind.UPLOAD, Kind.COMMIT}),
        numbers={"bytes": 65_536},
    ),
    "truncated_after": Failing(When.AFTER, "It happened; half of the answer comes."),
    "html_after": Failing(When.AFTER, "It happened; a web page is answered."),
    "late_effect": Failing(
        When.AFTER,
        "`status` is answered, and it happens `seconds` later.",
        at=frozenset({Kind.COMMIT}),
        numbers={"status": 500, "seconds": 90},
    ),
    "slow_processing": Failing(
        When.PROCESSING,
        "The platform works `seconds` longer on the next video.",
        at=_PROCESSING,
        numbers={"seconds": 60},
    ),
    "rejected": Failing(
        When.PROCESSING,
        "The platform rejects the next video, with `reason` where given.",
        at=_PROCESSING,
    ),
    "webhook_lost": Failing(When.WEBHOOK, "The next webhook is never sent.", at=_WEBHOOK),
    "webhook_doubled": Failing(When.WEBHOOK, "The next webhook is sent twice.", at=_WEBHOOK),
    "webhook_late": Failing(
        When.WEBHOOK,
        "The next webhook is sent `seconds` later.",
        at=_WEBHOOK,
        numbers={"seconds": 60},
    ),
    "webhook_reordered": Failing(
        When.WEBHOOK,
        "The next webhook is sent after the one that follows it, or `seconds` later.",
        at=_WEBHOOK,
        numbers={"seconds": 3_600},
    ),
    "webhook_forged": Failing(
        When.WEBHOOK, "The next webhook carries a wrong signature.", at=_WEBHOOK
    ),
}


class NoSuchFault(ValueError):
    """There is no such point or fault, or the fault cannot happen there; the text says which."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong now. params as the sentences of FAULTS name them."""

    name: str
    params: dict[str, Any] = field(default_factory=dict)

    def number(self, name: str) -> float:
        """A numeric parameter, as given or as the table has it."""
        return float(self.params.get(name, FAULTS[self.name].numbers[name]))


def points_of(fault: str) -> list[str]:
    """The points where this fault can happen."""
    return [point for point, kind in POINTS.items() if kind in FAULTS[fault].at]


def inject(
    world: World, *, point: str, fault: str, count: int = 1, skip: int = 0, **params: Any
) -> None:
    """Fail `count` times at this point, after `skip` times of going well. Raises NoSuchFault."""
    if fault not in FAULTS:
        raise NoSuchFault(f"There is no fault {fault!r}. There are {', '.join(FAULTS)}.")
    if not any(fnmatch(name, point) for name in points_of(fault)):
        raise NoSuchFault(f"{fault} cannot happen at {point!r}. It can at {_at(fault)}.")
    for name in FAULTS[fault].numbers.keys() & params:
        params[name] = float(params[name])
    world.insert(
        "faults",
        point=point,
        fault=fault,
        skip=int(skip),
        remaining=int(count),
        params=json.dumps(params),
    )


def _at(fault: str) -> str:
    return ", ".join(points_of(fault))


def take(world: World, point: str, *, when: When) -> Fault | None:
    """The fault that is due at this point, of those that strike then; it is used up."""
    for row in world.all("SELECT * FROM faults WHERE remaining > 0 ORDER BY id"):
        failing = FAULTS[row["fault"]]
        if failing.when != when or POINTS[point] not in failing.at:
            continue
        if not fnmatch(point, row["point"]):
            continue
        if row["skip"] > 0:
            world.update("faults", row["id"], skip=row["skip"] - 1)
            continue
        world.update("faults", row["id"], remaining=row["remaining"] - 1)
        return Fault(row["fault"], json.loads(row["params"]))
    return None


def waiting(world: World) -> list[dict[str, Any]]:
    """What was injected and has not happened so often yet, in order."""
    return world.all("SELECT * FROM faults WHERE remaining > 0 ORDER BY id")


def take_back(world: World) -> int:
    """What was injected and has not happened yet will not happen; how many rows that were."""
    return world.run("DELETE FROM faults WHERE remaining > 0")
