"""Instagram Login."""

from publishing.platforms.base import Tokens
from publishing.platforms.error_table import Phase
from publishing.platforms.instagram import InstagramClient
from publishing.platforms.oauth.meta import MetaSignIn
from publishing.platforms.oauth.sign_in import TOKEN_READ_S, split_scopes, tokens_of
from publishing.platforms.wire import json_of


class InstagramOAuth(MetaSignIn):
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
        return tokens_of(self.platform, long, scopes=split_scopes(granted, ","))

    def refresh(self, tokens: Tokens) -> Tokens:
        """60 days more; only for a token that is a day old and still alive."""
        body = self._graph(
            "api",
            "/refresh_access_token",
            grant_type="ig_refresh_token",
            access_token=tokens.access_token,
        )
        granted = split_scopes(body.get("permissions") or "", ",")
        return tokens_of(self.platform, body, scopes=granted or tokens.scopes)
