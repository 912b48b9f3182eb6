"""Gauges written down, and forgotten in time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Job
from jobs.runner import run_job
from jobs.services import enqueue
from stakazo.telemetry.handlers import RecordTelemetry
from stakazo.telemetry.models import TelemetryMetric
from stakazo.telemetry.services import prune_metrics, record_metrics
from tests.factories import make_clip, make_user

pytestmark = pytest.mark.django_db


def test_the_gauges_are_recorded_with_their_labels():
    make_clip()
    count = record_metrics()
    assert TelemetryMetric.objects.count() == count > 10
    ready = TelemetryMetric.objects.get(name="stakazo_clips", labels={"state": "ready"})
    assert ready.value == 1.0


def test_what_is_older_than_the_days_kept_is_forgotten():
    now = timezone.now()
    record_metrics(now=now - timedelta(days=15))
    kept = record_metrics(now=now - timedelta(days=13))
    assert prune_metrics(keep_days=14, now=now) == kept
    assert TelemetryMetric.objects.count() == kept
    assert prune_metrics(keep_days=14, now=now) == 0


@pytest.mark.django_db(transaction=True)
def test_the_job_records_and_forgets(settings):
    record_metrics(now=timezone.now() - timedelta(days=settings.TELEMETRY_KEEP_DAYS + 1))
    old = TelemetryMetric.objects.count()
    job = run_job(enqueue("record_telemetry", RecordTelemetry()).pk)
    assert job.status == Job.Status.COMPLETED
    assert job.result["forgotten"] == old
    assert TelemetryMetric.objects.count() == job.result["recorded"]


def test_the_history_has_an_admin_page(client):
    record_metrics()
    client.force_login(make_user("ada"))
    assert client.get("/admin/telemetry/telemetrymetric/").status_code == 200
