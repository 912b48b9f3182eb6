"""How long a connection lasts: which accounts are to be renewed, and of which people should know.

A connection ends when nothing of it can be renewed any more without a new consent: with the refresh token
(TikTok), with the access token that renews itself (Instagram), or when a refresh token has lain unused for
too long (Google). Lengths and margins are rows of settings.PLATFORM_FACTS.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from publishing.models import Platform, SocialAccount
from publishing.platforms.facts import life, margin

WARN_DAYS = (14, 7, 1)


def connection_end(account: SocialAccount) -> datetime | None:
    """When the account must be connected again at the latest; None: no end is known."""
    if account.status != SocialAccount.Status.CONNECTED:
        return None
    if not account.refresh_token_sealed:
        return account.token_expires_at
    ends = [account.refresh_expires_at] if account.refresh_expires_at else []
    if (unused := life(account.platform, "unused")) is not None:
        ends.append((account.renewed_at or account.created_at) + unused)
    return min(ends, default=None)


def days_left(account: SocialAccount, *, now: datetime | None = None) -> int | None:
    """Whole days until the end, where that is 14 or fewer: from then on people should know."""
    end = connection_end(account)
    if end is None or end - (now or timezone.now()) > timedelta(days=max(WARN_DAYS)):
        return None
    return max((end - (now or timezone.now())).days, 0)


def accounts_to_renew(now: datetime) -> QuerySet[SocialAccount]:
    """Connected accounts whose connection ends within the platform's margin, the next to end first."""
    due = Q(pk__in=[])
    for platform in Platform.values:
        due |= Q(platform=platform) & _ending_within(platform, now)
    connected = SocialAccount.objects.filter(due, status=SocialAccount.Status.CONNECTED)
    return connected.order_by(F("token_expires_at").asc(nulls_last=True), "pk")


def _ending_within(platform: str, now: datetime) -> Q:
    has_one = ~Q(refresh_token_sealed="")
    due = Q(pk__in=[])
    if (before := margin(platform, "access")) is not None:
        due |= ~has_one & Q(token_expires_at__lte=now + before)
    if (before := margin(platform, "refresh")) is not None:
        due |= has_one & Q(refresh_expires_at__lte=now + before)
    before, unused = margin(platform, "unused"), life(platform, "unused")
    if before is not None and unused is not None:
        last = now - (unused - before)
        due |= has_one & (
            Q(renewed_at__lte=last) | Q(renewed_at__isnull=True, created_at__lte=last)
        )
    return due


def accounts_to_warn_of(now: datetime) -> Iterator[tuple[SocialAccount, int]]:
    """Connected accounts that have come to 14, 7 or 1 days before their end, and to which of these."""
    for account in SocialAccount.objects.filter(status=SocialAccount.Status.CONNECTED):
        if (step := _step_of(account, now)) is not None:
            yield account, step


def _step_of(account: SocialAccount, now: datetime) -> int | None:
    """The smallest of WARN_DAYS that is reached and not told of."""
    end = connection_end(account)
    if end is None:
        return None
    reached = [days for days in WARN_DAYS if end - now <= timedelta(days=days)]
    if not reached or (account.warned_days is not None and account.warned_days <= min(reached)):
        return None
    return min(reached)


def something_ends(*, now: datetime | None = None) -> bool:
    """Whether there is an account to renew, or one to warn of."""
    now = now or timezone.now()
    return accounts_to_renew(now).exists() or next(accounts_to_warn_of(now), None) is not None
