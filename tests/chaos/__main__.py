"""`make chaos RUNS=… SEED=… [DATABASE_URL=…] [ROLLING=…] [SWARM=…] [POINTS=…]`: see docs/chaos.md."""

import argparse
import json
import shlex
import signal
import sys
from pathlib import Path

from tests.chaos.disk import enter_own_mounts
from tests.chaos.stage import Stage
from tests.chaos.summary import Summary

# What `make test` plays: a bit of everything, in half a minute of processor time.
CHEAP = "act_on_jobs,seal_ledger,verify_ledger,replay_ledger,sweep_uploads,ai_reasoning"
SLICE = (
    ["--runs", "1", "--jobs", "14", "--injuries", "4", "--crashes", "3", "--longest-s", "0.6"],
    ["--runs", "1", "--swarm", "--jobs", "80", "--injuries", "25", "--crashes", "25"],
    ["--points", "trial", "--every", "14"],
    ["--points", CHEAP, "--every", "40"],
)


def main(words):
    """Play; 0 when no run has a fault."""
    options = parsed(words)
    if options.disk:
        enter_own_mounts()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and folders go
    stage = Stage(options.database_url, redis=options.redis, disk_mb=options.disk)
    try:
        stage.django()
        if options.slice:
            return max(play(stage, parsed([*words, *part])) for part in SLICE)
        return play(stage, options)
    finally:
        stage.close()


def parsed(words):
    """The options."""
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--seed", type=int, default=1, help="Of the first run; the next has the next."
    )
    parser.add_argument("--database-url", default="", help="Or own-postgresql; empty: SQLite.")
    parser.add_argument(
        "--redis", action="store_true", help="With a Redis of our own as transport."
    )
    parser.add_argument(
        "--disk", type=int, default=0, help="SQLite on a disk of so many megabytes, really filled."
    )
    parser.add_argument("--jobs", type=int, default=60, help="In each run.")
    parser.add_argument("--injuries", type=int, default=30, help="In each run.")
    parser.add_argument("--crashes", type=int, default=12, help="Named points in each run's plan.")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--supervisors", type=int, default=1)
    parser.add_argument("--longest-s", type=float, default=1.2, help="Of a job.")
    parser.add_argument("--lease-s", type=float, default=2.0)
    parser.add_argument("--only", default="", help="Kinds of injuries, with commas; empty: all.")
    parser.add_argument(
        "--rolling", type=int, default=0, help="So many restarts under load instead."
    )
    parser.add_argument(
        "--swarm", action="store_true", help="Forked workers without q2: many more."
    )
    parser.add_argument(
        "--points",
        default="",
        help="Crash points of these scenes (with commas), or of `all`, instead.",
    )
    parser.add_argument("--every", type=int, default=1, help="Only every so many of the points.")
    parser.add_argument("--slice", action="store_true", help="The short slice of `make test`.")
    parser.add_argument(
        "--json", type=Path, help="Summaries go to its end, one JSON object per line."
    )
    parser.add_argument("--keep", action="store_true", help="Keep the folders of runs with faults.")
    options = parser.parse_args(words)
    if options.disk and options.database_url:
        parser.error("--disk is for SQLite: a PostgreSQL without room stops, and so does the run.")
    return options


def play(stage, options):
    """All runs, and the summary."""
    from tests.chaos.rolling import roll
    from tests.chaos.run import Run
    from tests.chaos.swarm import Swarm

    if options.points:
        from tests.chaos.everywhere import crash_everywhere

        return crash_everywhere(stage, options)
    summary = Summary(stage.database.vendor, bound_s=options.lease_s + 2)
    for seed in range(options.seed, options.seed + options.runs):
        if options.rolling:
            run = roll(stage, seed, options)
        else:
            kind = Swarm if options.swarm else Run
            run = kind(stage, _plan(stage, seed, options), lease_s=options.lease_s)
        summary.told.append(told := run.play())
        say(
            f"seed {seed}: {told.injuries.total()} injections, {told.jobs} jobs,"
            f" {told.attempts} tries, {len(told.faults)} faults, {told.seconds} s"
        )
        if told.faults:
            report(run, told, options)
        run.close(keep=bool(told.faults) and options.keep)
    say(summary.words())
    if options.json:
        with options.json.open("a") as out:
            out.write(json.dumps(summary.as_json()) + "\n")
    return int(any(told.faults for told in summary.told))


def _plan(stage, seed, options):
    from tests.chaos.plan import INJURIES, plan_of

    without = stage.without()
    if options.only:
        without |= set(INJURIES) - set(options.only.split(","))
    if options.swarm:
        from tests.chaos.swarm import swarm_plan

        return swarm_plan(
            seed,
            jobs=options.jobs,
            injuries=options.injuries,
            crashes=options.crashes,
            without=without,
            workers=options.workers,
        )
    return plan_of(
        seed,
        jobs=options.jobs,
        injuries=options.injuries,
        crashes=options.crashes,
        without=without,
        workers=options.workers,
        supervisors=options.supervisors,
        longest_s=options.longest_s,
    )


def report(run, told, options):
    """Everything somebody needs who wants to know why, and how to see it again."""
    say(f"FAULTS with seed {told.seed}:")
    for fault in told.faults:
        say(f"  {fault}")
    say("The plan:\n" + run.plan.words())
    words = shlex.join(without_own(sys.argv[1:]))
    say(f"Again: make chaos SEED={told.seed} RUNS=1 OPTIONS='{words}'")
    log = run.folder / "log"
    if log.exists():
        say("The end of the log:\n" + "\n".join(log.read_text().splitlines()[-40:]))
    if options.keep:
        say(f"Kept: {run.folder}")


def without_own(words):
    """The options but for those that the line to repeat a run gives itself."""
    given = iter(words)
    kept = []
    for word in given:
        if word in ("--runs", "--seed", "--json"):
            next(given, None)
        elif not word.startswith(("--runs=", "--seed=", "--json=")):
            kept.append(word)
    return kept


def say(words):
    """A line for whoever watches."""
    print(words, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
