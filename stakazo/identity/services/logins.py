"""Logins by the API: one-use refresh tokens in families."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import authenticate
from django.contrib.auth.models import User, update_last_login
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework_simplejwt.settings import api_settings

from ledger.context import acting
from ledger.services import log_event
from stakazo.identity.errors import (
    LoginRefused,
    RefreshRefused,
    SecondFactorMissing,
    SecondFactorNeeded,
)
from stakazo.identity.models import RefreshToken
from stakazo.identity.services.second_factors import (
    check_second_factor,
    has_second_factor,
    must_have_second_factor,
)
from stakazo.identity.services.secret_texts import as_user, digest
from stakazo.identity.throttle import count_attempt, forget_old_attempts, forgive_attempt
from stakazo.identity.tokens import SignedAccessToken

MAX_AGENT_CHARS = 200


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


def login(
    username: str,
    password: str,
    *,
    code: str = "",
    address: str,
    user_agent: str = "",
    now: datetime | None = None,
) -> Tokens:
    """Log in with a password and, where the account has a second factor, a code of it.

    Raises LoginRefused, TooManyAttempts, SecondFactorNeeded, SecondFactorRefused, SecondFactorMissing.
    """
    now = now or timezone.now()
    tries_left = count_attempt(username, address, now=now)
    found = authenticate(username=username, password=password)
    if found is None:
        log_event("login_failed", entity_type="address", entity_id=address)
        if not tries_left:
            log_event("login_blocked", entity_type="address", entity_id=address)
        raise LoginRefused("The name or the password is wrong.")
    user = as_user(found)
    pass_second_factor(user, code, now=now)
    forgive_attempt(username, address)
    with acting(actor=f"user:{user.pk}"), transaction.atomic():
        _prune(user, now)
        update_last_login(None, user)  # type: ignore[arg-type]  # a receiver; it ignores its sender
        begun = _new_refresh(user, now=now, address=address, user_agent=user_agent)
        tokens = _tokens(user, *begun)
        log_event("user_logged_in", entity=user, metadata={"address": address})
    return tokens


def pass_second_factor(user: User, code: str, *, now: datetime | None = None) -> None:
    """The password was right: now the code, where the account has a second factor or must have one.

    Until the code is right too, the try counts as a failed one. Raises as `login` does.
    """
    if has_second_factor(user):
        if not code:
            raise SecondFactorNeeded("This account asks for a code of its second factor.")
        check_second_factor(user, code, now=now)
    elif must_have_second_factor(user):
        raise SecondFactorMissing("Your role needs a second factor. Make one in the admin first.")


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
        or not token.user.is_active
        or not token.family.is_open_for(as_user(token.user))
    ):
        raise RefreshRefused("This refresh token is not taken. Log in again.")
    user = as_user(token.user)
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


def keep_login(family_id: uuid.UUID, user: User) -> None:
    """This login goes on although the password is another now."""
    RefreshToken.objects.filter(pk=family_id, user=user).update(
        password_hash=user.get_session_auth_hash()
    )


def _new_refresh(
    user: User,
    *,
    parent: RefreshToken | None = None,
    now: datetime,
    address: str = "",
    user_agent: str = "",
) -> tuple[RefreshToken, str]:
    plain = secrets.token_urlsafe(32)
    token = RefreshToken(
        user=user,
        parent=parent,
        digest=digest(plain),
        created_at=now,
        expires_at=now + api_settings.REFRESH_TOKEN_LIFETIME,
        password_hash="" if parent else user.get_session_auth_hash(),
        address=address or None,
        user_agent=user_agent[:MAX_AGENT_CHARS],
    )
    token.family_id = parent.family_id if parent else token.pk
    token.save(force_insert=True)
    return token, plain


def _tokens(user: User, token: RefreshToken, plain: str) -> Tokens:
    access = SignedAccessToken.for_user(user)
    access["sid"] = str(token.family_id)
    return Tokens(str(access), plain, user)


def _prune(user: User, now: datetime) -> None:
    """Forget logins that ended by time, and old counts; a login is a good moment to tidy up."""
    live = RefreshToken.objects.filter(user=user, expires_at__gt=now).values("family")
    RefreshToken.objects.filter(user=user).exclude(family__in=live).delete()
    forget_old_attempts(now=now)
