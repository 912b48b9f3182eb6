"""What all sign-ins share: calls of a token endpoint, and what its refusals mean."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from ledger.masking import masked
from publishing.errors import (
    AppRefused,
    NeedsReconnect,
    PlatformBusy,
    PlatformError,
    PlatformProblem,
)
from publishing.platforms.apps import AppCredentials
from publishing.platforms.base import PlatformClient, Profile, Tokens
from publishing.platforms.error_table import LABELS, MINUTE, Phase
from publishing.platforms.facts import life
from publishing.platforms.hosts import Hosts
from publishing.platforms.wire import Wire, json_of

TOKEN_READ_S = 20
# Words by which a platform says that the account itself must consent again. Everything else may pass,
# or is ours to mend: no account is disconnected for it.
_CONSENT_AGAIN = frozenset({"invalid_grant", "access_denied", "expired_token"})
_OUR_APP = frozenset({"invalid_client", "unauthorized_client"})
_PASSES = frozenset({"server_error", "temporarily_unavailable", "slow_down"})


class SignIn:
    """One way to connect accounts of one platform."""

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
        return self._answered(answer)

    def _answered(self, answer: httpx.Response) -> dict[str, Any]:
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


def tokens_of(platform: str, body: dict[str, Any], *, scopes: tuple[str, ...]) -> Tokens:
    """The tokens in an answer. Where it does not say how long they live, the dated table does."""
    refresh_life = body.get("refresh_expires_in") or body.get("refresh_token_expires_in")
    return Tokens(
        access_token=str(body["access_token"]),
        refresh_token=str(body.get("refresh_token") or ""),
        expires_at=_moment(body.get("expires_in"), or_else=life(platform, "access")),
        refresh_expires_at=_moment(
            refresh_life, or_else=life(platform, "refresh") if body.get("refresh_token") else None
        ),
        scopes=scopes,
    )


def _moment(life_s: Any, *, or_else: timedelta | None) -> datetime | None:
    """So many seconds from now. Any: it came from outside; or_else: where it is no number."""
    now = datetime.now(tz=UTC)
    try:
        return now + timedelta(seconds=int(life_s))
    except (TypeError, ValueError, OverflowError):
        return now + or_else if or_else is not None else None


def split_scopes(scopes: Any, separator: str) -> tuple[str, ...]:
    """The scopes that were granted. Any: Instagram answers with text or with a list."""
    parts = scopes if isinstance(scopes, list) else str(scopes).split(separator)
    return tuple(str(part).strip() for part in parts if str(part).strip())


def is_loopback(redirect_uri: str) -> bool:
    """Whether the browser comes back to its own machine."""
    return (urlsplit(redirect_uri).hostname or "") in ("127.0.0.1", "localhost", "::1")
