"""Every write of this room: accounts, logins, keys and tickets."""

import hashlib
import logging
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import AbstractBaseUser, Group, User, update_last_login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken

from ledger.context import acting
from ledger.services import log_event
from stakazo.core.errors import InvalidInput
from stakazo.identity.errors import (
    LoginRefused,
    RefreshRefused,
    RegistrationClosed,
    UsernameTaken,
)
from stakazo.identity.models import ApiKey, RefreshToken, Ticket
from stakazo.identity.roles import VIEWER
from stakazo.identity.throttle import count_attempt, forget_old_attempts, forgive_attempt

logger = logging.getLogger(__name__)

API_KEY_LIFE = timedelta(days=90)
TICKET_LIFE_S = 60
_NOTE_USE_EVERY = timedelta(minutes=1)


# --- Accounts -----------------------------------------------------------------------------------


def register_user(username: str, password: str, *, email: str = "", open_to_all: bool) -> User:
    """A plain account that may look. Raises RegistrationClosed, UsernameTaken, InvalidInput."""
    if not open_to_all:
        raise RegistrationClosed("Accounts are made by an administrator here.")
    model = get_user_model()
    user = model(username=model.normalize_username(username), email=email)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput("This password is too weak.", password=error.messages) from error
    user.set_password(password)
    taken = UsernameTaken("Somebody else has this name.", username=username)
    if model.objects.filter(username__iexact=user.username).exists():
        raise taken
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            user.groups.add(Group.objects.get(name=VIEWER))
            log_event("user_registered", entity=user)
    except IntegrityError as error:
        raise taken from error
    return user


# --- Logins -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tokens:
    """What a login gives: a short access token, and a refresh token to be used once."""

    access: str
    refresh: str
    user: User

    @property
    def expires_s(self) -> int:
        """Seconds until the access token is no longer taken."""
        return int(api_settings.ACCESS_TOKEN_LIFETIME.total_seconds())


def login(username: str, password: str, *, address: str, now: datetime | None = None) -> Tokens:
    """Log in with a password. Raises LoginRefused, TooManyAttempts."""
    now = now or timezone.now()
    tries_left = count_attempt(username, address, now=now)
    found = authenticate(username=username, password=password)
    if found is None:
        log_event("login_failed", entity_type="address", entity_id=address)
        if not tries_left:
            log_event("login_blocked", entity_type="address", entity_id=address)
        raise LoginRefused("The name or the password is wrong.")
    user = _as_user(found)
    forgive_attempt(username, address)
    with acting(actor=f"user:{user.pk}"), transaction.atomic():
        _prune(user, now)
        update_last_login(None, user)  # type: ignore[arg-type]  # a receiver; it ignores its sender
        tokens = _tokens(user, *_new_refresh(user, now=now))
        log_event("user_logged_in", entity=user, metadata={"address": address})
    return tokens


def refresh(plain: str, *, now: datetime | None = None) -> Tokens:
    """Use up a refresh token for a new pair. Raises RefreshRefused.

    A token that comes a second time was stolen or copied: its whole family is revoked. Of many uses
    at the same moment one wins, by the unique `parent` of the successor.
    """
    now = now or timezone.now()
    token = _known(plain)
    if (
        token is None
        or token.expires_at <= now
        or token.family.revoked_at
        or not token.user.is_active
    ):
        raise RefreshRefused("This refresh token is not taken. Log in again.")
    user = _as_user(token.user)
    try:
        with transaction.atomic():
            successor = _new_refresh(user, parent=token, now=now)
    except IntegrityError:
        with acting(actor=f"user:{user.pk}"), transaction.atomic():
            _revoke(token.family_id, now)
            log_event("refresh_token_reused", entity=user, metadata={"login": token.family_id})
        raise RefreshRefused(
            "This refresh token was used before; the login was ended. Log in again."
        ) from None
    return _tokens(user, *successor)


def logout(plain: str) -> None:
    """End the login that this refresh token belongs to, with all its tokens. Unknown: nothing."""
    token = _known(plain)
    if token is not None:
        end_login(token.family_id)


