"""Each rule of the reasoner: at its threshold, on either side of it, and with facts missing."""

from datetime import UTC, datetime

import pytest

from stakazo.reasoning.facts import (
    Account,
    Doubt,
    EndedJobs,
    Facts,
    FailedPosts,
    FailedVideo,
    Outcomes,
    ProposedRule,
    RunningCampaign,
    WaitingVideo,
)
from stakazo.reasoning.findings import Call, Severity
from stakazo.reasoning.reasoner import NOTE, think
from stakazo.reasoning.rules import RULES
from stakazo.reasoning.rules.accounts import accounts_to_connect
from stakazo.reasoning.rules.campaigns import campaigns_past_their_end, campaigns_without_clips
from stakazo.reasoning.rules.clips import clips_that_wait, videos_that_failed
from stakazo.reasoning.rules.errors import errors_on_the_rise
from stakazo.reasoning.rules.jobs import jobs_that_ended_badly, work_that_nobody_takes
from stakazo.reasoning.rules.learning import outcomes_to_learn_from, rules_to_decide_on
from stakazo.reasoning.rules.posts import posts_in_doubt, posts_that_failed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def facts(**known):
    return Facts(now=NOW, **known)


def one(rule, **known):
    (finding,) = rule(facts(**known))
    return finding


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_where_nothing_is_known_nothing_is_found_and_the_rule_says_what_it_looks_for(rule):
    assert list(rule(facts())) == []
    assert rule.__doc__.endswith(".")


@pytest.mark.parametrize(
    ("oldest", "seen", "title"),
    [
        (None, None, None),
        (119, None, None),
        (120, None, "No worker takes jobs"),
        (120, 119, None),
        (120, 120, "No worker takes jobs"),
        (899, 0, None),
        (900, 0, "The workers do not keep up"),
    ],
)
def test_work_that_waits_too_long_means_no_worker_or_too_few(oldest, seen, title):
    found = list(work_that_nobody_takes(facts(due_jobs=3, oldest_due_s=oldest, worker_seen_s=seen)))
    assert [each.title for each in found] == ([title] if title else [])


def test_the_evidence_of_waiting_work_is_readable():
    found = one(work_that_nobody_takes, due_jobs=1, oldest_due_s=180, worker_seen_s=3600)
    assert found.evidence == (
        "1 job is due, the oldest for 3 minutes.",
        "The last worker: 60 minutes ago.",
    )
    assert (found.severity, found.action.calls) == (Severity.ERROR, ())


@pytest.mark.parametrize(("count", "confidence"), [(1, 0.7), (3, 0.7), (4, 0.5)])
def test_dead_jobs_are_to_be_retried_by_the_call_that_does_it(count, confidence):
    group = EndedJobs("publish_clip", "jobs.timeout", "timed out", True, count, ("a", "b"))
    found = one(jobs_that_ended_badly, ended_jobs=(group,))
    assert found.action.title == f"Retry {count} dead job{'s' if count > 1 else ''}."
    assert found.action.calls == (Call("POST", "/jobs/a/retry"), Call("POST", "/jobs/b/retry"))
    assert found.confidence == confidence


def test_a_bug_is_not_retried_before_somebody_repaired_it():
    group = EndedJobs("cut_analysis", "jobs.bug", "KeyError: 'x'", True, 2, ("a",))
    found = one(jobs_that_ended_badly, ended_jobs=(group,))
    assert found.action.calls == ()
    assert found.title == "A bug stops 2 jobs of type cut_analysis"


def test_work_that_was_refused_is_to_be_changed_first():
    group = EndedJobs("generate_variants", "", "", False, 1)
    found = one(jobs_that_ended_badly, ended_jobs=(group,))
    assert (found.severity, found.action.calls) == (Severity.WARN, ())
    assert found.evidence[1] == "The error: none was kept (no code)."


def test_a_group_of_no_jobs_is_nothing():
    assert list(jobs_that_ended_badly(facts(ended_jobs=(EndedJobs("x", "", "", True, 0),)))) == []


@pytest.mark.parametrize(
    ("minutes", "path"),
    [
        ([29.9], None),
        ([30], "/publishing/reconcile?since_minutes=30"),
        ([45, 20, 200], "/publishing/reconcile?since_minutes=45"),
        ([99_999], "/publishing/reconcile?since_minutes=1440"),
        ([None], "/publishing/reconcile?since_minutes=30"),
    ],
)
def test_posts_in_doubt_for_long_are_to_be_reconciled(minutes, path):
    doubts = tuple(Doubt(str(n), "tiktok", "A post", since) for n, since in enumerate(minutes))
    found = list(posts_in_doubt(facts(doubts=doubts)))
    assert [each.action.calls for each in found] == ([(Call("POST", path),)] if path else [])


def test_posts_that_failed_are_told_per_platform():
    failed = (FailedPosts("TikTok", 2, "Too long."), FailedPosts("YouTube", 0, ""))
    found = one(posts_that_failed, failed_posts=failed)
    assert found.title == "2 posts failed on TikTok in the last day"
    assert found.evidence == ("The newest error: Too long.",)


