"""What recurs, whoever started the cluster."""

import pytest
from django.utils.module_loading import import_string
from django_q.models import Schedule

pytestmark = pytest.mark.django_db


def test_every_room_keeps_its_schedules():
    assert set(Schedule.objects.values_list("name", flat=True)) >= {
        "alerts.evaluate",
        "jobs.sweep",
        "publishing.reconcile",
        "publishing.metrics",
        "reasoning.look",
        "telemetry.record",
    }


def test_each_schedule_can_be_called_as_the_cluster_calls_it():
    for schedule in Schedule.objects.all():
        import_string(schedule.func)()
