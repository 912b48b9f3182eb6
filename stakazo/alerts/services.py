"""Every write to alerts."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from ledger.machine import StaleState
from stakazo.alerts.facts import Facts, gather_facts
from stakazo.alerts.models import ALERT, Alert
from stakazo.alerts.rules import RULES, Proposal
from stakazo.core.ids import uuid7

logger = logging.getLogger(__name__)


@dataclass
class Evaluated:
    """What an evaluation did, and which rules could not be asked."""

    opened: int = 0
    still_open: int = 0
    resolved: int = 0
    broken_rules: list[str] = field(default_factory=list)


def evaluate_alerts(*, now: datetime | None = None) -> Evaluated:
    """Ask every rule; open what it proposes, refresh what is open, resolve what has ended.

    Safe beside another evaluation: the database keeps one unresolved alert per trouble. The alerts of
    a rule that breaks are left as they are.
    """
    facts = gather_facts(now=now)
    done = Evaluated()
    for name in RULES:
        try:
            proposals = list(RULES[name](facts))
        except Exception:  # one broken rule must not silence the others
            logger.exception("The alert rule %s broke", name)
            done.broken_rules.append(name)
            continue
        _apply(name, proposals, facts, done)
    return done


def _apply(rule: str, proposals: list[Proposal], facts: Facts, done: Evaluated) -> None:
    wanted = {f"{rule}:{proposal.key}"[:200]: proposal for proposal in proposals}
    unresolved = Alert.objects.filter(rule=rule, status__in=Alert.UNRESOLVED)
    known = {alert.fingerprint: alert for alert in unresolved}
    for fingerprint, proposal in wanted.items():
        if fingerprint in known or not _open(rule, fingerprint, proposal, facts.now):
            _refresh(fingerprint, proposal, facts.now)
            done.still_open += 1
        else:
            done.opened += 1
    for fingerprint, alert in known.items():
        if fingerprint not in wanted:
            done.resolved += _end(alert)


def _open(rule: str, fingerprint: str, proposal: Proposal, now: datetime) -> bool:
    """False: somebody else opened it just now."""
    try:
        with transaction.atomic():
            Alert.objects.create(
                rule=rule,
                fingerprint=fingerprint,
                severity=proposal.severity,
                title=proposal.title[:200],
                message=proposal.message,
                entity_type=proposal.entity_type,
                entity_id=proposal.entity_id,
                count=proposal.count,
                first_seen=now,
                last_seen=now,
            )
    except IntegrityError:
        return False
    return True


def _refresh(fingerprint: str, proposal: Proposal, now: datetime) -> None:
    same = Alert.objects.filter(fingerprint=fingerprint, status__in=Alert.UNRESOLVED)
    same.update(
        last_seen=now,
        count=proposal.count,
        title=proposal.title[:200],
        message=proposal.message,
        entity_type=proposal.entity_type,
        entity_id=proposal.entity_id,
    )


def _end(alert: Alert) -> bool:
    try:
        ALERT.move(alert, Alert.Status.RESOLVED, why="the condition ended")
    except StaleState:
        return False
    return True


def raise_alert(
    title: str,
    *,
    message: str = "",
    severity: str = Alert.Severity.WARN,
    entity_type: str = "",
    entity_id: str = "",
) -> Alert:
    """An alert that a person opens; only a person resolves it."""
    alert = Alert(
        rule=Alert.MANUAL,
        title=title,
        message=message,
        severity=severity,
        entity_type=entity_type,
        entity_id=entity_id,
    )
    alert.fingerprint = f"{Alert.MANUAL}:{uuid7()}"
    alert.save(force_insert=True)
    return alert


def read_alert(alert: Alert) -> Alert:
    """Somebody has seen it; a second time changes nothing."""
    if alert.read_at is None:
        Alert.objects.filter(pk=alert.pk, read_at=None).update(read_at=timezone.now())
        alert.refresh_from_db(fields=["read_at"])
    return alert


def acknowledge_alert(alert: Alert, *, why: str = "") -> Alert:
    """Somebody is on it. Raises IllegalMove when it is not open, StaleState."""
    with transaction.atomic():
        ALERT.move(alert, Alert.Status.ACKNOWLEDGED, why=why)
        return read_alert(alert)


def resolve_alert(alert: Alert, *, why: str = "resolved by hand") -> Alert:
    """It is over. Raises IllegalMove when it already was, StaleState."""
    with transaction.atomic():
        ALERT.move(alert, Alert.Status.RESOLVED, why=why)
        return read_alert(alert)
