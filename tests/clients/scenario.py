"""Thirty calls and some with the Python client, each with what came of it; scenario.ts says the same in TypeScript.

`python scenario.py ADDRESS PASSWORD VIDEO` prints one JSON list. It is checked by `mypy --strict` as well.
"""

import json
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlparse
from uuid import UUID

from stakazo_client import AuthenticatedClient, Client
from stakazo_client.api.campaigns import campaigns_complete, campaigns_create, campaigns_start
from stakazo_client.api.identity import auth_login, auth_logout, auth_me
from stakazo_client.api.jobs import jobs_read
from stakazo_client.api.ledger import ledger_timeline
from stakazo_client.api.media import (
    clips_get,
    clips_list,
    clips_variants_create,
    upload_video,
    variants_get,
    variants_list,
    videos_get,
    videos_list,
)
from stakazo_client.api.publishing import (
    accounts_list,
    publications_create,
    publications_get,
    publications_list,
    publishing_reconcile,
)
from stakazo_client.api.watch import debug_health_live
from stakazo_client.models import (
    CampaignInRequest,
    ErrorOut,
    LoginInRequest,
    PublicationInRequest,
    RefreshInRequest,
    UploadInRequest,
    VariantsInRequest,
    WhyInRequest,
)
from stakazo_client.types import File, Response

T = TypeVar("T")
NOWHERE = UUID("0190a0b0-0000-7000-8000-000000000001")


def good(answer: "Response[T | ErrorOut]") -> T:
    """What was asked for; the error's own words otherwise."""
    if answer.parsed is None or isinstance(answer.parsed, ErrorOut):
        raise SystemExit(f"{answer.status_code}: {answer.parsed or answer.content!r}")
    return answer.parsed


def refused(answer: "Response[T | ErrorOut]") -> list[object]:
    """[status, code] of an error."""
    assert isinstance(answer.parsed, ErrorOut), answer.content
    return [int(answer.status_code), answer.parsed.code]


def follow(look: Callable[[], str], ends: set[str]) -> str:
    """Look until it is over."""
    while (status := look()) not in ends:
        time.sleep(0.3)
    return status


