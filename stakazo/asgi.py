"""ASGI entry point: HTTP and WebSocket on one port."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stakazo.settings")
_http = get_asgi_application()

from stakazo.telemetry.routing import websocket_urlpatterns  # noqa: E402  needs the apps loaded

# The consumer checks the Origin itself: of browsers, but not of programs that bring a ticket.
application = ProtocolTypeRouter(
    {"http": _http, "websocket": AuthMiddlewareStack(URLRouter(websocket_urlpatterns))}
)
