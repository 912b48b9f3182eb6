"""Tokens that stay fresh: whoever asks for one, and however many at once, the platform is called once.

The right to call is a lease on the row, not a row lock: a lock held over a network call would stop every
writer on SQLite. Within a process one thread stands for all that want the same. What the platform gives
is written only where the row is still the one that was read (`token_version`), so a consent that somebody
gives meanwhile is never overwritten.
"""

import logging
import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ledger.machine import StaleState
from ledger.models import LedgerEvent
from ledger.services import log_event
from publishing import vault
from publishing.errors import (
    AppRefused,
    BeingRenewed,
    NeedsReconnect,
    NotRenewable,
    PlatformBusy,
    PlatformProblem,
    SealBroken,
)
from publishing.models import ACCOUNT, SocialAccount
from publishing.platforms import oauth_for
from publishing.platforms.base import Tokens
from publishing.platforms.facts import margin

logger = logging.getLogger(__name__)

Status = SocialAccount.Status
# Longer than the longest call can last, all its tries and both refresh tokens counted.
LEASE = timedelta(minutes=3)
POLL_S, POLL_MOST_S = 0.05, 1.0
APP_REFUSED, TOLD_AGAIN_AFTER = "platform_app_refused", timedelta(hours=1)

_locks: WeakValueDictionary[uuid.UUID, threading.Lock] = WeakValueDictionary()
_locks_guard = threading.Lock()


def good_access_token(account: SocialAccount) -> str:
    """The access token, renewed first when it nears its end. Raises NeedsReconnect, SealBroken; and
    PlatformBusy, PlatformProblem where the token has ended and cannot be renewed now."""
    account.refresh_from_db()
    _must_be_connected(account)
    now = timezone.now()
    if not near_its_end(account, now):
        return vault.read_tokens(account).access_token
    try:
        return refresh_account(account).access_token
    except (PlatformBusy, PlatformProblem):
        if account.token_expires_at and account.token_expires_at > now:
            return vault.read_tokens(account).access_token  # still good; the next one renews it
        raise


def near_its_end(account: SocialAccount, now: datetime) -> bool:
    """Whether the access token is to be renewed before it is used."""
    end, before = account.token_expires_at, margin(account.platform, "access")
    return end is not None and before is not None and end - before <= now


def refresh_account(account: SocialAccount, *, wait: bool = True) -> Tokens:
    """Renew the tokens that this row has; whoever wants the same at the same time waits and gets them.

    wait False: raise BeingRenewed instead of waiting for somebody else. Raises NeedsReconnect (the
    account is marked), PlatformBusy, PlatformProblem, SealBroken.
    """
    seen = account.token_version
    with _one_of_this_process(account):
        lease = _lease_or_newer(account, seen, wait=wait)
        if lease is None:
            return vault.read_tokens(account)
        try:
            account.refresh_from_db()
            _must_be_connected(account)
            if account.token_version != seen:  # the one before us has just done it
                return vault.read_tokens(account)
            return _refresh_now(account)
        finally:
            SocialAccount.objects.filter(pk=account.pk, refreshing_until=lease).update(
                refreshing_until=None
            )


def renew_or_expire(account: SocialAccount, *, why: str) -> bool:
    """The platform refused a token that we took for good: renew it once; whether that worked.

    Where the platform does not renew it, the account is marked. Raises PlatformBusy and PlatformProblem
    when nobody could be asked or the fault is not the account's, which then stays as it is.
    """
    account.refresh_from_db()
    if account.status != Status.CONNECTED:
        return False
    try:
        refresh_account(account)
    except (NeedsReconnect, NotRenewable, SealBroken):
        expire_account(account, why=why)
        return False
    return True


def expire_account(account: SocialAccount, *, why: str, version: int | None = None) -> None:
    """The platform no longer takes our token. Nothing to do where that is known already.

    version: of the tokens that it does not take; younger ones are left alone.
    """
    with transaction.atomic():
        row = SocialAccount.objects.select_for_update().get(pk=account.pk)
        if row.status == Status.CONNECTED and version in (None, row.token_version):
            try:
                ACCOUNT.move(row, Status.EXPIRED, why=why)
            except StaleState:
                row.refresh_from_db(fields=["status"])
    account.status = row.status


