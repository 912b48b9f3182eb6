"""The paths of this room, from the root."""

from django.urls import path

from stakazo.reasoning.views import HistoryView, RunAliasView, RunView, StatusView, TriggerView

urlpatterns = [
    path("ai/global/status", StatusView.as_view(), name="reasoning-status"),
    path("ai/global/trigger", TriggerView.as_view(), name="reasoning-trigger"),
    path("ai/global/history", HistoryView.as_view(), name="reasoning-history"),
    path("ai/global/history/<uuid:pk>", RunView.as_view(), name="reasoning-run"),
    path("ai/global/<uuid:pk>", RunAliasView.as_view(), name="reasoning-run-alias"),
]
