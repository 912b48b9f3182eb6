"""Connections that nobody uses do not end by silence: idle tokens are renewed, and people are warned."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ledger.services import log_event
from publishing.errors import BeingRenewed, NeedsReconnect
from publishing.lifetimes import accounts_to_renew, accounts_to_warn_of, connection_end
from publishing.models import SocialAccount
from publishing.services import renewing
from stakazo.core.errors import StakazoError

logger = logging.getLogger(__name__)


def renew_idle_tokens(*, check: Callable[[], None] = lambda: None) -> dict[str, int]:
    """Renew what nears its end, then warn of what could not be.

    Answers {renewed, busy, refused, failed, warned}. busy: somebody else renews it now. refused: the
    platform wants a new consent, and the account is marked. failed: it could not be asked, or the fault
    is ours; the next run tries again. check: called between accounts, may raise to end.
    """
    counts = {"renewed": 0, "busy": 0, "refused": 0, "failed": 0, "warned": 0}
    for account in list(accounts_to_renew(timezone.now())):
        check()
        try:
            renewing.refresh_account(account, wait=False)
        except BeingRenewed:
            counts["busy"] += 1
        except NeedsReconnect:
            counts["refused"] += 1
        except StakazoError as error:
            logger.info("The token of %s is not renewed now: %s", account.pk, error.message)
            counts["failed"] += 1
        else:
            counts["renewed"] += 1
    counts["warned"] = warn_of_endings(check=check)
    return counts


def warn_of_endings(*, check: Callable[[], None] = lambda: None) -> int:
    """Say once at 14, 7 and 1 days before its end that an account will need connecting; how many."""
    now, warned = timezone.now(), 0
    for account, step in list(accounts_to_warn_of(now)):
        check()
        warned += _warn(account, step, now)
    return warned


def _warn(account: SocialAccount, step: int, now: datetime) -> int:
    end = connection_end(account)
    mine = SocialAccount.objects.filter(
        Q(warned_days__isnull=True) | Q(warned_days__gt=step),
        pk=account.pk,
        token_version=account.token_version,
    )
    with transaction.atomic():
        # First the mark: of two that come at once, one writes it and tells.
        if end is None or not mine.update(warned_days=step):
            return 0
        log_event(
            "account_token_ending",
            entity=account,
            metadata={"days": step, "ends_at": end.isoformat(), "platform": account.platform},
        )
    return 1
