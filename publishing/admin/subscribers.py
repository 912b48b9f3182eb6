"""Subscribers of webhooks for operators: who is told, what reached them, and telling them again."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from ledger.trail import TrailMixin
from publishing.outgoing.models import OutgoingAttempt, OutgoingDelivery, WebhookSubscriber
from publishing.queries import STANDINGS
from publishing.services import subscribers
from stakazo.core.admin import ActingMixin, ReadOnlyAdmin, StakazoAdmin, admin_link
from stakazo.core.errors import StakazoError

REPLAYED = timedelta(hours=24)


class SubscriberForm(forms.ModelForm[WebhookSubscriber]):
    """Who is told of what. What the service would refuse is said at its field."""

    event_types = forms.CharField(
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
        initial="clip_published",
        help_text="Event types of the ledger, one a line; * for all.",
    )

    class Meta:
        model = WebhookSubscriber
        fields = ["name", "url", "event_types"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance.event_types and "event_types" in self.fields:
            self.initial["event_types"] = "\n".join(self.instance.event_types)

    def clean_event_types(self) -> list[str]:
        """The names, one a line."""
        try:
            return subscribers.known_event_types(self.cleaned_data["event_types"].split())
        except StakazoError as error:
            raise forms.ValidationError(error.message) from None

    def clean_url(self) -> str:
        """An address that we send to."""
        url: str = self.cleaned_data["url"]
        try:
            if url != self.initial.get("url"):
                subscribers.check_url(url)
        except StakazoError as error:
            raise forms.ValidationError(error.message) from None
        return url


@admin.register(WebhookSubscriber)
class WebhookSubscriberAdmin(ActingMixin, TrailMixin, StakazoAdmin):
    """Addresses outside that are told what happens. The text of a secret is shown once."""

    form = SubscriberForm
    list_display = ["name", "url", "state", "failures", "last_success_at", "disabled_reason"]
    list_filter = ["status"]
    search_fields = ["name", "url"]
    acting_permission = "publishing.change_webhooksubscriber"
    actions = ["send_ping", "enable", "disable", "rotate", "replay"]

    def get_fields(self, request: HttpRequest, obj: WebhookSubscriber | None = None) -> list[str]:
        """Little to fill in; everything to see."""
        asked = ["name", "url", "event_types"]
        if obj is None:
            return asked
        return [
            *asked,
            "state",
            "disabled_reason",
            "failures",
            "failing_since",
            "retry_at",
            "last_success_at",
            "former_secret_until",
            "active_since",
            "created_at",
            "ledger_trail",
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What we note down."""
        asked = SubscriberForm.Meta.fields
        return [name for name in self.get_fields(request, obj) if name not in asked]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Subscribers are disabled, not deleted: what they were told stays."""
        return False

    def page_actions_of(self, row: WebhookSubscriber) -> list[tuple[str, str]]:
        """What makes sense as it stands."""
        if row.status == WebhookSubscriber.Status.DISABLED:
            return [("send_ping", "Send a ping"), ("enable", "Enable"), ("rotate", "New secret")]
        return [
            ("send_ping", "Send a ping"),
            ("replay", "Replay the last 24 hours"),
            ("rotate", "New secret"),
            ("disable", "Disable"),
        ]

    def save_model(
        self, request: HttpRequest, obj: WebhookSubscriber, form: Any, change: bool
    ) -> None:
        """Through the service; a new secret waits for the page that shows it once."""
        given = {name: form.cleaned_data[name] for name in SubscriberForm.Meta.fields}
        if change:
            row = WebhookSubscriber.objects.get(pk=obj.pk)
            subscribers.change_subscriber(row, **given)
            return
        made, plain = subscribers.add_subscriber(**given)
        for field in WebhookSubscriber._meta.concrete_fields:
            setattr(obj, field.attname, getattr(made, field.attname))
        obj._state.adding = False
        request.stakazo_new_secret = plain  # type: ignore[attr-defined]  # read below, in this request

    def response_add(
        self, request: HttpRequest, obj: WebhookSubscriber, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret, this once."""
        return self._show_secrets(
            request,
            [(obj, request.stakazo_new_secret)],  # type: ignore[attr-defined]  # set above
        )

    @admin.action(description="New secret", permissions=["act"])
    def rotate(
        self, request: HttpRequest, rows: QuerySet[WebhookSubscriber]
    ) -> HttpResponse | None:
        """Give them new secrets; for a day both sign."""
        made = []
        for row in rows:
            try:
                made.append((row, subscribers.rotate_secret(row)))
            except StakazoError as error:
                messages.warning(request, f"{row}: {error.message}")
        return self._show_secrets(request, made) if made else None

    def _show_secrets(
        self, request: HttpRequest, made: list[tuple[WebhookSubscriber, str]]
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"title": "The new secret", "made": made}
        response = TemplateResponse(request, "publishing/new_secret.html", context)
        response["Cache-Control"] = "no-store"
        return response

    @admin.action(description="Send a ping", permissions=["act"])
    def send_ping(
        self, request: HttpRequest, rows: QuerySet[WebhookSubscriber]
    ) -> HttpResponse | None:
        """Send a message that says nothing."""
        return self.act(request, rows, subscribers.ping, done="will be sent a ping")

    @admin.action(description="Enable", permissions=["act"])
    def enable(
        self, request: HttpRequest, rows: QuerySet[WebhookSubscriber]
    ) -> HttpResponse | None:
        """Tell them again, from now on."""
        return self.act(request, rows, subscribers.enable_subscriber, done="enabled")

    @admin.action(description="Disable", permissions=["act"])
    def disable(
        self, request: HttpRequest, rows: QuerySet[WebhookSubscriber]
    ) -> HttpResponse | None:
        """Tell them nothing more."""
        return self.act(request, rows, subscribers.disable_subscriber, done="disabled")

    @admin.action(description="Replay the last 24 hours", permissions=["act"])
    def replay(
        self, request: HttpRequest, rows: QuerySet[WebhookSubscriber]
    ) -> HttpResponse | None:
        """Tell them what they missed since yesterday."""
        since = timezone.now() - REPLAYED
        return self.act(
            request,
            rows,
            lambda row: subscribers.replay_since(row, since=since),
            done="will be told what they missed",
        )

    @display(
        description="Status",
        ordering="status",
        label={"active": "success", "disabled": "danger"},
    )
    def state(self, subscriber: WebhookSubscriber) -> tuple[str, str]:
        """The status, as a label."""
        return subscriber.status, subscriber.get_status_display()


