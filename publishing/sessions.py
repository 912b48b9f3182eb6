"""What binds a consent page to the browser that opened it."""

import secrets

from django.http import HttpRequest
from rest_framework.request import Request

ENTRY = "oauth_session"


def session_secret(request: HttpRequest | Request) -> str:
    """A secret that only this browser's session knows; made on the first use."""
    session = request.session
    if ENTRY not in session:
        session[ENTRY] = secrets.token_urlsafe(32)
    return str(session[ENTRY])
