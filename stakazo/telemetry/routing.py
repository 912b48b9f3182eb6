"""WebSocket paths."""

from typing import Any

from django.urls import path, re_path

from stakazo.telemetry.consumers import NoSuchSocket, TelemetryConsumer

websocket_urlpatterns: list[Any] = [
    path("telemetry/ws", TelemetryConsumer.as_asgi()),
    re_path(r"", NoSuchSocket.as_asgi()),
]
