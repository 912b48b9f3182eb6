"""What the platforms promise, row by row, each with the day on which somebody read it.

Hosts, API versions, lifetimes, our margins before them, and budgets. The settings offer the table as
PLATFORM_FACTS, with the rows of STAKAZO_PLATFORM_FACTS in place of ours; nothing else in the project
names a host of a platform or counts on one of these numbers. A key is `platform:kind:name`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_READ = date(2026, 11, 20)
_META = "https://developers.facebook.com/docs/instagram-platform"
_META_VERSIONS = "https://developers.facebook.com/docs/graph-api/changelog/versions"
_TIKTOK = "https://developers.tiktok.com/doc/oauth-user-access-token-management"
_TIKTOK_POSTS = "https://developers.tiktok.com/doc/content-posting-api-get-started"
_GOOGLE = "https://developers.google.com/identity/protocols/oauth2"
_YOUTUBE = "https://developers.google.com/youtube/v3"
_MINUTE_S, _DAY_S = 60, 86_400


@dataclass(frozen=True)
class Fact:
    """One row. ends: the last day on which it holds, where the platform has named one.

    value: text (host, version, page), a tuple of domains, a length of time, or of a budget (units, in
    how many seconds, units on the simulator, whose limits are wide).
    """

    value: Any
    as_of: date
    source: str
    ends: date | None = None


def _rows(source: str, rows: Mapping[str, Any]) -> Iterator[tuple[str, Fact]]:
    for key, value in rows.items():
        yield key, Fact(value, _READ, source)


FACTS: dict[str, Fact] = dict(
    (
        # A version of the Graph API lives two years from the day of its successor.
        *_rows(_META_VERSIONS, {"instagram:version:api": "v26.0"}),
        *_rows(_TIKTOK_POSTS, {"tiktok:version:api": "v2"}),
        *_rows(_YOUTUBE, {"youtube:version:api": "v3"}),
        *_rows(
            _META,
            {
                "instagram:host:authorize": "www.instagram.com",
                "instagram:host:token": "api.instagram.com",
                "instagram:host:api": "graph.instagram.com",
                "instagram:host:upload": "rupload.facebook.com",
                # Facebook Login, the other way to the same accounts.
                "instagram:host:facebook_authorize": "www.facebook.com",
                "instagram:host:facebook_api": "graph.facebook.com",
                # Addresses in answers, which the platform chooses itself, end in one of these.
                "instagram:domains:upload": (".facebook.com", ".instagram.com"),
                # Without word of the platform: a long token's life.
                "instagram:life:access": timedelta(days=60),
                # It renews itself, once it is a day old and before it ends: early, so that there is time
                # left to try again and to tell people.
                "instagram:margin:access": timedelta(days=15),
            },
        ),
        *_rows(
            _TIKTOK,
            {
                "tiktok:host:authorize": "www.tiktok.com",
                "tiktok:host:token": "open.tiktokapis.com",
                "tiktok:host:api": "open.tiktokapis.com",
                "tiktok:host:upload": "open-upload.tiktokapis.com",
                "tiktok:domains:upload": (".tiktokapis.com",),
                # 2 h and 180 days; older pages say 24 h and 365 days. The answer decides.
                "tiktok:life:access": timedelta(hours=2),
                "tiktok:life:refresh": timedelta(days=180),
                "tiktok:margin:access": timedelta(minutes=30),
                "tiktok:margin:refresh": timedelta(days=30),
            },
        ),
        *_rows(
            _TIKTOK_POSTS,
            {
                "tiktok:life:upload": timedelta(hours=1),
                # So long it repeats a webhook.
                "tiktok:life:delivery": timedelta(hours=72),
            },
        ),
        *_rows(
            _GOOGLE,
            {
                "youtube:host:authorize": "accounts.google.com",
                "youtube:host:token": "oauth2.googleapis.com",
                "youtube:host:api": "www.googleapis.com",
                "youtube:domains:upload": (".googleapis.com",),
                "youtube:life:access": timedelta(hours=1),
                # A refresh token that nobody uses for six months is let go.
                "youtube:life:unused": timedelta(days=180),
                "youtube:margin:access": timedelta(minutes=5),
                "youtube:margin:unused": timedelta(days=30),
            },
        ),
        *_rows(
            _YOUTUBE,
            {
                "youtube:host:hub": "pubsubhubbub.appspot.com",
                "youtube:page:watch": "https://www.youtube.com/watch?v={}",
                "youtube:page:feed": "https://www.youtube.com/xml/feeds/videos.xml?channel_id={}",
                # The longest that hubs commonly grant.
                "youtube:life:lease": timedelta(days=10),
            },
        ),
        # Budgets are counted in any such stretch, so never more is used than per calendar day.
        *_rows(
            _META,
            {
                # 4800 calls per impression of the last day, which count as 10 at least; corrected by
                # headers.
                "instagram:budget:account:calls": (48_000, _DAY_S, 48_000),
                # Ours, not Meta's: what X-App-Usage is a percentage of is told nowhere.
                "instagram:budget:app:calls": (200_000, _DAY_S, 2_000_000),
                "instagram:budget:account:containers": (400, _DAY_S, 10_000),
                # 50 in the reference, 100 in the guide; content_publishing_limit decides.
                "instagram:budget:account:posts": (50, _DAY_S, 1_000),
            },
        ),
        *_rows(
            _TIKTOK_POSTS,
            {
                "tiktok:budget:account:creator_info": (20, _MINUTE_S, 200),
                "tiktok:budget:account:init": (6, _MINUTE_S, 60),
                "tiktok:budget:account:status": (30, _MINUTE_S, 300),
                "tiktok:budget:app:list": (600, _MINUTE_S, 6_000),
                "tiktok:budget:app:query": (600, _MINUTE_S, 6_000),
                "tiktok:budget:app:reads": (600, _MINUTE_S, 6_000),
                # About 15 posts per creator and day, shared with every other app.
                "tiktok:budget:account:posts": (15, _DAY_S, 1_000),
                # Ours: TikTok tells its cap of users only by refusing.
                "tiktok:budget:app:posts": (100_000, _DAY_S, 100_000),
            },
        ),
        *_rows(
            _YOUTUBE,
            {
                # Since 1 June 2026 uploads have a bucket of their own.
                "youtube:budget:app:inserts": (100, _DAY_S, 1_000),
                "youtube:budget:app:units": (10_000, _DAY_S, 1_000_000),
                # YouTube tells its cap per channel only by refusing (uploadLimitExceeded).
                "youtube:budget:account:posts": (100, _DAY_S, 1_000),
            },
        ),
    )
)


def overridden(table: Mapping[str, Fact], wishes: Any) -> tuple[dict[str, Fact], list[str]]:
    """The table with an operator's rows in place of ours, and what is wrong with the others.

    A wish is `{"value", "as_of", "ends"}` as JSON has them: times in seconds, days as 2027-01-31; each
    part may be left out. A wish that is wrong changes nothing. Any: it comes from outside.
    """
    if not isinstance(wishes, Mapping):
        return dict(table), ["it is no object"]
    rows, faults = dict(table), []
    for key, wish in wishes.items():
        try:
            rows[key] = _row(table[key], dict(wish))
        except KeyError:
            faults.append(f"there is no row {key!r}")
        except (TypeError, ValueError) as error:
            faults.append(f"{key}: {error}")
    return rows, faults


def _row(ours: Fact, wish: dict[str, Any]) -> Fact:
    if unknown := wish.keys() - {"value", "as_of", "ends"}:
        raise ValueError(f"a row has no {', '.join(sorted(unknown))}")
    return Fact(
        value=_like(ours.value, wish["value"]) if "value" in wish else ours.value,
        as_of=date.fromisoformat(wish["as_of"]) if "as_of" in wish else ours.as_of,
        source="STAKAZO_PLATFORM_FACTS",
        ends=date.fromisoformat(wish["ends"]) if wish.get("ends") else None,
    )


def _like(ours: Any, value: Any) -> Any:
    """The value in the shape of ours."""
    if isinstance(ours, timedelta):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**10:
            raise ValueError("the value is a number of seconds")
        return timedelta(seconds=value)
    if isinstance(ours, tuple):
        kind = type(ours[0])
        if not isinstance(value, list) or not value or not all(type(v) is kind for v in value):
            raise ValueError(f"the value is a list like {list(ours)}")
        if kind is int and (len(value) != len(ours) or min(value) <= 0):
            raise ValueError(f"the value is a list like {list(ours)}")
        return tuple(value)
    if not isinstance(value, str) or not value or value.split() != [value]:
        raise ValueError("the value is one word")
    return value
