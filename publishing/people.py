"""Who is behind what is being done, where that is a person or a person's key."""

from ledger.context import current
from stakazo.identity.models import ApiKey


def acting_user_id() -> int | None:
    """The user who acts, also through an API key; None for workers, commands and strangers."""
    kind, _, name = current().actor.partition(":")
    if kind == "user" and name.isascii() and name.isdigit():
        return int(name)
    if kind == "key":
        return ApiKey.objects.filter(prefix=name).values_list("user_id", flat=True).first()
    return None
