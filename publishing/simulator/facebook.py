"""Facebook Login as the simulator plays it: the other way to Instagram accounts, through people's pages.

A person consents, not an account: the token opens every Instagram account whose page the person manages.
"""

from typing import Any

from publishing.simulator import oauth
from publishing.simulator.instagram import expired_token, graph_error
from publishing.simulator.web import Refusal, Request, Response, Routes, json_response
from publishing.simulator.world import DAY_S, Row, World, digits

routes = Routes("instagram")

SCOPES = (
    "instagram_basic,instagram_content_publish,instagram_manage_comments,instagram_manage_insights,"
    "pages_show_list,pages_read_engagement"
)
SHORT_LIFE_S = 3_600
LONG_LIFE_S = 5_183_944
_GRAPH = r"/graph\.facebook\.com/v[0-9]+\.[0-9]+"


@routes("GET", r"/www\.facebook\.com/v[0-9.]+/dialog/oauth/?", point="instagram.authorize")
def authorize(world: World, request: Request) -> Response:
    """Somebody is asked, and says yes for all of their pages."""
    return oauth.consent(world, request, platform="facebook", scopes=SCOPES)


@routes("GET POST", _GRAPH + r"/oauth/access_token/?", point="instagram.token")
def token(world: World, request: Request) -> Response:
    """A code becomes a token that lives for an hour; a living token becomes one for 60 days."""
    form = request.form
    if form.get("client_id") != oauth.client_id_of("facebook"):
        return graph_error("Error validating application. Invalid application ID.", code=101)
    if not oauth.is_our_secret("facebook", form.get("client_secret")):
        return graph_error("Error validating client secret.", code=1)
    if form.get("grant_type") == "fb_exchange_token":
        old = world.token(form.get("fb_exchange_token", ""), platform="facebook", kind="access")
        if old is None:
            return graph_error("Invalid OAuth access token.", code=190, subcode=467)
        if old["expires_at"] - old["issued_at"] > DAY_S:  # a long one: it is being renewed
            oauth.count_refresh(world, "instagram", old)
        if not world.is_alive(old):
            return expired_token()
        return json_response(_issued(world, old["account_id"], old["scopes"], LONG_LIFE_S))
    code = oauth.use_code(world, form, platform="facebook")
    if code is None:
        return graph_error("This authorization code has been used.", code=100, subcode=36009)
    return json_response(_issued(world, code["account_id"], code["scopes"], SHORT_LIFE_S))


def _issued(world: World, user_id: str, scopes: str, life_s: int) -> dict[str, Any]:
    person = {"id": user_id, "platform": "facebook"}
    issued = world.issue_token(person, kind="access", scopes=scopes, life_s=life_s, prefix="EAAG")
    return {"access_token": issued, "token_type": "bearer", "expires_in": life_s}


def _person(world: World, request: Request) -> Row:
    """The token's row; its account is the person."""
    row = world.token(request.token, platform="facebook", kind="access")
    if row is None:
        raise Refusal(graph_error("Invalid OAuth access token.", code=190, subcode=467))
    if not world.is_alive(row):
        raise Refusal(expired_token())
    return row


@routes("GET", _GRAPH + r"/me/?", point="instagram.read")
def me(world: World, request: Request) -> Response:
    """The person."""
    person = world.account(_person(world, request)["account_id"]) or {}
    return json_response({"id": person.get("id"), "name": person.get("name")})


@routes("GET", _GRAPH + r"/me/permissions/?", point="instagram.permissions")
def permissions(world: World, request: Request) -> Response:
    """What the person granted."""
    granted = _person(world, request)["scopes"].split(",")
    data = [{"permission": name, "status": "granted"} for name in granted if name]
    return json_response({"data": data})


@routes("GET", _GRAPH + r"/me/accounts/?", point="instagram.pages")
def pages(world: World, request: Request) -> Response:
    """The person's pages, each with its Instagram account where it has one."""
    person = _person(world, request)
    found = world.pages_of(person["account_id"])
    start = int(request.query.get("after") or 0)
    limit = max(1, min(100, int(request.query.get("limit") or 25)))
    data = [_page(world, page, person) for page in found[start : start + limit]]
    body: dict[str, Any] = {"data": data}
    if start + limit < len(found):
        after = str(start + limit)
        body["paging"] = {
            "cursors": {"before": str(start), "after": after},
            "next": f"{request.base_url}{request.path}?after={after}",
        }
    return json_response(body)


def _page(world: World, page: Row, person: Row) -> Row:
    shown: Row = {
        "id": page["id"],
        "name": page["name"],
        "access_token": world.issue_token(
            {"id": person["account_id"], "platform": "facebook"},
            kind="page",
            scopes=person["scopes"],
            life_s=100 * 365 * DAY_S,
            prefix="EAAP",
        ),
        "tasks": ["ANALYZE", "CREATE_CONTENT", "MANAGE"],
    }
    account = world.account(page["instagram_id"])
    if account is not None:
        shown["instagram_business_account"] = {
            "id": account["id"],
            "username": account["handle"],
            "name": account["name"],
        }
    return shown


def token_of(world: World, account: Row, *, person: str = "") -> dict[str, Any]:
    """What an Instagram account may be posted on with, through a person who manages its page.

    person: a handle; "" means the one who manages its page already, or somebody new.
    """
    managers = world.managers_of(account["id"])
    if not person and managers:
        return _issued(world, managers[0], SCOPES, LONG_LIFE_S)
    user = world.named("facebook", person or f"{account['handle']}.person")
    if user["id"] not in managers:
        world.add_page(user["id"], account)
    return _issued(world, user["id"], SCOPES, LONG_LIFE_S)


def page_without_instagram(world: World, person: str, name: str) -> None:
    """Most pages have no Instagram account."""
    user = world.named("facebook", person)
    world.insert("pages", id=f"1016{digits(13)}", user_id=user["id"], name=name, instagram_id="")
