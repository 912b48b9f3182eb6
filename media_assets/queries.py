"""Every named read of videos, clips and variants."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import Storage
from django.db.models import Count, Exists, OuterRef, QuerySet

from jobs.models import Job
from media_assets.analysis.artifact import artifact_name, unpack
from media_assets.analysis.errors import AnalysisDamaged, NotAnalysed
from media_assets.analysis.focus import focused
from media_assets.analysis.packing import MOST_BYTES
from media_assets.analysis.timeline import timeline_of
from media_assets.analysis.watch import Seen
from media_assets.errors import UnknownFormat
from media_assets.formats import RenderFormat
from media_assets.models import Clip, ClipVariant, FormatRow, VideoAsset


def is_analysed(video: VideoAsset) -> bool:
    """Whether `seen_of` should have something to tell: analysed, and by the analysis we have now."""
    return str(video.analysis_file.name or "") == artifact_name(video.sha256)


@dataclass(frozen=True)
class Timeline:
    """All that the time line of a video shows. data: see `analysis.timeline`."""

    video: VideoAsset
    data: dict[str, Any]
    clips: list[Clip]
    alternatives: "list[Alternative]"


def timeline_of_video(video: VideoAsset) -> Timeline:
    """Everything that helps to set marks by hand. Raises what `seen_of` raises."""
    return Timeline(
        video=video,
        data=timeline_of(seen_of(video)),
        clips=list(clips_of_video(video)),
        alternatives=[each for each in alternatives_of(video) if each.clip_id is None],
    )


def clips_of_video(video: VideoAsset) -> QuerySet[Clip]:
    """The clips of a video, best first."""
    return video.clips.order_by("rank", "-visual_score", "start_ms")


def is_in_use(clip: Clip) -> bool:
    """Whether any row of any room points at this clip: a variant, a creative, whatever comes."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: clip.pk}).exists()
        for relation in Clip._meta.related_objects
    )


def variants_of_clip(clip: Clip) -> QuerySet[ClipVariant]:
    """The rendered files of a clip, newest first."""
    return clip.variants.order_by("-id")


def clips_ready() -> QuerySet[Clip]:
    """Clips that can be published now: not put aside, with one rendered file at least."""
    rendered = ClipVariant.objects.filter(clip=OuterRef("pk"))
    return Clip.objects.filter(Exists(rendered), status=Clip.Status.READY)


def formats_in_use() -> dict[str, RenderFormat]:
    """The formats that clips can be rendered in, by name, oldest first."""
    rows = FormatRow.objects.filter(status=FormatRow.Status.ACTIVE)
    return {row.name: row.value for row in rows}


def known_formats() -> list[str]:
    """The names of all formats, retired ones too."""
    return list(FormatRow.objects.values_list("name", flat=True))


def default_formats() -> list[str]:
    """What is rendered when nobody names formats."""
    return [name for name, each in formats_in_use().items() if each.by_default]


def render_format(name: str) -> RenderFormat:
    """The format of this name. Raises UnknownFormat, also when it is retired."""
    row = FormatRow.objects.filter(name=name, status=FormatRow.Status.ACTIVE).first()
    if row is None:
        raise UnknownFormat(
            f"There is no format called {name!r}.", format=name, known=sorted(formats_in_use())
        )
    return row.value


def short_videos(*, most_ms: int, most: int = 100) -> QuerySet[VideoAsset]:
    """The newest videos that can be an intro or outro."""
    short = VideoAsset.objects.filter(duration_ms__lte=most_ms)
    return short.exclude(status=VideoAsset.Status.FAILED).order_by("-id")[:most]


def latest_analysis_of(video: VideoAsset) -> Job | None:
    """The newest search for clips of this video, whatever became of it."""
    return (
        Job.objects.filter(job_type="cut_analysis", correlation_id=video.correlation_id)
        .order_by("-id")
        .first()
    )


def seen_of(video: VideoAsset) -> Seen:
    """Everything that the analysis of this video measured, without opening the video.

    Raises NotAnalysed; AnalysisDamaged when the artifact is gone or cannot be read; AnalysisOutdated
    when another version of the analysis made it.
    """
    stored = video.analysis_file
    if not stored.name:
        raise NotAnalysed("The video has not been analysed yet.", video_asset_id=str(video.pk))
    return seen_in(stored.storage, stored.name)


def seen_in(storage: Storage, name: str) -> Seen:
    """As `seen_of`, for an artifact by its name."""
    try:
        with storage.open(name, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise AnalysisDamaged("The stored analysis is gone.", name=name) from error
    return unpack(content)


@dataclass(frozen=True)
class Alternative:
    """A span that the last choice of clips weighed and left. clip_id: where it is a clip all the same."""

    start_ms: int
    end_ms: int
    visual_score: float
    features: dict[str, float]
    reasons: list[str]
    clip_id: uuid.UUID | None

    @property
    def duration_ms(self) -> int:
        """Length of the span."""
        return self.end_ms - self.start_ms


def alternatives_of(video: VideoAsset) -> list[Alternative]:
    """What else the clips of a video could be, best first; nothing before an analysis."""
    kept = (video.analysis or {}).get("alternatives", [])
    if not kept:
        return []
    ready = video.clips.filter(status=Clip.Status.READY)
    clips = {(start, end): pk for pk, start, end in ready.values_list("pk", "start_ms", "end_ms")}
    return [
        Alternative(**each, clip_id=clips.get((each["start_ms"], each["end_ms"]))) for each in kept
    ]


def alternative_of(video: VideoAsset, *, start_ms: int, end_ms: int) -> dict[str, Any] | None:
    """The alternative with exactly this span, as it is kept."""
    kept: list[dict[str, Any]] = (video.analysis or {}).get("alternatives", [])
    span = (start_ms, end_ms)
    return next((each for each in kept if (each["start_ms"], each["end_ms"]) == span), None)


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
        "variants": _counted(ClipVariant.objects.all(), "format", formats_in_use()),
    }


def _counted(rows: QuerySet[Any], by: str, known: Iterable[str]) -> dict[str, int]:
    found = rows.order_by().values_list(by).annotate(number=Count("pk"))
    return dict.fromkeys(known, 0) | dict(found)


def framing_of(clip: Clip) -> dict[str, Any]:
    """The windows of a clip as they are in force: the analysis, with the operator's points over it."""
    framing = clip.framing or {}
    return {
        **framing,
        "formats": {
            name: focused(window, clip.focus) for name, window in framing.get("formats", {}).items()
        },
    }
