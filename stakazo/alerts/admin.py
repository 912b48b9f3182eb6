"""Alerts in the admin: what is wrong, and who takes it on."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from ledger.registry import AUDITED
from ledger.trail import TrailMixin
from stakazo.alerts.models import Alert
from stakazo.alerts.services import acknowledge_alert, read_alert, resolve_alert
from stakazo.core.admin import ReadOnlyAdmin, act_on_each, admin_link


@admin.register(Alert)
class AlertAdmin(TrailMixin, ReadOnlyAdmin):
    """The newest first. Alerts of rules resolve themselves when their condition ends."""

    list_display = ["title", "level", "state", "count", "about", "first_seen", "last_seen"]
    list_filter = ["status", "severity", "rule"]
    search_fields = ["title", "entity_id"]
    actions = ["mark_read", "acknowledge", "resolve"]
    fields = [
        "title",
        "message",
        "level",
        "state",
        "rule",
        "about",
        "count",
        "first_seen",
        "last_seen",
        "read_at",
        "acknowledged_at",
        "resolved_at",
        "ledger_trail",
    ]
    readonly_fields = fields

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether this person may take alerts on (nobody edits their fields)."""
        return request.user.has_perm("alerts.change_alert")

    @admin.action(description="Mark as read", permissions=["act"])
    def mark_read(self, request: HttpRequest, alerts: QuerySet[Alert]) -> None:
        """Somebody has seen them."""
        act_on_each(request, alerts, read_alert, done="marked as read")

    @admin.action(description="Acknowledge", permissions=["act"])
    def acknowledge(self, request: HttpRequest, alerts: QuerySet[Alert]) -> None:
        """Somebody is on them."""
        act_on_each(request, alerts, acknowledge_alert, done="acknowledged")

    @admin.action(description="Resolve", permissions=["act"])
    def resolve(self, request: HttpRequest, alerts: QuerySet[Alert]) -> None:
        """They are over."""
        act_on_each(request, alerts, resolve_alert, done="resolved")

    @display(
        description="Severity",
        ordering="severity",
        label={"INFO": "info", "WARN": "warning", "ERROR": "danger"},
    )
    def level(self, alert: Alert) -> str:
        """The severity, as a label."""
        return alert.severity

    @display(
        description="Status",
        ordering="status",
        label={"open": "danger", "acknowledged": "warning", "resolved": "success"},
    )
    def state(self, alert: Alert) -> str:
        """The status, as a label."""
        return alert.status

    @display(description="About")
    def about(self, alert: Alert) -> SafeString | str:
        """A link to the object, where the admin knows it."""
        if not alert.entity_type:
            return "–"
        words = f"{alert.entity_type} …{alert.entity_id[-8:]}"
        for model, audited in AUDITED.items():
            if audited.entity_type == alert.entity_type and admin.site.is_registered(model):
                row: Model = model(pk=alert.entity_id)
                return admin_link(row, words)
        return words
