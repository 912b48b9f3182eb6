"""The judge is not to be trusted before it was shown crimes: each forged history has one."""

from dataclasses import replace

import pytest

from tests.chaos.history import History, SeenJob
from tests.chaos.judge import judge

MOVES = {
    "pending": {"processing", "cancelled"},
    "retry": {"processing", "cancelled", "dead"},
    "processing": {"completed", "retry", "failed", "cancelled", "dead"},
    "dead": {"pending"},
}
ROAD = [
    ("", ""),
    ("pending", "processing"),
    ("processing", "retry"),
    ("retry", "processing"),
    ("processing", "completed"),
]


def faults(history):
    return [
        (fault.kind, fault.words)
        for fault in judge(history, moves=MOVES, created_in={"pending", "scheduled"})
    ]


def kinds(history):
    return {kind for kind, _ in faults(history)}


def good(job_type="trial_note", **fields):
    """A job whose first try was lost and whose second one did it."""
    job = SeenJob(
        id="j1",
        job_type=job_type,
        order="one",
        status="completed",
        attempts=((1, "lost"), (2, "done")),
        attempt=2,
        token=2,
    )
    return History(
        jobs={"j1": replace(job, **fields)},
        moves={"j1": list(ROAD)},
        effects=[("j1", 2, "done")],
        did=[{"job": "j1", "token": 1}, {"job": "j1", "token": 2}],
        committed=[{"job": "j1", "token": 2}],
        begun=[{"job": "j1", "token": 1, "at_s": 1.0}, {"job": "j1", "token": 2, "at_s": 5.0}],
        enqueued=[{"order": "one", "job": "j1"}],
    )


def good_file():
    history = good("trial_file")
    history.files = {"one": (2, "j1")}
    return history


def good_call():
    history = good("trial_call")
    history.calls = [
        {"job": "j1", "token": 1, "what": "handle", "made": False},
        {"job": "j1", "token": 1, "what": "post", "made": True},
        {"job": "j1", "token": 2, "what": "look", "made": False},
    ]
    history.intents = {"j1": "p"}
    return history


@pytest.mark.parametrize("history", [good(), good_file(), good_call()])
def test_a_history_with_nothing_wrong_is_let_go(history):
    assert faults(history) == []


def test_a_job_that_is_gone_is_lost():
    history = good()
    history.enqueued.append({"order": "two", "job": "j2"})
    assert faults(history) == [("lost", "job j2 was enqueued and is gone")]


def test_a_job_that_never_ended_is_lost_and_one_without_a_lease_is_stuck():
    assert ("lost", "never ended, is retry") in faults(good(status="retry"))
    assert "stuck" in kinds(good(status="processing", leased=False))
    assert "stuck" not in kinds(good(status="processing", leased=True))


def test_an_effect_that_is_missing_doubled_or_of_the_wrong_try_is_seen():
    history = good()
    history.effects, history.committed = [], []
    assert kinds(history) == {"lost"}
    history = good()
    history.effects.append(("j1", 2, "done"))
    assert kinds(history) == {"doubled"}
    history = good()
    history.effects = [("j1", 1, "done")]
    history.committed = []
    assert kinds(history) == {"wrong"}


def test_an_effect_of_a_job_that_did_not_complete_is_seen():
    history = good(status="dead", attempt=40)
    history.moves["j1"][-1] = ("processing", "dead")
    assert kinds(history) == {"doubled"}


def test_the_log_outside_convicts_a_database_that_forgot():
    history = good()
    history.committed.append({"job": "j1", "token": 1})
    assert kinds(history) == {"doubled", "lost"}


def test_a_step_in_the_middle_that_is_missing_or_doubled_is_seen():
    history = good("trial_steps")
    history.effects += [("j1", 1, "step0"), ("j1", 1, "step1"), ("j1", 2, "step2")]
    assert faults(history) == []
    history.effects.append(("j1", 2, "step1"))
    assert kinds(history) == {"doubled"}
    history.effects = [row for row in history.effects if row[2] != "step1"]
    assert kinds(history) == {"lost"}


