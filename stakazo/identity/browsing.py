"""The session of a browser knows its login, and is nothing without it."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from stakazo.identity.services.browsers import end_browser_login, note_browser_login

LOGIN_IN_SESSION = "stakazo.login"


def watch_logins() -> None:
    """Note each login and logout of Django's own, whichever page it came by."""
    user_logged_in.connect(_begin, dispatch_uid="identity.browser_login")
    user_logged_out.connect(_end, dispatch_uid="identity.browser_logout")


def _begin(request: HttpRequest | None = None, user: Any = None, **more: Any) -> None:
    session = getattr(request, "session", None)
    if request is None or session is None or not isinstance(user, User):
        return  # a login by tokens
    login = note_browser_login(
        user,
        address=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
    )
    session[LOGIN_IN_SESSION] = str(login.pk)


def _end(request: HttpRequest | None = None, user: Any = None, **more: Any) -> None:
    login_id = login_in(getattr(request, "session", None))
    if login_id and isinstance(user, User):
        end_browser_login(login_id, user)


def login_in(session: Any) -> str:
    """The id of the login that this session belongs to; empty: it knows of none."""
    return str(session.get(LOGIN_IN_SESSION, "")) if session is not None else ""
