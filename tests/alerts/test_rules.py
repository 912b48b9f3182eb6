"""The rules: at the threshold, either side, and with nothing known."""

from datetime import UTC, datetime, timedelta

import pytest

from stakazo.alerts.facts import (
    AwaitingPost,
    DeadLetters,
    ExpiredAccount,
    Facts,
    FailedVideo,
    FindingSeen,
    HeldAccount,
    MissedPost,
    UndoneStep,
    UnknownOutcome,
)
from stakazo.alerts.rules import RULES

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def ask(rule, **facts):
    return list(RULES[rule](Facts(now=NOW, **facts)))


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_knows_nothing_proposes_nothing(rule):
    assert ask(rule) == []


def test_dead_letters_of_one_cause_are_one_alert():
    dead = (DeadLetters("publish_clip", "platform-busy", 3, "j3"), DeadLetters("cut", "", 1, "j4"))
    many, one = ask("dead_letters", dead_letters=dead)
    assert (many.key, many.count, many.entity_id) == ("publish_clip:platform-busy", 3, "j3")
    assert many.title == "3 jobs of type publish_clip failed every try"
    assert one.title == "A job of type cut failed every try"


@pytest.mark.parametrize(
    ("age", "alerts"),
    [(timedelta(minutes=14, seconds=59), 0), (timedelta(minutes=15), 1), (timedelta(hours=3), 1)],
)
def test_an_unknown_outcome_is_given_a_quarter_of_an_hour(age, alerts):
    post = UnknownOutcome("p1", "Instagram @ada", NOW - age)
    assert len(ask("outcome_unknown", unknown_outcomes=(post,))) == alerts


def test_an_unknown_outcome_since_nobody_knows_when_is_an_alert():
    (alert,) = ask("outcome_unknown", unknown_outcomes=(UnknownOutcome("p1", "x", None),))
    assert "since nobody knows when" in alert.message


def test_each_expired_account_and_each_failed_video_is_an_alert():
    accounts = (ExpiredAccount("a1", "TikTok @ada"), ExpiredAccount("a2", "YouTube @ada"))
    assert [p.entity_id for p in ask("account_expired", expired_accounts=accounts)] == ["a1", "a2"]
    (video,) = ask("video_failed", failed_videos=(FailedVideo("v1", "Harbour", "no picture"),))
    assert (video.title, video.message) == ("Harbour could not be analysed", "no picture")


def test_each_held_account_is_an_alert_and_an_error_where_the_platform_objects():
    held = HeldAccount("a1", "TikTok @ada", "It broke.", "Wait.", False)
    banned = HeldAccount("a2", "TikTok @ben", "Banned.", "Settle it.", True)
    first, second = ask("account_held", held_accounts=(held, banned))
    assert (first.entity_id, first.severity, second.severity) == ("a1", "WARN", "ERROR")
    assert first.message == "Its posts wait. It broke. What to do: Wait."


@pytest.mark.parametrize(
    ("due_s", "attempt_s", "alerts"),
    [
        (119, None, 0),
        (120, None, 1),
        (120, 120, 1),
        (120, 119, 0),
        (3600, 10, 0),
        (None, 9999, 0),
    ],
)
def test_silent_workers_are_an_alert_only_when_work_waits(due_s, attempt_s, alerts):
    ago = lambda seconds: None if seconds is None else NOW - timedelta(seconds=seconds)  # noqa: E731
    found = ask("workers_silent", due_jobs=2, oldest_due=ago(due_s), last_attempt=ago(attempt_s))
    assert len(found) == alerts


def test_faults_of_the_ledger_are_an_alert_until_a_verification_finds_none():
    (alert,) = ask("ledger_chain", ledger_faults=3, ledger_verified_by="j1")
    assert (alert.key, alert.severity, alert.count, alert.entity_id) == ("faults", "ERROR", 3, "j1")
    assert ask("ledger_chain", ledger_faults=0, ledger_verified_by="j2") == []


@pytest.mark.parametrize(
    ("age", "alerts"), [(timedelta(minutes=9, seconds=59), 0), (timedelta(minutes=10), 1)]
)
def test_a_ledger_that_is_not_sealed_for_ten_minutes_is_an_alert(age, alerts):
    assert len(ask("ledger_chain", unsealed_since=NOW - age)) == alerts


@pytest.mark.parametrize(
    ("recent", "before", "alerts"),
    [(4, 0, 0), (5, 0, 1), (5, 144, 1), (5, 180, 0), (8, 288, 0), (9, 288, 1)],
)
def test_a_burst_is_five_errors_and_four_times_the_usual(recent, before, alerts):
    assert len(ask("error_burst", errors_recent=recent, errors_before=before)) == alerts


@pytest.mark.parametrize(
    ("minutes", "severities"),
    [(121, []), (120, ["WARN"]), (1, ["WARN"]), (0, ["ERROR"]), (-30, ["ERROR"])],
)
def test_a_yes_is_missed_two_hours_before_its_time_and_loudly_after_it(minutes, severities):
    post = AwaitingPost("p1", "Instagram @ada: x", NOW + timedelta(minutes=minutes))
    found = ask("approval_due", awaiting_posts=(post,))
    assert [alert.severity for alert in found] == severities


def test_each_missed_post_each_undone_step_and_each_finding_is_an_alert():
    (missed,) = ask("publication_missed", missed_posts=(MissedPost("p1", "x", "It was late."),))
    assert missed.message == "It was late. Give it another time, or cancel it."
    steps = (UndoneStep("s1", "First comment", False, "No.", "Wait."),)
    steps += (UndoneStep("s2", "First comment", True, "Lost.", "Look."),)
    assert [alert.title for alert in ask("step_undone", undone_steps=steps)] == [
        "First comment was not done",
        "First comment is in doubt",
    ]
    findings = (
        FindingSeen("f1", "x", "removed", "Gone."),
        FindingSeen("f2", "y", "double", "Two."),
    )
    assert [alert.severity for alert in ask("post_finding", post_findings=findings)] == [
        "WARN",
        "ERROR",
    ]
