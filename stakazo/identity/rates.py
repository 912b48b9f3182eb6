"""How often somebody may call the API: by key, by user, or by address for who is not known.

Said in `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers) with every answer; refused with
429 and `Retry-After`.
"""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from stakazo.identity.errors import TooManyCalls
from stakazo.identity.models import ApiKey
from stakazo.identity.rate_windows import Window, windows

logger = logging.getLogger(__name__)

PERIOD_S = 60


@dataclass(frozen=True)
class Budget:
    """What one caller may. name: key, user or address. calls: in PERIOD_S; 0: as many as they like."""

    name: str
    caller: str
    calls: int


@dataclass(frozen=True)
class Told:
    """A budget and its window, as the headers tell them."""

    budget: Budget
    window: Window

    def headers(self) -> dict[str, str]:
        """The two headers."""
        left = max(0, self.budget.calls - self.window.used)
        name = self.budget.name
        return {
            "RateLimit-Policy": f'"{name}";q={self.budget.calls};w={PERIOD_S}',
            "RateLimit": f'"{name}";r={left};t={self.window.wait_s}',
        }


class CallRate(BaseThrottle):
    """Counts each request once, before anything else is asked of it; also those that are refused."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count it. Raises TooManyCalls."""
        plain = request._request
        if getattr(plain, "stakazo_counted", False):
            return True
        plain.stakazo_counted = True  # type: ignore[attr-defined]  # ours
        budget = budget_of(request)
        if not budget.calls:
            return True
        try:
            window = windows().use(f"{budget.name}:{budget.caller}", period_s=PERIOD_S)
        except (redis.RedisError, sqlite3.Error, DatabaseError):
            # Who cannot count lets in: the limits guard the house, they do not hold it up.
            logger.warning("Calls are not counted: the place for it does not answer", exc_info=True)
            return True
        plain.stakazo_rate = Told(budget, window)  # type: ignore[attr-defined]  # read below
        if window.used > budget.calls:
            raise TooManyCalls(
                f"More than {budget.calls} calls in {PERIOD_S} s. Wait, then go on.",
                limit=budget.calls,
                period_s=PERIOD_S,
                retry_after_s=window.wait_s,
            )
        return True


def budget_of(request: Request) -> Budget:
    """Whose budget a request uses up."""
    caller, user = request.auth, request.user
    if isinstance(caller, ApiKey):
        own = caller.calls_per_minute
        return Budget("key", str(caller.pk), settings.RATE_LIMIT_KEY if own is None else own)
    if user.is_authenticated:
        return Budget("user", str(user.pk), settings.RATE_LIMIT_USER)
    address = str(request.META.get("REMOTE_ADDR", ""))
    return Budget("address", address, settings.RATE_LIMIT_ADDRESS)


class RateHeadersMiddleware:
    """Tells the caller how much is left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request."""
        response = self.get_response(request)
        told = getattr(request, "stakazo_rate", None)
        if isinstance(told, Told):
            for name, value in told.headers().items():
                response[name] = value
        return response
