"""TikTok's OAuth v2."""

import hashlib

from publishing.platforms.base import Tokens
from publishing.platforms.oauth.sign_in import SignIn, is_loopback, split_scopes, tokens_of
from publishing.platforms.tiktok import TikTokClient


class TikTokOAuth(SignIn):
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
        if is_loopback(redirect_uri):
            query["code_challenge"] = hashlib.sha256(code_verifier.encode()).hexdigest()
            query["code_challenge_method"] = "S256"
        return self._page("/v2/auth/authorize/", **query)

    def exchange(self, *, code: str, redirect_uri: str, code_verifier: str) -> Tokens:
        """The code for both tokens."""
        pkce = {"code_verifier": code_verifier} if is_loopback(redirect_uri) else {}
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
        return tokens_of(self.platform, body, scopes=split_scopes(body.get("scope", ""), ","))

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
        return tokens_of(
            self.platform, body, scopes=split_scopes(body.get("scope", ""), ",") or tokens.scopes
        )
