"""Connecting accounts, keeping their tokens fresh, taking them out."""

import hashlib
import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from jobs.services import enqueue
from ledger.machine import StaleState
from ledger.services import log_event
from publishing import vault
from publishing.errors import (
    NeedsReconnect,
    OAuthRefused,
    PlatformBusy,
    PlatformError,
    PlatformProblem,
    SealBroken,
    UnknownPlatform,
)
from publishing.models import ACCOUNT, OAuthState, Platform, SocialAccount
from publishing.payloads import FollowChannels
from publishing.platforms import client_for, oauth_for
from publishing.platforms.base import PlatformClient, Profile, Tokens
from publishing.services import holds
from publishing.services.metering import AccountMeter
from stakazo.core.errors import Conflict, StakazoError
from stakazo.identity.reach import check_reach

logger = logging.getLogger(__name__)

STATE_LIFE = timedelta(minutes=10)
# A token is renewed this long before it ends: Instagram's lives 60 days and cannot be renewed when it
# is over; TikTok's lives hours; Google's an hour (platform-apis, November 2026).
RENEW_BEFORE = {
    Platform.INSTAGRAM: timedelta(days=12),
    Platform.TIKTOK: timedelta(minutes=30),
    Platform.YOUTUBE: timedelta(minutes=5),
}
# What the person must have agreed to, or nothing can be posted (people may untick it).
NEEDED_SCOPE = {
    Platform.INSTAGRAM: "instagram_business_content_publish",
    Platform.TIKTOK: "video.publish",
    Platform.YOUTUBE: "https://www.googleapis.com/auth/youtube.upload",
}
REFRESH_LEASE = timedelta(seconds=60)
REFRESH_POLL_S = 0.05


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


def begin_connect(platform: str, *, session_secret: str, mode: str = "") -> Consent:
    """Open a consent page that is good for ten minutes, one way back, and this session.

    session_secret: something that only this browser session knows. Raises UnknownPlatform, LiveIsOff.
    """
    check_reach(mode or default_mode())
    if platform not in Platform.values:
        raise UnknownPlatform(f"We do not publish on {platform!r}.", platform=platform)
    mode = mode or default_mode()
    redirect_uri = callback_url(platform)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    now = timezone.now()
    with closing(oauth_for(platform, mode=mode)) as oauth:
        url = oauth.authorize_url(state=state, redirect_uri=redirect_uri, code_verifier=verifier)
    OAuthState.objects.filter(expires_at__lt=now - STATE_LIFE).delete()
    OAuthState.objects.create(
        state_hash=_hash(state),
        session_hash=_hash(session_secret),
        platform=platform,
        mode=mode,
        redirect_uri=redirect_uri,
        verifier_sealed=vault.seal(verifier, bound_to=f"oauth_state:{_hash(state)}"),
        expires_at=now + STATE_LIFE,
    )
    return Consent(url, state)


def finish_connect(platform: str, *, state: str, code: str, session_secret: str) -> SocialAccount:
    """Take the code that the platform sent back, once, and keep the account it belongs to.

    An account that was connected before keeps its row. Raises OAuthRefused, PlatformError.
    """
    opened = _take_state(platform, state, session_secret)
    verifier = vault.unseal(opened.verifier_sealed, bound_to=f"oauth_state:{opened.state_hash}")
    with closing(oauth_for(platform, mode=opened.mode)) as oauth:
        try:
            tokens = oauth.exchange(
                code=code, redirect_uri=opened.redirect_uri, code_verifier=verifier
            )
            profile = oauth.profile(tokens)
        except NeedsReconnect as error:
            raise OAuthRefused(error.message, platform=platform) from error
    needed = NEEDED_SCOPE[Platform(platform)]
    if tokens.scopes and needed not in tokens.scopes:
        raise OAuthRefused(
            f"The account did not allow us to post ({needed}). Connect again and leave it ticked.",
            platform=platform,
        )
    with transaction.atomic():
        account = _keep_account(platform, opened.mode, profile, tokens)
        if platform == Platform.YOUTUBE:
            enqueue("follow_channels", FollowChannels(), dedup_key="follow_channels")
    return account


def _take_state(platform: str, state: str, session_secret: str) -> OAuthState:
    now = timezone.now()
    here = OAuthState.objects.filter(
        state_hash=_hash(state),
        session_hash=_hash(session_secret),
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
    return OAuthState.objects.get(state_hash=_hash(state))


def _keep_account(platform: str, mode: str, profile: Profile, tokens: Tokens) -> SocialAccount:
    with transaction.atomic():
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
                profile=profile.raw,
            )
            for name, value in vault.sealed_fields(account, tokens).items():
                setattr(account, name, value)
            account.save(force_insert=True)
            return account
        fresh = {
            **vault.sealed_fields(account, tokens),
            "handle": profile.handle,
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
    return finish_connect(
        platform,
        state=back.get("state", [""])[0],
        code=back["code"][0],
        session_secret=session,
    )


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
            "token_expires_at": None,
            "refresh_expires_at": None,
        },
    )


