"""Logins with a browser: noted when they begin, ended from anywhere."""

import uuid
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from ledger.services import log_event
from stakazo.identity.models import BrowserLogin
from stakazo.identity.services.logins import MAX_AGENT_CHARS

NOTE_SEEN_EVERY = timedelta(minutes=1)
FORGET_AFTER = timedelta(days=30)  # longer than a session lives


def note_browser_login(user: User, *, address: str, user_agent: str) -> BrowserLogin:
    """A browser has logged in; what nobody has seen for a month is forgotten."""
    now = timezone.now()
    BrowserLogin.objects.filter(user=user, seen_at__lt=now - FORGET_AFTER).delete()
    return BrowserLogin.objects.create(
        user=user, address=address or None, user_agent=user_agent[:MAX_AGENT_CHARS]
    )


def see_browser_login(login_id: str, user: User, *, now: datetime | None = None) -> bool:
    """Whether this login is open; that it was seen is noted once a minute."""
    now = now or timezone.now()
    try:
        found = BrowserLogin.objects.filter(pk=uuid.UUID(login_id), user=user).first()
    except ValueError:
        return False
    if found is None:
        return False
    if found.seen_at < now - NOTE_SEEN_EVERY:
        BrowserLogin.objects.filter(pk=found.pk).update(seen_at=now)
    return True


def end_browser_login(login_id: uuid.UUID | str, user: User) -> bool:
    """The session of this login opens nothing from now on; whether there was one."""
    with transaction.atomic():
        ended, _ = BrowserLogin.objects.filter(pk=login_id, user=user).delete()
        if ended:
            log_event("user_logged_out", entity=user, metadata={"login": login_id})
    return bool(ended)
