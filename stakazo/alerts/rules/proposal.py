"""What a rule answers."""

from dataclasses import dataclass

from stakazo.alerts.models import Alert

INFO, WARN, ERROR = Alert.Severity.INFO, Alert.Severity.WARN, Alert.Severity.ERROR


@dataclass(frozen=True)
class Proposal:
    """An alert that should be open now. key: tells one trouble of a rule from another."""

    key: str
    severity: Alert.Severity
    title: str
    message: str
    entity_type: str = ""
    entity_id: str = ""
    count: int = 1
