"""Instagram as the simulator plays it: Instagram Login, containers, rupload, publishing, insights.

What follows the login is the same on both hosts; `facebook` has the login of the other one.
"""

import json
import secrets
import threading
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from publishing.simulator import hooks, oauth, rules, uploads
from publishing.simulator.web import Refusal, Request, Response, Routes, json_response
from publishing.simulator.world import DAY_S, Row, World, digits, life_of

routes = Routes("instagram")

SCOPES = (
    "instagram_business_basic,instagram_business_content_publish,"
    "instagram_business_manage_comments,instagram_business_manage_insights"
)
LONG_LIFE_S = 5_184_000
CALLS_PER_DAY = 48_000  # 4800 times the impressions of a day, which count as 10 at least
GRAPH = r"/graph\.(?:instagram|facebook)\.com(?:/v[0-9]+\.[0-9]+)?"
_METRICS = {
    "views": "views",
    "reach": "views",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "saved": "saves",
    "total_interactions": "",
    "ig_reels_avg_watch_time": "",
    "ig_reels_video_view_total_time": "",
}


# --- Errors and headers --------------------------------------------------------------------------


def graph_error(
    message: str, *, code: int, subcode: int = 0, status: int = 400, transient: bool = False
) -> Response:
    """An error in the Graph API's shape."""
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code}
    if subcode:
        error |= {
            "error_subcode": subcode,
            "is_transient": transient,
            "error_user_title": message,
            "error_user_msg": message,
        }
    error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
    return json_response({"error": error}, status=status)


def rate_limited() -> Response:
    """Meta's answer for too many calls: no Retry-After, only the usage header."""
    usage = {
        "type": "instagram",
        "call_count": 100,
        "total_cputime": 12,
        "total_time": 9,
        "estimated_time_to_regain_access": 7,
    }
    answer = graph_error("Application request limit reached", code=4)
    answer.headers["x-business-use-case-usage"] = json.dumps({"17841400000": [usage]})
    return answer


def expired_token() -> Response:
    """Meta's answer for a token whose time is over."""
    return graph_error("Error validating access token: Session has expired", code=190, subcode=463)


