"""Times on pages and in forms: always by the clocks of the account, with their zone."""

from datetime import datetime
from typing import Any

from django import forms

from publishing import queries
from publishing.models import Publication, SocialAccount
from publishing.services import publications
from stakazo.core.errors import StakazoError


def shown_time(account: SocialAccount, at: datetime) -> str:
    """`2026-11-21 18:00 Europe/Madrid`."""
    return f"{queries.local_time(account, at):%Y-%m-%d %H:%M} {queries.plan_of(account).zone}"


def without_zone(at: datetime | None) -> datetime | None:
    """What somebody wrote, before the form took it for a time of the server's clocks (UTC)."""
    return at.replace(tzinfo=None) if at else None


def read_time(form: forms.Form | forms.ModelForm[Any], data: dict[str, Any]) -> None:
    """Make `scheduled_at` the moment that the account's clocks mean; what is wrong with it is said."""
    if data.get("next_slot") and data.get("scheduled_at"):
        form.add_error("next_slot", "Choose a time or the next slot, not both.")
    account = data.get("social_account")
    if account is not None and data.get("scheduled_at"):
        try:
            data["scheduled_at"] = queries.moment_for(account, without_zone(data["scheduled_at"]))
        except StakazoError as error:
            form.add_error("scheduled_at", error.message)


def in_next_slot(publication: Publication) -> Publication:
    """For buttons and actions."""
    return publications.schedule_publication(publication, next_slot=True)
