"""YouTube as the simulator plays it: Google's sign-in, resumable upload, lists, the hub."""

import re
import secrets
from datetime import UTC, datetime
from functools import partial
from typing import Any

from publishing.simulator import hooks, oauth, rules, uploads
from publishing.simulator.web import Refusal, Request, Response, Routes, json_response
from publishing.simulator.world import DAY_S, Row, World, life_of

routes = Routes("youtube")

SCOPES = (
    "https://www.googleapis.com/auth/youtube.upload "
    "https://www.googleapis.com/auth/youtube.readonly "
    "https://www.googleapis.com/auth/youtube.force-ssl"
)
GRANULE = 262_144
SESSION_LIFE_S = 7 * DAY_S
ACCESS_LIFE_S = 3_599
_API = r"/(?:www|youtube)\.googleapis\.com"
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


# --- Errors --------------------------------------------------------------------------------------


def google_error(
    message: str, *, status: int, reason: str, domain: str = "youtube.video"
) -> Response:
    """An error in Google's shape."""
    details = [{"domain": domain, "reason": reason, "message": message}]
    return json_response(
        {"error": {"code": status, "message": message, "errors": details}}, status=status
    )


def rate_limited() -> Response:
    """Google's answer for too many calls in a short time."""
    return google_error(
        "Rate limit exceeded.", status=403, reason="rateLimitExceeded", domain="usageLimits"
    )


def expired_token() -> Response:
    """Google's answer for a token that is no longer valid."""
    return google_error("Invalid Credentials", status=401, reason="authError", domain="global")


def caller(world: World, request: Request) -> Row:
    """The channel of the token. Raises Refusal."""
    token = world.token(request.token, platform="youtube", kind="access")
    account = world.account(token["account_id"]) if token and world.is_alive(token) else None
    if account is None:
        raise Refusal(expired_token())
    return account


# --- Login ---------------------------------------------------------------------------------------


@routes("GET", r"/accounts\.google\.com/o/oauth2/v2/auth/?", point="youtube.authorize")
def authorize(world: World, request: Request) -> Response:
    """Somebody is asked, and says yes."""
    return oauth.consent(world, request, platform="youtube", scopes=SCOPES)


def _login_error(error: str, description: str, *, status: int = 400) -> Response:
    return json_response({"error": error, "error_description": description}, status=status)


@routes("POST", r"/oauth2\.googleapis\.com/token/?", point="youtube.token")
def token(world: World, request: Request) -> Response:
    """A code becomes both tokens; a refresh token becomes an access token, and stays."""
    form = request.form
    if not oauth.is_our_app("youtube", form.get("client_id"), form.get("client_secret")):
        return _login_error("invalid_client", "The OAuth client was not found.", status=401)
    if form.get("grant_type") == "authorization_code":
        code = oauth.use_code(world, form, platform="youtube")
        account = world.account(code["account_id"]) if code else None
        if code is None or account is None:
            return _login_error("invalid_grant", "Malformed auth code.")
        return json_response(_pair(world, account, scopes=code["scopes"]))
    if form.get("grant_type") == "refresh_token":
        old = world.token(form.get("refresh_token", ""), platform="youtube", kind="refresh")
        oauth.count_refresh(world, "youtube", old)
        account = world.account(old["account_id"]) if old and world.is_alive(old) else None
        if old is None or account is None:
            return _login_error("invalid_grant", "Token has been expired or revoked.")
        body = _pair(world, account, scopes=old["scopes"], with_refresh=False)
        return json_response(body)
    return _login_error("unsupported_grant_type", "Invalid grant_type.")


def _pair(world: World, account: Row, *, scopes: str, with_refresh: bool = True) -> dict[str, Any]:
    body: dict[str, Any] = {
        "access_token": world.issue_token(
            account, kind="access", scopes=scopes, life_s=ACCESS_LIFE_S, prefix="ya29."
        ),
        "expires_in": ACCESS_LIFE_S,
        "scope": scopes,
        "token_type": "Bearer",
    }
    if with_refresh:
        body["refresh_token"] = world.issue_token(
            account, kind="refresh", scopes=scopes, life_s=180 * DAY_S, prefix="1//"
        )
    return body


@routes("POST", r"/oauth2\.googleapis\.com/revoke/?", point="youtube.revoke")
def revoke(world: World, request: Request) -> Response:
    """The token works no more."""
    world.revoke(request.form.get("token", ""))
    return json_response({})


def tokens_of_new_account(world: World, account: Row) -> dict[str, Any]:
    """What an account created through the control API may post with."""
    return _pair(world, account, scopes=SCOPES)


# --- Upload --------------------------------------------------------------------------------------


