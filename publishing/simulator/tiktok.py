"""TikTok as the simulator plays it: OAuth v2, direct post by chunks, status, the read side."""

import re
import secrets
from datetime import UTC, datetime
from functools import partial
from typing import Any

from publishing.simulator import hooks, oauth, rules, uploads
from publishing.simulator.web import Refusal, Request, Response, Routes, json_response
from publishing.simulator.world import DAY_S, Row, World, digits, life_of

routes = Routes("tiktok")

SCOPES = "user.info.basic,user.info.profile,video.publish,video.upload,video.list"
REFRESH_LIFE_S = 180 * DAY_S
UPLOAD_LIFE_S = 3_600
MIN_CHUNK, MAX_CHUNK, MAX_LAST_CHUNK = 5_000_000, 64 * 1024**2, 128 * 1024**2
INBOX, PENDING_SHARES = "v_inbox_file", 5
_API = r"/open\.tiktokapis\.com/v2"
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


# --- The envelope --------------------------------------------------------------------------------


def envelope(data: Any, *, code: str = "ok", message: str = "", status: int = 200) -> Response:
    """Success and failure share one shape; the HTTP status says little."""
    stamp = datetime.now(tz=UTC).strftime("%Y%m%d%H%M%S")
    error = {"code": code, "message": message, "log_id": stamp + secrets.token_hex(8).upper()}
    return json_response({"data": data, "error": error}, status=status)


def rate_limited() -> Response:
    """TikTok's answer for too many calls."""
    return envelope(
        {}, code="rate_limit_exceeded", message="The API rate limit was exceeded.", status=429
    )


def expired_token() -> Response:
    """TikTok's answer for a token that is no longer valid."""
    return envelope(
        {}, code="access_token_invalid", message="The access token is invalid.", status=401
    )


def _who(world: World, request: Request, *, scope: str) -> Row:
    token = world.token(request.token, platform="tiktok", kind="access")
    if token is None or not world.is_alive(token):
        raise Refusal(expired_token())
    if scope not in token["scopes"].split(","):
        raise Refusal(envelope({}, code="scope_not_authorized", message=scope, status=401))
    account = world.account(token["account_id"])
    if account is None:
        raise Refusal(expired_token())
    return account


def _limit(world: World, account: Row, endpoint: str, *, per_minute: float) -> None:
    """Sliding window of a minute, per token and endpoint."""
    if world.calls("tiktok", account["id"], endpoint, last_s=60) >= per_minute:
        raise Refusal(rate_limited())
    world.count_call("tiktok", account["id"], endpoint)


# --- Login ---------------------------------------------------------------------------------------


@routes("GET", r"/www\.tiktok\.com/v2/auth/authorize/?", point="tiktok.authorize")
def authorize(world: World, request: Request) -> Response:
    """Somebody is asked, and says yes."""
    return oauth.consent(world, request, platform="tiktok", scopes=SCOPES)


def _login_error(error: str, description: str) -> Response:
    """Comes with HTTP 200, as it may at TikTok: the body decides."""
    return json_response({"error": error, "error_description": description, "log_id": "2026"})


@routes("POST", _API + r"/oauth/token/?", point="tiktok.token")
def token(world: World, request: Request) -> Response:
    """A code or a refresh token becomes a pair of tokens; a refresh token works once."""
    form = request.form
    if not oauth.is_our_app("tiktok", form.get("client_key"), form.get("client_secret")):
        return _login_error("invalid_client", "Client key or secret is incorrect.")
    if form.get("grant_type") == "authorization_code":
        code = oauth.use_code(world, form, platform="tiktok")
        if code is None:
            return _login_error("invalid_grant", "Authorization code is expired or used.")
        return _new_pair(world, code["account_id"], scopes=code["scopes"])
    if form.get("grant_type") == "refresh_token":
        old = world.token(form.get("refresh_token", ""), platform="tiktok", kind="refresh")
        oauth.count_refresh(world, "tiktok", old)
        if old is None or not world.is_alive(old):
            return _login_error("invalid_grant", "Refresh token is invalid or expired.")
        world.revoke(old["id"], in_s=world.setting("tiktok.rotation_grace_s"))
        return _new_pair(world, old["account_id"], scopes=old["scopes"])
    return _login_error("unsupported_grant_type", "The grant type is not supported.")


