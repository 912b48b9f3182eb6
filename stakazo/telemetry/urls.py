"""The paths of this room, from the root."""

from django.urls import URLPattern, path

from stakazo.telemetry import views

urlpatterns: list[URLPattern] = [
    path("telemetry", views.watch_page, name="telemetry"),
    path("telemetry/snapshot", views.SnapshotView.as_view(), name="telemetry-snapshot"),
    path("telemetry/ticket", views.TicketView.as_view(), name="telemetry-ticket"),
    path("debug/health", views.HealthView.as_view(), name="health"),
    path("debug/health/live", views.LiveView.as_view(), name="health-live"),
    path("debug/health/ready", views.ReadyView.as_view(), name="health-ready"),
    path("debug/jobs/summary", views.JobsSummaryView.as_view(), name="jobs-summary"),
    path("debug/clips/summary", views.ClipsSummaryView.as_view(), name="clips-summary"),
    path("debug/ledger/recent", views.RecentEventsView.as_view(), name="ledger-recent"),
    path("metrics", views.MetricsView.as_view(), name="metrics"),
]
