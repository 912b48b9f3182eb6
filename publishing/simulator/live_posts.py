"""What is done to posts that are live: comments on Instagram and YouTube, thumbnails on YouTube."""

import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from publishing.simulator import instagram, rules, youtube
from publishing.simulator.web import Refusal, Request, Response, Routes, json_response
from publishing.simulator.world import Row, World, digits

instagram_routes, youtube_routes = Routes("instagram"), Routes("youtube")

_GOOGLE = r"/(?:www|youtube)\.googleapis\.com"
FORCE_SSL = "https://www.googleapis.com/auth/youtube.force-ssl"
# By login: with Instagram, with Facebook.
MANAGE_COMMENTS = {"instagram_business_manage_comments", "instagram_manage_comments"}
THUMBNAIL_BYTES = 50_000_000
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def comments_on(world: World, post_id: str) -> list[Row]:
    """Those that are there by now, newest first."""
    return world.all(
        "SELECT * FROM comments WHERE post_id = ? AND at <= ? ORDER BY at DESC, rowid DESC",
        post_id,
        world.now(),
    )


def _write(world: World, request: Request, post: Row, *, key: str, text: str) -> Row:
    comment: Row = {
        "id": key,
        "platform": post["platform"],
        "account_id": post["account_id"],
        "post_id": post["id"],
        "text": text,
        "at": world.now() + request.late_s,
    }
    world.insert("comments", **comment)
    return comment


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")


# --- Instagram -----------------------------------------------------------------------------------


def _own_reel(world: World, request: Request, key: str) -> Row:
    account, post = instagram.caller(world, request, about=key), world.post(key)
    if MANAGE_COMMENTS.isdisjoint(instagram.token_of(world, request)["scopes"].split(",")):
        message = "Application does not have permission for this action"
        raise Refusal(instagram.graph_error(message, code=10))
    if post is None or post["account_id"] != account["id"]:
        raise Refusal(instagram.no_such_object(key))
    return post


@instagram_routes("POST", instagram.GRAPH + r"/(?P<key>\d+)/comments/?", point="instagram.comment")
def comment_on_reel(world: World, request: Request, *, key: str) -> Response:
    """The account writes a comment; the same text twice makes two."""
    post, text = _own_reel(world, request, key), request.form.get("message", "")
    if refused := rules.instagram_comment(text):
        return instagram.graph_error(
            refused.message, code=int(refused.code), subcode=refused.subcode
        )
    comment = _write(world, request, post, key=f"180{digits(14)}", text=text)
    return json_response({"id": comment["id"]})


@instagram_routes("GET", instagram.GRAPH + r"/(?P<key>\d+)/comments/?", point="instagram.comments")
def comments_of_reel(world: World, request: Request, *, key: str) -> Response:
    """Newest first. `user` stands only in those of the account itself."""
    post = _own_reel(world, request, key)
    asked = request.query.get("fields", "id,text,timestamp").split(",")
    data = []
    for comment in comments_on(world, post["id"])[:50]:
        known: Row = {
            "text": comment["text"],
            "timestamp": _time(comment["at"]) + "+0000",
            "from": {"id": comment["account_id"]},
            "user": {"id": comment["account_id"]},
        }
        data.append({name: known[name] for name in asked if name in known} | {"id": comment["id"]})
    return json_response({"data": data})


# --- YouTube -------------------------------------------------------------------------------------


def _caller(world: World, request: Request) -> Row:
    """Whose token it is; comments need a scope of their own."""
    account = youtube.caller(world, request)
    token = world.token(request.token, platform="youtube", kind="access")
    if token is None or FORCE_SSL not in token["scopes"].split():
        raise Refusal(
            youtube.google_error(
                "Request had insufficient authentication scopes.",
                status=403,
                reason="insufficientPermissions",
                domain="global",
            )
        )
    return account


def _video_of(world: World, video_id: str) -> Row:
    post = world.post(video_id)
    if post is None or post["platform"] != "youtube":
        message = "The video identified by the videoId parameter could not be found."
        raise Refusal(youtube.google_error(message, status=404, reason="videoNotFound"))
    return post