def _new_pair(world: World, account_id: str, *, scopes: str) -> Response:
    account = world.account(account_id)
    if account is None:
        return _login_error("invalid_grant", "The user is gone.")
    return json_response(_pair(world, account, scopes=scopes))


def _pair(world: World, account: Row, *, scopes: str) -> dict[str, Any]:
    life_s = world.setting("tiktok.access_token_s")
    return {
        "access_token": world.issue_token(
            account, kind="access", scopes=scopes, life_s=life_s, prefix="act."
        ),
        "expires_in": int(life_s),
        "open_id": account["id"],
        "refresh_token": world.issue_token(
            account, kind="refresh", scopes=scopes, life_s=REFRESH_LIFE_S, prefix="rft."
        ),
        "refresh_expires_in": REFRESH_LIFE_S,
        "scope": scopes,
        "token_type": "Bearer",
    }


@routes("POST", _API + r"/oauth/revoke/?", point="tiktok.revoke")
def revoke(world: World, request: Request) -> Response:
    """The token works no more."""
    world.revoke(request.form.get("token", ""))
    return Response(200)


def tokens_of_new_account(world: World, account: Row) -> dict[str, Any]:
    """What an account created through the control API may post with."""
    return _pair(world, account, scopes=SCOPES)


# --- Posting -------------------------------------------------------------------------------------


