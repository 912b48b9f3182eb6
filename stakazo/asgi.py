"""ASGI entry point: HTTP and WebSocket on one port."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stakazo.settings")
_http = get_asgi_application()

from django.conf import settings  # noqa: E402  after the environment is set
from django.db import connections  # noqa: E402

from media_assets.api.slices import TusSlices  # noqa: E402
from stakazo.core.body_limit import BodyLimit  # noqa: E402
from stakazo.telemetry.routing import websocket_urlpatterns  # noqa: E402  needs the apps loaded

# Each request has a thread of its own here, so a connection that is kept is never used again.
connections.settings["default"]["CONN_MAX_AGE"] = 0

_UPLOAD_BYTES = settings.MEDIA_LIMITS["max_bytes"] + 1024 * 1024  # the form around the file

_limited = BodyLimit(
    ProtocolTypeRouter(
        {
            "http": _http,
            # The consumer checks the Origin itself: of browsers, not of programs with a ticket.
            "websocket": AuthMiddlewareStack(URLRouter(websocket_urlpatterns)),
        }
    ),
    max_bytes=16 * 1024 * 1024,
    larger={"/upload": _UPLOAD_BYTES, "/admin/media_assets/videoasset/add/": _UPLOAD_BYTES},
)
application = TusSlices(_limited, prefix="/upload/tus/", slice_bytes=4 * 1024 * 1024)
