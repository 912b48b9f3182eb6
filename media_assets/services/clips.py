"""Finding clips in a video, and putting them aside."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from jobs.errors import Cancelled, LostLease
from jobs.models import Job
from jobs.running import Running
from jobs.services import enqueue
from ledger.queries import events_of
from media_assets.analysis.choosing import Window, choose_clips
from media_assets.analysis.covers import best_moment, picture_at
from media_assets.analysis.errors import AnalysisRuns, VideoGone
from media_assets.analysis.framing import frame_clip
from media_assets.analysis.summary import VERSION, summarise
from media_assets.analysis.watch import Seen
from media_assets.files import local_file
from media_assets.models import CLIP, VIDEO, Clip, VideoAsset
from media_assets.payloads import CutAnalysis
from media_assets.queries import is_in_use, runs_analysis
from media_assets.services.asking import choice_of
from media_assets.services.covers import store_cover
from media_assets.services.filmstrips import try_filmstrip
from media_assets.services.seeing import see
from stakazo.core.errors import StakazoError

NOT_CHOSEN_AGAIN = "a new analysis chose other spans"


def request_analysis(
    video: VideoAsset,
    *,
    clip_count: int | None = None,
    min_ms: int | None = None,
    max_ms: int | None = None,
    preferred_ms: int | None = None,
    weights: Mapping[str, float] | None = None,
    by_rule: str = "",
    fresh: bool = False,
) -> Job:
    """Put the search for clips in the queue; a search that waits or runs already is given back.

    Lengths and number: as the settings say where they are not given. weights: feature → number, our
    own where they are not given; by_rule: whose they are, in words. fresh: watch the video again even
    where what was seen of it is stored. Raises BadClipCount, BadClipLength, BadWeights, and
    AnalysisRuns when a search with other lengths or weights than the given ones waits or runs.
    """
    wanted = CutAnalysis(
        video_asset_id=video.pk,
        clip_count=clip_count,
        fresh=fresh,
        min_ms=min_ms,
        max_ms=max_ms,
        preferred_ms=preferred_ms,
        weights=dict(weights or {}),
        by_rule=by_rule,
    )
    choice_of(wanted, strict=True)
    job = enqueue(
        "cut_analysis",
        wanted,
        dedup_key=f"cut_analysis:{video.pk}",
        correlation_id=video.correlation_id,
    )
    for name in ("min_ms", "max_ms", "preferred_ms", "weights"):
        asked = getattr(wanted, name)
        if asked and job.payload.get(name) != asked:
            raise AnalysisRuns(
                "The video is being analysed with other parameters; wait until that is over.",
                job_id=str(job.pk),
            )
    return job


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
    """One clip as it was found: its window, framing, and the name of its stored thumbnail, or ""."""

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
    artifact: str

    def save(self) -> dict[str, Any]:
        """Write clips and summary, and make the video ready; runs in the completing transaction."""
        kept, aside = self.keep()
        VIDEO.move(
            self.video,
            VideoAsset.Status.READY,
            values={
                "analysis": self.summary,
                "analysis_file": self.artifact,
                "thumbnail": self.poster,
                "error": "",
            },
        )
        return {"clip_ids": [str(clip.pk) for clip in kept], "clips": len(kept), "archived": aside}

    def keep(self) -> tuple[list[Clip], int]:
        """Write the clips: (they, how many others were put aside).

        A span that is there already is updated. Clips of an earlier analysis that nothing refers to
        are put aside, never deleted.
        """
        kept = [
            _save_clip(self.video, found, rank) for rank, found in enumerate(self.clips, start=1)
        ]
        return kept, _put_aside_others(self.video, kept)


def cut_clips(job: Running[CutAnalysis]) -> FoundClips:
    """Watch the video of this job once and choose its best clips.

    The video becomes `processing` at once. It becomes `failed`, with the reason, when it cannot be
    analysed, when the job is cancelled and when the last try ends in a bug; between tries it stays
    `processing`. Raises VideoGone, NothingToSee, BadClipCount, BadClipLength.
    """
    choice_of(job.payload)
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
    choice = choice_of(job.payload)
    if not default_storage.exists(str(video.file.name)):
        raise VideoGone("The file of the video is gone.", video_asset_id=str(video.pk))
    with local_file(video.file) as path:
        job.stage("watching")
        seen, artifact = see(
            path,
            sha256=video.sha256,
            fresh=job.payload.fresh,
            first_try=job.job.attempt <= 1,
            progress=lambda fraction: job.progress(0.9 * fraction),
        )
        job.stage("choosing")
        chosen = choose_clips(seen, choice)
        job.progress(0.94)
        job.stage("thumbnails")
        clips = [
            Found(
                window,
                frame_clip(seen, window.start_ms, window.end_ms),
                cover_span(path, video, seen, window.start_ms, window.end_ms),
            )
            for window in chosen.clips
        ]
        job.progress(0.98)
        try_filmstrip(video, path)
    return FoundClips(
        video=video,
        clips=clips,
        summary=summarise(seen, choice, chosen, by_rule=job.payload.by_rule),
        poster=clips[0].thumbnail,
        artifact=artifact,
    )


def cover_span(path: Path, video: VideoAsset, seen: Seen, start_ms: int, end_ms: int) -> str:
    """Store the best picture of a span; the same span of the same file has the same name."""
    span = hashlib.sha256(f"{video.sha256}:{start_ms}:{end_ms}:{VERSION}".encode()).hexdigest()
    picture = picture_at(path, best_moment(seen, start_ms, end_ms))
    return store_cover(picture, f"thumbnails/{span[:32]}", work=Path(settings.WORK_DIR))


def _save_clip(video: VideoAsset, found: Found, rank: int) -> Clip:
    window = found.window
    facts: dict[str, Any] = {
        "rank": rank,
        "visual_score": window.score,
        "reasons": window.reasons,
        "features": window.features,
        "framing": found.framing,
    }
    if found.thumbnail:
        facts["thumbnail"] = found.thumbnail
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
    older = Clip.objects.filter(
        video_asset=video, status=Clip.Status.READY, made_by=Clip.MadeBy.ANALYSIS
    )
    for clip in older.exclude(pk__in=[clip.pk for clip in kept]):
        if not is_in_use(clip):
            archive_clip(clip, why=NOT_CHOSEN_AGAIN)
            aside += 1
    return aside


def _was_put_aside_by_us(clip: Clip) -> bool:
    # The life of one clip is short; of all that were ever put aside there may be millions.
    aside = [event for event in events_of(clip) if event.event_type == "clip_archived"]
    return bool(aside) and aside[-1].metadata.get("why") == NOT_CHOSEN_AGAIN
