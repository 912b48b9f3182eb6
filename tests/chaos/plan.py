"""What is to happen in a run: all of it follows from the seed."""

import dataclasses
import json
import random
from dataclasses import dataclass

from tests.chaos.points import MIDWAY

ROLES = ("worker", "monitor", "pusher", "sentinel", "main", "supervisor")
ORDERS = {  # job type → how likely
    "trial_note": 8,
    "trial_heavy": 3,
    "trial_file": 4,
    "trial_call": 4,
    "trial_flaky": 2,
    "trial_snooze": 2,
    "trial_give_up": 1,
    "trial_doomed": 1,
    "trial_child": 2,
    "trial_parent": 2,
    "trial_steps": 2,
}
INJURIES = {  # kind → how likely
    "kill:worker": 10,
    **{f"kill:{role}": 2 for role in ROLES[1:]},
    "kill:cluster": 2,
    "kill:everything": 2,
    "term:worker": 2,
    "term:supervisor": 2,
    "pause:worker": 6,
    **{f"pause:{role}": 1 for role in ROLES[1:]},
    "pause:cluster": 1,
    "clock": 3,
    "full": 2,
    "cut": 5,  # where the database has connections to cut
    "restart:database": 2,  # where it is our own
    "flush:redis": 4,  # where there is one
    "restart:redis": 2,
    "cancel": 3,
}
CRASHES = {  # point → how many of the first so many passings are candidates
    "claim.before": 80,
    "claim.after": 40,
    "settle.before": 40,
    "settle.after": 40,
    "settle_failed.before": 10,
    "settle_failed.after": 10,
    "snooze.after": 5,
    "renew.after": 60,
    "sweep.before": 40,
    "sweep.after": 40,
    "lose.before": 6,
    "lose.after": 6,
    "ring.before": 20,
    "ring.after": 20,
    "commit.before": 400,
    "commit.after": 400,
    **dict.fromkeys(MIDWAY, 25),
}


@dataclass(frozen=True)
class Order:
    """A job to be enqueued."""

    name: str
    job_type: str
    seconds: float = 0.0
    times: int = 1
    priority: int = 0
    dedup: bool = False


@dataclass(frozen=True)
class Injury:
    """Something bad. pick: chooses among what is there. for_s: how long it lasts, or by how much.

    after_progress: wait until something began since the last one, so that it hits a house that works.
    """

    kind: str
    pick: int
    for_s: float
    after_s: float
    after_progress: bool


@dataclass(frozen=True)
class Plan:
    """A whole run."""

    seed: int
    workers: int
    supervisors: int
    orders: tuple[Order, ...]
    injuries: tuple[Injury, ...]
    crashes: dict[str, dict[str, str]]

    def words(self):
        """As JSON, one line per part, for whoever looks for the reason of a failure."""
        data = dataclasses.asdict(self)
        return "\n".join(f"{name}: {json.dumps(value)}" for name, value in data.items())


def plan_of(
    seed,
    *,
    jobs,
    injuries,
    crashes,
    without=(),
    workers=3,
    supervisors=1,
    longest_s=1.2,
    kinds=INJURIES,
    pauses_s=(0.0, 0.05, 0.3, 1.0),
):
    """The plan of this seed: so many jobs, injuries and crash points.

    without: kinds of injuries that this house cannot have. longest_s: of a job.
    """
    dice = random.Random(seed)
    kinds = {kind: weight for kind, weight in kinds.items() if kind not in without}
    return Plan(
        seed=seed,
        workers=workers,
        supervisors=supervisors,
        orders=tuple(_order(dice, number, longest_s) for number in range(jobs)),
        injuries=tuple(_injury(dice, kinds, pauses_s) for _ in range(injuries)),
        crashes=_crashes(dice, crashes, scale=jobs / 60),
    )


def _order(dice, number, longest_s):
    (job_type,) = dice.choices(list(ORDERS), list(ORDERS.values()))
    return Order(
        name=f"{job_type.removeprefix('trial_')}-{number}",
        job_type=job_type,
        seconds=round(dice.choice([0, 0.05, 0.2, 0.5, 1.0]) * longest_s, 3),
        times=dice.randint(1, 2),
        priority=dice.choice([0, 0, 0, 5, -5]),
        dedup=dice.random() < 0.15,
    )


def _injury(dice, kinds, pauses_s):
    (kind,) = dice.choices(list(kinds), list(kinds.values()))
    longest_pause_s = 10.0 if kind in ("pause:pusher", "pause:monitor", "pause:sentinel") else 5.0
    for_s = {
        "pause": dice.uniform(1.5, longest_pause_s),
        "clock": dice.choice([-1.5, 1, 3, 10, 30]),
        "full": dice.uniform(0.2, 1.5),
    }.get(kind.split(":")[0], 0.0)
    return Injury(
        kind=kind,
        pick=dice.randrange(10**6),
        for_s=round(for_s, 3),
        after_s=dice.choice(pauses_s),
        after_progress=dice.random() < 0.8,
    )


def _crashes(dice, count, *, scale):
    crashes = {}
    for _ in range(count):
        point = dice.choice(list(CRASHES))
        action = dice.choice(["exit", "exit", "kill", "stop", "full"])
        if point.startswith(("sweep", "lose")) and action == "stop":
            action = "exit"
        crashes.setdefault(point, {})[str(dice.randint(1, max(3, int(CRASHES[point] * scale))))] = (
            action
        )
    return crashes
