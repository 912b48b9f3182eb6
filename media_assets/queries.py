"""Every named read of videos, clips and variants."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from jobs.models import Job
from media_assets.formats import FORMATS
from media_assets.models import Clip, ClipVariant, VideoAsset


def clips_of_video(video: VideoAsset) -> QuerySet[Clip]:
    """The clips of a video, best first."""
    return video.clips.order_by("rank", "-visual_score", "start_ms")


def variants_of_clip(clip: Clip) -> QuerySet[ClipVariant]:
    """The rendered files of a clip, newest first."""
    return clip.variants.order_by("-id")


def clips_ready() -> QuerySet[Clip]:
    """Clips that can be published now: not put aside, with one rendered file at least."""
    rendered = ClipVariant.objects.filter(clip=OuterRef("pk"))
    return Clip.objects.filter(Exists(rendered), status=Clip.Status.READY)


def latest_analysis_of(video: VideoAsset) -> Job | None:
    """The newest search for clips of this video, whatever became of it."""
    return (
        Job.objects.filter(job_type="cut_analysis", correlation_id=video.correlation_id)
        .order_by("-id")
        .first()
    )


def runs_analysis(video: VideoAsset) -> bool:
    """Whether a job searches this video for clips, or waits to."""
    return Job.objects.filter(
        job_type="cut_analysis",
        status__in=Job.LIVE,
        payload__video_asset_id=str(video.pk),
    ).exists()


def live_jobs_of(videos: Iterable[VideoAsset]) -> dict[uuid.UUID, Job]:
    """Per video, the job of this room that waits or runs for it; the one furthest on, where several."""
    by_road = {video.correlation_id: video.pk for video in videos}
    jobs = Job.objects.filter(
        status__in=Job.LIVE,
        job_type__in=["cut_analysis", "generate_variants"],
        correlation_id__in=by_road,
    ).order_by("started_at", "progress")
    return {by_road[job.correlation_id]: job for job in jobs}


def numbers_of_video(video: VideoAsset) -> tuple[int, int]:
    """(clips, variants) that came of this video."""
    return video.clips.count(), ClipVariant.objects.filter(clip__video_asset=video).count()


def media_counts() -> dict[str, dict[str, int]]:
    """How many there are: {"videos": by status, "clips": by status, "variants": by format}."""
    return {
        "videos": _counted(VideoAsset.objects.all(), "status", VideoAsset.Status.values),
        "clips": _counted(Clip.objects.all(), "status", Clip.Status.values),
        "variants": _counted(ClipVariant.objects.all(), "format", FORMATS),
    }


def _counted(rows: QuerySet[Any], by: str, known: Iterable[str]) -> dict[str, int]:
    found = rows.order_by().values_list(by).annotate(number=Count("pk"))
    return dict.fromkeys(known, 0) | dict(found)
