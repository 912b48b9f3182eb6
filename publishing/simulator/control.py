"""Steering the simulated world: `/_control/…`. JSON in, JSON out."""

import secrets
from types import ModuleType
from typing import Any

from publishing.simulator import facebook, faults
from publishing.simulator.hooks import Courier
from publishing.simulator.web import Request, Response, Routes, json_response
from publishing.simulator.world import Row, World, digits


def truth_of(world: World) -> dict[str, Any]:
    """All posts, and how often each content was posted: what no client can make up. Posts that were
    removed stand among them, and their ids under `removed`."""
    posts = world.all(
        "SELECT id, platform, account_id, draft_id, title, caption, privacy, sha256, size_bytes, "
        "duration_ms, width_px, height_px, committed_at, ready_at, public_at, fail_reason "
        "FROM posts ORDER BY committed_at, rowid"
    )
    live = [post for post in posts if not post["fail_reason"]]
    times: dict[str, int] = {}
    for post in live:
        key = f"{post['platform']}:{post['account_id']}:{post['sha256']}"
        times[key] = times.get(key, 0) + 1
    per_platform = {
        row["platform"]: row["n"]
        for row in world.all(
            "SELECT platform, COUNT(*) AS n FROM posts WHERE fail_reason = '' GROUP BY platform"
        )
    }
    return {
        "now": world.now(),
        "posts": live,
        "refused": [post for post in posts if post["fail_reason"]],
        "times_posted": times,
        "per_platform": per_platform,
        "posted_twice": sorted(key for key, count in times.items() if count > 1),
        "comments": world.all("SELECT * FROM comments ORDER BY at, rowid"),
        "thumbnails": world.all("SELECT * FROM thumbnails ORDER BY at"),
        "covers": world.all(
            "SELECT covers.*, drafts.post_id FROM covers JOIN drafts ON drafts.id = draft_id"
        ),
        "removed": [row["post_id"] for row in world.all("SELECT * FROM removed ORDER BY at")],
    }


def _bad(message: str) -> Response:
    return json_response({"error": message}, status=400)


