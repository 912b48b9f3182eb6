"""WSGI entry point, for hosts that serve the pages without WebSockets."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stakazo.settings")
application = get_wsgi_application()
