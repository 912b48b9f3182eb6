"""Connecting accounts: the sign-ins of the three platforms, and how their tokens are renewed."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from ledger.masking import masked
from publishing.errors import (
    AppRefused,
    NeedsReconnect,
    NotRenewable,
    PlatformBusy,
    PlatformError,
    PlatformProblem,
)
from publishing.platforms.apps import AppCredentials
from publishing.platforms.base import PlatformClient, Profile, Tokens
from publishing.platforms.error_table import LABELS, MINUTE, Phase
from publishing.platforms.facts import version_of
from publishing.platforms.hosts import Hosts
from publishing.platforms.instagram import InstagramClient
from publishing.platforms.tiktok import TikTokClient
from publishing.platforms.wire import ATTEMPTS, Wire, json_of
from publishing.platforms.youtube import YouTubeClient

TOKEN_READ_S = 20
PAGES_OF_PAGES = 10
# Words by which a platform says that the account itself must consent again. Everything else may pass,
# or is ours to mend: no account is disconnected for it.
_CONSENT_AGAIN = frozenset({"invalid_grant", "access_denied", "expired_token"})
_OUR_APP = frozenset({"invalid_client", "unauthorized_client"})
_PASSES = frozenset({"server_error", "temporarily_unavailable", "slow_down"})


class _OAuth:
    """What the three sign-ins share."""

    platform: str
    scopes: tuple[str, ...]
    needed_scope: str
    client: Any  # the class of the platform's client; its constructor is the one of client_for

    def __init__(self, *, hosts: Hosts, app: AppCredentials) -> None:
        self._hosts, self._app, self._wire = hosts, app, Wire(hosts)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    def profile(self, tokens: Tokens) -> Profile:
        """Whose tokens these are."""
        client: PlatformClient = self.client(
            hosts=self._hosts, external_id="", access_token=tokens.access_token, options={}
        )
        try:
            return client.authenticate()
        finally:
            client.close()

    def accounts(self, tokens: Tokens) -> list[Profile]:
        """The one whose tokens these are."""
        return [self.profile(tokens)]

    def _page(self, path: str, **query: str) -> str:
        return f"{self._hosts.url('authorize', path)}?{urlencode(query)}"

    def _form(self, path: str, *, attempts: int, **form: str) -> dict[str, Any]:
        """One call of a token endpoint. attempts: above 1 only where a repetition costs nothing."""
        answer = self._wire.call(
            "POST",
            self._hosts.url("token", path),
            phase=Phase.PREPARE,
            attempts=attempts,
            read_s=TOKEN_READ_S,
            data=form,
        )
        return self._tokens_in(answer)

    def _tokens_in(self, answer: httpx.Response) -> dict[str, Any]:
        body = json_of(answer)
        if not answer.is_success or not body.get("access_token"):
            raise self._refused(answer.status_code, str(body.get("error", "")), body)
        return body

    def _refused(self, http: int, word: str, body: dict[str, Any]) -> PlatformError:
        label = LABELS[self.platform]
        if word in _CONSENT_AGAIN:
            sentence = f"{label} does not take this sign-in (any more). Connect the account again."
            return NeedsReconnect(sentence, platform=self.platform, wire=masked(body))
        if word in _PASSES or http >= 500 or http == 429:
            return PlatformBusy(
                f"{label} cannot sign anybody in now.",
                platform=self.platform,
                wire=masked(body),
                retry_after_s=MINUTE,
            )
        if word in _OUR_APP:
            return AppRefused(
                f"{label} does not take our app ({word}). Check its id and secret in the settings.",
                platform=self.platform,
                wire=masked(body),
            )
        return PlatformProblem(
            f"{label} did not take our sign-in ({word or http}).",
            platform=self.platform,
            wire=masked(body),
        )


class _MetaOAuth(_OAuth):
    """What both logins of Meta share: calls of the Graph API that answer with a token."""

    def _graph(self, role: str, path: str, **query: str) -> dict[str, Any]:
        """The answer with a token in it."""
        body, http = self._asked(role, path, **query)
        if body.get("access_token"):
            return body
        raise self._graph_refused(body, http, secret="client_secret" in query)

    def _asked(self, role: str, path: str, **query: str) -> tuple[dict[str, Any], int]:
        answer = self._wire.call(
            "GET",
            self._hosts.url(role, path),
            attempts=ATTEMPTS,
            read_s=TOKEN_READ_S,
            params=query,
        )
        return json_of(answer), answer.status_code

    def _graph_refused(self, body: dict[str, Any], http: int, *, secret: bool) -> PlatformError:
        """secret: our secret went with the call."""
        error = body.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        if code == 10:
            return NotRenewable(
                "Instagram does not renew this token now.",
                platform=self.platform,
                wire=masked(body),
            )
        # 1 also means that something passes; in answer to our secret, with a 4xx, it means the secret.
        ours = code == 101 or (code == 1 and secret and http < 500)
        gone = code in (190, 102) or (
            code == 100 and secret
        )  # 100: the code was used or is another's
        word = "invalid_client" if ours else "invalid_grant" if gone else ""
        return self._refused(http, word, body)


class InstagramOAuth(_MetaOAuth):
    """Instagram Login: a code, an hour's token, a token of 60 days that renews itself."""

    platform = "instagram"
    client = InstagramClient
    scopes: tuple[str, ...] = (
        "instagram_business_basic",
        "instagram_business_content_publish",
        "instagram_business_manage_comments",
        "instagram_business_manage_insights",
    )
    needed_scope = "instagram_business_content_publish"

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        """Instagram has no PKCE."""
        return self._page(
            "/oauth/authorize",
            client_id=self._app.client_id,
            redirect_uri=redirect_uri,
            response_type="code",
            scope=",".join(self.scopes),
            state=state,
        )

    def exchange(self, *, code: str, redirect_uri: str, code_verifier: str) -> Tokens:
        """Both steps at once; nobody wants the token of an hour."""
        answer = self._wire.call(
            "POST",
            self._hosts.url("token", "/oauth/access_token"),
            phase=Phase.PREPARE,
            read_s=TOKEN_READ_S,
            data={
                "client_id": self._app.client_id,
                "client_secret": self._app.client_secret,
                "grant_type": "authorization_code",
                "redirect_uri": redirect_uri,
                "code": code.removesuffix("#_"),
            },
        )
        body = json_of(answer)
        # Some apps get the token flat, some within `data`.
        rows = body.get("data")
        short = rows[0] if isinstance(rows, list) and rows else body
        if not answer.is_success or not short.get("access_token"):
            # This endpoint has a shape of its own and one code for everything that fails.
            word = "invalid_grant" if body.get("error_type") and answer.status_code == 400 else ""
            raise self._refused(answer.status_code, word, body)
        granted = short.get("permissions") or ""
        long = self._graph(
            "api",
            "/access_token",
            grant_type="ig_exchange_token",
            client_secret=self._app.client_secret,
            access_token=str(short["access_token"]),
        )
        return _tokens(long, scopes=_split(granted, ","))

    def refresh(self, tokens: Tokens) -> Tokens:
        """60 days more; only for a token that is a day old and still alive."""
        body = self._graph(
            "api",
            "/refresh_access_token",
            grant_type="ig_refresh_token",
            access_token=tokens.access_token,
        )
        granted = _split(body.get("permissions") or "", ",")
        return _tokens(body, scopes=granted or tokens.scopes)


