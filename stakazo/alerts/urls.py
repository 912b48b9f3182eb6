"""The paths of this room, from the root."""

from django.urls import URLPattern, path

from stakazo.alerts.views import AlertViewSet as Alerts

urlpatterns: list[URLPattern] = [
    path("alerts", Alerts.as_view({"get": "list", "post": "create"}), name="alerts"),
    path("alerts/<uuid:pk>", Alerts.as_view({"get": "retrieve"}), name="alert"),
    path("alerts/<uuid:pk>/read", Alerts.as_view({"post": "read"}), name="alert-read"),
    path(
        "alerts/<uuid:pk>/acknowledge",
        Alerts.as_view({"post": "acknowledge"}),
        name="alert-acknowledge",
    ),
    path("alerts/<uuid:pk>/resolve", Alerts.as_view({"post": "resolve"}), name="alert-resolve"),
]
