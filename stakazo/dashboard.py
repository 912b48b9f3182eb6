"""The admin's home: what needs somebody now."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def dashboard_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the home page shows."""
    return context


def environment_badge(request: HttpRequest) -> list[str]:
    """Simulator or live, on every page."""
    return ["Live", "danger"] if settings.STAKAZO_LIVE else ["Simulator", "info"]