class FacebookOAuth(_MetaOAuth):
    """Facebook Login: a person consents for the pages they manage, and with them for the Instagram
    accounts of these. A token of 60 days, which is exchanged for the next one while it lives."""

    platform = "instagram"
    client = InstagramClient
    scopes: tuple[str, ...] = (
        "instagram_basic",
        "instagram_content_publish",
        "instagram_manage_comments",
        "instagram_manage_insights",
        "pages_show_list",
        "pages_read_engagement",
    )
    needed_scope = "instagram_content_publish"

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        """Facebook's dialog; it has no PKCE for web apps."""
        query = {
            "client_id": self._app.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": ",".join(self.scopes),
            "state": state,
        }
        page = self._hosts.url("facebook_authorize", self._path("/dialog/oauth"))
        return f"{page}?{urlencode(query)}"

    def exchange(self, *, code: str, redirect_uri: str, code_verifier: str) -> Tokens:
        """The code, a token of an hour, one of 60 days; then what was granted."""
        short = self._graph(
            "facebook_api",
            self._path("/oauth/access_token"),
            client_id=self._app.client_id,
            client_secret=self._app.client_secret,
            redirect_uri=redirect_uri,
            code=code,
        )
        long = self._longer(str(short["access_token"]))
        return _tokens(long, scopes=self._granted(str(long["access_token"])))

    def refresh(self, tokens: Tokens) -> Tokens:
        """60 days more, for as long as it is alive."""
        return _tokens(self._longer(tokens.access_token), scopes=tokens.scopes)

    def accounts(self, tokens: Tokens) -> list[Profile]:
        """The Instagram accounts of the person's pages."""
        found: list[Profile] = []
        more = {"limit": "100"}
        for _ in range(PAGES_OF_PAGES):
            body, http = self._asked(
                "facebook_api",
                self._path("/me/accounts"),
                access_token=tokens.access_token,
                fields="id,name,instagram_business_account{id,username,name}",
                **more,
            )
            if "data" not in body:
                raise self._graph_refused(body, http, secret=False)
            found += [_on_page(page) for page in body["data"] if _has_instagram(page)]
            paging = body.get("paging") or {}
            if not paging.get("next"):
                break
            more["after"] = str((paging.get("cursors") or {}).get("after", ""))
        return found

    def _longer(self, token: str) -> dict[str, Any]:
        return self._graph(
            "facebook_api",
            self._path("/oauth/access_token"),
            grant_type="fb_exchange_token",
            client_id=self._app.client_id,
            client_secret=self._app.client_secret,
            fb_exchange_token=token,
        )

    def _granted(self, token: str) -> tuple[str, ...]:
        body, http = self._asked("facebook_api", self._path("/me/permissions"), access_token=token)
        if "data" not in body:
            raise self._graph_refused(body, http, secret=False)
        return tuple(
            str(row["permission"]) for row in body["data"] if row.get("status") == "granted"
        )

    def _path(self, path: str) -> str:
        return f"/{version_of(self.platform)}{path}"


