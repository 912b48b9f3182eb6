"""Letting a held account post again, because a person says so."""

from django.utils import timezone

from ledger.machine import IllegalMove
from publishing import queries
from publishing.models import SocialAccount
from publishing.services import holds
from publishing.services.publications import ensure_job
from stakazo.identity.reach import check_reach


def release_account(account: SocialAccount, *, why: str = "asked for") -> int:
    """End the account's hold and wake what waits for it; how many publications that were.

    They go out one by one, as always. Raises IllegalMove where the account is not held, StaleState.
    """
    check_reach(account.mode)
    if not holds.forget_troubles(account, why=why):
        raise IllegalMove("The account is not held.", entity_id=str(account.pk))
    woken = 0
    for publication in queries.waiting_on(account):
        if publication.scheduled_at is None or publication.scheduled_at <= timezone.now():
            ensure_job(publication)
            woken += 1
    return woken
