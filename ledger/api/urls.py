"""The paths of this room, from the root, without trailing slashes."""

from django.urls import URLPattern, path

from ledger.api.figures import AnomaliesView, FailureRatesView, SlowestView, ThroughputView
from ledger.api.seals import SealsView, SealView
from ledger.api.views import (
    EventsView,
    EventView,
    ProofView,
    TailView,
    TimelineView,
    VideoTrailView,
)

urlpatterns: list[URLPattern] = [
    path("ledger/events", EventsView.as_view(), name="ledger-events"),
    path("ledger/events/<uuid:pk>", EventView.as_view(), name="ledger-event"),
    path("ledger/events/<uuid:pk>/proof", ProofView.as_view(), name="ledger-event-proof"),
    path("ledger/tail", TailView.as_view(), name="ledger-tail"),
    path(
        "ledger/entities/<str:entity_type>/<str:id>", TimelineView.as_view(), name="ledger-timeline"
    ),
    path("ledger/videos/<uuid:pk>", VideoTrailView.as_view(), name="ledger-video"),
    path("ledger/jobs/slowest", SlowestView.as_view(), name="ledger-jobs-slowest"),
    path("ledger/failures", FailureRatesView.as_view(), name="ledger-failures"),
    path("ledger/throughput", ThroughputView.as_view(), name="ledger-throughput"),
    path("ledger/anomalies", AnomaliesView.as_view(), name="ledger-anomalies"),
    path("debug/ledger/seals", SealsView.as_view(), name="ledger-seals"),
    path("debug/ledger/seals/<int:number>", SealView.as_view(), name="ledger-seal"),
]
