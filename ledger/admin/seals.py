"""The chain for operators: its links, and verifying them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import action, display

from ledger.admin.listing import NoPages, SealChangeList
from ledger.admin.showing import chain_state
from ledger.models import LedgerEvent, LedgerSeal
from ledger.sealing.keys import known_keys
from ledger.sealing.verify import verify_seal
from ledger.sealing.walk import seal_stands
from stakazo.core.admin import ReadOnlyAdmin, admin_link, made_once

SHOWN_FAULTS = 50
NEWEST = 20
"""Seals that the button verifies: some twenty thousand events, a second or two."""
MOST_AT_ONCE = 50


@admin.register(LedgerSeal)
class LedgerSealAdmin(ReadOnlyAdmin):
    """The chain, newest link first; a seal's own page verifies the events below it."""

    paginator = NoPages
    list_display = ["number", "sealed_at", "count", "state", "root", "key_id"]
    list_before_template = "admin/ledger/chain.html"
    sortable_by = ()
    ordering = ["-number"]
    actions = ["verify_seals"]
    fields = [
        "number",
        "sealed_at",
        "state",
        "verdict",
        "count",
        "first_event",
        "last_event",
        "root",
        "previous_hash",
        "seal_hash",
        "algorithm",
        "key_id",
        "signature",
    ]
    readonly_fields = fields

    class Media:
        css = {"all": ["ledger/ledger.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerSeal]:
        """Without the members, which are large."""
        seals: QuerySet[LedgerSeal] = super().get_queryset(request).defer("members")
        return seals

    def get_changelist(self, request: HttpRequest, **more: Any) -> type[SealChangeList]:
        """Ours."""
        return SealChangeList

    def get_urls(self) -> list[URLPattern]:
        """With the button that verifies the newest."""
        verify = self.admin_site.admin_view(self.verify_view)
        return [path("verify/", verify, name="ledger_verify_newest"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the state of the chain."""
        context = {"chain": chain_state(), "newest": NEWEST, **(extra_context or {})}
        answer: HttpResponse = super().changelist_view(request, context)
        return answer

    def verify_view(self, request: HttpRequest) -> HttpResponse:
        """Verify the newest seals; a POST, for it costs something."""
        if not self.has_view_permission(request) or request.method != "POST":
            raise PermissionDenied
        _verify(request, self.get_queryset(request).order_by("-number")[:NEWEST])
        return HttpResponseRedirect(reverse("admin:ledger_ledgerseal_changelist"))

    @action(description="Verify")
    def verify_seals(self, request: HttpRequest, seals: QuerySet[LedgerSeal]) -> None:
        """Verify the chosen seals and the events below them."""
        _verify(request, seals.order_by("-number")[:MOST_AT_ONCE])

    @display(description="Seal", label={"intact": "success", "broken": "danger"})
    def state(self, seal: LedgerSeal) -> str:
        """Whether its own hash and signature are right; its events are not looked at."""
        return "intact" if seal_stands(seal, known_keys()) else "broken"

    @display(description="Verified now")
    @made_once
    def verdict(self, seal: LedgerSeal) -> SafeString | str:
        """What verifying the seal and its events finds at this moment."""
        found = verify_seal(seal)
        if not found.wrong:
            pruned = f", {found.pruned} let go by retention" if found.pruned else ""
            return f"{found.checked} events as they were sealed{pruned}."
        return format_html_join(
            mark_safe("<br>"),
            "{}: {} {}",
            ((f.kind, f.event, f.words) for f in found.faults[:SHOWN_FAULTS]),
        )

    @display(description="First event")
    def first_event(self, seal: LedgerSeal) -> SafeString | str:
        """A link to it."""
        return admin_link(LedgerEvent(pk=seal.first_id), str(seal.first_id))

    @display(description="Last event")
    def last_event(self, seal: LedgerSeal) -> SafeString | str:
        """A link to it."""
        return admin_link(LedgerEvent(pk=seal.last_id), str(seal.last_id))


def _verify(request: HttpRequest, seals: QuerySet[LedgerSeal]) -> None:
    """Verify each, and say in one message what was found."""
    checked = pruned = number = 0
    faults: list[str] = []
    for seal in seals:
        found = verify_seal(seal)
        number, checked, pruned = number + 1, checked + found.checked, pruned + found.pruned
        faults += [
            f"seal {seal.number}: {f.kind} {f.event} {f.words}" for f in found.faults[:SHOWN_FAULTS]
        ]
    looked = f"{number} seals over {checked} events verified"
    if faults:
        messages.error(request, f"{looked}: {len(faults)} faults. " + "; ".join(faults[:3]))
    else:
        let_go = f", {pruned} let go by retention" if pruned else ""
        messages.success(
            request,
            f"{looked}{let_go}: all is as it was sealed. `manage.py ledger_verify` looks at all.",
        )
