"""Finding clips in a video, and putting them aside."""

from jobs.models import Job
from jobs.services import enqueue
from media_assets.models import CLIP, Clip, VideoAsset
from media_assets.payloads import CutAnalysis


def request_analysis(video: VideoAsset, *, clip_count: int | None = None) -> Job:
    """Put the search for clips in the queue; a search that waits or runs already is given back."""
    return enqueue(
        "cut_analysis",
        CutAnalysis(video.pk, clip_count),
        dedup_key=f"cut_analysis:{video.pk}",
        correlation_id=video.correlation_id,
    )


def archive_clip(clip: Clip, *, why: str = "asked for") -> Clip:
    """Put a clip aside. Raises IllegalMove when it is already."""
    return CLIP.move(clip, Clip.Status.ARCHIVED, why=why)


def restore_clip(clip: Clip, *, why: str = "asked for") -> Clip:
    """Take a clip back in. Raises IllegalMove when it never was put aside."""
    return CLIP.move(clip, Clip.Status.READY, why=why)