def _no_comments(post: Row) -> bool:
    return bool(post["privacy"] == "private")


@youtube_routes("POST", _GOOGLE + r"/youtube/v3/commentThreads/?", point="youtube.comment")
def insert_comment(world: World, request: Request) -> Response:
    """The channel writes a comment under a video. Private videos have none."""
    account = _caller(world, request)
    snippet = request.json.get("snippet") or {}
    post = _video_of(world, str(snippet.get("videoId", "")))
    top: dict[str, Any] = (snippet.get("topLevelComment") or {}).get("snippet") or {}
    text = str(top.get("textOriginal", ""))
    if refused := rules.youtube_comment(text):
        return youtube.google_error(refused.message, status=400, reason=refused.code)
    if _no_comments(post) or post["account_id"] != account["id"]:
        message = "The video has disabled comments."
        return youtube.google_error(message, status=403, reason="commentsDisabled")
    comment = _write(world, request, post, key="Ug" + secrets.token_urlsafe(18), text=text)
    return json_response(_thread(comment))


@youtube_routes("GET", _GOOGLE + r"/youtube/v3/commentThreads/?", point="youtube.comments")
def list_comments(world: World, request: Request) -> Response:
    """The comments under a video, newest first."""
    _caller(world, request)
    post = _video_of(world, request.query.get("videoId", ""))
    if _no_comments(post):
        message = "The video has disabled comments."
        return youtube.google_error(message, status=403, reason="commentsDisabled")
    items = [_thread(comment) for comment in comments_on(world, post["id"])[:100]]
    return json_response({"kind": "youtube#commentThreadListResponse", "items": items})


def _thread(comment: Row) -> Row:
    said: Row = {
        "textOriginal": comment["text"],
        "textDisplay": comment["text"],
        "authorChannelId": {"value": comment["account_id"]},
        "publishedAt": _time(comment["at"]) + "Z",
    }
    top = {"kind": "youtube#comment", "id": comment["id"], "snippet": said}
    snippet: Row = {"videoId": comment["post_id"], "topLevelComment": top}
    return {"kind": "youtube#commentThread", "id": comment["id"], "snippet": snippet}


@youtube_routes(
    "POST",
    _GOOGLE + r"/(?:resumable/)?upload/youtube/v3/thumbnails/set/?",
    point="youtube.thumbnail",
    streams=True,
)
def set_thumbnail(world: World, request: Request) -> Response:
    """Another picture for a video; Shorts are given one after processing only."""
    account = youtube.caller(world, request)
    post = _video_of(world, request.query.get("videoId", ""))
    body = request.upload.read_bytes() if request.upload else b""
    if post["account_id"] != account["id"]:
        return youtube.google_error("Forbidden.", status=403, reason="forbidden")
    if not body:
        return youtube.google_error("No picture.", status=400, reason="mediaBodyRequired")
    too_large = len(body) > THUMBNAIL_BYTES
    if too_large or not request.whole or not body.startswith(_PICTURES):
        return youtube.google_error("The picture is not valid.", status=400, reason="invalidImage")
    is_short = post["width_px"] <= post["height_px"] and post["duration_ms"] <= 180_000
    if is_short and world.now() < post["ready_at"]:
        message = "The video is still being processed."
        return youtube.google_error(message, status=403, reason="forbidden")
    world.run(
        "INSERT INTO thumbnails VALUES (?, ?, ?, 1, ?) ON CONFLICT (post_id) DO UPDATE SET "
        "sha256 = excluded.sha256, size_bytes = excluded.size_bytes, "
        "times_set = times_set + 1, at = excluded.at",
        post["id"],
        sha256(body).hexdigest(),
        len(body),
        world.now() + request.late_s,
    )
    shown = {"default": {"url": f"{request.base_url}/posts/youtube/{post['id']}", "width": 120}}
    return json_response({"kind": "youtube#thumbnailSetResponse", "items": [shown]})