@routes("POST", _API + r"/(?:resumable/)?upload/youtube/v3/videos/?", point="youtube.session")
def start_session(world: World, request: Request) -> Response:
    """Begin a resumable upload; nothing exists before its last byte."""
    account = caller(world, request)
    snippet = request.json.get("snippet") or {}
    status = request.json.get("status") or {}
    if refused := rules.youtube_resource(snippet, status):
        return google_error(refused.message, status=400, reason=refused.code)
    today = len(world.posts_of(account["id"], last_s=DAY_S))
    if today >= world.setting("youtube.uploads_per_day"):
        return google_error("Upload limit.", status=400, reason="uploadLimitExceeded")
    key, now = "xa298sd_" + secrets.token_urlsafe(24), world.now()
    world.insert(
        "drafts",
        id=key,
        platform="youtube",
        account_id=account["id"],
        created_at=now,
        expires_at=now + SESSION_LIFE_S,
        title=str(snippet["title"]),
        caption=str(snippet.get("description", "")),
        privacy=status.get("privacyStatus") or "public",
        size_bytes=int(request.headers.get("x-upload-content-length") or 0),
    )
    # The address it was asked at, so that the official client stays on its host.
    location = f"{request.base_url}{request.path}?uploadType=resumable&upload_id={key}"
    return Response(200, headers={"location": location, "x-guploader-uploadid": key})


def _point_of_put(request: Request) -> str:
    given = request.headers.get("content-range", "")
    found = _RANGE.fullmatch(given)
    if found is None:
        return "youtube.commit"
    if found[1] is None:
        return "youtube.probe"
    return "youtube.commit" if found[3] == str(int(found[2]) + 1) else "youtube.upload"


@routes(
    "PUT",
    _API + r"/(?:resumable/)?upload/youtube/v3/videos/?",
    point=_point_of_put,
    streams=True,
)
def put(world: World, request: Request) -> Response:
    """Bytes from an offset on, or the question how many are here. The last byte makes the video."""
    draft = world.draft(request.query.get("upload_id", ""))
    if draft is None or draft["platform"] != "youtube" or world.now() >= draft["expires_at"]:
        return Response(404)
    if request.token:
        caller(world, request)
    if draft["received_at"]:
        return _finished(world, draft)
    given = request.headers.get("content-range") or f"bytes 0-{request.upload_bytes - 1}/" + str(
        request.upload_bytes
    )
    found = _RANGE.fullmatch(given)
    if found is None:
        return google_error("Invalid Content-Range.", status=400, reason="badRequest")
    received = draft["received_bytes"]
    if found[1] is None or int(found[1]) != received:
        return _resume_incomplete(draft)
    count = int(found[2]) - int(found[1]) + 1
    is_last = found[3] == str(int(found[2]) + 1)
    if draft["size_bytes"] and found[3] not in ("*", str(draft["size_bytes"])):
        return google_error("The size changed.", status=400, reason="badRequest")
    if not is_last and count % GRANULE:
        message = f"Chunks must be multiples of {GRANULE} bytes."
        return google_error(message, status=400, reason="badRequest")
    if not request.whole or request.upload_bytes < count:
        # What arrived before the connection broke stays, in whole granules.
        keep = request.upload_bytes // GRANULE * GRANULE
        return _resume_incomplete(uploads.append(world, draft, request, keep_bytes=keep))
    draft = uploads.append(world, draft, request)
    if not is_last:
        return _resume_incomplete(draft)
    return _finished(world, _commit(world, draft, late_s=request.late_s))


def _resume_incomplete(draft: Row) -> Response:
    """308 with what is here; without Range where that is nothing."""
    received = draft["received_bytes"]
    return Response(308, headers={"range": f"bytes=0-{received - 1}"} if received else {})


def _finished(world: World, draft: Row) -> Response:
    post = world.was_posted(draft["post_id"])
    if post is None:  # the effect is to come late
        return Response(308, headers={"range": f"bytes=0-{draft['received_bytes'] // 2}"})
    return json_response(_video(world, post, {"snippet", "status"}))


def _commit(world: World, draft: Row, *, late_s: float) -> Row:
    draft = uploads.receive(
        world,
        draft,
        processing_s=world.setting("youtube.processing_s"),
        bad_file="failed:invalidFile",
        rejected="rejected:inappropriate",
        rules=partial(
            rules.youtube_video, long_uploads=bool(world.setting("youtube.long_uploads"))
        ),
        late_s=late_s,
    )
    post = uploads.make_post(
        world,
        draft,
        post_id=secrets.token_urlsafe(9)[:11],
        at=draft["received_at"],
        ready_at=draft["ready_at"],
        public_at=draft["ready_at"] if draft["privacy"] == "public" else None,
        fail_reason=draft["fail_reason"],
    )
    if not draft["fail_reason"]:
        hooks.tell_feed(world, post, at=draft["ready_at"])
    return draft | {"post_id": post["id"]}


# --- Reading -------------------------------------------------------------------------------------


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _parts(request: Request) -> set[str]:
    return {part.strip() for part in request.query.get("part", "").split(",")}


