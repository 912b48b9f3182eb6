"""Connecting accounts, using them, taking them out."""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jobs.services import enqueue
from publishing import vault
from publishing.errors import (
    NeedsReconnect,
    OAuthRefused,
    PlatformBusy,
    PlatformError,
    UnknownPlatform,
)
from publishing.models import ACCOUNT, OAuthState, Platform, SocialAccount
from publishing.payloads import FollowChannels
from publishing.platforms import client_for, oauth_for
from publishing.platforms.base import PlatformClient, Profile, Tokens
from publishing.services import choosing, holds, renewing
from publishing.services.choosing import hash_of, verifier_place
from publishing.services.metering import AccountMeter
from stakazo.core.errors import Conflict, StakazoError
from stakazo.identity.reach import check_reach

STATE_LIFE = timedelta(minutes=10)


# --- Connecting ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Consent:
    """The page to send somebody to, and the state that it will come back with."""

    authorize_url: str
    state: str


def default_mode() -> str:
    """Live where this installation may talk to the platforms, else the simulator."""
    return SocialAccount.Mode.LIVE if settings.STAKAZO_LIVE else SocialAccount.Mode.SIMULATOR


def callback_url(platform: str) -> str:
    """Where the platform sends people back to; register exactly this in its developer portal."""
    return f"{settings.BASE_URL.rstrip('/')}/publishing/accounts/{platform}/callback"


def begin_connect(
    platform: str, *, session_secret: str, mode: str = "", login: str = ""
) -> Consent:
    """Open a consent page that is good for ten minutes, one way back, and this session.

    session_secret: something that only this browser session knows. login: another than the platform's
    own, one of `Login`. Raises UnknownPlatform, LiveIsOff.
    """
    check_reach(mode or default_mode())
    if platform not in Platform.values:
        raise UnknownPlatform(f"We do not publish on {platform!r}.", platform=platform)
    mode = mode or default_mode()
    redirect_uri = callback_url(platform)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    now = timezone.now()
    with closing(oauth_for(platform, mode=mode, login=login)) as oauth:
        url = oauth.authorize_url(state=state, redirect_uri=redirect_uri, code_verifier=verifier)
    OAuthState.objects.filter(expires_at__lt=now - STATE_LIFE).delete()
    OAuthState.objects.create(
        state_hash=hash_of(state),
        session_hash=hash_of(session_secret),
        platform=platform,
        mode=mode,
        login=login,
        redirect_uri=redirect_uri,
        verifier_sealed=vault.seal(verifier, bound_to=verifier_place(hash_of(state))),
        expires_at=now + STATE_LIFE,
    )
    return Consent(url, state)


def finish_connect(
    platform: str, *, state: str, code: str, session_secret: str
) -> SocialAccount | OAuthState:
    """Take the code that the platform sent back, once, and keep the account it belongs to.

    Where it opens several accounts, none is kept yet: the answer is the list to choose from, for
    `choose_accounts`. An account that was connected before keeps its row. Raises OAuthRefused,
    PlatformError.
    """
    opened = _take_state(platform, state, session_secret)
    verifier = vault.unseal(opened.verifier_sealed, bound_to=verifier_place(opened.state_hash))
    with closing(oauth_for(platform, mode=opened.mode, login=opened.login)) as oauth:
        needed = oauth.needed_scope
        try:
            tokens = oauth.exchange(
                code=code, redirect_uri=opened.redirect_uri, code_verifier=verifier
            )
            found = oauth.accounts(tokens)
        except NeedsReconnect as error:
            raise OAuthRefused(error.message, platform=platform) from error
    if tokens.scopes and needed not in tokens.scopes:
        raise OAuthRefused(
            f"The account did not allow us to post ({needed}). Connect again and leave it ticked.",
            platform=platform,
        )
    if not found:
        raise OAuthRefused(
            "This login manages no page with an Instagram professional account. Connect the account to "
            "a page in Instagram's settings, or connect it by Instagram's own login.",
            platform=platform,
        )
    if len(found) > 1:
        return choosing.offer(opened, tokens, found)
    return _keep_account(opened, found[0], tokens)


def choose_accounts(
    choice_id: uuid.UUID, external_ids: list[str], *, session_secret: str
) -> list[SocialAccount]:
    """Keep those of the found accounts that somebody has chosen; each has tokens of its own.

    Raises NotFound, InvalidInput, OAuthRefused.
    """
    with transaction.atomic():
        opened, tokens, chosen = choosing.take(
            choice_id, external_ids, session_secret=session_secret
        )
        return [_keep_account(opened, profile, tokens) for profile in chosen]


def _take_state(platform: str, state: str, session_secret: str) -> OAuthState:
    now = timezone.now()
    here = OAuthState.objects.filter(
        state_hash=hash_of(state),
        session_hash=hash_of(session_secret),
        platform=platform,
        used_at__isnull=True,
        expires_at__gt=now,
    )
    if here.update(used_at=now) != 1:
        raise OAuthRefused(
            "This way back was not opened here, was used already or is older than ten minutes. "
            "Start again from the list of accounts.",
            platform=platform,
        )
    return OAuthState.objects.get(state_hash=hash_of(state))


