"""The machine-readable summary of a demo run."""

from collections import Counter
from typing import Any

from ledger.queries import events_of_road
from media_assets.models import ClipVariant

_CLIP = ["id", "start_ms", "end_ms", "visual_score", "reasons"]


def summarise(road: dict[str, Any]) -> dict[str, Any]:
    """{video_asset, jobs, clips, variants, publications, campaign, ledger} of a road."""
    events = events_of_road(road["video_asset"]["id"])
    by_type = Counter(events.values_list("event_type", flat=True))
    return {
        "video_asset": road["video_asset"],
        "jobs": road["jobs"],
        "clips": [{key: clip[key] for key in _CLIP} for clip in road["clips"]],
        "variants": [_variant(row["id"]) for row in road["variants"]],
        "publications": [
            {
                "id": row["id"],
                "platform": row["platform"],
                "status": row["status"],
                "external_post_id": row["external_post_id"],
                "url": row["url"],
            }
            for row in road["publications"]
        ],
        "campaign": road["campaign"],
        "ledger": {"events": sum(by_type.values()), "by_type": dict(sorted(by_type.items()))},
    }


def _variant(pk: str) -> dict[str, Any]:
    variant = ClipVariant.objects.get(pk=pk)
    try:
        path = variant.file.path
    except NotImplementedError:  # not on this disk
        path = str(variant.file.name)
    return {
        "id": str(variant.pk),
        "clip_id": str(variant.clip_id),
        "format": variant.format,
        "path": path,
        "width": variant.width_px,
        "height": variant.height_px,
        "duration_ms": variant.duration_ms,
        "sha256": variant.sha256,
    }
