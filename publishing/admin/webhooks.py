"""Webhook deliveries for operators."""

from django.contrib import admin

from ledger.trail import TrailMixin
from publishing.models import WebhookDelivery
from stakazo.core.admin import ReadOnlyAdmin


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(TrailMixin, ReadOnlyAdmin):
    """What platforms told us; each of these had a signature that holds."""

    list_display = ["received_at", "platform", "outcome", "handled_at"]
    list_filter = ["platform", "received_at"]
    search_fields = ["event_key"]
    fields = [
        "platform",
        "received_at",
        "handled_at",
        "outcome",
        "headers",
        "body",
        "event_key",
        "ledger_trail",
    ]
    readonly_fields = fields