def end_login(family_id: uuid.UUID) -> None:
    """End a login: none of its refresh and access tokens is taken any more."""
    with transaction.atomic():
        if _revoke(family_id, timezone.now()):
            user = RefreshToken.objects.select_related("user").get(pk=family_id).user
            log_event("user_logged_out", entity=user, metadata={"login": family_id})


def _known(plain: str) -> RefreshToken | None:
    found = RefreshToken.objects.select_related("user", "family").filter(digest=digest(plain))
    return found.first()


def _revoke(family_id: uuid.UUID, now: datetime) -> bool:
    first = RefreshToken.objects.filter(pk=family_id, revoked_at=None)
    return bool(first.update(revoked_at=now))


def _new_refresh(
    user: User, *, parent: RefreshToken | None = None, now: datetime
) -> tuple[RefreshToken, str]:
    plain = secrets.token_urlsafe(32)
    token = RefreshToken(
        user=user,
        parent=parent,
        digest=digest(plain),
        created_at=now,
        expires_at=now + api_settings.REFRESH_TOKEN_LIFETIME,
    )
    token.family_id = parent.family_id if parent else token.pk
    token.save(force_insert=True)
    return token, plain


def _tokens(user: User, token: RefreshToken, plain: str) -> Tokens:
    access = AccessToken.for_user(user)
    access["sid"] = str(token.family_id)
    return Tokens(str(access), plain, user)


def _prune(user: User, now: datetime) -> None:
    """Forget logins that ended by time, and old counts; a login is a good moment to tidy up."""
    live = RefreshToken.objects.filter(user=user, expires_at__gt=now).values("family")
    RefreshToken.objects.filter(user=user).exclude(family__in=live).delete()
    forget_old_attempts(now=now)


# --- API keys -----------------------------------------------------------------------------------


def create_api_key(
    *,
    name: str,
    user: User,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its plain text, which is never shown again. Raises InvalidInput.

    expires_at None: in 90 days.
    """
    unknown = sorted(set(scopes) - set(ApiKey.Scope.values))
    if unknown or not scopes:
        raise InvalidInput(
            "An API key has the scopes read or write.", unknown=unknown, known=ApiKey.Scope.values
        )
    prefix = secrets.token_hex(4)
    plain = f"stk_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name,
        user=user,
        prefix=prefix,
        digest=digest(plain),
        scopes=sorted(set(scopes)),
        expires_at=expires_at or timezone.now() + API_KEY_LIFE,
    )
    return key, plain


def revoke_api_key(key: ApiKey) -> ApiKey:
    """The key opens nothing from now on; a second time changes nothing."""
    now = timezone.now()
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
            key.revoked_at = now
            log_event("api_key_revoked", entity=key, metadata={"prefix": key.prefix})
    return key


def open_with_key(plain: str, *, now: datetime | None = None) -> ApiKey | None:
    """The key that this text is, if it opens the door now; its use is noted once a minute."""
    now = now or timezone.now()
    start, _, rest = plain.partition("_")
    prefix, _, _ = rest.partition("_")
    if start != "stk" or not prefix:
        return None
    key = ApiKey.objects.select_related("user").filter(prefix=prefix[:12]).first()
    if key is None or not secrets.compare_digest(key.digest, digest(plain)):
        return None
    if not key.is_live(now) or not key.user.is_active:
        return None
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _NOTE_USE_EVERY)
    if key.last_used_at is None or key.last_used_at < now - _NOTE_USE_EVERY:
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    return key


# --- Tickets ------------------------------------------------------------------------------------


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
    return _as_user(ticket.user)


def digest(plain: str) -> str:
    """SHA-256, in hex. The secrets here have 256 random bits, so a slow hash adds nothing."""
    return hashlib.sha256(plain.encode()).hexdigest()


def _as_user(user: AbstractBaseUser) -> User:
    if not isinstance(user, User):
        raise TypeError("Stakazo's users are Django's")
    return user
