"""What YouTube's hub promised to tell us, channel by channel, and asking again before it ends.

Each lease has an address of its own (`?lease=`) and a secret of its own, so a secret that leaks lets
nobody speak for another channel.
"""

import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ledger.services import log_event
from publishing import vault
from publishing.errors import PlatformError, SealBroken, WebhookRefused
from publishing.models import Platform, SocialAccount, WebsubLease
from publishing.platforms.websub import lease_s, subscribe_to_channel, topic_of
from stakazo.core.errors import NotFound

ASK_AGAIN = timedelta(hours=1)  # a hub that did not come back is asked again
ANSWERS_WITHIN = timedelta(days=1)
SHORTEST_S, LONGEST_S = 60, 30 * 86_400
SECRET_BYTES = 32


def accounts_to_ask_for(now: datetime) -> list[SocialAccount]:
    """Connected channels without a lease, or past the half of it, of which the hub was not asked just now."""
    connected = SocialAccount.objects.filter(
        platform=Platform.YOUTUBE, status=SocialAccount.Status.CONNECTED
    ).select_related("websub_lease")
    return [account for account in connected.order_by("pk") if _is_due(account, now)]


def _is_due(account: SocialAccount, now: datetime) -> bool:
    lease: WebsubLease | None = getattr(account, "websub_lease", None)
    if lease is None:
        return True
    if lease.asked_at and lease.asked_at > now - ASK_AGAIN:
        return False
    if lease.granted_at is None or lease.lease_until is None:
        return True
    return now >= lease.granted_at + (lease.lease_until - lease.granted_at) / 2


def follow_channels(*, check: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Ask the hub for each channel whose lease is missing or past its half. Answers {channels, failed}.

    One that fails does not stop the others. check: called between channels, may raise to end.
    Raises PlatformError when none could be asked for.
    """
    followed, failed, last = 0, 0, None
    for account in accounts_to_ask_for(timezone.now()):
        check()
        lease = lease_of(account)
        before = lease.asked_at
        _note(lease, asked_at=timezone.now(), error="")  # first: the hub may come back at once
        try:
            subscribe_to_channel(
                channel_id=account.external_id,
                callback_url=lease.callback_url,
                secret=secret_of(lease),
                mode=account.mode,
            )
        except PlatformError as error:
            failed, last = failed + 1, error
            _note(lease, asked_at=before, error=error.message[:300])
        else:
            followed += 1
    if last is not None and not followed:
        raise last
    return {"channels": followed, "failed": failed}


def lease_of(account: SocialAccount) -> WebsubLease:
    """The channel's row, made where it is missing; a secret that cannot be opened is made anew."""
    lease, _ = WebsubLease.objects.get_or_create(social_account=account)
    wanted = {
        "topic": topic_of(account.external_id),
        "callback_url": f"{settings.BASE_URL.rstrip('/')}/publishing/webhooks/youtube"
        f"?lease={lease.pk}",
    }
    try:
        plain = secret_of(lease)
    except SealBroken:
        plain = ""
    if not plain or not vault.sealed_with_first_key(lease.secret_sealed):
        plain = plain or secrets.token_hex(SECRET_BYTES)
        wanted["secret_sealed"] = vault.seal(plain, bound_to=secret_place(lease))
    WebsubLease.objects.filter(pk=lease.pk).update(**wanted)
    lease.refresh_from_db()
    return lease


def secret_of(lease: WebsubLease) -> str:
    """What the hub signs its deliveries with. Raises SealBroken."""
    return vault.unseal(lease.secret_sealed, bound_to=secret_place(lease))


def lease_by_id(text: str) -> WebsubLease | None:
    """The lease that an address names, of a channel that is connected."""
    try:
        key = uuid.UUID(text)
    except ValueError:
        return None
    return (
        WebsubLease.objects.filter(pk=key, social_account__status=SocialAccount.Status.CONNECTED)
        .select_related("social_account")
        .first()
    )


def answer_hub(query: Mapping[str, str]) -> str:
    """The challenge, where the hub asks for what we asked for. Notes what it grants.

    An unsubscription that we did not ask for is not agreed to: anybody may ask the hub for one.
    Raises NotFound, WebhookRefused.
    """
    mode, challenge = query.get("hub.mode", ""), query.get("hub.challenge", "")
    lease = lease_by_id(query.get("lease", ""))
    if lease is None or query.get("hub.topic") != lease.topic:
        raise NotFound("We did not subscribe to this topic.")
    if mode == "denied":
        reason = query.get("hub.reason", "")[:200] or "The hub gives no reason."
        _note(lease, error=f"Denied: {reason}")
        return ""
    asked_lately = lease.asked_at and lease.asked_at > timezone.now() - ANSWERS_WITHIN
    if mode != "subscribe" or not asked_lately:
        raise WebhookRefused("We did not ask for this.", platform=Platform.YOUTUBE)
    seconds = _granted_s(query.get("hub.lease_seconds", ""))
    now = timezone.now()
    with transaction.atomic():
        _note(lease, granted_at=now, lease_until=now + timedelta(seconds=seconds), error="")
        log_event(
            "channel_followed",
            entity=lease.social_account,
            metadata={"lease_s": seconds, "topic": lease.topic},
        )
    return challenge


def _granted_s(text: str) -> int:
    """What the hub grants, within reason; where it says nothing, what we asked for."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return lease_s()
    return min(max(int(text), SHORTEST_S), LONGEST_S)


def _note(lease: WebsubLease, **values: Any) -> None:
    WebsubLease.objects.filter(pk=lease.pk).update(**values)


def secret_place(lease: WebsubLease) -> str:
    """What the sealed secret is bound to."""
    return f"websub_lease:{lease.pk}:secret"