def _has_instagram(page: Any) -> bool:
    """Any: whatever JSON carries."""
    return isinstance(page, dict) and bool((page.get("instagram_business_account") or {}).get("id"))


def _on_page(page: dict[str, Any]) -> Profile:
    """Never the page's own token, which does not end."""
    account = page["instagram_business_account"]
    raw = {**account, "page_id": str(page.get("id", "")), "page_name": str(page.get("name", ""))}
    return Profile(str(account["id"]), str(account.get("username", "")), raw)


class TikTokOAuth(_OAuth):
    """OAuth v2: both tokens, and a refresh token that works once."""

    platform = "tiktok"
    client = TikTokClient
    scopes: tuple[str, ...] = (
        "user.info.basic",
        "user.info.profile",
        "video.publish",
        "video.upload",
        "video.list",
    )
    needed_scope = "video.publish"

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        """PKCE is for desktop apps only, and its challenge is the hash in hex."""
        query = {
            "client_key": self._app.client_id,
            "scope": ",".join(self.scopes),
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "state": state,
        }
        if _is_loopback(redirect_uri):
            query["code_challenge"] = hashlib.sha256(code_verifier.encode()).hexdigest()
            query["code_challenge_method"] = "S256"
        return self._page("/v2/auth/authorize/", **query)

    def exchange(self, *, code: str, redirect_uri: str, code_verifier: str) -> Tokens:
        """The code for both tokens."""
        pkce = {"code_verifier": code_verifier} if _is_loopback(redirect_uri) else {}
        body = self._form(
            "/v2/oauth/token/",
            attempts=1,
            client_key=self._app.client_id,
            client_secret=self._app.client_secret,
            code=code,
            grant_type="authorization_code",
            redirect_uri=redirect_uri,
            **pkce,
        )
        return _tokens(body, scopes=_split(body.get("scope", ""), ","))

    def refresh(self, tokens: Tokens) -> Tokens:
        """Both tokens are new afterwards. Tried once more when no answer comes: the old refresh token
        is dead either way if the first try arrived."""
        body = self._form(
            "/v2/oauth/token/",
            attempts=2,
            client_key=self._app.client_id,
            client_secret=self._app.client_secret,
            grant_type="refresh_token",
            refresh_token=tokens.refresh_token,
        )
        return _tokens(body, scopes=_split(body.get("scope", ""), ",") or tokens.scopes)


