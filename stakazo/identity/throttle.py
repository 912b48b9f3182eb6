"""Failed logins are held back: per name and address, and more widely per address.

Each try is counted before the password is looked at, and taken off again when it was right. So a
hundred tries at once see no more password checks than the limit.
"""

import hashlib
import math
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from stakazo.identity.errors import TooManyAttempts
from stakazo.identity.models import LoginAttempts

WINDOW = timedelta(minutes=15)
PER_NAME_AND_ADDRESS = 5
CODES_PER_USER = 10  # wherever they come from: who gets so far knows the password
PER_ADDRESS = 50  # people behind one office address are few; guessing many names is not


def count_attempt(username: str, address: str, *, now: datetime | None = None) -> int:
    """Count a try; how many are left. Raises TooManyAttempts, with the seconds to wait."""
    return _count(_limits(username, address), now or timezone.now())


def count_code(user: User, *, now: datetime | None = None) -> int:
    """Count a code of the second factor; how many are left. Raises TooManyAttempts."""
    return _count([(_key("code", str(user.pk)), CODES_PER_USER)], now or timezone.now())


def forgive_codes(user: User) -> None:
    """A code was right: the count starts anew."""
    LoginAttempts.objects.filter(key=_key("code", str(user.pk))).delete()


def _count(limits: list[tuple[str, int]], now: datetime) -> int:
    left = max(limit for _, limit in limits)
    with transaction.atomic():
        for key, limit in limits:
            attempts = _held(key, now)
            if attempts.since + WINDOW <= now:
                attempts.count, attempts.since = 0, now
            if attempts.count >= limit:
                wait = attempts.since + WINDOW - now
                raise TooManyAttempts(
                    "Too many failed logins. Wait, then try again.",
                    retry_after_s=max(1, math.ceil(wait.total_seconds())),
                )
            attempts.count += 1
            attempts.save(update_fields=["count", "since"])
            left = min(left, limit - attempts.count)
    return left


def _held(key: str, now: datetime) -> LoginAttempts:
    """The row of this key, which nobody else changes until the transaction ends."""
    while True:
        LoginAttempts.objects.get_or_create(key=key, defaults={"since": now})
        row = LoginAttempts.objects.select_for_update().filter(key=key).first()
        if row is not None:  # else somebody was forgiven at this very moment
            return row


def forgive_attempt(username: str, address: str) -> None:
    """The password was right: this name starts anew, and the address gets its try back."""
    (name_key, _), (address_key, _) = _limits(username, address)
    LoginAttempts.objects.filter(key=name_key).delete()
    LoginAttempts.objects.filter(key=address_key, count__gt=0).update(count=F("count") - 1)


def forget_old_attempts(*, now: datetime | None = None) -> int:
    """Delete windows that are over; how many."""
    deleted, _ = LoginAttempts.objects.filter(since__lt=(now or timezone.now()) - WINDOW).delete()
    return deleted


def _limits(username: str, address: str) -> list[tuple[str, int]]:
    return [
        (_key("name", username.casefold(), address), PER_NAME_AND_ADDRESS),
        (_key("address", address), PER_ADDRESS),
    ]


def _key(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