def test_a_missing_event_and_an_illegal_move_are_seen():
    for missing in ROAD:
        history = good()
        history.moves["j1"].remove(missing)
        assert "untold" in kinds(history), missing
    history = good()
    history.moves["j1"] += [("completed", "processing"), ("processing", "completed")]
    assert "illegal" in kinds(history)


def test_events_of_two_processes_may_sort_either_way_and_still_tell_one_life():
    history = good()
    history.moves["j1"][2:4] = reversed(history.moves["j1"][2:4])
    assert faults(history) == []


def test_moves_that_hang_together_nowhere_are_no_life():
    history = good()
    history.moves["j1"] += [("dead", "failed"), ("failed", "dead")]
    assert "untold" in kinds(history)


def test_a_try_without_an_end_without_a_row_or_that_began_twice_is_seen():
    assert kinds(good(attempts=((1, "running"), (2, "done")))) == {"untold"}
    assert kinds(good(attempts=((2, "done"),))) == {"untold"}
    history = good()
    history.begun.append({"job": "j1", "token": 2, "at_s": 6.0})
    assert kinds(history) == {"doubled"}


def test_a_file_that_is_missing_foreign_or_left_lying_is_seen():
    history = good_file()
    history.files = {}
    assert kinds(history) == {"lost"}
    history.files = {"one": (1, "j1")}
    assert kinds(history) == {"wrong"}
    history = good_file()
    history.files["two"] = (1, "j9")
    assert kinds(history) == {"leaked"}


def test_a_passing_file_may_only_be_left_by_a_try_that_woke_up_too_late():
    history = good_file()
    history.parts_left = ["one.1.part"]
    history.parts = [{"file": "one.1.part", "at_s": 2.0}]
    assert kinds(history) == {"leaked"}
    history.parts = [{"file": "one.1.part", "at_s": 7.0}]
    assert faults(history) == []
    history.parts_left = ["one.2.part"]
    assert kinds(history) == {"leaked"}


def test_a_second_post_and_a_call_without_asking_are_seen():
    history = good_call()
    history.calls.append({"job": "j1", "token": 2, "what": "post", "made": True})
    assert kinds(history) == {"doubled"}
    history = good_call()
    history.calls[2] = {"job": "j1", "token": 2, "what": "post", "made": False}
    assert faults(history) == [("doubled", "try 2 called again and had not asked")]


def test_a_late_call_of_a_try_that_was_overtaken_is_no_crime_while_it_makes_no_post():
    history = good_call()
    history.calls = [
        {"job": "j1", "token": 2, "what": "look", "made": False},
        {"job": "j1", "token": 2, "what": "post", "made": True},
        {"job": "j1", "token": 1, "what": "post", "made": False},
    ]
    assert faults(history) == []


def test_children_come_twice_or_not_at_all():
    history = good("trial_parent")
    for number in range(2):
        child = SeenJob(
            id=f"c{number}",
            job_type="trial_note",
            order=f"one/{number}",
            status="cancelled",
            parent="j1",
        )
        history.jobs[child.id] = child
        history.moves[child.id] = [("", ""), ("pending", "cancelled")]
    assert faults(history) == []
    history.jobs["c9"] = replace(history.jobs["c1"], id="c9")
    history.moves["c9"] = history.moves["c1"]
    assert kinds(history) == {"doubled"}
    del history.jobs["c9"], history.jobs["c1"]
    assert kinds(history) == {"lost"}


def test_two_live_jobs_of_one_key_and_a_process_left_are_seen():
    history = good()
    for number in range(2):
        job = SeenJob(
            id=f"d{number}", job_type="trial_note", order="d", status="pending", dedup_key="k"
        )
        history.jobs[job.id] = job
    assert ("doubled", "2 live jobs have this dedup_key") in faults(history)
    history = good()
    history.processes_left = ["4711 sleep 600"]
    assert kinds(history) == {"leaked"}


def test_a_death_before_its_time_and_an_end_of_the_wrong_kind_are_seen():
    history = good(status="dead", attempt=3)
    history.effects, history.committed = [], []
    history.moves["j1"][-1] = ("processing", "dead")
    assert kinds(history) == {"wrong"}
    history.jobs["j1"] = replace(history.jobs["j1"], status="failed")
    history.moves["j1"][-1] = ("processing", "failed")
    assert kinds(history) == {"wrong"}
