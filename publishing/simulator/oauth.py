"""What the three sign-ins share: consent, codes that work once, and the app's own secret."""

import base64
import hashlib
import secrets

from publishing.simulator.credentials import SIMULATED_APPS
from publishing.simulator.web import Request, Response, html_response, redirect
from publishing.simulator.world import Row, World

CODE_LIFE_S = 3_600


def is_our_app(platform: str, client_id: str | None, client_secret: str | None) -> bool:
    """Whether the app is the simulator's, with its secret."""
    return client_id == SIMULATED_APPS[platform].client_id and is_our_secret(
        platform, client_secret
    )


def client_id_of(platform: str) -> str:
    """Of the app here."""
    return SIMULATED_APPS[platform].client_id


def is_our_secret(platform: str, client_secret: str | None) -> bool:
    """Whether it is the app's secret."""
    return client_secret == SIMULATED_APPS[platform].client_secret


def consent(
    world: World, request: Request, *, platform: str, scopes: str, fragment: str = ""
) -> Response:
    """Sends the browser back with a code: a simulated account always consents.

    Two parameters of our own help tests: simulate=deny refuses, login_hint names the account by id or
    handle.
    """
    query = request.query
    redirect_uri, state = query.get("redirect_uri", ""), query.get("state", "")
    client_id = query.get("client_key") or query.get("client_id")
    if client_id != SIMULATED_APPS[platform].client_id or query.get("response_type") != "code":
        return html_response("<h1>This app is not known here.</h1>", status=400)
    if not redirect_uri.startswith(("http://", "https://")):
        return html_response("<h1>The redirect URI is not valid.</h1>", status=400)
    if query.get("simulate") == "deny":
        return redirect(
            redirect_uri,
            error="access_denied",
            error_reason="user_denied",
            error_description="The user denied your request.",
            state=state,
        )
    account = world.first_account(platform, hint=query.get("login_hint", ""))
    code, granted = secrets.token_urlsafe(24), query.get("scope") or scopes
    world.insert(
        "codes",
        id=code,
        platform=platform,
        account_id=account["id"],
        redirect_uri=redirect_uri,
        challenge=query.get("code_challenge", ""),
        scopes=granted,
        expires_at=world.now() + CODE_LIFE_S,
    )
    more = {"scopes": granted} if platform == "tiktok" else {}
    return redirect(redirect_uri, fragment=fragment, code=code, state=state, **more)


def count_refresh(world: World, platform: str, token: Row | None) -> None:
    """Remember that somebody wants a token renewed, for `GET /_control/calls`."""
    world.count_call(platform, token["account_id"] if token else "", "refresh")


def use_code(world: World, form: dict[str, str], *, platform: str) -> Row | None:
    """The code's row, once, for the same redirect URI and the right verifier."""
    code = world.one(
        "SELECT * FROM codes WHERE id = ? AND platform = ? AND used_at IS NULL AND expires_at > ?",
        form.get("code", ""),
        platform,
        world.now(),
    )
    if code is None or code["redirect_uri"] != form.get("redirect_uri"):
        return None
    if code["challenge"] and code["challenge"] != _challenge(
        platform, form.get("code_verifier", "")
    ):
        return None
    world.update("codes", code["id"], used_at=world.now())
    return code


def _challenge(platform: str, verifier: str) -> str:
    """S256: TikTok writes the hash in hex, everybody else in base64url."""
    digest = hashlib.sha256(verifier.encode())
    if platform == "tiktok":
        return digest.hexdigest()
    return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