def routes_for(courier: Courier, platforms: dict[str, ModuleType]) -> Routes:
    """The control routes of one simulator."""
    routes = Routes("")

    @routes("POST", "/_control/reset/?", free=True)
    def reset(world: World, request: Request) -> Response:
        """A new world."""
        world.reset()
        return json_response({"reset": True})

    @routes("GET", "/_control/truth/?")
    def truth(world: World, request: Request) -> Response:
        """All posts, counted."""
        return json_response(truth_of(world))

    @routes("GET", "/_control/drafts/?")
    def drafts(world: World, request: Request) -> Response:
        """All that was begun, posted or not: containers, uploads, sessions; their addresses stay here."""
        rows = world.all(
            "SELECT id, platform, account_id, title, caption, created_at, received_at, ready_at, "
            "fail_reason, post_id FROM drafts ORDER BY created_at, rowid"
        )
        return json_response({"drafts": rows})

    @routes("POST", "/_control/advance/?")
    def advance(world: World, request: Request) -> Response:
        """Move the clock by `seconds`."""
        seconds = request.json.get("seconds")
        if not isinstance(seconds, int | float) or seconds < 0:
            return _bad("seconds must be a number that is not negative.")
        return json_response({"now": world.advance(seconds)})

    @routes("GET POST", "/_control/settings/?")
    def change_settings(world: World, request: Request) -> Response:
        """Delays and limits; `webhook_url` too."""
        changes = request.json
        if "webhook_url" in changes:
            world.set_webhook_url(str(changes.pop("webhook_url")))
        try:
            return json_response(world.change_settings(changes))
        except (KeyError, TypeError, ValueError) as err:
            return _bad(f"There is no such setting, or it is no number: {err}")

    @routes("GET POST", "/_control/inject/?")
    def inject(world: World, request: Request) -> Response:
        """POST `point`, `fault`, `count`, `skip` and parameters; GET lists what is known."""
        if request.method == "GET":
            known = {
                name: {"sentence": each.sentence, **each.numbers, "points": faults.points_of(name)}
                for name, each in faults.FAULTS.items()
            }
            return json_response({"faults": known, "injected": faults.waiting(world)})
        try:
            faults.inject(world, **request.json)
        except (TypeError, ValueError) as err:
            return _bad(f"point and fault, please, and numbers where they are asked for: {err}")
        return json_response({"injected": True}, status=201)

    @routes("POST", "/_control/mend/?")
    def mend(world: World, request: Request) -> Response:
        """What was injected and has not happened yet will not happen."""
        return json_response({"taken_back": faults.take_back(world)})

    @routes("GET POST", "/_control/accounts/?")
    def accounts(world: World, request: Request) -> Response:
        """POST makes an account, or finds one by `platform` and `handle`, and gives it tokens.

        `login` facebook: those of a `person` who manages its page, which is made where there is none.
        """
        if request.method == "GET":
            return json_response({"accounts": world.all("SELECT * FROM accounts")})
        wanted = request.json
        platform = str(wanted.get("platform", ""))
        if platform not in platforms:
            return _bad(f"platform must be one of {', '.join(platforms)}.")
        account = _account(world, platform, wanted)
        if wanted.get("login") == "facebook" and platform == "instagram":
            tokens = facebook.token_of(world, account, person=str(wanted.get("person", "")))
        else:
            tokens = platforms[platform].tokens_of_new_account(world, account)
        known = {
            "platform": platform,
            "external_id": account["id"],
            "handle": account["handle"],
            "access_token": tokens["access_token"],
            "refresh_token": tokens.get("refresh_token", ""),
            "expires_in": tokens["expires_in"],
        }
        return json_response(known, status=201)

    @routes("POST", "/_control/remove/?")
    def remove(world: World, request: Request) -> Response:
        """Somebody takes the post `id` away."""
        return json_response({"removed": world.remove_post(str(request.json.get("id", "")))})

    @routes("POST", "/_control/foreign/?")
    def foreign(world: World, request: Request) -> Response:
        """A post on `platform` that nobody made through the API: somebody used the app, `ago_s` ago."""
        wanted = request.json
        platform = str(wanted.get("platform", ""))
        if platform not in platforms:
            return _bad(f"platform must be one of {', '.join(platforms)}.")
        account_id = str(wanted.get("account_id") or world.first_account(platform)["id"])
        if world.account(account_id) is None:
            return _bad("There is no such account.")
        post = _foreign_post(world, platform, account_id, wanted)
        return json_response({"id": post["id"]}, status=201)

    @routes("GET", "/_control/webhooks/?")
    def webhooks(world: World, request: Request) -> Response:
        """All webhooks, sent or not; their secrets stay here."""
        rows = world.all("SELECT * FROM webhooks ORDER BY id")
        for row in rows:
            row.pop("secret")
        return json_response({"webhooks": rows})

    @routes("POST", "/_control/inbox/?")
    def inbox(world: World, request: Request) -> Response:
        """The creator posts what lies in the TikTok inbox: `publish_id`, `caption`, `privacy`."""
        wanted = request.json
        draft = platforms["tiktok"].creator_posts(
            world,
            str(wanted.get("publish_id", "")),
            caption=str(wanted.get("caption", "")),
            privacy=str(wanted.get("privacy") or "PUBLIC_TO_EVERYONE"),
        )
        if draft is None:
            return _bad("There is nothing in the inbox under this publish_id.")
        return json_response({"post_id": draft["post_id"]}, status=201)

    @routes("GET", "/_control/calls/?")
    def calls(world: World, request: Request) -> Response:
        """How often each counted endpoint was called, by platform and account."""
        counted = world.all(
            "SELECT platform, account_id, endpoint, COUNT(*) AS count FROM calls "
            "GROUP BY platform, account_id, endpoint ORDER BY platform, account_id, endpoint"
        )
        return json_response({"calls": counted})

    @routes("POST", "/_control/deliver/?", free=True)
    def deliver(world: World, request: Request) -> Response:
        """Send every webhook that is due now, and wait for it. Free: a receiver may ask us back."""
        sent = courier.deliver_due()
        return json_response(
            {"sent": [{"id": row["id"], "outcome": row["outcome"]} for row in sent]}
        )

    return routes


def _account(world: World, platform: str, wanted: Row) -> Row:
    handle = str(wanted.get("handle") or "")
    row = world.one("SELECT * FROM accounts WHERE platform = ? AND handle = ?", platform, handle)
    if row is not None:
        return row
    if not handle:
        return world.first_account(platform)
    return world.add_account(
        platform,
        account_id=str(wanted.get("external_id") or ""),
        handle=handle,
        name=str(wanted.get("name") or ""),
        private=bool(wanted.get("private")),
    )


def _foreign_post(world: World, platform: str, account_id: str, wanted: Row) -> Row:
    at = world.now() - float(wanted.get("ago_s") or 0)
    key = secrets.token_urlsafe(9)[:11] if platform == "youtube" else f"199{digits(14)}"
    post: Row = {
        "id": key,
        "platform": platform,
        "account_id": account_id,
        "draft_id": f"foreign-{key}",
        "title": str(wanted.get("title", "")),
        "caption": str(wanted.get("caption", "")),
        "privacy": "PUBLIC_TO_EVERYONE" if platform == "tiktok" else "public",
        "path": "",
        "sha256": str(wanted.get("sha256") or f"foreign-{key}"),
        "size_bytes": int(wanted.get("size_bytes") or 1_000_000),
        "duration_ms": int(wanted.get("duration_ms") or 10_000),
        "width_px": 1080,
        "height_px": 1920,
        "committed_at": at,
        "ready_at": at,
        "public_at": at,
        "fail_reason": "",
    }
    world.insert("posts", **post)
    return post