def _must_be_connected(account: SocialAccount) -> None:
    if account.status != Status.CONNECTED:
        raise NeedsReconnect(
            f"The account {account} is {account.get_status_display().lower()}. Connect it again.",
            platform=account.platform,
        )


def _refresh_now(account: SocialAccount) -> Tokens:
    version = account.token_version
    try:
        fresh, used = _ask_the_platform(account)
    except NeedsReconnect as error:
        account.refresh_from_db()
        if account.token_version != version:  # connected anew while we asked
            return vault.read_tokens(account)
        expire_account(account, why=error.message, version=version)
        raise
    except AppRefused as error:
        _tell_of_the_app(account, error)
        raise
    with transaction.atomic():
        kept = vault.keep_renewed(account, fresh, used=used)
        if kept:
            log_event("account_token_refreshed", entity=account)
    if not kept:
        account.refresh_from_db()
        _must_be_connected(account)
    return vault.read_tokens(account)


def _ask_the_platform(account: SocialAccount) -> tuple[Tokens, str]:
    """Fresh tokens, and the refresh token that got them.

    The one of before the last rotation is tried where the present one is refused: a platform that lost
    the rotation still takes it.
    """
    present, former = vault.read_tokens(account), vault.former_refresh_token(account)
    with closing(oauth_for(account.platform, mode=account.mode, login=account.login)) as oauth:
        try:
            return oauth.refresh(present), present.refresh_token
        except NeedsReconnect:
            if not former or former == present.refresh_token:
                raise
            logger.warning("The rotated token of %s is refused; the former is tried", account.pk)
            fresh = oauth.refresh(replace(present, refresh_token=former))
            return replace(fresh, refresh_token=fresh.refresh_token or former), former


def _tell_of_the_app(account: SocialAccount, error: AppRefused) -> None:
    """Once an hour for each app, however many accounts find out."""
    app = f"{account.platform}:{account.mode}"
    lately = LedgerEvent.objects.filter(
        event_type=APP_REFUSED, timestamp__gte=timezone.now() - TOLD_AGAIN_AFTER
    )
    if not lately.filter(entity_id=app).exists():
        log_event(
            APP_REFUSED,
            entity_type="platform_app",
            entity_id=app,
            metadata={"platform": account.platform, "why": error.message},
        )


@contextmanager
def _one_of_this_process(account: SocialAccount) -> Iterator[None]:
    """Threads of one process come one by one, so that only one of them asks the database for its turn."""
    with _locks_guard:
        lock = _locks.setdefault(account.pk, threading.Lock())
    if not lock.acquire(timeout=LEASE.total_seconds()):
        raise _somebody_else(account)
    try:
        yield
    finally:
        lock.release()


def _lease_or_newer(account: SocialAccount, seen: int, *, wait: bool) -> datetime | None:
    """The lease once it is ours; None where there are newer tokens than the seen ones by then."""
    give_up_at, wait_s = time.monotonic() + LEASE.total_seconds(), POLL_S
    while True:
        account.refresh_from_db()
        _must_be_connected(account)
        if account.token_version != seen:
            return None
        if lease := _take_lease(account):
            return lease
        if not wait or time.monotonic() > give_up_at:
            raise _somebody_else(account)
        time.sleep(wait_s * random.uniform(0.5, 1.0))  # noqa: S311  only jitter
        wait_s = min(wait_s * 1.5, POLL_MOST_S)


def _take_lease(account: SocialAccount) -> datetime | None:
    now = timezone.now()
    if account.refreshing_until is not None and account.refreshing_until >= now:
        return None
    free = Q(refreshing_until__isnull=True) | Q(refreshing_until__lt=now)
    until = now + LEASE
    taken = SocialAccount.objects.filter(free, pk=account.pk).update(refreshing_until=until)
    return until if taken else None


def _somebody_else(account: SocialAccount) -> BeingRenewed:
    return BeingRenewed("Somebody else is renewing the token.", platform=account.platform)
