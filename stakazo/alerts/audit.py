"""What the ledger remembers of alerts."""

from ledger.registry import WARN, Audited, audit, declare
from stakazo.alerts.models import Alert

S = Alert.Status
audit(
    Audited(
        model=Alert,
        entity_type="alert",
        created=declare("alert_opened", "Somebody should look at something.", WARN),
        moved={
            S.ACKNOWLEDGED: declare("alert_acknowledged", "Somebody is on it."),
            S.RESOLVED: declare("alert_resolved", "What the alert was about is over."),
        },
        facts=lambda alert: {
            "rule": alert.rule,
            "title": alert.title,
            "severity": alert.severity,
            "count": alert.count,
            "about": f"{alert.entity_type}:{alert.entity_id}" if alert.entity_type else "",
        },
    )
)
