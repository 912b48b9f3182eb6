"""Connecting accounts; filled in by the next commits of this branch."""

from publishing.platforms.apps import AppCredentials
from publishing.platforms.base import Profile, Tokens
from publishing.platforms.hosts import Hosts


class InstagramOAuth:
    platform = "instagram"
    scopes: tuple[str, ...] = ()

    def __init__(self, *, hosts: Hosts, app: AppCredentials) -> None: ...

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        raise NotImplementedError

    def exchange(self, *, code: str, redirect_uri: str, code_verifier: str) -> Tokens:
        raise NotImplementedError

    def refresh(self, tokens: Tokens) -> Tokens:
        raise NotImplementedError

    def profile(self, tokens: Tokens) -> Profile:
        raise NotImplementedError

    def close(self) -> None: ...


class TikTokOAuth:
    platform = "tiktok"
    scopes: tuple[str, ...] = ()

    def __init__(self, *, hosts: Hosts, app: AppCredentials) -> None: ...

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        raise NotImplementedError

    def exchange(self, *, code: str, redirect_uri: str, code_verifier: str) -> Tokens:
        raise NotImplementedError

    def refresh(self, tokens: Tokens) -> Tokens:
        raise NotImplementedError

    def profile(self, tokens: Tokens) -> Profile:
        raise NotImplementedError

    def close(self) -> None: ...


class GoogleOAuth:
    platform = "youtube"
    scopes: tuple[str, ...] = ()

    def __init__(self, *, hosts: Hosts, app: AppCredentials) -> None: ...

    def authorize_url(self, *, state: str, redirect_uri: str, code_verifier: str) -> str:
        raise NotImplementedError

    def exchange(self, *, code: str, redirect_uri: str, code_verifier: str) -> Tokens:
        raise NotImplementedError

    def refresh(self, tokens: Tokens) -> Tokens:
        raise NotImplementedError

    def profile(self, tokens: Tokens) -> Profile:
        raise NotImplementedError

    def close(self) -> None: ...