def expire_account(account: SocialAccount, *, why: str) -> None:
    """The platform no longer takes our token. Nothing to do where that is known already."""
    account.refresh_from_db(fields=["status"])
    if account.status == SocialAccount.Status.CONNECTED:
        try:
            ACCOUNT.move(account, SocialAccount.Status.EXPIRED, why=why)
        except StaleState:
            account.refresh_from_db(fields=["status"])


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
        access_token=good_access_token(account),
        options={"known_post_ids": known_post_ids or [], "meter": meter},
    )
    with closing(meter), closing(client):
        try:
            yield client
        except PlatformError as error:
            meter.believe(error)
            raise


def good_access_token(account: SocialAccount) -> str:
    """The access token, renewed first when it nears its end."""
    account.refresh_from_db()
    if account.status != SocialAccount.Status.CONNECTED:
        raise NeedsReconnect(
            f"The account {account} is {account.get_status_display().lower()}. Connect it again.",
            platform=account.platform,
        )
    now = timezone.now()
    if not _near_its_end(account, now):
        return vault.read_tokens(account).access_token
    try:
        return refresh_account(account).access_token
    except PlatformBusy:
        if account.token_expires_at and account.token_expires_at > now:
            return vault.read_tokens(account).access_token  # still good; the next one renews it
        raise


def refresh_account(account: SocialAccount) -> Tokens:
    """Renew the tokens: whoever comes at the same time waits and gets the same, by one provider call.

    The right to call is a lease on the row, not a row lock: a lock held over a network call would
    stop every writer on SQLite. Raises NeedsReconnect (the account is marked), PlatformBusy.
    """
    seen = account.access_token_sealed
    give_up_at = time.monotonic() + REFRESH_LEASE.total_seconds()
    while not _take_lease(account):
        time.sleep(REFRESH_POLL_S)
        account.refresh_from_db()
        if account.access_token_sealed != seen:
            return vault.read_tokens(account)
        if time.monotonic() > give_up_at:
            raise PlatformBusy("Somebody else is renewing the token.", platform=account.platform)
    try:
        account.refresh_from_db()
        if account.access_token_sealed != seen:  # the one before us has just done it
            return vault.read_tokens(account)
        return _refresh_now(account)
    finally:
        SocialAccount.objects.filter(pk=account.pk).update(refreshing_until=None)


def renew_or_expire(account: SocialAccount, *, why: str) -> bool:
    """The platform refused a token that we took for good: renew it once; whether that worked.

    Where it does not, the account is marked. Raises PlatformBusy when nobody could be asked.
    """
    account.refresh_from_db()
    if account.status != SocialAccount.Status.CONNECTED:
        return False
    try:
        refresh_account(account)
    except (NeedsReconnect, PlatformProblem, SealBroken):
        expire_account(account, why=why)
        return False
    return True


def _refresh_now(account: SocialAccount) -> Tokens:
    former = vault.read_tokens(account)
    try:
        with closing(oauth_for(account.platform, mode=account.mode)) as oauth:
            tokens = oauth.refresh(former)
    except NeedsReconnect as error:
        expire_account(account, why=error.message)
        raise
    with transaction.atomic():
        vault.keep_tokens(account, tokens)
        log_event("account_token_refreshed", entity=account)
    return vault.read_tokens(account)


def _take_lease(account: SocialAccount) -> bool:
    now = timezone.now()
    return bool(
        SocialAccount.objects.filter(
            Q(refreshing_until__isnull=True) | Q(refreshing_until__lt=now), pk=account.pk
        ).update(refreshing_until=now + REFRESH_LEASE)
    )


def _near_its_end(account: SocialAccount, now: datetime) -> bool:
    end = account.token_expires_at
    return end is not None and end - RENEW_BEFORE[Platform(account.platform)] <= now


def reseal_tokens() -> int:
    """After a new key was put in front: seal every token with it. How many accounts changed."""
    changed = 0
    for account in SocialAccount.objects.all():
        sealed = (account.access_token_sealed, account.refresh_token_sealed)
        if all(map(vault.sealed_with_first_key, sealed)):
            continue
        fields = vault.sealed_fields(account, vault.read_tokens(account))
        # Only if nobody renewed it meanwhile: those are sealed with the first key already.
        changed += SocialAccount.objects.filter(
            pk=account.pk, access_token_sealed=sealed[0]
        ).update(**fields)
    return changed


def check_account(account: SocialAccount) -> Profile:
    """Ask the platform whose token this is; marks the account when it is refused."""
    if account.status == SocialAccount.Status.DISCONNECTED:
        raise Conflict(f"The account {account} is disconnected.")
    try:
        with client_of(account) as client:
            return client.authenticate()
    except NeedsReconnect as error:
        if not renew_or_expire(account, why=error.message):
            raise
        with client_of(account) as client:
            return client.authenticate()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
