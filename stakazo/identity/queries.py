"""Who is in at this moment."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from stakazo.identity.models import BrowserLogin, RefreshToken


@dataclass(frozen=True)
class Login:
    """One login of somebody. kind: tokens (API) or browser."""

    id: uuid.UUID
    kind: str
    address: str | None
    user_agent: str
    created_at: datetime
    seen_at: datetime


def open_families(user: User) -> "QuerySet[RefreshToken]":
    """The first tokens of logins by the API that have neither been ended nor run out."""
    newest = Max("members__expires_at")
    return (
        RefreshToken.objects.filter(user=user, pk=F("family"), revoked_at=None)
        .annotate(until=newest)
        .filter(until__gt=timezone.now())
    )


def logins_of(user: User) -> list[Login]:
    """All open logins of this user, newest first."""
    families = open_families(user).annotate(seen_at=Max("members__created_at"))
    found = [
        Login(one.pk, "tokens", one.address, one.user_agent, one.created_at, one.seen_at)
        for one in families
        if one.is_open_for(user)
    ]
    found += [
        Login(one.pk, "browser", one.address, one.user_agent, one.created_at, one.seen_at)
        for one in BrowserLogin.objects.filter(user=user)
    ]
    return sorted(found, key=lambda login: login.created_at, reverse=True)
