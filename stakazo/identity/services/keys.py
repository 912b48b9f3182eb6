"""API keys."""

import ipaddress
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ledger.services import log_event
from stakazo.core.errors import Conflict, InvalidInput
from stakazo.identity.models import ApiKey
from stakazo.identity.services.secret_texts import as_user, digest

API_KEY_LIFE = timedelta(days=90)
ROTATION_OVERLAP = timedelta(days=1)
# Keys of before there were modes do not name theirs.
_TEXT = re.compile(r"stk_(?:(?P<mode>test|live)_)?(?P<prefix>[0-9a-f]{8})_.", re.ASCII)
_NOTE_USE_EVERY = timedelta(minutes=1)


def create_api_key(
    *,
    name: str,
    user: User,
    scopes: Sequence[str],
    mode: str = ApiKey.Mode.TEST,
    calls_per_minute: int | None = None,
    expires_at: datetime | None = None,
    networks: Sequence[str] = (),
    replaces: ApiKey | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its plain text, which is never shown again. Raises InvalidInput.

    mode: test or live, which accounts it reaches. calls_per_minute None: as the settings say.
    expires_at None: in 90 days. networks: as 192.0.2.0/24; empty: it may come from anywhere.
    """
    unknown = sorted(set(scopes) - set(ApiKey.Scope.values))
    if unknown or not scopes:
        raise InvalidInput(
            "An API key has the scopes read or write.", unknown=unknown, known=ApiKey.Scope.values
        )
    if mode not in ApiKey.Mode.values:
        raise InvalidInput("An API key is for test or for live.", known=ApiKey.Mode.values)
    prefix = secrets.token_hex(4)
    plain = f"stk_{mode}_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name,
        user=user,
        prefix=prefix,
        digest=digest(plain),
        scopes=sorted(set(scopes)),
        mode=mode,
        calls_per_minute=calls_per_minute,
        networks=checked_networks(networks),
        replaces=replaces,
        expires_at=expires_at or timezone.now() + API_KEY_LIFE,
    )
    return key, plain


def rotate_api_key(key: ApiKey, *, overlap: timedelta = ROTATION_OVERLAP) -> tuple[ApiKey, str]:
    """A key that follows this one, with its rights, and its plain text; this one ends after overlap.

    Raises Conflict where the key opens nothing any more, or has been followed already.
    """
    now = timezone.now()
    with transaction.atomic():
        held = ApiKey.objects.select_for_update().select_related("user").get(pk=key.pk)
        if not held.is_live(now):
            raise Conflict("This key opens nothing any more. Make a new one.", key=held.prefix)
        if ApiKey.objects.filter(replaces=held).exists():
            raise Conflict("This key has been followed by another already.", key=held.prefix)
        made, plain = create_api_key(
            name=held.name,
            user=as_user(held.user),
            scopes=held.scopes,
            mode=held.mode,
            calls_per_minute=held.calls_per_minute,
            networks=held.networks,
            replaces=held,
        )
        end = now + overlap
        held.expires_at = min(held.expires_at, end) if held.expires_at else end
        held.save(update_fields=["expires_at"])
        log_event(
            "api_key_rotated",
            entity=held,
            metadata={"prefix": held.prefix, "new_prefix": made.prefix, "until": held.expires_at},
        )
    return made, plain


def set_key_budget(key: ApiKey, *, calls_per_minute: int | None) -> ApiKey:
    """How often it may call from now on. None: as the settings say; 0: no limit."""
    with transaction.atomic():
        other = ApiKey.objects.filter(pk=key.pk).exclude(calls_per_minute=calls_per_minute)
        if other.update(calls_per_minute=calls_per_minute):
            log_event(
                "api_key_budget_set", entity=key, metadata={"calls_per_minute": calls_per_minute}
            )
    key.calls_per_minute = calls_per_minute
    return key


def checked_networks(networks: Sequence[str]) -> list[str]:
    """The networks as they are kept. Raises InvalidInput naming those that are none."""
    kept, wrong = [], []
    for network in networks:
        try:
            kept.append(str(ipaddress.ip_network(network.strip(), strict=False)))
        except ValueError:
            wrong.append(network)
    if wrong:
        raise InvalidInput("A network is written as 192.0.2.0/24 or 2001:db8::/32.", wrong=wrong)
    return sorted(set(kept))


def revoke_api_key(key: ApiKey) -> ApiKey:
    """The key opens nothing from now on; a second time changes nothing."""
    now = timezone.now()
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
            key.revoked_at = now
            log_event("api_key_revoked", entity=key, metadata={"prefix": key.prefix})
    return key


def open_with_key(plain: str, *, address: str = "", now: datetime | None = None) -> ApiKey | None:
    """The key that this text is, if it opens the door now, from there; its use is noted once a
    minute."""
    now = now or timezone.now()
    found = _TEXT.match(plain)
    if found is None:
        return None
    mode, prefix = found["mode"], found["prefix"]
    key = ApiKey.objects.select_related("user").filter(prefix=prefix).first()
    if key is None or not secrets.compare_digest(key.digest, digest(plain)):
        return None
    if mode and mode != key.mode:
        return None
    if not key.is_live(now) or not key.user.is_active or not key.is_welcome_from(address):
        return None
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _NOTE_USE_EVERY)
    if key.last_used_at is None or key.last_used_at < now - _NOTE_USE_EVERY:
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    return key
