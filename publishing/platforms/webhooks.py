"""What platforms tell us by themselves: is it really them, and what does it say. Pure functions.

Raw bytes in, always: a body that was parsed and written again has another signature.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from publishing.platforms.base import WebhookEvent
from publishing.platforms.facts import fact
from stakazo.core.errors import InvalidInput

TIKTOK_MAX_LEAD = timedelta(minutes=5)

_TIKTOK_KINDS = {
    "post.publish.complete": "post_published",
    "post.publish.publicly_available": "post_published",
    "post.publish.inbox_delivered": "post_delivered",
    "post.publish.failed": "post_failed",
    "video.upload.failed": "post_failed",
    "post.publish.no_longer_publicaly_available": "post_removed",  # TikTok's spelling
    "authorization.removed": "account_removed",
}
_ATOM = "{http://www.w3.org/2005/Atom}"
_YOUTUBE = "{http://www.youtube.com/xml/schemas/2015}"
_TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
_TOPIC = re.compile(r"[?&]channel_id=([\w-]+)")


class BadWebhook(InvalidInput):
    """A delivery whose body is not what the platform's documents promise."""

    code = "publishing.bad-webhook"


def verify_meta(raw_body: bytes, headers: Mapping[str, str], secrets: Iterable[str]) -> bool:
    """Whether Meta signed it with one of these app secrets (X-Hub-Signature-256)."""
    signature = _header(headers, "X-Hub-Signature-256")
    return any(
        _same(signature, "sha256=" + _hmac(secret, raw_body, "sha256"))
        for secret in secrets
        if secret
    )


def verify_tiktok(raw: bytes, headers: Mapping[str, str], secret: str, now: datetime) -> bool:
    """Whether TikTok signed it with this client secret, for as long as it repeats a delivery.

    It may keep its first time then; the unique event key is what stops a replay, so this only bounds it.
    """
    parts = dict(
        part.strip().split("=", 1)
        for part in _header(headers, "TikTok-Signature").split(",")
        if "=" in part
    )
    stamp, signature = parts.get("t", ""), parts.get("s", "")
    if not re.fullmatch(r"[0-9]{1,12}", stamp) or not secret:
        return False
    age = now - datetime.fromtimestamp(int(stamp), tz=UTC)
    if not -TIKTOK_MAX_LEAD <= age <= fact("tiktok", "life", "delivery"):
        return False
    return _same(signature, _hmac(secret, stamp.encode() + b"." + raw, "sha256"))


def verify_youtube_websub(raw: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Whether the hub signed it with our subscription's secret; the prefix names the hash."""
    method, _, signature = _header(headers, "X-Hub-Signature").partition("=")
    if method not in ("sha1", "sha256", "sha384", "sha512") or not secret:
        return False
    return _same(signature, _hmac(secret, raw, method))


def parse_meta(raw: bytes) -> list[WebhookEvent]:
    """What one delivery of Meta says; up to 1000 changes. Raises BadWebhook."""
    body = _json_object(raw)
    events = []
    for entry in _objects(body.get("entry")):
        # Some Instagram deliveries put field and value on the entry itself, without `changes`.
        for change in _objects(entry.get("changes")) or ([entry] if "field" in entry else []):
            events.append(_meta_event(entry, change))
    return events


def _meta_event(entry: dict[str, Any], change: dict[str, Any]) -> WebhookEvent:
    value = change.get("value")
    value = value if isinstance(value, dict) else {}
    account, at, field = str(entry.get("id", "")), entry.get("time"), str(change.get("field", ""))
    media = value.get("media")
    media_id = media.get("id", "") if isinstance(media, dict) else value.get("media_id", "")
    return WebhookEvent(
        event_key=_digest("meta", account, field, value.get("id") or [at, value]),
        kind="comment" if field in ("comments", "live_comments") else "other",
        platform_time=_moment(at),
        account_external_id=account,
        external_post_id=str(media_id),
        raw={"field": field, "value": value},
    )


def parse_tiktok(raw: bytes) -> list[WebhookEvent]:
    """What one delivery of TikTok says: always one event. Raises BadWebhook."""
    body = _json_object(raw)
    content = body.get("content") or "{}"
    if isinstance(content, str):
        content = _json_object(content.encode())
    if not isinstance(content, dict):
        raise BadWebhook("The content of the delivery is not an object.")
    name, account = str(body.get("event", "")), str(body.get("user_openid", ""))
    return [
        WebhookEvent(
            event_key=_digest("tiktok", account, name, [body.get("create_time"), content]),
            kind=_TIKTOK_KINDS.get(name, "other"),
            platform_time=_moment(body.get("create_time")),
            account_external_id=account,
            external_post_id=str(content.get("post_id") or ""),
            publish_id=str(content.get("publish_id") or ""),
            reason=str(content.get("reason") or ""),
            raw={"event": name, "content": content},
        )
    ]


def parse_youtube_websub(raw: bytes) -> list[WebhookEvent]:
    """What one Atom delivery says: an event per entry. Raises BadWebhook, also for entities."""
    try:
        feed = fromstring(raw, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as err:
        raise BadWebhook("The delivery is not a plain Atom feed.") from err
    channel_of_topic = ""
    for link in feed.iter(f"{_ATOM}link"):
        if link.get("rel") == "self" and (found := _TOPIC.search(link.get("href", ""))):
            channel_of_topic = found.group(1)
    events = []
    for entry in feed.iter(f"{_ATOM}entry"):
        video = (entry.findtext(f"{_YOUTUBE}videoId") or "").strip()
        updated = (entry.findtext(f"{_ATOM}updated") or "").strip()
        title = (entry.findtext(f"{_ATOM}title") or "").strip()
        if not video:
            raise BadWebhook("An entry of the delivery names no video.")
        events.append(
            WebhookEvent(
                event_key=_digest("youtube", video, updated, title),
                kind="video_changed",
                platform_time=_moment(updated),
                account_external_id=entry.findtext(f"{_YOUTUBE}channelId") or channel_of_topic,
                external_post_id=video,
                raw={
                    "title": title,
                    "published": entry.findtext(f"{_ATOM}published") or "",
                    "updated": updated,
                },
            )
        )
    for entry in feed.iter(f"{_TOMBSTONES}deleted-entry"):
        video, when = entry.get("ref", "").removeprefix("yt:video:"), entry.get("when", "")
        events.append(
            WebhookEvent(
                event_key=_digest("youtube", video, when, "deleted"),
                kind="post_removed",
                platform_time=_moment(when),
                account_external_id=channel_of_topic,
                external_post_id=video,
                raw={"when": when},
            )
        )
    return events


def _header(headers: Mapping[str, str], name: str) -> str:
    """A header by name, whatever its case."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def _hmac(secret: str, message: bytes, method: str) -> str:
    return hmac.new(secret.encode(), message, method).hexdigest()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _digest(*parts: Any) -> str:
    """A key of fixed length; the same parts give the same key. Any: whatever JSON carries."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as err:
        raise BadWebhook("The delivery is not JSON.") from err
    if not isinstance(body, dict):
        raise BadWebhook("The delivery is not a JSON object.")
    return body


def _objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list that came from outside; Any: it may be anything."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _moment(value: Any) -> datetime | None:
    """Unix seconds or ISO text, as a time; None where it is neither. Any: it came from outside."""
    try:
        if isinstance(value, str) and not value.isdigit():
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return datetime.fromtimestamp(int(value), tz=UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
