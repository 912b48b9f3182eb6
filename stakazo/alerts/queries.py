"""Every named read of alerts."""

from typing import Any

from django.db.models import Count, Q

from stakazo.alerts.models import Alert
from stakazo.core.board import on_the_board


@on_the_board("alerts")
def alert_counts() -> dict[str, Any]:
    """How many are unresolved, how many of those nobody has read or taken on, and by severity."""
    unresolved = Alert.objects.filter(status__in=Alert.UNRESOLVED)
    counts: dict[str, Any] = unresolved.aggregate(
        unresolved=Count("pk"),
        open=Count("pk", filter=Q(status=Alert.Status.OPEN)),
        unread=Count("pk", filter=Q(read_at=None)),
        errors=Count("pk", filter=Q(severity=Alert.Severity.ERROR)),
    )
    return counts
