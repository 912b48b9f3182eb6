"""Facebook Login, the other way to Instagram accounts."""

from typing import Any
from urllib.parse import urlencode

from publishing.platforms.base import Profile, Tokens
from publishing.platforms.facts import version_of
from publishing.platforms.instagram import InstagramClient
from publishing.platforms.oauth.meta import MetaSignIn
from publishing.platforms.oauth.sign_in import tokens_of

PAGES_OF_PAGES = 10


class FacebookOAuth(MetaSignIn):
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
        return tokens_of(self.platform, long, scopes=self._granted(str(long["access_token"])))

    def refresh(self, tokens: Tokens) -> Tokens:
        """60 days more, for as long as it is alive."""
        return tokens_of(self.platform, self._longer(tokens.access_token), scopes=tokens.scopes)

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
                raise self._graph_refused(body, http, sent={})
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
            raise self._graph_refused(body, http, sent={})
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
