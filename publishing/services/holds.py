"""The circuit breaker of an account: after too many failures in a row its posts wait, then one tries.

Counted is what is neither the post's own fault nor a known limit: networks, servers, answers that nobody
understands, outcomes that stay unclear. What the platform has against the account itself holds it at once.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from ledger.machine import StaleState
from publishing.errors import FailureKind, PlatformError
from publishing.models import HOLD, AccountHold, Publication, SocialAccount
from publishing.queries import hold_of

logger = logging.getLogger(__name__)

Status = AccountHold.Status
COUNTED = (FailureKind.TRANSIENT, FailureKind.BUG, FailureKind.AMBIGUOUS)
HELD_FOR, HELD_FOR_MOST = timedelta(minutes=5), timedelta(hours=1)
# What the platform has against an account does not pass in minutes.
HELD_FOR_ACCOUNT = timedelta(hours=6)
LOOK_AGAIN_S = 60.0  # while one tries
TRY_TAKES = timedelta(
    minutes=30
)  # then another post may try: the first one may have been cancelled


def wait_while_held(publication: Publication, *, now: datetime | None = None) -> float:
    """Seconds that the publication must wait for its account; 0.0: none, or it is the one that tries.

    Where the time to try has come, the first that asks is the one.
    """
    now = now or timezone.now()
    hold = hold_of(publication.social_account)
    if hold is None or hold.tried_by == publication.pk:
        return 0.0
    if hold.retry_at > now:
        wait_s = (hold.retry_at - now).total_seconds()
        return min(wait_s, LOOK_AGAIN_S) if hold.status == Status.TRYING else wait_s
    until = now + TRY_TAKES
    try:
        with transaction.atomic():
            if hold.status == Status.TRYING:
                HOLD.move(hold, Status.HELD, why="The post that tried gave no answer.")
            HOLD.move(hold, Status.TRYING, values={"tried_by": publication.pk, "retry_at": until})
    except StaleState:
        return LOOK_AGAIN_S  # another one was faster
    return 0.0


def went_well(account: SocialAccount) -> None:
    """The platform took a post of the account, or refused one for its own sake: the account works.

    What the platform has against the account is only over when a post that tries goes through.
    """
    if SocialAccount.objects.filter(pk=account.pk, troubles__gt=0).update(troubles=0):
        account.troubles = 0
    hold = hold_of(account)
    if hold is not None and (hold.status == Status.TRYING or not hold.by_platform):
        _end(hold, why="It works again.")


def went_wrong(account: SocialAccount, error: PlatformError) -> AccountHold | None:
    """Count a failure; the hold that it began or lengthened."""
    if not (error.about_account or error.kind in COUNTED):
        return None
    with transaction.atomic():
        SocialAccount.objects.filter(pk=account.pk).update(troubles=F("troubles") + 1)
        account.refresh_from_db(fields=["troubles"])
        hold = hold_of(account)
        if hold is not None and hold.status == Status.TRYING:
            return _hold_again(hold, error)
        if hold is None and (
            error.about_account or account.troubles >= settings.PUBLISH_HOLD_AFTER
        ):
            return _hold(account, error)
    return None


def forget_troubles(account: SocialAccount, *, why: str) -> bool:
    """Begin anew: nothing went wrong, and no hold; whether there was one. Raises StaleState."""
    SocialAccount.objects.filter(pk=account.pk).update(troubles=0)
    account.troubles = 0
    hold = hold_of(account)
    if hold is not None:
        HOLD.move(hold, Status.OVER, why=why)
    return hold is not None


def _hold(account: SocialAccount, error: PlatformError) -> AccountHold | None:
    try:
        with transaction.atomic():
            return AccountHold.objects.create(
                social_account=account,
                why=error.message,
                remedy=error.remedy,
                by_platform=error.about_account,
                retry_at=timezone.now() + _for_how_long(error, times=1),
            )
    except IntegrityError:
        return hold_of(account)  # another job held it at the same moment


def _hold_again(hold: AccountHold, error: PlatformError) -> AccountHold:
    times = hold.times + 1
    try:
        with transaction.atomic():
            HOLD.move(
                hold,
                Status.HELD,
                why=error.message,
                values={
                    "why": error.message,
                    "remedy": error.remedy,
                    "by_platform": hold.by_platform or error.about_account,
                    "times": times,
                    "tried_by": None,
                    "retry_at": timezone.now() + _for_how_long(error, times=times),
                },
            )
    except StaleState:
        logger.info("The hold of account %s was ended meanwhile", hold.social_account_id)
    return hold


def _for_how_long(error: PlatformError, *, times: int) -> timedelta:
    """Twice as long each time; what the platform has against the account, and its own word, go before."""
    least = timedelta(seconds=error.retry_after_s or 0)
    if error.about_account:
        return max(HELD_FOR_ACCOUNT, least)
    return max(min(HELD_FOR * 2 ** min(times - 1, 10), HELD_FOR_MOST), least)


def _end(hold: AccountHold, *, why: str) -> None:
    try:
        HOLD.move(hold, Status.OVER, why=why)
    except StaleState:
        logger.info("The hold of account %s was moved meanwhile", hold.social_account_id)
