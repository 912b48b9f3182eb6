"""Not posting the same again by mistake: the same clip with nearly the same words on one account."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from ledger.services import log_event
from publishing import queries
from publishing.errors import Repeated
from publishing.likeness import NEARLY, likeness
from publishing.models import Publication


def guard(publication: Publication, *, allow: bool = False) -> None:
    """Refuse one that repeats another of its account; allow: it may, and the ledger says so.

    In the caller's transaction, which holds the account, so that two at once find each other. Raises
    Repeated, which names the earlier one.
    """
    if publication.repeat_allowed or (earlier := earlier_of(publication)) is None:
        return
    if allow:
        allow_repeat(publication, of=earlier)
        return
    account = publication.social_account
    when = f"{queries.local_time(account, queries.time_of(earlier)):%Y-%m-%d %H:%M}"
    raise Repeated(
        f"“{earlier.title or earlier.caption[:60]}” ({earlier.get_status_display().lower()}, {when}) "
        f"has the same clip and nearly the same words on {account}. Change the words, choose a time "
        f"{settings.REPUBLISH_DAYS} days away from it, or allow the repeat.",
        earlier_id=str(earlier.pk),
        earlier_at=queries.time_of(earlier).isoformat(),
        earlier_status=earlier.status,
    )


def guard_move(publication: Publication, *, to: datetime | None, allow: bool = False) -> None:
    """As guard, for one that is to go out at another time, which it then has.

    What it repeats at its former time already somebody has let be; a move does not ask again.
    """
    former, known = publication.scheduled_at, earlier_of(publication)
    publication.scheduled_at = to
    try:
        if known is None:
            guard(publication, allow=allow)
    except Repeated:
        publication.scheduled_at = former
        raise


def earlier_of(publication: Publication) -> Publication | None:
    """The one that it repeats: within REPUBLISH_DAYS of it, the nearest; None where there is none."""
    period = timedelta(days=settings.REPUBLISH_DAYS)
    at = publication.scheduled_at or timezone.now()
    found = [
        (abs(queries.time_of(each) - at), each)
        for each in queries.posts_of_the_same_media(publication)
        if abs(queries.time_of(each) - at) < period
        and likeness(_said(each), _said(publication)) >= NEARLY
    ]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def allow_repeat(publication: Publication, *, of: Publication | None = None) -> None:
    """From now on it may repeat another; in the caller's transaction."""
    Publication.objects.filter(pk=publication.pk).update(repeat_allowed=True)
    publication.repeat_allowed = True
    log_event(
        "publication_repeat_allowed",
        entity=publication,
        clip_id=publication.clip_variant.clip_id,
        metadata={"of": str(of.pk)} if of else {},
    )


def _said(publication: Publication) -> str:
    return f"{publication.title}\n{publication.caption}"