def scenario(address: str, password: str, video: Path) -> list[list[object]]:
    """Name of each step → what came of it."""
    told: list[list[object]] = []

    def tell(step: str, outcome: object) -> None:
        told.append([step, outcome])

    stranger = Client(base_url=address, timeout=60)  # type: ignore[arg-type]  # httpx takes seconds as well
    alive = debug_health_live.sync(client=stranger)
    tell("alive", alive and alive.status)
    wrong = LoginInRequest(username="operator", password="not this one")
    tell("wrong password", refused(auth_login.sync_detailed(client=stranger, body=wrong)))
    right = LoginInRequest(username="operator", password=password)
    tokens = good(auth_login.sync_detailed(client=stranger, body=right))
    tell("log in", tokens.user.username)
    client = AuthenticatedClient(base_url=address, token=tokens.access, timeout=120)  # type: ignore[arg-type]  # as above
    tell("who am I", good(auth_me.sync_detailed(client=client)).came_by)

    def bring() -> UploadInRequest:
        file = File(payload=BytesIO(video.read_bytes()), file_name=video.name, mime_type="video/mp4")
        return UploadInRequest(file=file, title="Harbour lights")

    uploaded = good(upload_video.sync_detailed(client=client, body=bring()))
    tell("upload", uploaded.created)
    again = good(upload_video.sync_detailed(client=client, body=bring()))
    tell("the same again", [again.created, again.video.id == uploaded.video.id])
    assert uploaded.job is not None
    searching = uploaded.job.id
    ended = {"completed", "failed", "dead", "cancelled"}
    tell(
        "find clips",
        follow(lambda: good(jobs_read.sync_detailed(searching, client=client)).status, ended),
    )
    videos = good(videos_list.sync_detailed(client=client))
    tell("videos", uploaded.video.id in [each.id for each in videos.results])
    one = videos_get.sync_detailed(uploaded.video.id, client=client)
    tell("one video", good(one).title)
    tag = one.headers["ETag"]
    unchanged = videos_get.sync_detailed(uploaded.video.id, client=client, if_none_match=tag)
    tell("unchanged", int(unchanged.status_code))
    tell("no such video", refused(videos_get.sync_detailed(NOWHERE, client=client)))

    page = good(
        clips_list.sync_detailed(client=client, video_asset=uploaded.video.id, status="ready", limit=1)
    )
    tell("first page", [len(page.results), page.next_ is not None])
    (cursor,) = parse_qs(urlparse(page.next_ or "").query)["cursor"]
    following = good(
        clips_list.sync_detailed(
            client=client, video_asset=uploaded.video.id, status="ready", limit=1, cursor=cursor
        )
    )
    tell("second page", [len(following.results), following.results[0].id != page.results[0].id])
    tell("no such page", refused(clips_list.sync_detailed(client=client, cursor="!")))
    clip = good(clips_get.sync_detailed(page.results[0].id, client=client))
    tell("one clip", clip.video_asset == uploaded.video.id)
    render = VariantsInRequest(formats=["vertical_1080x1920"])
    rendering = good(clips_variants_create.sync_detailed(clip.id, client=client, body=render)).job.id
    tell(
        "render",
        follow(lambda: good(jobs_read.sync_detailed(rendering, client=client)).status, ended),
    )
    variants = good(variants_list.sync_detailed(client=client, clip=clip.id)).results
    tell("variants", [each.format_ for each in variants])
    variant = good(variants_get.sync_detailed(variants[0].id, client=client))
    tell("one variant", [variant.width_px, variant.height_px])

    accounts = good(accounts_list.sync_detailed(client=client, platform="tiktok", status="connected"))
    tell("accounts", [each.mode for each in accounts.results])
    post = PublicationInRequest(
        clip_variant_id=variant.id, social_account_id=accounts.results[0].id, title=video.stem
    )
    key = f"scenario-{variant.id}"
    first = publications_create.sync_detailed(client=client, body=post, idempotency_key=key)
    tell("publish", int(first.status_code))
    second = publications_create.sync_detailed(client=client, body=post, idempotency_key=key)
    tell(
        "the same key", [second.headers["Idempotent-Replayed"], good(second).id == good(first).id]
    )
    other = PublicationInRequest(
        clip_variant_id=variant.id, social_account_id=accounts.results[0].id, title="Another"
    )
    misused = publications_create.sync_detailed(client=client, body=other, idempotency_key=key)
    tell("the key of another", refused(misused))
    publication = good(first).id
    tell(
        "posted",
        follow(
            lambda: good(publications_get.sync_detailed(publication, client=client)).status,
            {"published", "failed", "cancelled"},
        ),
    )
    posted = good(publications_list.sync_detailed(client=client, clip_variant=variant.id))
    tell("publications", [len(posted.results), bool(posted.results[0].url)])
    settled = good(publishing_reconcile.sync_detailed(client=client, since_minutes=1440))
    tell("reconcile", settled.total_checked)

    wish = CampaignInRequest(name=video.stem, platforms=["tiktok"], video_asset=uploaded.video.id)
    campaign = good(campaigns_create.sync_detailed(client=client, body=wish)).id
    why = WhyInRequest(why="launch day")
    started = campaigns_start.sync_detailed(campaign, client=client, body=why)
    tell("start a campaign", good(started).status)
    twice = campaigns_start.sync_detailed(campaign, client=client, body=why)
    tell("start it twice", refused(twice))
    done = campaigns_complete.sync_detailed(campaign, client=client, body=why)
    tell("complete it", good(done).status)
    life = good(ledger_timeline.sync_detailed("publication", str(publication), client=client))
    tell("its life", [each.event_type for each in life.results][0])

    leave = RefreshInRequest(refresh=tokens.refresh)
    tell("log out", int(auth_logout.sync_detailed(client=stranger, body=leave).status_code))
    tell("and be nobody", refused(auth_me.sync_detailed(client=client)))
    return told


if __name__ == "__main__":
    print(json.dumps(scenario(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
