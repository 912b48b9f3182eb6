"""From an event to what it is about, and to the whole trail of that."""

from django.contrib import admin
from django.utils.safestring import SafeString

from ledger.registry import AUDITED
from stakazo.core.admin import admin_link


def object_link(entity_type: str, entity_id: str) -> SafeString | str:
    """A link to the admin page of this thing; its name where it has none."""
    short = (
        f"{entity_type} …{entity_id[-8:]}" if len(entity_id) > 24 else f"{entity_type} {entity_id}"
    )
    # Read at each call: the rooms register what they audit after the admin was imported.
    models = {audited.entity_type: audited.model for audited in AUDITED.values()}
    model = models.get(entity_type)
    if model is None or not admin.site.is_registered(model):
        return short
    return admin_link(model(pk=entity_id), short)