class TriesInline(TabularInline):  # type: ignore[misc]  # unfold has no stubs
    """The tries of a message."""

    model = OutgoingAttempt
    verbose_name_plural = "Tries"
    fields = ["at", "number", "took_ms", "http_status", "address", "error", "answer"]
    readonly_fields = fields
    ordering = ["-id"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never by hand."""
        return False


class StandingFilter(admin.SimpleListFilter):
    """How a message stands."""

    title, parameter_name = "status", "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The three."""
        return [(str(value), str(label)) for value, label in OutgoingDelivery.Status.choices]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[OutgoingDelivery]
    ) -> QuerySet[OutgoingDelivery]:
        """Those that stand so."""
        asked = STANDINGS.get(self.value() or "")
        return queryset if asked is None else queryset.filter(asked)


@admin.register(OutgoingDelivery)
class OutgoingDeliveryAdmin(ActingMixin, ReadOnlyAdmin):
    """Messages to subscribers, what is in them and what became of them."""

    list_display = ["created_at", "event_type", "subscriber_link", "state", "attempts", "next_at"]
    list_select_related = ["subscriber"]
    list_filter = [StandingFilter, "subscriber", "event_type", "created_at"]
    search_fields = ["event_type", "id", "event_id"]
    inlines = [TriesInline]
    acting_permission = "publishing.change_webhooksubscriber"
    actions = ["replay"]
    page_actions = [("replay", "Send again")]
    fields = [
        "id",
        "subscriber_link",
        "event_type",
        "event_id",
        "state",
        "attempts",
        "next_at",
        "delivered_at",
        "failed_at",
        "error",
        "body",
        "created_at",
    ]
    readonly_fields = fields

    @admin.action(description="Send again", permissions=["act"])
    def replay(self, request: HttpRequest, rows: QuerySet[OutgoingDelivery]) -> HttpResponse | None:
        """Send them again, under the same id."""
        return self.act(
            request,
            rows.select_related("subscriber"),
            subscribers.replay_delivery,
            done="will be sent again",
        )

    @display(description="Subscriber", ordering="subscriber__name")
    def subscriber_link(self, delivery: OutgoingDelivery) -> SafeString | str:
        """A link up."""
        return admin_link(delivery.subscriber)

    @display(
        description="Status",
        label={"waiting": "warning", "delivered": "success", "failed": "danger"},
    )
    def state(self, delivery: OutgoingDelivery) -> tuple[str, str]:
        """How it stands, as a label."""
        return delivery.status, OutgoingDelivery.Status(delivery.status).label
