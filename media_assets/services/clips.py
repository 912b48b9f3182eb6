"""Finding clips in a video, and putting them aside."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from jobs.errors import Cancelled, LostLease
from jobs.models import Job
from jobs.running import Running
from jobs.services import enqueue
from ledger.models import LedgerEvent
from ledger.registry import entity_of
from media_assets.analysis.choosing import Window, choose_clips
from media_assets.analysis.covers import best_moment, jpeg, picture_at
from media_assets.analysis.errors import BadClipCount, NothingToSee, VideoGone
from media_assets.analysis.framing import frame_clip
from media_assets.analysis.summary import VERSION, summarise
from media_assets.analysis.watch import Seen, watch
from media_assets.files import local_file
from media_assets.models import CLIP, VIDEO, Clip, VideoAsset
from media_assets.payloads import CutAnalysis
from media_assets.queries import runs_analysis
from media_assets.rendering.storing import store_bytes
from stakazo.core.errors import StakazoError

MOST_CLIPS = 10
NOT_CHOSEN_AGAIN = "a new analysis chose other spans"


def request_analysis(video: VideoAsset, *, clip_count: int | None = None) -> Job:
    """Put the search for clips in the queue; a search that waits or runs already is given back.

    Raises BadClipCount.
    """
    _check_count(clip_count)
    return enqueue(
        "cut_analysis",
        CutAnalysis(video.pk, clip_count),
        dedup_key=f"cut_analysis:{video.pk}",
        correlation_id=video.correlation_id,
    )


def end_search(wanted: CutAnalysis, why: str) -> None:
    """The search for clips is over without any, and its handler may not have lived to say so.

    Leaves a video alone that is not being searched, or that another job searches.
    """
    video = VideoAsset.objects.filter(
        pk=wanted.video_asset_id, status=VideoAsset.Status.PROCESSING
    ).first()
    if video is None or runs_analysis(video):
        return
    VIDEO.move(video, VideoAsset.Status.FAILED, why=why, values={"error": why})


def archive_clip(clip: Clip, *, why: str = "asked for") -> Clip:
    """Put a clip aside. Raises IllegalMove when it is already."""
    return CLIP.move(clip, Clip.Status.ARCHIVED, why=why)


def restore_clip(clip: Clip, *, why: str = "asked for") -> Clip:
    """Take a clip back in. Raises IllegalMove when it never was put aside."""
    return CLIP.move(clip, Clip.Status.READY, why=why)


# --- The search itself ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """One clip as it was found: its window, framing, and the name of its stored thumbnail."""

    window: Window
    framing: dict[str, Any]
    thumbnail: str


@dataclass(frozen=True)
class FoundClips:
    """All that an analysis found; nothing of it is in the database before `save`."""

    video: VideoAsset
    clips: list[Found]
    summary: dict[str, Any] = field(repr=False)
    poster: str

    def save(self) -> dict[str, Any]:
        """Write clips and summary, and make the video ready; runs in the completing transaction.

        A span that is there already is updated. Clips of an earlier analysis that nothing refers to
        are put aside, never deleted.
        """
        kept = [
            _save_clip(self.video, found, rank) for rank, found in enumerate(self.clips, start=1)
        ]
        aside = _put_aside_others(self.video, kept)
        VIDEO.move(
            self.video,
            VideoAsset.Status.READY,
            values={"analysis": self.summary, "thumbnail": self.poster, "error": ""},
        )
        return {"clip_ids": [str(clip.pk) for clip in kept], "clips": len(kept), "archived": aside}


def cut_clips(job: Running[CutAnalysis]) -> FoundClips:
    """Watch the video of this job once and choose its best clips.

    The video becomes `processing` at once. It becomes `failed`, with the reason, when it cannot be
    analysed, when the job is cancelled and when the last try ends in a bug; between tries it stays
    `processing`. Raises VideoGone, NothingToSee, BadClipCount.
    """
    _check_count(job.payload.clip_count)
    video = _begin(job)
    try:
        return _search(job, video)
    except LostLease:
        raise
    except Cancelled:
        _end_without_clips(job, video, "The analysis was cancelled.")
        raise
    except StakazoError as error:
        if error.permanent or job.job.attempt >= job.job.max_attempts:
            _end_without_clips(job, video, error.message)
        raise
    except Exception as error:
        if job.job.attempt >= job.job.max_attempts:
            _end_without_clips(job, video, f"The analysis broke: {type(error).__name__}.")
        raise


def _check_count(count: int | None) -> None:
    if count is not None and not 1 <= count <= MOST_CLIPS:
        raise BadClipCount(
            f"A video can have 1 to {MOST_CLIPS} clips, not {count}.", clip_count=count
        )


def _begin(job: Running[CutAnalysis]) -> VideoAsset:
    with job.guarded():
        video = VideoAsset.objects.filter(pk=job.payload.video_asset_id).first()
        if video is None:
            raise VideoGone("The video is not there.", video_asset_id=job.payload.video_asset_id)
        if video.status != VideoAsset.Status.PROCESSING:  # it is, on a second try
            VIDEO.move(video, VideoAsset.Status.PROCESSING)
    return video


def _end_without_clips(job: Running[CutAnalysis], video: VideoAsset, why: str) -> None:
    with job.guarded():
        VIDEO.move(video, VideoAsset.Status.FAILED, why=why, values={"error": why})


def _search(job: Running[CutAnalysis], video: VideoAsset) -> FoundClips:
    count = job.payload.clip_count or settings.CLIPS_PER_VIDEO
    lengths = {"min_ms": settings.CLIP_MIN_MS, "max_ms": settings.CLIP_MAX_MS}
    if not default_storage.exists(str(video.file.name)):
        raise VideoGone("The file of the video is gone.", video_asset_id=str(video.pk))
    with local_file(video.file) as path:
        job.stage("watching")
        seen = watch(path, progress=lambda fraction: job.progress(0.9 * fraction))
        if not seen.shots:
            raise NothingToSee("The pictures of the file carry no usable times.")
        job.stage("choosing")
        windows = choose_clips(seen, count=count, **lengths)
        job.progress(0.94)
        job.stage("thumbnails")
        clips = [
            Found(
                window,
                frame_clip(seen, window.start_ms, window.end_ms),
                _store_cover(path, video, seen, window.start_ms, window.end_ms),
            )
            for window in windows
        ]
        job.progress(0.98)
    return FoundClips(
        video=video,
        clips=clips,
        summary=summarise(seen, count=count, **lengths),
        poster=clips[0].thumbnail,
    )


def _store_cover(path: Path, video: VideoAsset, seen: Seen, start_ms: int, end_ms: int) -> str:
    """Store the best picture of a span; the same span of the same file has the same name."""
    span = hashlib.sha256(f"{video.sha256}:{start_ms}:{end_ms}:{VERSION}".encode()).hexdigest()
    picture = jpeg(picture_at(path, best_moment(seen, start_ms, end_ms)))
    return store_bytes(picture, f"thumbnails/{span[:32]}.jpg", work=Path(settings.WORK_DIR))


def _save_clip(video: VideoAsset, found: Found, rank: int) -> Clip:
    window = found.window
    facts = {
        "rank": rank,
        "visual_score": window.score,
        "reasons": window.reasons,
        "features": window.features,
        "framing": found.framing,
        "thumbnail": found.thumbnail,
    }
    clip, created = Clip.objects.get_or_create(
        video_asset=video, start_ms=window.start_ms, end_ms=window.end_ms, defaults=facts
    )
    if not created:
        for name, value in facts.items():
            setattr(clip, name, value)
        clip.save(update_fields=list(facts))
        if clip.status == Clip.Status.ARCHIVED and _was_put_aside_by_us(clip):
            restore_clip(clip, why="a new analysis chose it again")
    return clip


def _put_aside_others(video: VideoAsset, kept: list[Clip]) -> int:
    aside = 0
    older = Clip.objects.filter(video_asset=video, status=Clip.Status.READY)
    for clip in older.exclude(pk__in=[clip.pk for clip in kept]):
        if not _is_referred_to(clip):
            archive_clip(clip, why=NOT_CHOSEN_AGAIN)
            aside += 1
    return aside


def _is_referred_to(clip: Clip) -> bool:
    """Whether any row of any room points at this clip: a variant, a creative, whatever comes."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: clip.pk}).exists()
        for relation in Clip._meta.related_objects
    )


def _was_put_aside_by_us(clip: Clip) -> bool:
    entity_type, entity_id = entity_of(clip)
    last = (
        LedgerEvent.objects.filter(
            entity_type=entity_type, entity_id=entity_id, event_type="clip_archived"
        )
        .order_by("-id")
        .first()
    )
    return last is not None and last.metadata.get("why") == NOT_CHOSEN_AGAIN
