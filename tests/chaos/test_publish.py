"""Posts under crashes and faults: a slice of the runs, the checker, and rules broken on purpose."""

import json
import os
import subprocess
import sys

import pytest

from tests.chaos.house import PROJECT
from tests.chaos.publish.checker import Intent, Tally, check
from tests.chaos.publish.mutants import MUTANTS
from tests.chaos.publish.plan import plan_of

RUNS = 24

long_runs = pytest.mark.skipif(
    "CHAOS_PUBLISH" not in os.environ, reason="minutes of crashes: CHAOS_PUBLISH=1 has them"
)


def play(*words):
    """(exit code, what it said) of the harness, in processes and databases of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.publish", *words],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


# --- The runs ---


@long_runs
@pytest.mark.timeout(600)
def test_a_slice_posts_everything_once_and_tells_the_truth(tmp_path):
    code, said = play("--runs", str(RUNS), "--seed", "1", "--json", str(tmp_path / "told"))
    assert code == 0, said
    told = json.loads((tmp_path / "told").read_text())
    assert (told["runs"], told["violating_runs"]) == (RUNS, [])
    assert min(told["crashes"], told["pauses"], told["faults"], told["unknown"]) > 3


@long_runs
@pytest.mark.timeout(600)
def test_real_processes_killed_in_the_middle_post_everything_once(tmp_path):
    code, said = play("--real", "6", "--seed", "1", "--json", str(tmp_path / "told"))
    assert code == 0, said
    told = json.loads((tmp_path / "told").read_text())
    assert (told["intents"], told["violations"]) == (6, 0)
    assert told["crashes"] > 0


@long_runs
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_rule_broken_on_purpose_is_found_out(mutant):
    code, said = play("--runs", "200", "--seed", "1", "--stop", "--mutant", mutant)
    assert code == 1, said
    assert f"VIOLATION {MUTANTS[mutant][1]}" in said
    assert f"MUTANT={mutant}" in said  # how to see it again


def test_a_plan_follows_from_its_seed_and_number():
    assert plan_of(3, 17) == plan_of(3, 17)
    assert plan_of(3, 17) != plan_of(3, 18) != plan_of(4, 18)


# --- The checker ---


def intent(status, **more):
    return Intent(key="tiktok #a", tag="#a", platform="tiktok", status=status, **more)


def post(key="1", text="Out now #a"):
    return {"id": key, "draft_id": f"draft{key}", "title": "", "caption": text}


def kinds(*args):
    return [each.kind for each in check(*args)]


@pytest.mark.parametrize(
    ("wanted", "posts", "found"),
    [
        (intent("published", external_post_id="1"), [post()], []),
        (intent("published", external_post_id="draft1"), [post()], []),
        (intent("failed"), [], []),
        (intent("unknown", asked_out=True), [post()], []),
        (intent("missed"), [], []),
        (intent("published", external_post_id="1"), [post(), post("2")], ["doubled"]),
        (intent("failed"), [post(), post("2")], ["doubled", "false failure"]),
        (intent("published", external_post_id="1"), [], ["false success"]),
        (intent("published", external_post_id="9"), [post()], ["false success"]),
        (intent("failed"), [post()], ["false failure"]),
        (intent("unknown"), [post()], ["lost"]),
        (intent("scheduled"), [], ["lost"]),
        (intent("cancelled"), [], ["lost"]),
        (intent("failed"), [post(text="Whose is this")], ["foreign"]),
    ],
)
def test_the_checker_names_every_kind_of_lie(wanted, posts, found):
    assert kinds([wanted], posts) == found


def test_one_tag_that_begins_like_another_is_not_the_other():
    ten = Intent("x", "#run1n10", "tiktok", "failed")
    one = Intent("y", "#run1n1", "tiktok", "published", external_post_id="1")
    assert kinds([ten, one], [post(text="Out now #run1n1")]) == []


def test_the_share_of_settled_outcomes_counts_those_that_were_unknown():
    tally = Tally()
    tally.add(
        [
            intent("published", was_unknown=True),
            intent("unknown", was_unknown=True, asked_out=True),
            intent("published"),
        ],
        [],
        crashes=1,
        pauses=0,
        faults=2,
    )
    assert tally.settled_share == 0.5
    assert (tally.published, tally.left) == (2, 1)
