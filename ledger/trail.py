"""The ledger trail of a row, for the admin page of any model."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ledger.queries import events_of
from ledger.registry import entity_of
from stakazo.core.admin import made_once

SHOWN = 100


def trail_of(row: Model) -> SafeString:
    """The newest events of a row as a table, newest first, each linked to its page."""
    events = list(events_of(row).reverse()[:SHOWN])
    entity_type, entity_id = entity_of(row)
    about = {"entity_type": entity_type, "entity_id": entity_id}
    return render_to_string("ledger/trail.html", {"events": events, "shown": SHOWN, **about})


class TrailMixin:
    """For a ModelAdmin: shows the row's ledger trail as the last field of its page."""

    @admin.display(description="Ledger trail")
    @made_once
    def ledger_trail(self, row: Model) -> SafeString | str:
        """The row's life, as the ledger remembers it."""
        return trail_of(row) if row.pk else "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The class's own, and the trail."""
        fields = list(super().get_readonly_fields(request, obj))  # type: ignore[misc]  # a mixin
        return fields if "ledger_trail" in fields else [*fields, "ledger_trail"]
