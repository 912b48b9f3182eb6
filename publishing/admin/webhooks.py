"""Webhook deliveries for operators: those that were taken, those that were not, and hubs' leases."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from unfold.decorators import display

from ledger.trail import TrailMixin
from publishing.models import RefusedDelivery, WebhookDelivery, WebsubLease
from publishing.services import webhooks
from stakazo.core.admin import ActingMixin, ReadOnlyAdmin, act_on_each, admin_link

SHOWN_BYTES = 16 * 1024


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ActingMixin, TrailMixin, ReadOnlyAdmin):
    """What platforms told us; each of these had a signature that holds."""

    list_display = ["received_at", "platform", "outcome", "handled_at"]
    list_filter = ["platform", "received_at"]
    search_fields = ["event_key"]
    acting_permission = "publishing.change_webhookdelivery"
    actions = ["look_again"]
    page_actions = [("look_again", "Look at it again")]
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

    @admin.action(description="Look at it again", permissions=["act"])
    def look_again(
        self, request: HttpRequest, rows: QuerySet[WebhookDelivery]
    ) -> HttpResponse | None:
        """Ask the platform once more about what they speak of."""
        return self.act(request, rows, webhooks.look_again, done="will be looked at again")


@admin.register(RefusedDelivery)
class RefusedDeliveryAdmin(ActingMixin, ReadOnlyAdmin):
    """What came to the door and was not taken. Nothing acts on these."""

    list_display = ["received_at", "platform", "reason", "size_bytes", "count", "last_at"]
    list_filter = ["platform", "reason", "received_at"]
    search_fields = ["digest"]
    acting_permission = "publishing.change_webhookdelivery"
    actions = ["check_again"]
    fields = [
        "platform",
        "reason",
        "received_at",
        "last_at",
        "count",
        "size_bytes",
        "headers",
        "text",
        "lease_id",
    ]
    readonly_fields = fields

    @admin.action(description="Check the signature again, and take it", permissions=["act"])
    def check_again(self, request: HttpRequest, rows: QuerySet[RefusedDelivery]) -> None:
        """With the secrets as they are now; one that holds becomes a delivery."""
        act_on_each(request, rows, webhooks.check_again, done="taken")

    @display(description="Body")
    def text(self, refused: RefusedDelivery) -> str:
        """Its beginning, as well as it can be read."""
        return bytes(refused.body)[:SHOWN_BYTES].decode(errors="replace")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Lists do without the bodies."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer("body")


@admin.register(WebsubLease)
class WebsubLeaseAdmin(ReadOnlyAdmin):
    """Until when YouTube's hub tells us of a channel; renewed at half of the time."""

    list_display = ["topic", "account_link", "lease_until", "asked_at", "granted_at", "error"]
    list_select_related = ["social_account"]
    list_filter = ["lease_until"]
    fields = [
        "account_link",
        "topic",
        "callback_url",
        "asked_at",
        "granted_at",
        "lease_until",
        "error",
        "created_at",
    ]
    readonly_fields = fields

    @display(description="Account")
    def account_link(self, lease: WebsubLease) -> SafeString | str:
        """A link up."""
        return admin_link(lease.social_account)
