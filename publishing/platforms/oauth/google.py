"""Google's sign-in, for YouTube."""

import base64
import hashlib

from publishing.platforms.base import Tokens
from publishing.platforms.oauth.sign_in import SignIn, split_scopes, tokens_of
from publishing.platforms.wire import ATTEMPTS
from publishing.platforms.youtube import YouTubeClient


class GoogleOAuth(SignIn):
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
        return tokens_of(self.platform, body, scopes=split_scopes(body.get("scope", ""), " "))

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
        return tokens_of(
            self.platform, body, scopes=split_scopes(body.get("scope", ""), " ") or tokens.scopes
        )