def _graph(world: World, account: Row, body: Any) -> Response:
    """An answer with the usage headers that Meta computes from our calls."""
    used = world.calls("instagram", account["id"], "", last_s=DAY_S)
    percent = min(100, used * 100 // CALLS_PER_DAY)
    usage = {"call_count": percent, "total_cputime": percent // 2, "total_time": percent // 2}
    business = {"type": "instagram", **usage, "estimated_time_to_regain_access": 0}
    return json_response(
        body,
        x_app_usage=json.dumps(usage),
        x_business_use_case_usage=json.dumps({account["id"]: [business]}),
    )


def caller(world: World, request: Request, *, user: str = "", about: str = "") -> Row:
    """The account that the token opens: the user in the path, or whose the object `about` is."""
    token = token_of(world, request)
    if not world.is_alive(token):
        raise Refusal(expired_token())
    if token["platform"] == "facebook":
        theirs = [page["instagram_id"] for page in world.pages_of(token["account_id"])]
        wanted = user or _owner_of(world, about)
        account = world.account(wanted) if wanted in theirs else None
    else:
        account = world.account(token["account_id"])
        if account is not None and user not in ("", "me", account["id"]):
            account = None
    if account is None:
        raise Refusal(no_such_object(user or about))
    world.count_call("instagram", account["id"], request.path.rsplit("/", 1)[-1])
    return account


def token_of(world: World, request: Request) -> Row:
    """Each host takes the tokens of its own login; the one for bytes takes both."""
    for host, platform in (("instagram", "instagram"), ("facebook", "facebook")):
        if request.path.startswith((f"/graph.{host}.com/", "/rupload.")):
            token = world.token(request.token, platform=platform, kind="access")
            if token is not None:
                return token
    raise Refusal(graph_error("Invalid OAuth access token.", code=190, subcode=467))


def _owner_of(world: World, key: str) -> str:
    """The account whose container or reel this is, or that it is itself."""
    row = world.draft(key) or world.post(key)
    return str(row["account_id"]) if row else key


def no_such_object(key: str) -> Response:
    """Meta's answer for what is not there, or not ours."""
    return graph_error(
        f"Unsupported request. Object with ID '{key}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation.",
        code=100,
        subcode=33,
    )


def _fields(request: Request, default: str) -> list[str]:
    return [name for name in request.query.get("fields", default).split(",") if name]


# --- Login ---------------------------------------------------------------------------------------


@routes("GET", r"/(?:www|api)\.instagram\.com/oauth/authorize/?", point="instagram.authorize")
def authorize(world: World, request: Request) -> Response:
    """Somebody is asked, and says yes."""
    return oauth.consent(world, request, platform="instagram", scopes=SCOPES, fragment="#_")


def _login_error(message: str) -> Response:
    body = {"error_type": "OAuthException", "code": 400, "error_message": message}
    return json_response(body, status=400)


@routes("POST", r"/api\.instagram\.com/oauth/access_token/?", point="instagram.token")
def short_token(world: World, request: Request) -> Response:
    """The code becomes a token that lives for an hour."""
    form = request.form
    if not oauth.is_our_app("instagram", form.get("client_id"), form.get("client_secret")):
        return _login_error("Invalid platform app")
    code = oauth.use_code(world, form, platform="instagram")
    account = world.account(code["account_id"]) if code else None
    if code is None or account is None:
        return _login_error("This authorization code has been used")
    token = world.issue_token(
        account, kind="short", scopes=code["scopes"], life_s=3600, prefix="IGAS"
    )
    body = {"access_token": token, "user_id": int(account["id"]), "permissions": code["scopes"]}
    return json_response(body if world.setting("instagram.flat_token") else {"data": [body]})


@routes("GET", r"/graph\.instagram\.com/access_token/?", point="instagram.token")
def long_token(world: World, request: Request) -> Response:
    """The short token becomes one for 60 days."""
    short = world.token(request.token, platform="instagram", kind="short")
    if not oauth.is_our_secret("instagram", request.query.get("client_secret")):
        return graph_error("Error validating client secret.", code=1)
    if request.query.get("grant_type") != "ig_exchange_token" or short is None:
        return graph_error("Session key invalid.", code=452)
    if not world.is_alive(short):
        return expired_token()
    return _new_long_token(world, short)


@routes("GET", r"/graph\.instagram\.com/refresh_access_token/?", point="instagram.refresh")
def refresh_token(world: World, request: Request) -> Response:
    """A long token is renewed, if it is a day old and still alive."""
    token = world.token(request.token, platform="instagram", kind="access")
    oauth.count_refresh(world, "instagram", token)
    if token is None or request.query.get("grant_type") != "ig_refresh_token":
        return graph_error("Invalid OAuth access token.", code=190, subcode=467)
    if not world.is_alive(token):
        return expired_token()
    if world.now() - token["issued_at"] < DAY_S:
        return graph_error("The token must be at least 24 hours old to be refreshed.", code=10)
    return _new_long_token(world, token, permissions=token["scopes"])


def _new_long_token(world: World, old: Row, **more: str) -> Response:
    account = world.account(old["account_id"])
    if account is None:
        return graph_error("Invalid OAuth access token.", code=190, subcode=467)
    token = world.issue_token(
        account, kind="access", scopes=old["scopes"], life_s=LONG_LIFE_S, prefix="IGAA"
    )
    body = {"access_token": token, "token_type": "bearer", "expires_in": LONG_LIFE_S}
    return json_response(body | more)


def tokens_of_new_account(world: World, account: Row) -> dict[str, Any]:
    """What an account created through the control API may post with."""
    token = world.issue_token(
        account, kind="access", scopes=SCOPES, life_s=LONG_LIFE_S, prefix="IGAA"
    )
    return {"access_token": token, "refresh_token": "", "expires_in": LONG_LIFE_S}


# --- Containers ----------------------------------------------------------------------------------


@routes("POST", GRAPH + r"/(?P<user>\w+)/media/?", point="instagram.container")
def create_container(world: World, request: Request, *, user: str) -> Response:
    """A place for a reel; nothing is published by it."""
    account, form = caller(world, request, user=user), request.form
    pull = form.get("video_url", "")
    if refused := rules.instagram_container(form):
        return graph_error(refused.message, code=int(refused.code), subcode=refused.subcode)
    now, key = world.now(), f"1788945556{digits(7)}"
    draft: Row = {
        "id": key,
        "platform": "instagram",
        "account_id": account["id"],
        "created_at": now,
        "expires_at": now + DAY_S,
        "caption": form.get("caption", ""),
        "privacy": "public",
        "facts": json.dumps({"thumb_offset_ms": int(form.get("thumb_offset", "0"))}),
    }
    world.insert("drafts", **draft)
    if form.get("cover_url") or form.get("thumb_offset"):
        at_ms = int(form["thumb_offset"]) if form.get("thumb_offset") else None
        world.insert("covers", draft_id=key, url=form.get("cover_url", ""), at_ms=at_ms)
    if pull:
        _pull(world, key, pull)
        return _graph(world, account, {"id": key})
    uri = f"{request.base_url}/rupload.facebook.com/ig-api-upload/v26.0/{key}"
    return _graph(world, account, {"id": key, "uri": uri})


def _all_bytes_are_here(world: World, draft: Row) -> None:
    cover_ms = int(world.facts_of(draft).get("thumb_offset_ms", 0))
    uploads.receive(
        world,
        draft,
        processing_s=world.setting("instagram.processing_s"),
        bad_file="2207026",
        rejected="2207026",
        rules=partial(rules.instagram_video, thumb_offset_ms=cover_ms),
    )


def _pull(world: World, key: str, url: str) -> None:
    """Fetch the file as Meta would: at once, on its own, without a login."""

    def fetch() -> None:
        path = world.files / f"pulled-{uuid.uuid4().hex}"
        request = Request("GET", "", {}, {}, "", upload=path)
        problem = ""
        try:
            with (
                httpx.Client(timeout=httpx.Timeout(60, connect=5), trust_env=False) as client,
                client.stream("GET", url) as answer,
                path.open("wb") as file,
            ):
                answer.raise_for_status()
                for block in answer.iter_bytes():
                    request.upload_bytes += file.write(block)
        except (httpx.HTTPError, httpx.InvalidURL):
            problem = "2207052"
        with world.transaction():
            draft = world.draft(key)
            if draft is not None and problem:
                world.update(
                    "drafts",
                    key,
                    received_at=world.now(),
                    ready_at=world.now(),
                    fail_reason=problem,
                )
            elif draft is not None:
                _all_bytes_are_here(world, uploads.append(world, draft, request))
        path.unlink(missing_ok=True)

    threading.Thread(target=fetch, name="instagram-pull", daemon=True).start()


@routes(
    "POST",
    r"/rupload\.facebook\.com/ig-api-upload/v[0-9.]+/(?P<key>\d+)/?",
    point="instagram.upload",
    streams=True,
)
def rupload(world: World, request: Request, *, key: str) -> Response:
    """The bytes, from an offset on. What arrives before a broken connection stays."""
    caller(world, request, about=key)
    draft, headers = world.draft(key), request.headers
    if draft is None or draft["received_at"]:
        return _upload_error("The upload session does not exist.", retriable=False)
    if url := headers.get("file_url"):
        _pull(world, key, url)
        return json_response({"success": True, "message": "Upload successful."})
    offset, size = headers.get("offset", ""), headers.get("file_size", "")
    if not offset.isdigit() or not size.isdigit() or int(size) == 0:
        return _upload_error("Headers offset and file_size are required.", retriable=False)
    if int(offset) != draft["received_bytes"]:
        return _upload_error("The offset is not where we are.", retriable=True)
    if int(offset) + request.upload_bytes > int(size):
        return _upload_error("More bytes than announced.", retriable=False)
    world.update("drafts", key, size_bytes=int(size))
    draft = uploads.append(world, draft, request)
    if draft["received_bytes"] < int(size):
        return _upload_error("Partial request.", retriable=True)
    _all_bytes_are_here(world, draft)
    return json_response({"success": True, "message": "Upload successful."})


def _upload_error(message: str, *, retriable: bool) -> Response:
    info = {"retriable": retriable, "type": "ProcessingFailedError", "message": message}
    return json_response({"debug_info": info}, status=400)


def _status_code(world: World, draft: Row) -> str:
    now = world.now()
    if draft["post_id"] and world.was_posted(draft["post_id"]):
        return "PUBLISHED"
    if now >= draft["expires_at"]:
        return "EXPIRED"
    if draft["ready_at"] is None or now < draft["ready_at"]:
        return "IN_PROGRESS"
    return "ERROR" if draft["fail_reason"] else "FINISHED"


def _container(world: World, draft: Row, fields: list[str]) -> Row:
    code = _status_code(world, draft)
    texts = {
        "IN_PROGRESS": "In Progress: Media is still being processed.",
        "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
        "PUBLISHED": "Published: Media has been successfully published.",
        "EXPIRED": "Expired: The container was not published within 24 hours.",
        "ERROR": f"Error: Media upload has failed with error code {draft['fail_reason']}",
    }
    arrived = draft["received_at"] is not None
    known: Row = {
        "status_code": code,
        "status": texts[code],
        "copyright_check_status": {
            "status": "completed" if code in ("FINISHED", "PUBLISHED") else "in_progress",
            "matches_found": False,
        },
        "video_status": {
            "uploading_phase": {
                "status": "complete" if arrived else "in_progress",
                "bytes_transferred": draft["received_bytes"],
            },
            "processing_phase": {"status": "not_started" if not arrived else "in_progress"},
        },
    }
    return {name: known[name] for name in fields if name in known} | {"id": draft["id"]}


# --- Publishing and reading ----------------------------------------------------------------------


@routes("POST", GRAPH + r"/(?P<user>\w+)/media_publish/?", point="instagram.media_publish")
def media_publish(world: World, request: Request, *, user: str) -> Response:
    """The point of no return."""
    account = caller(world, request, user=user)
    draft = world.draft(request.form.get("creation_id", ""))
    if draft is None or draft["account_id"] != account["id"]:
        return no_such_object(request.form.get("creation_id", ""))
    code = _status_code(world, draft)
    if code == "EXPIRED":
        return graph_error("The container has expired.", code=-2, subcode=2207020)
    if code in ("IN_PROGRESS", "ERROR"):
        return graph_error("Media ID is not available", code=9007, subcode=2207027)
    if draft["post_id"]:
        return graph_error("The container was already published.", code=100)
    if len(world.posts_of(account["id"], last_s=DAY_S)) >= world.setting("instagram.quota_total"):
        return graph_error("The account reached its daily limit.", code=9, subcode=2207042)
    at = world.now() + request.late_s
    post = uploads.make_post(
        world, draft, post_id=f"179{digits(14)}", at=at, ready_at=at, public_at=at
    )
    hooks.tell_comment(world, post, at=at + world.setting("instagram.comment_after_s"))
    return _graph(world, account, {"id": post["id"]})


@routes("GET", GRAPH + r"/(?P<user>\w+)/content_publishing_limit/?", point="instagram.limit")
def publishing_limit(world: World, request: Request, *, user: str) -> Response:
    """How many posts of the last 24 hours count, and how many may."""
    account = caller(world, request, user=user)
    config = {"quota_total": int(world.setting("instagram.quota_total")), "quota_duration": DAY_S}
    used = len(world.posts_of(account["id"], last_s=DAY_S))
    return _graph(world, account, {"data": [{"quota_usage": used, "config": config}]})


@routes("GET", GRAPH + r"/(?P<user>\w+)/media/?", point="instagram.list")
def media_list(world: World, request: Request, *, user: str) -> Response:
    """The account's reels, newest first."""
    account, query = caller(world, request, user=user), request.query
    since, until = float(query.get("since") or 0), float(query.get("until") or 10**12)
    found = [
        post for post in world.posts_of(account["id"]) if since <= post["committed_at"] <= until
    ]
    start = _place(query.get("after", ""))
    limit = max(1, min(100, int(query.get("limit") or 25)))
    page = found[start : start + limit]
    body: dict[str, Any] = {
        "data": [_media(world, post, request, _fields(request, "id")) for post in page]
    }
    if page:
        after = urlsafe_b64encode(str(start + len(page)).encode()).decode()
        body["paging"] = {"cursors": {"before": "MAZDZD", "after": after}}
        if start + limit < len(found):
            body["paging"]["next"] = f"{request.base_url}{request.path}?after={after}"
    return _graph(world, account, body)


def _place(cursor: str) -> int:
    try:
        return int(urlsafe_b64decode(cursor or b"MA=="))
    except ValueError:
        return 0


def _media(world: World, post: Row, request: Request, fields: list[str]) -> Row:
    life = life_of(post, now=world.now())
    known: Row = {
        "caption": post["caption"],
        "permalink": f"{request.base_url}/posts/instagram/{post['id']}",
        "shortcode": urlsafe_b64encode(int(post["id"]).to_bytes(8)).decode().rstrip("=")[:11],
        "media_type": "VIDEO",
        "media_product_type": "REELS",
        "timestamp": datetime.fromtimestamp(post["committed_at"], tz=UTC).strftime(
            "%Y-%m-%dT%H:%M:%S+0000"
        ),
        "is_shared_to_feed": True,
        "media_url": f"{request.base_url}/posts/instagram/{post['id']}/video",
        "like_count": life["likes"],
        "comments_count": life["comments"],
        "owner": {"id": post["account_id"]},
    }
    return {name: known[name] for name in fields if name in known} | {"id": post["id"]}


@routes("GET", GRAPH + r"/(?P<key>\d+)/insights/?", point="instagram.insights")
def insights(world: World, request: Request, *, key: str) -> Response:
    """How a reel does. One metric that reels do not have fails the whole call."""
    account, post = caller(world, request, about=key), world.post(key)
    if post is None or post["account_id"] != account["id"]:
        return no_such_object(key)
    asked = [name for name in request.query.get("metric", "").split(",") if name]
    if not asked or any(name not in _METRICS for name in asked):
        return graph_error("(#100) metric must be one of the metrics of a reel.", code=100)
    life = life_of(post, now=world.now())
    watched_ms = int(post["duration_ms"] * 0.6)
    computed = {
        "reach": int(life["views"] * 0.82),
        "total_interactions": sum(life.values()) - life["views"],
        "ig_reels_avg_watch_time": watched_ms,
        "ig_reels_video_view_total_time": watched_ms * life["views"],
    }
    data = [
        {
            "name": name,
            "period": "lifetime",
            "values": [{"value": computed.get(name, life.get(_METRICS[name], 0))}],
            "title": name,
            "description": name,
            "id": f"{key}/insights/{name}/lifetime",
        }
        for name in asked
    ]
    return _graph(world, account, {"data": data})


@routes("GET", GRAPH + r"/(?P<key>me|\d+)/?", point="instagram.read")
def node(world: World, request: Request, *, key: str) -> Response:
    """The account itself, a container or a reel, whichever has this id."""
    account = caller(world, request, about=key)
    if key in ("me", account["id"]):
        known: Row = {
            "user_id": account["id"],
            "username": account["handle"],
            "name": account["name"],
            "account_type": "BUSINESS",
            "media_count": len(world.posts_of(account["id"])),
            "followers_count": 1_200,
        }
        asked = _fields(request, "user_id,username")
        body = {name: known[name] for name in asked if name in known} | {"id": account["id"]}
        return _graph(world, account, body)
    draft, post = world.draft(key), world.post(key)
    if draft is not None and draft["account_id"] == account["id"]:
        return _graph(world, account, _container(world, draft, _fields(request, "id")))
    if post is not None and post["account_id"] == account["id"]:
        return _graph(world, account, _media(world, post, request, _fields(request, "id")))
    return no_such_object(key)
