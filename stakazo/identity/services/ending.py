"""Ending logins of either kind."""

import uuid

from django.contrib.auth.models import User
from django.db import transaction

from stakazo.identity.models import BrowserLogin
from stakazo.identity.queries import open_families
from stakazo.identity.services.browsers import end_browser_login
from stakazo.identity.services.logins import end_login


def end_login_of(user: User, login_id: uuid.UUID) -> bool:
    """End this login of this user, by tokens or by browser; False: there is no such open one."""
    if open_families(user).filter(pk=login_id).exists():
        end_login(login_id)
        return True
    return end_browser_login(login_id, user)


def end_all_logins(user: User) -> int:
    """End every login of this user; how many there were. API keys stay."""
    with transaction.atomic():
        families = list(open_families(user).values_list("pk", flat=True))
        browsers = list(BrowserLogin.objects.filter(user=user).values_list("pk", flat=True))
        for login_id in families:
            end_login(login_id)
        for login_id in browsers:
            end_browser_login(login_id, user)
    return len(families) + len(browsers)