@pytest.mark.parametrize(
    ("expired", "days", "severity"),
    [
        (True, None, Severity.ERROR),
        (True, 99, Severity.ERROR),
        (False, None, None),
        (False, 14, None),
        (False, 13.9, Severity.WARN),
        (False, -1, Severity.WARN),
    ],
)
def test_accounts_are_to_be_connected_again_in_time(expired, days, severity):
    account = Account("a", "tiktok", "TikTok @ada", expired, days)
    found = list(accounts_to_connect(facts(accounts=(account,))))
    assert [each.severity for each in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("clips", "hours", "found"), [(3, 0.9, False), (3, 1, True), (0, 9, False)]
)
def test_clips_that_wait_are_to_be_chosen_from(clips, hours, found):
    video = WaitingVideo("v1", "Harbour lights", clips, hours)
    answer = list(clips_that_wait(facts(waiting_videos=(video,))))
    assert [each.action.calls for each in answer] == (
        [(Call("POST", "/orchestrate", {"video_id": "v1"}),)] if found else []
    )


def test_a_video_that_failed_is_to_be_tried_again():
    found = one(videos_that_failed, failed_videos=(FailedVideo("v1", "Harbour", ""),))
    assert found.action.calls[0].body["payload"] == {"video_asset_id": "v1"}
    assert found.evidence == ("The error: none was kept",)


@pytest.mark.parametrize(
    ("platforms", "choices", "ended", "without", "past"),
    [
        (2, 2, None, False, False),
        (2, 1, None, True, False),
        (2, 0, -0.1, True, False),
        (2, 0, 0, False, True),
        (2, 2, 5, False, True),
    ],
)
def test_campaigns_need_clips_until_their_end_and_an_end_after_it(
    platforms, choices, ended, without, past
):
    known = facts(running_campaigns=(RunningCampaign("c1", "Spring", platforms, choices, ended),))
    assert bool(list(campaigns_without_clips(known))) == without
    assert bool(list(campaigns_past_their_end(known))) == past


@pytest.mark.parametrize(
    ("examples", "explained", "before", "confidence"),
    [
        (0, None, None, None),
        (24, None, None, None),
        (24, 0.6, 0.2, 0.7),
        (24, 0.6, -0.5, 0.8),
        (24, 0.6, None, 0.8),
    ],
)
def test_a_learned_rule_waits_for_a_decision(examples, explained, before, confidence):
    rule = ProposedRule("r1", "TikTok v2", "tiktok", examples, explained, before)
    found = list(rules_to_decide_on(facts(proposed_rules=(rule,))))
    assert [each.confidence for each in found] == ([confidence] if confidence else [])


@pytest.mark.parametrize(
    ("posts", "learned", "found"), [(7, 0, False), (8, 0, True), (31, 24, False), (32, 24, True)]
)
def test_enough_new_outcomes_are_to_be_learned_from(posts, learned, found):
    answer = list(outcomes_to_learn_from(facts(outcomes=(Outcomes("tiktok", posts, learned),))))
    assert bool(answer) == found


@pytest.mark.parametrize(
    ("hour", "day", "found"),
    [
        (0, 0, False),
        (4, 4, False),
        (5, 5, True),
        (5, 5 + 23, True),
        (5, 5 + 46, False),
        (6, 6 + 46, True),
    ],
)
def test_errors_that_come_faster_than_before_are_told(hour, day, found):
    answer = list(errors_on_the_rise(facts(errors_last_hour=hour, errors_last_day=day)))
    assert bool(answer) == found


def test_a_thought_is_ordered_by_urgency_and_names_its_rules():
    thought = think(
        facts(
            waiting_videos=(WaitingVideo("v1", "Harbour lights", 3, 5),),
            failed_posts=(FailedPosts("TikTok", 1, "Too long."),),
            accounts=(Account("a", "tiktok", "TikTok @ada", True),),
        )
    )
    assert [each.rule for each in thought.findings] == [
        "accounts_to_connect",
        "posts_that_failed",
        "clips_that_wait",
    ]
    assert thought.summary == (
        "1 thing needs somebody now, 1 should be looked at, 1 could be made better."
        " First: TikTok @ada has to be connected again."
    )
    assert [step["number"] for step in thought.plan["steps"]] == [1, 2, 3]
    assert thought.plan["note"] == NOTE


def test_one_action_for_two_findings_is_one_step_with_two_reasons():
    groups = (
        EndedJobs("a", "jobs.bug", "x", True, 1),
        EndedJobs("b", "jobs.bug", "y", True, 1),
    )
    (step,) = think(facts(ended_jobs=groups)).plan["steps"]
    assert len(step["because"]) == 2


def test_the_same_facts_give_the_same_thought():
    known = facts(doubts=(Doubt("p", "tiktok", "A post", 31),), errors_last_hour=9)
    assert think(known) == think(known)


def test_a_house_in_order_needs_nobody():
    thought = think(facts())
    assert (thought.findings, thought.plan["steps"]) == ((), [])
    assert thought.summary == "All is well; nothing needs anybody."