def _keep_account(opened: OAuthState, profile: Profile, tokens: Tokens) -> SocialAccount:
    platform, mode = opened.platform, opened.mode
    with transaction.atomic():
        if platform == Platform.YOUTUBE:
            enqueue("follow_channels", FollowChannels(), dedup_key="follow_channels")
        account = (
            SocialAccount.objects.select_for_update()
            .filter(platform=platform, mode=mode, external_id=profile.external_id)
            .first()
        )
        if account is None:
            account = SocialAccount(
                platform=platform,
                mode=mode,
                external_id=profile.external_id,
                handle=profile.handle,
                login=opened.login,
                profile=profile.raw,
            )
            for name, value in vault.sealed_fields(account, tokens).items():
                setattr(account, name, value)
            account.save(force_insert=True)
            return account
        fresh = {
            **vault.sealed_fields(account, tokens),
            "former_refresh_sealed": "",
            "handle": profile.handle,
            "login": opened.login,
            "profile": profile.raw,
            "refreshing_until": None,
        }
        SocialAccount.objects.filter(pk=account.pk).update(**fresh)
        if account.status != SocialAccount.Status.CONNECTED:
            ACCOUNT.move(account, SocialAccount.Status.CONNECTED, why="Connected again.")
        holds.forget_troubles(account, why="The account was connected again.")
        account.refresh_from_db()
        return account


def connect_simulator_accounts() -> list[SocialAccount]:
    """Connect one account of the running simulator per platform, by the same exchange as for real.

    An account that works already is left as it is. Raises PlatformError when the simulator is away.
    """
    return [_connect_simulated(platform) for platform in Platform.values]


def _connect_simulated(platform: str) -> SocialAccount:
    for account in SocialAccount.objects.filter(
        platform=platform,
        mode=SocialAccount.Mode.SIMULATOR,
        status=SocialAccount.Status.CONNECTED,
    ).order_by("id"):
        if _works(account):
            return account
    session = secrets.token_urlsafe(16)
    consent = begin_connect(
        platform, session_secret=session, mode=str(SocialAccount.Mode.SIMULATOR)
    )
    try:
        answer = httpx.get(consent.authorize_url, timeout=10, follow_redirects=False)
    except httpx.HTTPError as error:
        raise PlatformBusy("The simulator does not answer.", platform=platform) from error
    back = parse_qs(urlsplit(answer.headers.get("location", "")).query)
    if "code" not in back:
        raise OAuthRefused("The simulator gave no code.", status=answer.status_code)
    connected = finish_connect(
        platform,
        state=back.get("state", [""])[0],
        code=back["code"][0],
        session_secret=session,
    )
    if isinstance(connected, SocialAccount):
        return connected
    raise OAuthRefused("The simulator offered several accounts.", platform=platform)


def _works(account: SocialAccount) -> bool:
    try:
        with client_of(account) as client:
            client.authenticate()
    except PlatformBusy:
        raise
    except StakazoError:
        return False
    return True


# --- Taking out ---------------------------------------------------------------------------------


def disconnect_account(account: SocialAccount, *, why: str = "asked for") -> SocialAccount:
    """Forget the account's tokens; what waits to be posted there will fail until it is back.

    Raises IllegalMove when it is out already.
    """
    check_reach(account.mode)
    return ACCOUNT.move(
        account,
        SocialAccount.Status.DISCONNECTED,
        why=why,
        values={
            "access_token_sealed": "",
            "refresh_token_sealed": "",
            "former_refresh_sealed": "",
            "token_expires_at": None,
            "refresh_expires_at": None,
        },
    )


# --- Using --------------------------------------------------------------------------------------


@contextmanager
def client_of(
    account: SocialAccount, *, known_post_ids: list[str] | None = None, keep: float = 0.0
) -> Iterator[PlatformClient]:
    """A client for this account with a token that is good for a while, and a meter for its calls.

    keep: the share of each budget that is left for others. What the platform says of its limits in an
    error that leaves this block closes the budgets concerned. Makes network calls when the token must be renewed: not to be entered in a transaction. Raises
    NeedsReconnect (the account is then marked), LiveIsOff, SealBroken, PlatformBusy.
    """
    check_reach(account.mode)
    meter = AccountMeter(account, keep=keep)
    client = client_for(
        account.platform,
        mode=account.mode,
        external_id=account.external_id,
        access_token=renewing.good_access_token(account),
        login=account.login,
        options={"known_post_ids": known_post_ids or [], "meter": meter},
    )
    with closing(meter), closing(client):
        try:
            yield client
        except PlatformError as error:
            meter.believe(error)
            raise


def check_account(account: SocialAccount) -> Profile:
    """Ask the platform whose token this is; marks the account when it is refused."""
    if account.status == SocialAccount.Status.DISCONNECTED:
        raise Conflict(f"The account {account} is disconnected.")
    try:
        with client_of(account) as client:
            return client.authenticate()
    except NeedsReconnect as error:
        if not renewing.renew_or_expire(account, why=error.message):
            raise
        with client_of(account) as client:
            return client.authenticate()
