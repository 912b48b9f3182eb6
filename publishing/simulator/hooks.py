"""What the platforms tell by themselves: signed, repeated until somebody takes it."""

import hashlib
import hmac
import json
import logging
import secrets
import threading
import time
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import httpx

from publishing.simulator import faults
from publishing.simulator.credentials import SIMULATED_APPS
from publishing.simulator.web import http_date
from publishing.simulator.world import Row, World

logger = logging.getLogger(__name__)

RETRY_AFTER_S = (1, 2, 5, 10, 30, 60, 300, 1_800, 3_600)
GIVE_UP_AFTER_S = {"instagram": 36 * 3600, "tiktok": 72 * 3600, "youtube": 24 * 3600}
HELD_BACK = "held back"
_OUTCOMES = {"webhook_lost": "lost on purpose", "webhook_reordered": HELD_BACK}
_TOPIC = "https://www.youtube.com/xml/feeds/videos.xml?channel_id="
_ATOM = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom">
<link rel="hub" href="https://pubsubhubbub.appspot.com"/><link rel="self" href="{topic}"/>
<title>YouTube video feed</title><updated>{updated}</updated>
<entry><id>yt:video:{video}</id><yt:videoId>{video}</yt:videoId>
<yt:channelId>{channel}</yt:channelId><title>{title}</title>
<link rel="alternate" href="https://www.youtube.com/watch?v={video}"/>
<author><name>{name}</name><uri>https://www.youtube.com/channel/{channel}</uri></author>
<published>{updated}</published><updated>{updated}</updated></entry></feed>
"""


def topic_of(channel_id: str) -> str:
    """The feed that subscribers of a channel name."""
    return _TOPIC + channel_id


def tell_comment(world: World, post: Row, *, at: float) -> None:
    """Meta has no event for a published post; the first one about it is a comment."""
    value = {
        "id": f"179{secrets.randbelow(10**14):014d}",
        "text": "First! ¡Qué bueno!",
        "from": {"id": "56100200300", "username": "ana"},
        "media": {"id": post["id"], "media_product_type": "REELS"},
    }
    change = {"field": "comments", "value": value}
    entry = {"id": post["account_id"], "time": int(at), "changes": [change]}
    # Meta escapes everything that is not ASCII before it signs; json.dumps does the same.
    body = json.dumps({"object": "instagram", "entry": [entry]})
    _schedule(world, "instagram", "comments", body, at=at)


def tell_tiktok(world: World, draft: Row, event: str, *, at: float, **content: object) -> None:
    """One of TikTok's post.publish.* events."""
    inner = {"publish_id": draft["id"], "publish_type": "DIRECT_PUBLISH", **content}
    body = json.dumps(
        {
            "client_key": SIMULATED_APPS["tiktok"].client_id,
            "event": event,
            "create_time": int(at),
            "user_openid": draft["account_id"],
            "content": json.dumps(inner),
        }
    )
    _schedule(world, "tiktok", event, body, at=at)


def tell_feed(world: World, post: Row, *, at: float) -> None:
    """The hub tells every subscriber of the channel about the video."""
    account = world.account(post["account_id"]) or {"name": ""}
    topic = topic_of(post["account_id"])
    body = _ATOM.format(
        topic=escape(topic),
        video=post["id"],
        channel=post["account_id"],
        title=escape(post["title"]),
        name=escape(account["name"]),
        updated=time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(at)),
    )
    subscribers = world.all(
        "SELECT * FROM subscriptions WHERE topic = ? AND lease_until > ?", topic, world.now()
    )
    for row in subscribers:
        _schedule(
            world, "youtube", "feed", body, at=at, target=row["callback"], secret=row["secret"]
        )


def ask_subscriber(world: World, *, params: dict[str, str], callback: str) -> None:
    """Before a subscription counts, the hub asks the callback whether it wants it."""
    _schedule(world, "youtube", "verification", json.dumps(params), at=world.now(), target=callback)


def _schedule(
    world: World,
    platform: str,
    kind: str,
    body: str,
    *,
    at: float,
    target: str = "",
    secret: str = "",
) -> None:
    secret = secret or SIMULATED_APPS[platform].webhook_secret
    fault = None
    if kind != "verification":
        fault = faults.take(world, f"{platform}.webhook", when=faults.When.WEBHOOK)
        _let_follow(world, platform, at=at)
    name = fault.name if fault else ""
    if fault and name in ("webhook_late", "webhook_reordered"):
        at += fault.number("seconds")
    for _ in range(2 if name == "webhook_doubled" else 1):
        world.insert(
            "webhooks",
            platform=platform,
            kind=kind,
            target=target or world.webhook_target(platform),
            headers="{}",
            body=body,
            secret="forged" if name == "webhook_forged" else secret,
            due_at=at,
            give_up_at=at + GIVE_UP_AFTER_S[platform],
            delivered_at=at if name == "webhook_lost" else None,
            outcome=_OUTCOMES.get(name, ""),
        )


