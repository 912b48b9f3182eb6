"""Tickets: through one door, once."""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from stakazo.identity.models import Ticket
from stakazo.identity.services.secret_texts import as_user, digest

TICKET_LIFE_S = 60


def issue_ticket(user: User, *, now: datetime | None = None) -> str:
    """The plain text of a ticket that is good once, for TICKET_LIFE_S seconds."""
    now = now or timezone.now()
    plain = secrets.token_urlsafe(32)
    Ticket.objects.filter(expires_at__lte=now).delete()
    Ticket.objects.create(
        user=user, digest=digest(plain), expires_at=now + timedelta(seconds=TICKET_LIFE_S)
    )
    return plain


def take_ticket(plain: str, *, now: datetime | None = None) -> User | None:
    """Use the ticket up: whose it was, or None. Of two takers one gets it."""
    now = now or timezone.now()
    ticket = Ticket.objects.select_related("user").filter(digest=digest(plain)).first()
    if ticket is None:
        return None
    taken, _ = Ticket.objects.filter(pk=ticket.pk).delete()
    if not taken or ticket.expires_at <= now or not ticket.user.is_active:
        return None
    return as_user(ticket.user)
