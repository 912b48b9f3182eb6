"""`make chaos-publish [RUNS=…] [SEED=…] [PROCESSES=…] [ONLY=…] [REAL=…]`: see docs/chaos.md."""

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.house import PROJECT
from tests.chaos.publish.checker import Tally

SETTLED_GOAL = 0.995


def main(words):
    """0: no violation, and unknown outcomes settle without people as often as they should."""
    options = parsed(words)
    if options.real:
        from tests.chaos.publish.real import play_real

        return play_real(options)
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="stakazo-chaos-publish-", dir=_memory())).resolve()
    try:
        tally, bad = _in_processes(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    seconds = time.monotonic() - began
    say(words_of(tally, seconds=seconds, processes=options.processes, bad=len(bad)))
    for number in sorted(bad)[:20]:
        say(f"Again: make chaos-publish SEED={options.seed} ONLY={number}{_more(options)}")
    if options.json:
        told = vars(tally) | {
            "settled_share": tally.settled_share,
            "violating_runs": sorted(bad),
            "seconds": round(seconds, 1),
        }
        with options.json.open("a") as out:
            out.write(json.dumps(told) + "\n")
    return int(bool(bad) or tally.settled_share < SETTLED_GOAL)


def parsed(words):
    """The options."""
    parser = argparse.ArgumentParser(prog="tests.chaos.publish", description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="The number of the first run.")
    parser.add_argument("--minutes", type=float, default=0, help="Begin no run after so many.")
    parser.add_argument("--stop", action="store_true", help="Begin no run after a violation.")
    parser.add_argument("--only", type=int, default=None, help="This run, and its whole story.")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--real", type=int, default=0, help="So many posts by real processes.")
    parser.add_argument("--workers", type=int, default=3, help="Of real processes.")
    parser.add_argument("--database-url", default="", help="Of real processes; empty: SQLite.")
    parser.add_argument("--mutant", default="", help="Break this rule of the product on purpose.")
    parser.add_argument("--json", type=Path, help="The figures go to its end, as one line.")
    return parser.parse_args(words)


def _more(options):
    return f" MUTANT={options.mutant}" if options.mutant else ""


def _memory():
    """Where the files of the runs lie; nothing of them must outlive a power cut."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _in_processes(options, folder):
    """All runs, in so many processes: (counts, numbers of the runs with a violation)."""
    numbers = range(options.first, options.first + options.runs)
    if options.only is not None:
        numbers = range(options.only, options.only + 1)
    _make_template(folder)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    count = min(options.processes, len(numbers))
    processes = [
        context.Process(target=_share, args=(options, numbers[at::count], folder, at, answers))
        for at in range(count)
    ]
    for process in processes:
        process.start()
    tally, bad, left = Tally(), set(), count
    while left:
        kind, told = answers.get()
        if kind == "words":
            say(told)
        elif kind == "bad":
            bad.add(told)
        else:
            left -= 1
            if kind == "broke":
                raise SystemExit(f"A process of the runs broke:\n{told}")
            tally.join(told)
    for process in processes:
        process.join()
    return tally, bad


def _make_template(folder):
    """A migrated database; made in a process of its own, for it must not be open when we fork."""
    environment = _environment(folder, "template")
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v", "0"],
        cwd=PROJECT,
        env=os.environ | environment,
        check=True,
    )


def _environment(folder, name):
    """The settings of a process that plays."""
    return {
        "DJANGO_SETTINGS_MODULE": "stakazo.settings",
        "DATABASE_URL": f"sqlite:///{folder}/{name}.sqlite3",
        "STAKAZO_VAR_DIR": str(folder / f"{name}-var"),
        "STAKAZO_LOG_LEVEL": "CRITICAL",
        "STAKAZO_SIMULATOR_URL": "http://127.0.0.1:8100",
        "STAKAZO_BASE_URL": "http://127.0.0.1:8000",
        "STAKAZO_LIVE": "false",
        "REDIS_URL": "",
        "STAKAZO_REPUBLISH_DAYS": "0",
    }


def _share(options, numbers, folder, at, answers):
    """The runs of one process."""
    import traceback

    try:
        answers.put(("done", _play(options, numbers, folder, at, answers)))
    except BaseException:  # noqa: BLE001  whatever it is, the parent is told
        answers.put(("broke", traceback.format_exc()))


def _play(options, numbers, folder, at, answers):
    name = f"play{at}"
    shutil.copyfile(folder / "template.sqlite3", folder / f"{name}.sqlite3")
    os.environ |= _environment(folder, name)
    import django

    django.setup()
    from tests.chaos.publish import points
    from tests.chaos.publish.mutants import MUTANTS
    from tests.chaos.publish.plan import plan_of
    from tests.chaos.publish.run import Run, Theatre, said_on_failure, story_of
    from tests.chaos.publish.virtual import Clock, quieten

    tally, began = Tally(), time.monotonic()
    with Clock() as clock:
        quieten()
        theatre = Theatre(folder / name, clock)
        theatre.prepare()
        if options.mutant:
            MUTANTS[options.mutant][0]()
        points.install()
        for number in numbers:
            if options.minutes and time.monotonic() - began > 60 * options.minutes:
                break
            plan = plan_of(options.seed, number)
            run = Run(theatre, plan)
            with said_on_failure(plan):
                told = run.play()
            tally.add(
                told.intents,
                told.posts,
                crashes=told.crashes,
                pauses=told.pauses,
                faults=told.faults,
            )
            if told.violations or options.only is not None:
                lines = [f"run {number} of seed {options.seed}, the plan:", plan.words()]
                lines += [f"  {intent}" for intent in told.intents]
                lines += [f"VIOLATION {each}" for each in told.violations]
                if options.only is not None:
                    lines += ["The ledger:", *story_of(run)]
                answers.put(("words", "\n".join(lines)))
            if told.violations:
                answers.put(("bad", number))
                if options.stop:
                    break
    return tally


def words_of(tally, *, seconds, processes, bad):
    """The figures in lines."""
    return (
        f"{tally.runs} runs, {tally.intents} publications, {tally.posts} posts, "
        f"{tally.crashes} crashes, {tally.pauses} workers that stood still, {tally.faults} faults: "
        f"{bad} runs with a violation.\n"
        f"{tally.published} published, {tally.failed} failed and not posted, {tally.left} left to "
        f"people. {tally.unknown} outcomes were unknown, {tally.unknown_settled} of them settled "
        f"without a person ({tally.settled_share:.2%}).\n"
        f"{seconds:.0f} s in {processes} processes, {tally.runs / seconds:.1f} runs/s."
    )


def say(words):
    """A line for whoever watches."""
    print(words, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