def _privacies(account: Row) -> list[str]:
    first = "FOLLOWER_OF_CREATOR" if account["is_private"] else "PUBLIC_TO_EVERYONE"
    return [first, "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]


def _daily_cap_reached(world: World, account: Row) -> bool:
    posted = len(world.posts_of(account["id"], last_s=DAY_S))
    return posted >= world.setting("tiktok.daily_cap")


@routes("POST", _API + r"/post/publish/creator_info/query/?", point="tiktok.creator_info")
def creator_info(world: World, request: Request) -> Response:
    """What this creator may choose; with HTTP 200 also that posting must not go on."""
    account = _who(world, request, scope="video.publish")
    if _daily_cap_reached(world, account):
        return envelope({}, code="spam_risk_too_many_posts", message="Daily post cap reached.")
    return envelope(
        {
            "creator_avatar_url": "",
            "creator_username": account["handle"],
            "creator_nickname": account["name"],
            "privacy_level_options": _privacies(account),
            "comment_disabled": False,
            "duet_disabled": bool(account["is_private"]),
            "stitch_disabled": bool(account["is_private"]),
            "max_video_post_duration_sec": int(world.setting("tiktok.max_duration_s")),
        }
    )


@routes("POST", _API + r"/post/publish/video/init/?", point="tiktok.init")
def init(world: World, request: Request) -> Response:
    """Begin a direct post; nothing is published before all bytes are here."""
    account = _who(world, request, scope="video.publish")
    _limit(world, account, "init", per_minute=world.setting("tiktok.init_per_minute"))
    info, source = request.json.get("post_info") or {}, request.json.get("source_info") or {}
    if refused := rules.tiktok_post(info, offered=_privacies(account)):
        status = 400 if refused.code == "invalid_param" else 403
        return envelope({}, code=refused.code, message=refused.message, status=status)
    if _daily_cap_reached(world, account):
        return envelope({}, code="spam_risk_too_many_posts", message="", status=403)
    if source.get("source") == "PULL_FROM_URL":
        return envelope({}, code="url_ownership_unverified", message="", status=403)
    size, chunk, count = (
        source.get(name) for name in ("video_size", "chunk_size", "total_chunk_count")
    )
    if source.get("source") != "FILE_UPLOAD" or not _fits(size, chunk, count):
        message = "video_size, chunk_size and total_chunk_count do not fit"
        return envelope({}, code="invalid_param", message=message, status=400)
    return _begun(
        world,
        request,
        account,
        kind="v_pub_file",
        caption=str(info.get("title", "")),
        privacy=info["privacy_level"],
    )


@routes("POST", _API + r"/post/publish/inbox/video/init/?", point="tiktok.init")
def inbox_init(world: World, request: Request) -> Response:
    """Begin an upload to the creator's inbox; the creator posts it in the app, or not."""
    account = _who(world, request, scope="video.upload")
    _limit(world, account, "init", per_minute=world.setting("tiktok.init_per_minute"))
    source = request.json.get("source_info") or {}
    pending = world.all(
        "SELECT id FROM drafts WHERE account_id = ? AND id LIKE ? AND post_id = '' AND "
        "fail_reason = '' AND received_at IS NOT NULL AND created_at > ?",
        account["id"],
        f"{INBOX}%",
        world.now() - DAY_S,
    )
    if len(pending) >= PENDING_SHARES:
        return envelope({}, code="spam_risk_too_many_pending_share", message="", status=403)
    size, chunk, count = (
        source.get(name) for name in ("video_size", "chunk_size", "total_chunk_count")
    )
    if source.get("source") != "FILE_UPLOAD" or not _fits(size, chunk, count):
        message = "video_size, chunk_size and total_chunk_count do not fit"
        return envelope({}, code="invalid_param", message=message, status=400)
    return _begun(world, request, account, kind=INBOX, caption="", privacy="")


def _begun(
    world: World, request: Request, account: Row, *, kind: str, caption: str, privacy: str
) -> Response:
    source = request.json["source_info"]
    key, now = digits(19), world.now()
    publish_id, upload_token = f"{kind}~v2-1.{key}", secrets.token_urlsafe(24)
    world.insert(
        "drafts",
        id=publish_id,
        platform="tiktok",
        account_id=account["id"],
        upload_key=f"{key}.{upload_token}",
        created_at=now,
        expires_at=now + UPLOAD_LIFE_S,
        caption=caption,
        privacy=privacy,
        size_bytes=source["video_size"],
        chunk_bytes=source["chunk_size"],
        chunk_count=source["total_chunk_count"],
    )
    info = request.json.get("post_info") or {}
    if "video_cover_timestamp_ms" in info:
        world.insert("covers", draft_id=publish_id, at_ms=info["video_cover_timestamp_ms"])
    url = (
        f"{request.base_url}/open-upload.tiktokapis.com/video/"
        f"?upload_id={key}&upload_token={upload_token}"
    )
    return envelope({"publish_id": publish_id, "upload_url": url})


def _fits(size: Any, chunk: Any, count: Any) -> bool:
    """The arithmetic of chunks. Any: the numbers come from outside."""
    if not all(type(number) is int and number > 0 for number in (size, chunk, count)):
        return False
    if size > 4 * 1024**3 or count > 1000:
        return False
    if count == 1:
        return bool(chunk == size and size <= MAX_CHUNK)
    last = size - chunk * (count - 1)
    return bool(
        MIN_CHUNK <= chunk <= MAX_CHUNK and count == size // chunk and last <= MAX_LAST_CHUNK
    )


def _point_of_chunk(request: Request) -> str:
    found = _RANGE.fullmatch(request.headers.get("content-range", ""))
    last = found is not None and int(found[2]) + 1 == int(found[3])
    return "tiktok.commit" if last else "tiktok.upload"


@routes("PUT", r"/open-upload\.tiktokapis\.com/video/?", point=_point_of_chunk, streams=True)
def chunk(world: World, request: Request) -> Response:
    """One chunk, in order; the last one is the point of no return."""
    query = request.query
    draft = world.draft(f"{query.get('upload_id')}.{query.get('upload_token')}")
    if draft is None:
        return Response(404)
    if world.now() >= draft["expires_at"]:
        return Response(403)
    found = _RANGE.fullmatch(request.headers.get("content-range", ""))
    if found is None:
        return Response(400)
    first, last, total = (int(part) for part in found.groups())
    size, received = draft["size_bytes"], draft["received_bytes"]
    is_last = last + 1 == size
    expected = size - received if is_last else draft["chunk_bytes"]
    if total != size or first != received or draft["received_at"]:
        return _progress(416, draft)
    if last - first + 1 != expected or (
        is_last and received != draft["chunk_bytes"] * (draft["chunk_count"] - 1)
    ):
        return _progress(416, draft)
    if not request.whole or request.upload_bytes != expected:
        return Response(400)
    draft = uploads.append(world, draft, request)
    if not is_last:
        return _progress(206, draft)
    _commit(world, draft, late_s=request.late_s)
    return _progress(201, draft)


def _progress(status: int, draft: Row) -> Response:
    received = draft["received_bytes"]
    headers = {"content-range": f"bytes 0-{received - 1}/{draft['size_bytes']}"} if received else {}
    return Response(status, headers=headers)


def _commit(world: World, draft: Row, *, late_s: float) -> None:
    draft = uploads.receive(
        world,
        draft,
        processing_s=world.setting("tiktok.processing_s"),
        bad_file="file_format_check_failed",
        rejected="spam_risk",
        rules=partial(rules.tiktok_video, most_s=world.setting("tiktok.max_duration_s")),
        late_s=late_s,
    )
    ready_at = draft["ready_at"]
    if draft["fail_reason"]:
        hooks.tell_tiktok(
            world, draft, "post.publish.failed", at=ready_at, reason=draft["fail_reason"]
        )
        return
    if draft["id"].startswith(INBOX):
        hooks.tell_tiktok(
            world, draft, "post.publish.inbox_delivered", at=ready_at, publish_type="INBOX_SHARE"
        )
        return
    _post(world, draft, at=draft["received_at"], ready_at=ready_at)


def creator_posts(world: World, publish_id: str, *, caption: str, privacy: str) -> Row | None:
    """The creator takes it out of the inbox and posts it; None where it is not there."""
    draft, now = world.draft(publish_id), world.now()
    waits = draft is not None and draft["id"].startswith(INBOX) and not draft["post_id"]
    if draft is None or not waits or draft["ready_at"] is None or draft["fail_reason"]:
        return None
    world.update("drafts", draft["id"], caption=caption, privacy=privacy)
    _post(world, {**draft, "caption": caption, "privacy": privacy}, at=now, ready_at=now)
    return world.draft(publish_id)


def _post(world: World, draft: Row, *, at: float, ready_at: float) -> None:
    how = {"publish_type": "INBOX_SHARE"} if draft["id"].startswith(INBOX) else {}
    is_public = draft["privacy"] == "PUBLIC_TO_EVERYONE"
    public_at = ready_at + world.setting("tiktok.moderation_s") if is_public else None
    post_id = f"74{digits(17)}"
    uploads.make_post(
        world,
        draft,
        post_id=post_id,
        at=at,
        ready_at=ready_at,
        public_at=public_at,
    )
    hooks.tell_tiktok(world, draft, "post.publish.complete", at=ready_at, **how)
    if public_at is not None:
        hooks.tell_tiktok(
            world,
            draft,
            "post.publish.publicly_available",
            at=public_at,
            post_id=int(post_id),
            **how,
        )


@routes("POST", _API + r"/post/publish/status/fetch/?", point="tiktok.status")
def status(world: World, request: Request) -> Response:
    """How far a post is. The id comes for public posts only, after moderation."""
    asked = str(request.json.get("publish_id", ""))
    scope = "video.upload" if asked.startswith(INBOX) else "video.publish"
    account = _who(world, request, scope=scope)
    draft = world.draft(asked)
    if draft is None or draft["platform"] != "tiktok":
        return envelope({}, code="invalid_publish_id", message="", status=400)
    if draft["account_id"] != account["id"]:
        code = "token_not_authorized_for_specified_publish_id"
        return envelope({}, code=code, message="", status=400)
    now = world.now()
    here = draft["received_at"] is not None and draft["received_at"] <= now
    known: Row = {"status": "PROCESSING_UPLOAD", "uploaded_bytes": draft["received_bytes"]}
    if draft["received_at"] and not here:
        known["uploaded_bytes"] = draft["chunk_bytes"] * (draft["chunk_count"] - 1)
    if here and now >= draft["ready_at"]:
        known["status"] = "FAILED" if draft["fail_reason"] else "PUBLISH_COMPLETE"
        if draft["id"].startswith(INBOX) and not draft["post_id"] and not draft["fail_reason"]:
            known["status"] = "SEND_TO_USER_INBOX"
        if draft["fail_reason"]:
            known["fail_reason"] = draft["fail_reason"]
        post = world.was_posted(draft["post_id"])
        if post and post["public_at"] and now >= post["public_at"]:
            known["publicaly_available_post_id"] = [int(post["id"])]
    return envelope(known)


# --- Reading -------------------------------------------------------------------------------------


@routes("GET", _API + r"/user/info/?", point="tiktok.user")
def user_info(world: World, request: Request) -> Response:
    """Whose token it is."""
    account = _who(world, request, scope="user.info.basic")
    known: Row = {
        "open_id": account["id"],
        "union_id": account["id"],
        "display_name": account["name"],
        "username": account["handle"],
        "follower_count": 1_200,
        "video_count": len(world.posts_of(account["id"])),
    }
    asked = request.query.get("fields", "open_id").split(",")
    return envelope({"user": {name: known[name] for name in asked if name in known}})


def _public(world: World, account: Row) -> list[Row]:
    now = world.now()
    return [
        post
        for post in world.posts_of(account["id"])
        if post["public_at"] is not None and post["public_at"] <= now
    ]


def _video(world: World, post: Row, request: Request) -> Row:
    life = life_of(post, now=world.now())
    known: Row = {
        "id": post["id"],
        "create_time": int(post["public_at"]),
        "cover_image_url": "",
        "share_url": f"{request.base_url}/posts/tiktok/{post['id']}",
        "video_description": post["caption"],
        "title": post["caption"][:150],
        "duration": round(post["duration_ms"] / 1000),
        "width": post["width_px"],
        "height": post["height_px"],
        "view_count": life["views"],
        "like_count": life["likes"],
        "comment_count": life["comments"],
        "share_count": life["shares"],
    }
    asked = request.query.get("fields", "id").split(",")
    return {name: known[name] for name in asked if name in known}


@routes("POST", _API + r"/video/list/?", point="tiktok.list")
def video_list(world: World, request: Request) -> Response:
    """The creator's public videos, newest first."""
    account = _who(world, request, scope="video.list")
    _limit(world, account, "video_list", per_minute=600)
    count = max(1, min(20, int(request.json.get("max_count") or 10)))
    cursor = float(request.json.get("cursor") or 0) / 1000 or float("inf")
    found = [post for post in _public(world, account) if post["public_at"] < cursor]
    page = found[:count]
    return envelope(
        {
            "videos": [_video(world, post, request) for post in page],
            "cursor": int(page[-1]["public_at"] * 1000) if page else 0,
            "has_more": len(found) > count,
        }
    )


@routes("POST", _API + r"/video/query/?", point="tiktok.query")
def video_query(world: World, request: Request) -> Response:
    """Some of the creator's public videos, by id."""
    account = _who(world, request, scope="video.list")
    asked = (request.json.get("filters") or {}).get("video_ids") or []
    wanted = {str(key) for key in asked[:20]}
    found = [post for post in _public(world, account) if post["id"] in wanted]
    return envelope({"videos": [_video(world, post, request) for post in found]})
