"""The paths of this room, from the root, without trailing slashes."""

from django.urls import path

from jobs.api.budgets import BudgetViewSet
from jobs.api.many import JobBatchView, JobsBulkView, JobStatsView, QueueView
from jobs.api.schedules import ScheduleViewSet
from jobs.api.views import JobViewSet

urlpatterns = [
    path("jobs", JobViewSet.as_view({"get": "list", "post": "create"}), name="jobs"),
    path("jobs/process", JobViewSet.as_view({"post": "process_due"}), name="jobs-process"),
    path("jobs/stats", JobStatsView.as_view(), name="jobs-stats"),
    path("jobs/bulk", JobsBulkView.as_view(), name="jobs-bulk"),
    path("jobs/batches/<uuid:pk>", JobBatchView.as_view(), name="job-batch"),
    path("jobs/queues/<str:queue>/<str:act>", QueueView.as_view(), name="job-queue"),
    path("jobs/budgets", BudgetViewSet.as_view({"get": "list"}), name="job-budgets"),
    path("jobs/schedules", ScheduleViewSet.as_view({"get": "list"}), name="job-schedules"),
    path(
        "jobs/schedules/<str:name>/pause",
        ScheduleViewSet.as_view({"post": "pause"}),
        name="job-schedule-pause",
    ),
    path(
        "jobs/schedules/<str:name>/resume",
        ScheduleViewSet.as_view({"post": "resume"}),
        name="job-schedule-resume",
    ),
    path(
        "jobs/schedules/<str:name>/run",
        ScheduleViewSet.as_view({"post": "run"}),
        name="job-schedule-run",
    ),
    path("jobs/<uuid:pk>", JobViewSet.as_view({"get": "retrieve"}), name="job"),
    path("jobs/<uuid:pk>/process", JobViewSet.as_view({"post": "process"}), name="job-process"),
    path("jobs/<uuid:pk>/retry", JobViewSet.as_view({"post": "retry"}), name="job-retry"),
    path("jobs/<uuid:pk>/cancel", JobViewSet.as_view({"post": "cancel"}), name="job-cancel"),
]