def _video(world: World, post: Row, parts: set[str]) -> Row:
    now = world.now()
    ready = now >= post["ready_at"]
    what, _, why = post["fail_reason"].partition(":")
    upload = what if ready and what else "processed" if ready else "uploaded"
    account = world.account(post["account_id"]) or {"name": ""}
    status: Row = {
        "uploadStatus": upload,
        "privacyStatus": post["privacy"],
        "license": "youtube",
        "embeddable": True,
        "publicStatsViewable": True,
        "madeForKids": False,
        "selfDeclaredMadeForKids": False,
    }
    if upload in ("failed", "rejected"):
        status["failureReason" if upload == "failed" else "rejectionReason"] = why
    life = life_of(post, now=now) if ready else dict.fromkeys(("views", "likes", "comments"), 0)
    known: Row = {
        "snippet": {
            "publishedAt": _iso(post["committed_at"]),
            "channelId": post["account_id"],
            "title": post["title"],
            "description": post["caption"],
            "channelTitle": account["name"],
            "categoryId": "22",
        },
        "status": status,
        "processingDetails": {
            "processingStatus": "processing"
            if not ready
            else "failed"
            if upload == "failed"
            else "succeeded"
        },
        "statistics": {
            "viewCount": str(life["views"]),
            "likeCount": str(life["likes"]),
            "favoriteCount": "0",
            "commentCount": str(life["comments"]),
        },
        "contentDetails": {"duration": f"PT{round(post['duration_ms'] / 1000)}S"},
        "fileDetails": {"fileName": "video.mp4", "fileSize": str(post["size_bytes"])},
    }
    return {"kind": "youtube#video", "id": post["id"]} | {
        name: known[name] for name in sorted(parts) if name in known
    }


def _list(kind: str, items: list[Row], **more: Any) -> Response:
    page = {"totalResults": len(items), "resultsPerPage": len(items)}
    return json_response({"kind": kind, "items": items, "pageInfo": page, **more})


@routes("GET", _API + r"/youtube/v3/videos/?", point="youtube.videos")
def videos(world: World, request: Request) -> Response:
    """Videos by id; those of others show no owner's parts, which this simulator leaves out."""
    caller(world, request)
    keys = request.query.get("id", "").split(",")[:50]
    found = [post for key in keys if (post := world.post(key)) and post["platform"] == "youtube"]
    items = [_video(world, post, _parts(request)) for post in found]
    return _list("youtube#videoListResponse", items)


@routes("GET", _API + r"/youtube/v3/channels/?", point="youtube.channels")
def channels(world: World, request: Request) -> Response:
    """The channel of the token."""
    account = caller(world, request)
    long_ones = "allowed" if world.setting("youtube.long_uploads") else "eligible"
    known: Row = {
        "snippet": {"title": account["name"], "customUrl": account["handle"]},
        "contentDetails": {"relatedPlaylists": {"uploads": "UU" + account["id"][2:]}},
        "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": long_ones},
        "statistics": {"videoCount": str(len(world.posts_of(account["id"])))},
    }
    body = {name: known[name] for name in sorted(_parts(request)) if name in known}
    item = {"kind": "youtube#channel", "id": account["id"], **body}
    return _list("youtube#channelListResponse", [item])


@routes("GET", _API + r"/youtube/v3/playlistItems/?", point="youtube.uploads")
def playlist_items(world: World, request: Request) -> Response:
    """The uploads of the token's channel, newest first."""
    account = caller(world, request)
    if request.query.get("playlistId") != "UU" + account["id"][2:]:
        return google_error("The playlist is not there.", status=404, reason="playlistNotFound")
    posts = world.posts_of(account["id"])
    start = int(request.query.get("pageToken") or 0)
    limit = max(1, min(50, int(request.query.get("maxResults") or 5)))
    items = []
    for post in posts[start : start + limit]:
        known: Row = {
            "snippet": {
                "publishedAt": _iso(post["committed_at"]),
                "title": post["title"],
                "description": post["caption"],
                "resourceId": {"kind": "youtube#video", "videoId": post["id"]},
            },
            "contentDetails": {
                "videoId": post["id"],
                "videoPublishedAt": _iso(post["committed_at"]),
            },
            "status": {"privacyStatus": post["privacy"]},
        }
        body = {name: known[name] for name in sorted(_parts(request)) if name in known}
        items.append({"kind": "youtube#playlistItem", "id": f"UU{post['id']}", **body})
    more = {"nextPageToken": str(start + limit)} if start + limit < len(posts) else {}
    return _list("youtube#playlistItemListResponse", items, **more)


# --- The hub -------------------------------------------------------------------------------------


@routes("POST", r"/pubsubhubbub\.appspot\.com/subscribe/?", point="youtube.subscribe")
def subscribe(world: World, request: Request) -> Response:
    """Somebody wants to hear about a channel; the hub asks the callback first."""
    form = request.form
    if form.get("hub.mode") not in ("subscribe", "unsubscribe") or not form.get("hub.callback"):
        return Response(400, b"hub.mode and hub.callback are required")
    params = {
        "hub.mode": form["hub.mode"],
        "hub.topic": form.get("hub.topic", ""),
        "hub.secret": form.get("hub.secret", ""),
        "hub.lease_seconds": form.get("hub.lease_seconds") or "432000",
    }
    hooks.ask_subscriber(world, params=params, callback=form["hub.callback"])
    return Response(202)
