"""Failing on purpose, at a named point, a number of times.

A point is a call of a platform (`instagram.media_publish`, `tiktok.upload`, `tiktok.commit` for the
last chunk, `youtube.session`, …), or `<platform>.processing`, or `<platform>.webhook`. `*` stands for
anything in a point's name, as in `tiktok.*`.
"""

import json
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any

from publishing.simulator.world import World

BEFORE = {
    "reset_before": "The connection drops; nothing happened.",
    "timeout_before": "No answer comes for `seconds` (120), then the connection drops; nothing happened.",
    "error_before": "`status` (500) is answered; nothing happened.",
    "rate_limited": "The platform's own answer for too many calls.",
    "expired_token": "The platform's own answer for a token that is no longer valid.",
    "drop_upload": "The connection drops after `bytes` (65536) of the body.",
}
AFTER = {
    "reset_after": "It happened; the connection drops before the answer.",
    "timeout_after": "It happened; no answer comes for `seconds` (120), then the connection drops.",
    "error_after": "It happened; `status` (500) is answered.",
    "truncated_after": "It happened; half of the answer comes.",
    "html_after": "It happened; a web page is answered.",
    "late_effect": "`status` (500) is answered, and it happens `seconds` (90) later.",
}
PROCESSING = {
    "slow_processing": "The platform works `seconds` (60) longer on the next video.",
    "rejected": "The platform rejects the next video, with `reason` where given.",
}
WEBHOOK = {
    "webhook_lost": "The next webhook is never sent.",
    "webhook_doubled": "The next webhook is sent twice.",
    "webhook_forged": "The next webhook carries a wrong signature.",
    "webhook_late": "The next webhook is sent `seconds` (60) later.",
}
FAULTS = {**BEFORE, **AFTER, **PROCESSING, **WEBHOOK}


@dataclass(frozen=True)
class Fault:
    """What goes wrong now. params as the sentences of FAULTS name them."""

    name: str
    params: dict[str, Any] = field(default_factory=dict)

    def number(self, name: str, default: float) -> float:
        """A numeric parameter."""
        return float(self.params.get(name, default))


def inject(
    world: World, *, point: str, fault: str, count: int = 1, skip: int = 0, **params: Any
) -> None:
    """Fail `count` times at this point, after `skip` times of going well. Raises KeyError for an
    unknown fault."""
    FAULTS[fault]
    world.insert(
        "faults", point=point, fault=fault, skip=skip, remaining=count, params=json.dumps(params)
    )


def take(world: World, point: str, *, among: dict[str, str]) -> Fault | None:
    """The fault that is due at this point, of these kinds; it is used up."""
    for row in world.all("SELECT * FROM faults WHERE remaining > 0 ORDER BY id"):
        if row["fault"] not in among or not fnmatch(point, row["point"]):
            continue
        if row["skip"] > 0:
            world.update("faults", row["id"], skip=row["skip"] - 1)
            continue
        world.update("faults", row["id"], remaining=row["remaining"] - 1)
        return Fault(row["fault"], json.loads(row["params"]))
    return None