class GoogleOAuth(_OAuth):
    """Google: both tokens at first, later access tokens only."""

    platform = "youtube"
    client = YouTubeClient
    scopes: tuple[str, ...] = (
        "https://www.googleapis.com/auth/youtube.upload",
        "https://www.googleapis.com/auth/youtube.readonly",
        "https://www.googleapis.com/auth/youtube.force-ssl",  # comments
    )
    needed_scope = "https://www.googleapis.com/auth/youtube.upload"

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        """offline and consent: without both, no refresh token comes the second time."""
        digest = hashlib.sha256(code_verifier.encode()).digest()
        return self._page(
            "/o/oauth2/v2/auth",
            client_id=self._app.client_id,
            redirect_uri=redirect_uri,
            response_type="code",
            scope=" ".join(self.scopes),
            state=state,
            access_type="offline",
            prompt="consent",
            include_granted_scopes="true",
            code_challenge=base64.urlsafe_b64encode(digest).decode().rstrip("="),
            code_challenge_method="S256",
        )

    def exchange(self, *, code: str, redirect_uri: str, code_verifier: str) -> Tokens:
        """The code for both tokens."""
        body = self._form(
            "/token",
            attempts=1,
            client_id=self._app.client_id,
            client_secret=self._app.client_secret,
            code=code,
            code_verifier=code_verifier,
            grant_type="authorization_code",
            redirect_uri=redirect_uri,
        )
        return _tokens(body, scopes=_split(body.get("scope", ""), " "))

    def refresh(self, tokens: Tokens) -> Tokens:
        """A new access token; the refresh token stays."""
        body = self._form(
            "/token",
            attempts=ATTEMPTS,
            client_id=self._app.client_id,
            client_secret=self._app.client_secret,
            grant_type="refresh_token",
            refresh_token=tokens.refresh_token,
        )
        return _tokens(body, scopes=_split(body.get("scope", ""), " ") or tokens.scopes)


def _tokens(body: dict[str, Any], *, scopes: tuple[str, ...]) -> Tokens:
    refresh_life = body.get("refresh_expires_in") or body.get("refresh_token_expires_in")
    return Tokens(
        access_token=str(body["access_token"]),
        refresh_token=str(body.get("refresh_token") or ""),
        expires_at=_moment(body.get("expires_in")),
        refresh_expires_at=_moment(refresh_life),
        scopes=scopes,
    )


def _moment(life_s: Any) -> datetime | None:
    """So many seconds from now. Any: it came from outside; None where it is no number."""
    try:
        return datetime.now(tz=UTC) + timedelta(seconds=int(life_s))
    except (TypeError, ValueError, OverflowError):
        return None


def _split(scopes: Any, separator: str) -> tuple[str, ...]:
    """The scopes that were granted. Any: Instagram answers with text or with a list."""
    parts = scopes if isinstance(scopes, list) else str(scopes).split(separator)
    return tuple(str(part).strip() for part in parts if str(part).strip())


def _is_loopback(redirect_uri: str) -> bool:
    return (urlsplit(redirect_uri).hostname or "") in ("127.0.0.1", "localhost", "::1")
