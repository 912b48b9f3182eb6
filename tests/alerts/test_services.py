"""Alerts open once, stay while their cause lasts, and resolve themselves."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from jobs.models import JOB, Job
from jobs.runner import run_job
from jobs.services import enqueue, retry_job
from ledger.machine import IllegalMove
from ledger.models import LedgerEvent
from ledger.sealing.sealer import seal_events
from ledger.services import log_event
from media_assets.models import VIDEO, VideoAsset
from publishing.models import ACCOUNT, PUBLICATION, Publication
from stakazo.alerts import services
from stakazo.alerts.facts import gather_facts
from stakazo.alerts.handlers import EvaluateAlerts
from stakazo.alerts.models import Alert
from stakazo.alerts.services import evaluate_alerts
from tests.events import event_types_of
from tests.factories import make_account, make_publication, make_video

pytestmark = pytest.mark.django_db


def dead_job(**fields):
    """A dead letter."""
    fields = {"job_type": "publish_clip", "error_code": "publishing.platform-busy", **fields}
    job = Job.objects.create(**fields)
    JOB.move(job, "processing", values={"lease_until": timezone.now() + timedelta(minutes=1)})
    return JOB.move(job, "dead", values={"lease_until": None})


def test_a_dead_letter_opens_one_alert_and_more_of_it_raise_its_count():
    dead_job()
    assert evaluate_alerts().opened == 1
    newest = dead_job()
    done = evaluate_alerts()
    assert (done.opened, done.still_open, done.resolved) == (0, 1, 0)
    alert = Alert.objects.get()
    assert (alert.rule, alert.count, alert.entity_id) == ("dead_letters", 2, str(newest.pk))
    assert event_types_of(alert) == ["alert_opened"]


def test_the_alert_resolves_itself_when_the_job_is_retried_and_opens_anew_if_it_dies_again():
    job = dead_job()
    evaluate_alerts()
    retry_job(job)
    assert evaluate_alerts().resolved == 1
    first = Alert.objects.get()
    assert (first.status, event_types_of(first)) == ("resolved", ["alert_opened", "alert_resolved"])
    JOB.move(job, "processing", values={"lease_until": timezone.now() + timedelta(minutes=1)})
    JOB.move(job, "dead", values={"lease_until": None})
    assert evaluate_alerts().opened == 1
    assert Alert.objects.count() == 2


def test_an_acknowledged_alert_stays_acknowledged_until_its_cause_ends():
    job = dead_job()
    evaluate_alerts()
    alert = services.acknowledge_alert(Alert.objects.get(), why="looking")
    assert alert.read_at is not None
    evaluate_alerts()
    alert.refresh_from_db()
    assert alert.status == "acknowledged"
    retry_job(job)
    evaluate_alerts()
    alert.refresh_from_db()
    assert alert.status == "resolved"


def test_what_the_last_verification_of_the_ledger_found_is_a_fact():
    assert gather_facts().ledger_faults == 0
    found = Job.objects.create(
        job_type="verify_ledger", status="completed", result={"wrong": 2, "kinds": {}}
    )
    facts = gather_facts()
    assert (facts.ledger_faults, facts.ledger_verified_by) == (2, str(found.pk))
    evaluate_alerts()
    assert Alert.objects.get(rule="ledger_chain").count == 2
    Job.objects.create(job_type="verify_ledger", status="completed", result={"wrong": 0})
    evaluate_alerts()
    assert Alert.objects.get(rule="ledger_chain").status == "resolved"


def test_the_facts_are_read_off_all_rooms():
    now = timezone.now()
    video = make_video()
    VIDEO.move(video, VideoAsset.Status.PROCESSING)
    VIDEO.move(video, VideoAsset.Status.FAILED, values={"error": "no picture"})
    account = make_account()
    post = make_publication(account=account)
    PUBLICATION.move(post, Publication.Status.PUBLISHING)
    PUBLICATION.move(post, Publication.Status.UNKNOWN)
    ACCOUNT.move(account, "expired")
    Job.objects.create(job_type="x", run_at=now - timedelta(minutes=5))
    for _ in range(4):
        log_event("health_check_failed", entity_id="database")
    facts = gather_facts(now=timezone.now())
    assert [each.error for each in facts.failed_videos] == ["no picture"]
    assert [each.account_id for each in facts.expired_accounts] == [str(account.pk)]
    assert [each.publication_id for each in facts.unknown_outcomes] == [str(post.pk)]
    assert facts.unknown_outcomes[0].since is not None
    assert (facts.due_jobs, facts.last_attempt) == (1, None)
    assert (facts.errors_recent, facts.errors_before) == (6, 0)
    seal_events()  # else that is an alert too
    later = evaluate_alerts(now=timezone.now() + timedelta(minutes=20))
    assert later.opened == 4
    assert set(Alert.objects.values_list("rule", flat=True)) == {
        "video_failed",
        "account_expired",
        "outcome_unknown",
        "workers_silent",
    }


def test_a_rule_that_breaks_leaves_its_alerts_and_the_other_rules_alone(monkeypatch, caplog):
    dead_job()
    evaluate_alerts()
    ACCOUNT.move(make_account(), "expired")

    def broken(facts):
        raise ZeroDivisionError

    monkeypatch.setattr(services, "RULES", services.RULES | {"dead_letters": broken})
    done = evaluate_alerts()
    assert (done.broken_rules, done.opened, done.resolved) == (["dead_letters"], 1, 0)
    assert Alert.objects.get(rule="dead_letters").status == "open"


@pytest.mark.django_db(transaction=True)
def test_two_evaluations_at_once_open_one_alert():
    dead_job()
    start = Barrier(4)

    def evaluate(number):
        start.wait()
        try:
            return evaluate_alerts().opened
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        opened = list(threads.map(evaluate, range(4)))
    assert sum(opened) == Alert.objects.count() == 1
    assert LedgerEvent.objects.filter(event_type="alert_opened").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_job_evaluates():
    dead_job()
    job = run_job(enqueue("evaluate_alerts", EvaluateAlerts()).pk)
    assert (job.status, job.result["opened"]) == ("completed", 1)


def test_the_command_evaluates_without_any_worker(capsys):
    dead_job()
    call_command("evaluate_alerts", "--json")
    assert json.loads(capsys.readouterr().out)["opened"] == 1
    assert Alert.objects.count() == 1


def test_an_alert_by_hand_is_resolved_by_hand_only():
    alert = services.raise_alert("TikTok shows no sound")
    evaluate_alerts()
    alert.refresh_from_db()
    assert alert.status == "open"
    services.resolve_alert(alert, why="fixed")
    with pytest.raises(IllegalMove):
        services.acknowledge_alert(alert)