def _let_follow(world: World, platform: str, *, at: float) -> None:
    """What was held back goes out right after the one that is due at this time."""
    world.run(
        "UPDATE webhooks SET due_at = ?, outcome = '' WHERE platform = ? AND outcome = ? "
        "AND delivered_at IS NULL",
        at + 0.001,
        platform,
        HELD_BACK,
    )


def signed(platform: str, body: str, *, secret: str, at: int | None = None) -> dict[str, str]:
    """The headers of a delivery as this platform signs it. at: unix seconds, else now."""

    def mac(message: str, method: str) -> str:
        return hmac.new(secret.encode(), message.encode(), method).hexdigest()

    if platform == "tiktok":
        stamp = str(at or int(time.time()))
        return {
            "Content-Type": "application/json",
            "TikTok-Signature": f"t={stamp},s={mac(f'{stamp}.{body}', hashlib.sha256().name)}",
        }
    if platform == "youtube":
        return {
            "Content-Type": "application/atom+xml",
            "X-Hub-Signature": f"sha1={mac(body, 'sha1')}",
        }
    return {
        "Content-Type": "application/json",
        "X-Hub-Signature": f"sha1={mac(body, 'sha1')}",
        "X-Hub-Signature-256": f"sha256={mac(body, 'sha256')}",
    }


class Courier:
    """Delivers what is due, in a thread of its own."""

    def __init__(self, world: World) -> None:
        self._world, self._busy, self._stop = world, threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin looking every quarter of a second."""
        self._thread.start()

    def stop(self) -> None:
        """End; a delivery under way is finished."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=15)

    def _run(self) -> None:
        while not self._stop.wait(0.25):
            try:
                self.deliver_due()
            except Exception:  # the courier must outlive any one delivery
                logger.exception("A webhook could not be delivered")

    def deliver_due(self) -> list[Row]:
        """Send all that is due now, once each; the rows as they are afterwards."""
        with self._busy:
            due = self._world.all(
                "SELECT * FROM webhooks WHERE delivered_at IS NULL AND target != '' "
                "AND due_at <= ? AND outcome != 'given up' ORDER BY due_at, id",
                self._world.now(),
            )
            if not due:
                return []
            with httpx.Client(timeout=httpx.Timeout(10, connect=3), trust_env=False) as client:
                return [self._deliver(client, row) for row in due]

    def _deliver(self, client: httpx.Client, row: Row) -> Row:
        taken, outcome = self._send(client, row)
        changes: Row = {"attempts": row["attempts"] + 1, "outcome": outcome}
        now = self._world.now()
        if taken:
            changes["delivered_at"] = now
        elif now >= row["give_up_at"]:
            changes["outcome"] = "given up"
        else:
            changes["due_at"] = now + RETRY_AFTER_S[min(row["attempts"], len(RETRY_AFTER_S) - 1)]
        with self._world.transaction():
            self._world.update("webhooks", row["id"], **changes)
        return {**row, **changes}

    def _send(self, client: httpx.Client, row: Row) -> tuple[bool, str]:
        try:
            if row["kind"] == "verification":
                return self._verify(client, row)
            answer = client.post(
                row["target"],
                content=row["body"].encode(),
                headers=signed(row["platform"], row["body"], secret=row["secret"])
                | {"Date": http_date(self._world.now())},
            )
        except httpx.HTTPError as err:
            return False, type(err).__name__
        # 410 tells a hub that nobody wants it any more; anything else but 2xx is tried again.
        return answer.is_success or answer.status_code == 410, f"HTTP {answer.status_code}"

    def _verify(self, client: httpx.Client, row: Row) -> tuple[bool, str]:
        params = json.loads(row["body"])
        asked = {name: params[name] for name in ("hub.mode", "hub.topic", "hub.lease_seconds")}
        asked["hub.challenge"] = secrets.token_hex(16)
        joint = "&" if "?" in row["target"] else "?"
        answer = client.get(f"{row['target']}{joint}{urlencode(asked)}")
        agreed = answer.is_success and answer.text.strip() == asked["hub.challenge"]
        if agreed:
            with self._world.transaction():
                self._world.run(
                    "DELETE FROM subscriptions WHERE topic = ? AND callback = ?",
                    params["hub.topic"],
                    row["target"],
                )
                if params["hub.mode"] == "subscribe":
                    self._world.insert(
                        "subscriptions",
                        topic=params["hub.topic"],
                        callback=row["target"],
                        secret=params["hub.secret"],
                        lease_until=self._world.now() + float(params["hub.lease_seconds"]),
                    )
        return True, "agreed" if agreed else f"refused, HTTP {answer.status_code}"
