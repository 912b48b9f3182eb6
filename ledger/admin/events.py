"""Every fact, newest first: a list that is asked with qualifiers, pages, trails and figures."""

import json
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from ledger.admin.exporting import MOST_EVENTS, events_asked_for, packed
from ledger.admin.links import object_link
from ledger.admin.listing import FILTERS, EventChangeList, NoPages, asked_by
from ledger.admin.pages import LedgerPagesMixin
from ledger.admin.showing import chain_state, sentence_of
from ledger.errors import BadQuestion
from ledger.models import LedgerEvent
from ledger.queries import QUALIFIERS
from ledger.sealing.proofs import NotSealed, seal_of
from stakazo.core.admin import ReadOnlyAdmin, admin_link, made_once


@admin.register(LedgerEvent)
class LedgerEventAdmin(LedgerPagesMixin, ReadOnlyAdmin):
    """Every fact, newest first."""

    paginator = NoPages
    list_display = ["when", "what", "level", "entity_link", "actor", "worker_id", "in_words"]
    list_filter = FILTERS
    sortable_by = ()
    search_fields = ["id"]  # the box is ours: listing.asked_by reads it
    search_help_text = "type:clip_created severity:ERROR since:2d words"
    list_before_template = "admin/ledger/above.html"
    ordering = ["-id"]
    actions = ["export_events"]
    fields = [
        "timestamp",
        "event_type",
        "sentence",
        "severity",
        "entity_link",
        "trail_link",
        "actor",
        "worker_id",
        "job_link",
        "clip_link",
        "road_link",
        "caused_by_link",
        "facts",
        "row_hash",
        "seal_link",
    ]
    readonly_fields = fields

    class Media:
        css = {"all": ["ledger/ledger.css"]}

    def get_changelist(self, request: HttpRequest, **more: Any) -> type[EventChangeList]:
        """Ours."""
        return EventChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LedgerEvent], search_term: str
    ) -> tuple[QuerySet[LedgerEvent], bool]:
        """The list asks by itself."""
        return queryset, False

    def get_urls(self) -> list[URLPattern]:
        """With the export of all that a question finds."""
        export = self.admin_site.admin_view(self.export_view)
        return [path("export/", export, name="ledger_export"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the state of the chain, and what can be asked."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            "chain": chain_state(),
            "qualifiers": QUALIFIERS,
            "export_query": request.GET.urlencode(),
            **(extra_context or {}),
        }
        answer: HttpResponse = super().changelist_view(request, context)
        return answer

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """All that the question of the list finds, as an archive with proofs."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            events = list(events_asked_for(asked_by(request)))
        except BadQuestion as refused:
            messages.error(request, refused.message)
            return HttpResponseRedirect(reverse("admin:ledger_ledgerevent_changelist"))
        return _archive(packed(events))

    @action(description="Export with proofs")
    def export_events(self, request: HttpRequest, events: QuerySet[LedgerEvent]) -> HttpResponse:
        """The chosen events, as an archive with proofs."""
        return _archive(packed(events.order_by("-id")[:MOST_EVENTS]))

    # --- What is shown ----------------------------------------------------------------------------

    @display(description="Time")
    def when(self, event: LedgerEvent) -> str:
        """To the second, in UTC."""
        return event.timestamp.strftime("%Y-%m-%d %H:%M:%S")

    @display(description="What happened")
    def what(self, event: LedgerEvent) -> str:
        """The event type."""
        return event.event_type

    @display(description="Severity", label={"INFO": "info", "WARN": "warning", "ERROR": "danger"})
    def level(self, event: LedgerEvent) -> str:
        """The severity, as a label."""
        return event.severity

    @display(description="Why")
    def in_words(self, event: LedgerEvent) -> str:
        """The reason or the error, where the event has one."""
        why = str(event.metadata.get("why") or event.metadata.get("error") or "–")
        return why if len(why) <= 80 else why[:79] + "…"

    @display(description="In words")
    def sentence(self, event: LedgerEvent) -> str:
        """What an event of this type means."""
        return sentence_of(event.event_type) or "–"

    @display(description="Object")
    def entity_link(self, event: LedgerEvent) -> SafeString | str:
        """A link to the object it is about."""
        return object_link(event.entity_type, event.entity_id)

    @display(description="Its trail")
    def trail_link(self, event: LedgerEvent) -> SafeString | str:
        """A link to all that happened to the object."""
        if not event.entity_id:
            return "–"
        return _to(
            reverse("admin:ledger_trail", args=[event.entity_type, event.entity_id]),
            "All that happened to it",
        )

    @display(description="Job")
    def job_link(self, event: LedgerEvent) -> SafeString | str:
        """A link to the job in which it happened."""
        return object_link("job", str(event.job_id)) if event.job_id else "–"

    @display(description="Clip")
    def clip_link(self, event: LedgerEvent) -> SafeString | str:
        """A link to the clip it belongs to."""
        return object_link("clip", str(event.clip_id)) if event.clip_id else "–"

    @display(description="Road")
    def road_link(self, event: LedgerEvent) -> SafeString | str:
        """A link to all events of its correlation id."""
        if not event.correlation_id:
            return "–"
        listed = reverse("admin:ledger_ledgerevent_changelist")
        return _to(f"{listed}?q=correlation:{event.correlation_id}", event.correlation_id)

    @display(description="Caused by")
    def caused_by_link(self, event: LedgerEvent) -> SafeString | str:
        """A link to the event that led to it."""
        if not event.caused_by:
            return "–"
        return admin_link(LedgerEvent(pk=event.caused_by), str(event.caused_by))

    @display(description="Metadata")
    def facts(self, event: LedgerEvent) -> SafeString:
        """The metadata, readable."""
        return format_html("<pre>{}</pre>", json.dumps(event.metadata, indent=2, sort_keys=True))

    @display(description="Seal")
    @made_once
    def seal_link(self, event: LedgerEvent) -> SafeString | str:
        """A link to the seal that closes over it, and to its proof."""
        try:
            seal = admin_link(seal_of(event))
        except NotSealed:
            return "Not sealed yet."
        proof = reverse("ledger-event-proof", args=[event.pk])
        return format_html("{} · {}", seal, _to(proof, "Proof"))


def _to(address: str, words: str) -> SafeString:
    return format_html('<a class="text-primary-600" href="{}">{}</a>', address, words)


def _archive(content: bytes) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="ledger-events.zip"'},
    )
