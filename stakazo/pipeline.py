"""The main road in one screen: a long video in, live posts out, every step through the public API.

    upload → validate → cut_analysis → clips → generate_variants → variants → publish_clip → posts
    → webhooks → reconciliation → campaign with the best clip per platform → ledger

`drive` is what `manage.py demo` runs, and what a program of yours would do.
"""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from stakazo.api_client import Api, ApiRefused
from stakazo.core.errors import StakazoError

FORMATS = ["vertical_1080x1920", "square_1080x1080", "landscape_1920x1080"]
SHAPE_FOR = {"instagram": FORMATS[0], "tiktok": FORMATS[0], "youtube": FORMATS[2]}
ENDED = {"completed", "failed", "dead", "cancelled"}
SETTLED = {"published", "failed", "cancelled"}

Tell = Callable[[str, float], None]


class RoadBlocked(StakazoError):
    """A step of the road did not end well."""

    code = "stakazo.road-blocked"


def drive(
    api: Api, video_path: Path, *, tell: Tell, campaign: str = "First look"
) -> dict[str, Any]:
    """Take one video down the whole road; what came of it, as the summary of `make demo` has it.

    tell(stage, fraction) hears how far it is. Raises RoadBlocked when a step fails, with the reason.
    Idempotent: what was done for these bytes before is found, not done again.
    """
    tell("upload", 0)
    uploaded = api.upload("/upload", video_path)
    video, jobs = uploaded["video"], []
    if uploaded["job"]:
        jobs.append(follow_job(api, uploaded["job"]["id"], lambda f: tell("find clips", f)))

    clips = sorted(
        api.every(f"/clips?video_asset={video['id']}&status=ready"), key=lambda clip: clip["rank"]
    )
    if not clips:
        raise RoadBlocked("No clip was found in this video.", video_asset_id=video["id"])
    asked = [api.post(f"/clips/{clip['id']}/variants", {"formats": FORMATS}) for clip in clips]
    jobs += follow_jobs(api, [row["job"]["id"] for row in asked], lambda f: tell("render", f))
    variants = [v for clip in clips for v in api.every(f"/variants?clip={clip['id']}")]

    publications, refused = publish_everywhere(api, clips[0], variants, title=video["title"])
    publications = follow_posts(api, publications, lambda f: tell("publish", f))
    tell("hear back", 0)
    await_webhook(api, publications)

    tell("reconcile", 0)
    reconciled = api.post("/publishing/reconcile?since_minutes=1", {})
    tell("campaign", 0)
    campaign_row = run_campaign(api, campaign, video, publications)
    tell("ledger", 1)
    return {
        "video_asset": api.get(f"/videos/{video['id']}"),
        "jobs": [api.get(f"/jobs/{job['id']}") for job in jobs],
        "clips": clips,
        "variants": variants,
        "publications": publications,
        "refused": refused,
        "reconciled": reconciled,
        "campaign": campaign_row,
    }


def publish_everywhere(
    api: Api, clip: dict[str, Any], variants: Iterable[dict[str, Any]], *, title: str
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Post the best clip on every connected account; the publications, and which platforms' limits
    refuse it and why (a clip of two seconds is too short for some).

    Raises RoadBlocked when no platform takes it.
    """
    publications, refused = [], []
    for account in api.every("/publishing/accounts?status=connected"):
        try:
            publications.append(publish(api, account, clip, variants, title=title))
        except ApiRefused as error:
            if error.details.get("error") != "publishing.not-publishable":
                raise
            refused.append({"platform": account["platform"], "reason": error.message})
    if not publications:
        reasons = " ".join(each["reason"] for each in refused)
        raise RoadBlocked(f"No platform takes this clip. {reasons}")
    return publications, refused


def publish(
    api: Api,
    account: dict[str, Any],
    clip: dict[str, Any],
    variants: Iterable[dict[str, Any]],
    *,
    title: str,
) -> dict[str, Any]:
    """Post the best clip on one account, in the shape its platform likes."""
    shape = SHAPE_FOR[account["platform"]]
    variant = next(v for v in variants if v["clip"] == clip["id"] and v["format"] == shape)
    return api.post(
        "/publications",
        {
            "clip_variant_id": variant["id"],
            "social_account_id": account["id"],
            "title": title,
            "caption": f"{title} #stakazo",
        },
    )


def run_campaign(
    api: Api, name: str, video: dict[str, Any], publications: list[dict[str, Any]]
) -> dict[str, Any]:
    """A campaign for this video: the rules choose the best clip per platform, and it starts."""
    found = [
        row
        for row in api.every(f"/campaigns?video_asset={video['id']}")
        if row["name"] == name and row["status"] != "completed"
    ]
    platforms = sorted({publication["platform"] for publication in publications})
    campaign = found[0] if found else None
    if campaign is None:
        body = {"name": name, "video_asset": video["id"], "platforms": platforms}
        campaign = api.post("/campaigns", body)
    choices = api.post("/orchestrate", {"campaign_id": campaign["id"], "platforms": platforms})
    if campaign["status"] != "active":
        campaign = api.post(f"/campaigns/{campaign['id']}/start", {})
    return {**api.get(f"/campaigns/{campaign['id']}"), "choices": choices["choices"]}


def follow_job(api: Api, job_id: str, tell: Callable[[float], None]) -> dict[str, Any]:
    """Wait for one job. Raises RoadBlocked when it ends badly."""
    return follow_jobs(api, [job_id], tell)[0]


def follow_jobs(
    api: Api, job_ids: list[str], tell: Callable[[float], None]
) -> list[dict[str, Any]]:
    """Wait for all these jobs; tell hears their mean progress."""
    while True:
        jobs = [api.get(f"/jobs/{job_id}") for job_id in job_ids]
        tell(sum(1.0 if job["status"] in ENDED else job["progress"] for job in jobs) / len(jobs))
        for job in jobs:
            if job["status"] in ENDED - {"completed"}:
                raise RoadBlocked(f"{job['job_type']} {job['status']}: {job['error']}", job=job)
        if all(job["status"] == "completed" for job in jobs):
            return jobs
        time.sleep(0.2)


def follow_posts(
    api: Api, publications: list[dict[str, Any]], tell: Callable[[float], None]
) -> list[dict[str, Any]]:
    """Wait until every publication is settled. Raises RoadBlocked for one that is not out."""
    while True:
        rows = [api.get(f"/publications/{row['id']}") for row in publications]
        tell(sum(row["status"] in SETTLED for row in rows) / max(len(rows), 1))
        for row in rows:
            if row["status"] in SETTLED - {"published"}:
                raise RoadBlocked(f"Not posted on {row['platform']}: {row['error']}", row=row)
        if all(row["status"] == "published" for row in rows):
            return rows
        time.sleep(0.2)


def await_webhook(api: Api, publications: list[dict[str, Any]], *, patience_s: float = 20) -> None:
    """Wait until TikTok has told us of its post (Instagram has no such webhook)."""
    if not any(row["platform"] == "tiktok" for row in publications):
        return
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        recent = api.get("/debug/ledger/recent?limit=500")["events"]
        if any(event["event_type"] == "webhook_received" for event in recent):
            return
        time.sleep(0.3)
    raise RoadBlocked("The simulator's webhook did not arrive.")
