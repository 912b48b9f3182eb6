"""What is to happen in a run: all of it follows from the seed and the run's number."""

import dataclasses
import json
import random
from dataclasses import dataclass

from publishing.simulator.faults import FAULTS, points_of

PLATFORMS = ("instagram", "tiktok", "youtube")
# Where our side can end, and how often that point is chosen. `.before` and `.after` are added.
OURS = {
    "claim": 2,
    "begin": 3,
    "start_sending": 2,
    "keep_handle": 5,
    "take_turn": 2,
    "cross": 8,
    "call.prepare": 6,
    "call.commit": 14,
    "call.read": 5,
    "step_back": 2,
    "accept": 4,
    "mark_unknown": 6,
    "note_answer": 4,
    "let_go_again": 5,
    "succeed": 6,
    "fail": 3,
    "settle": 3,
    "snooze": 3,
    "commit": 6,
}
CALL_FAULTS = {
    "timeout_before": 2,
    "timeout_after": 4,
    "reset_before": 2,
    "reset_after": 4,
    "error_before": 2,
    "error_after": 4,
    "rate_limited": 2,
    "expired_token": 1,
    "drop_upload": 2,
    "truncated_after": 2,
    "html_after": 2,
    "late_effect": 4,
}
OTHER_FAULTS = {
    "slow_processing": 4,
    "rejected": 1,
    "webhook_lost": 2,
    "webhook_doubled": 2,
    "webhook_late": 2,
    "webhook_reordered": 2,
    "webhook_forged": 2,
}
COMMITS = {
    "instagram": "instagram.media_publish",
    "tiktok": "tiktok.commit",
    "youtube": "youtube.commit",
}
# How late an effect comes at most. Past TikTok's hour nobody could tell it from one that never comes.
LATEST_S = 1_200
# Nobody signs in during a run, and numbers are not asked for.
UNUSED = ("authorize", "revoke", "insights", "subscribe", "user")


@dataclass(frozen=True)
class Wish:
    """A publication to be made."""

    platform: str
    variant: int
    privacy: str
    large: bool
    after_s: float


@dataclass(frozen=True)
class Blow:
    """At the nth passing of a point of ours the worker dies, or stands still for so long."""

    point: str
    nth: int
    pause_s: float = 0.0


@dataclass(frozen=True)
class Injected:
    """A fault of the simulator."""

    point: str
    fault: str
    count: int
    skip: int
    params: dict


@dataclass(frozen=True)
class Plan:
    """A whole run. webhooks: whether the platforms' own word reaches us. delays: settings of the
    simulator."""

    seed: int
    number: int
    wishes: tuple[Wish, ...]
    blows: tuple[Blow, ...]
    faults: tuple[Injected, ...]
    webhooks: bool
    delays: dict

    def words(self):
        """As lines, for whoever looks for the reason of a violation."""
        data = dataclasses.asdict(self)
        return "\n".join(f"  {name}: {json.dumps(value)}" for name, value in data.items())


def dice_of(seed, number):
    """The dice of one run."""
    return random.Random(f"{seed}:{number}")


def plan_of(seed, number, *, pauses=True):
    """The plan of this run. pauses: also let workers stand still beyond their lease."""
    dice = dice_of(seed, number)
    platforms = [PLATFORMS[(number + shift) % 3] for shift in range(dice.choice((1, 1, 1, 2, 3)))]
    wishes = tuple(
        Wish(
            platform=platform,
            variant=at,
            privacy=_privacy(dice, platform),
            large=dice.random() < 0.3,
            after_s=dice.choice((0, 0, 0, 20, 600)),
        )
        for at, platform in enumerate(platforms)
    )
    return Plan(
        seed=seed,
        number=number,
        wishes=wishes,
        blows=tuple(
            blow_of(dice, pauses=pauses) for _ in range(dice.choice((0, 1, 1, 1, 2, 2, 3)))
        ),
        faults=tuple(fault_of(dice, platforms) for _ in range(dice.choice((0, 1, 1, 1, 2, 2, 3)))),
        webhooks=dice.random() < 0.5,
        delays={
            "instagram.processing_s": dice.choice((0, 0, 3, 200)),
            "tiktok.processing_s": dice.choice((0, 0, 3, 200)),
            "tiktok.moderation_s": dice.choice((0, 0, 30, 1_200)),
            "youtube.processing_s": dice.choice((0, 0, 3, 200)),
        },
    )


def _privacy(dice, platform):
    if platform == "instagram" or dice.random() < 0.7:
        return "public"
    return "private"


def blow_of(dice, *, pauses):
    """A blow to a worker."""
    (name,) = dice.choices(list(OURS), list(OURS.values()))
    most = {"commit": 40, "call.read": 8, "call.prepare": 4}.get(name, 2)
    pause_s = 0.0
    if pauses and dice.random() < 0.25:
        pause_s = dice.choice((20, 60, 200, 900, 4_000, 90_000))
    return Blow(f"{name}.{dice.choice(('before', 'after'))}", dice.randint(1, most), pause_s)


def fault_of(dice, platforms):
    """A fault of one of these platforms, half of them at the point of no return."""
    platform = dice.choice(platforms)
    if dice.random() < 0.2:
        (fault,) = dice.choices(list(OTHER_FAULTS), list(OTHER_FAULTS.values()))
    else:
        (fault,) = dice.choices(list(CALL_FAULTS), list(CALL_FAULTS.values()))
    here = [
        point
        for point in points_of(fault)
        if point.startswith(platform) and not point.endswith(UNUSED)
    ]
    point = dice.choice(here)
    if COMMITS[platform] in here and dice.random() < 0.6:
        point = COMMITS[platform]
    params = {}
    numbers = FAULTS[fault].numbers
    if "status" in numbers:
        params["status"] = dice.choice((500, 502, 503, 504))
    if "seconds" in numbers:
        params["seconds"] = dice.choice((5, 30, 90, 300, LATEST_S))
    if "bytes" in numbers:
        params["bytes"] = dice.choice((1, 100, 65_536))
    count = dice.choice((1, 1, 1, 2, 3, 6))
    return Injected(point, fault, count, dice.choice((0, 0, 0, 1, 2)), params)
