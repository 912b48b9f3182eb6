"""Choosing clips anew from what an analysis saw, and taking what it did not choose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from jobs.models import Job
from jobs.running import Running
from jobs.services import enqueue
from ledger.services import log_event
from media_assets import queries
from media_assets.analysis.choosing import choose_clips
from media_assets.analysis.errors import AnalysisRuns, NoSuchAlternative, VideoGone
from media_assets.analysis.framing import frame_clip
from media_assets.analysis.summary import summarise
from media_assets.files import local_file
from media_assets.models import Clip, VideoAsset
from media_assets.payloads import CoverClips, CutAnalysis
from media_assets.services.asking import choice_of
from media_assets.services.clips import Found, FoundClips, cover_span, restore_clip


def rechoose(
    video: VideoAsset,
    *,
    clip_count: int | None = None,
    min_ms: int | None = None,
    max_ms: int | None = None,
    preferred_ms: int | None = None,
    weights: Mapping[str, float] | None = None,
    by_rule: str = "",
) -> list[Clip]:
    """Choose clips of a video again, from what its analysis saw; nothing is decoded.

    The parameters are those of `request_analysis`. As after an analysis, clips that are not chosen
    again are put aside unless something refers to them. New clips get their pictures from a job.
    Raises BadClipCount, BadClipLength, BadWeights, AnalysisRuns, and what `seen_of` raises.
    """
    wanted = CutAnalysis(
        video_asset_id=video.pk,
        clip_count=clip_count,
        min_ms=min_ms,
        max_ms=max_ms,
        preferred_ms=preferred_ms,
        weights=dict(weights or {}),
        by_rule=by_rule,
    )
    choice = choice_of(wanted, strict=True)
    seen = queries.seen_of(video)
    chosen = choose_clips(seen, choice)
    found = [
        Found(window, frame_clip(seen, window.start_ms, window.end_ms), thumbnail="")
        for window in chosen.clips
    ]
    summary = summarise(seen, choice, chosen, by_rule=by_rule)
    with transaction.atomic():
        locked = VideoAsset.objects.select_for_update().get(pk=video.pk)
        if locked.status != VideoAsset.Status.READY:
            raise AnalysisRuns("The video is being analysed; wait until that is over.")
        kept, aside = FoundClips(
            video=locked,
            clips=found,
            summary=summary,
            poster=str(locked.thumbnail.name or ""),
            artifact=str(locked.analysis_file.name),
        ).keep()
        locked.analysis = summary
        locked.save(update_fields=["analysis"])
        log_event(
            "clips_rechosen",
            entity=locked,
            metadata={
                "clip_ids": [str(clip.pk) for clip in kept],
                "archived": aside,
                **choice.as_data(),
                "by_rule": by_rule,
            },
            correlation_id=locked.correlation_id,
        )
        request_covers(kept)
    video.analysis = summary
    return kept


def take_alternative(video: VideoAsset, *, start_ms: int, end_ms: int) -> Clip:
    """Make a clip of a span that the last choice weighed and left; one that is there is given back.

    Raises NoSuchAlternative, and what `seen_of` raises.
    """
    found = queries.alternative_of(video, start_ms=start_ms, end_ms=end_ms)
    if found is None:
        raise NoSuchAlternative(
            f"There is no alternative from {start_ms} to {end_ms} ms.",
            start_ms=start_ms,
            end_ms=end_ms,
        )
    framing = frame_clip(queries.seen_of(video), start_ms, end_ms)
    with transaction.atomic():
        clip, created = Clip.objects.get_or_create(
            video_asset=video,
            start_ms=start_ms,
            end_ms=end_ms,
            defaults={
                "visual_score": found["visual_score"],
                "reasons": found["reasons"],
                "features": found["features"],
                "framing": framing,
                "made_by": Clip.MadeBy.OPERATOR,
            },
        )
        if clip.made_by != Clip.MadeBy.OPERATOR:  # a later choice must not put it aside
            clip.made_by = Clip.MadeBy.OPERATOR
            clip.save(update_fields=["made_by"])
        if clip.status == Clip.Status.ARCHIVED:
            restore_clip(clip, why="taken from the alternatives")
        if created:
            log_event(
                "alternative_taken",
                entity=clip,
                metadata={"start_ms": start_ms, "end_ms": end_ms},
                clip_id=clip.pk,
                correlation_id=video.correlation_id,
            )
        request_covers([clip])
    return clip


def take_best_alternative(video: VideoAsset) -> Clip:
    """Make a clip of the best alternative that is none yet. Raises NoSuchAlternative."""
    for each in queries.alternatives_of(video):
        if each.clip_id is None:
            return take_alternative(video, start_ms=each.start_ms, end_ms=each.end_ms)
    raise NoSuchAlternative("The last choice of clips left nothing more to take.")


# --- Pictures of clips that were made without decoding --------------------------------------------


def request_covers(clips: Sequence[Clip]) -> Job | None:
    """Put finding pictures for those clips of one video that have none in the queue; None: all have."""
    bare = [clip for clip in clips if not clip.thumbnail]
    if not bare:
        return None
    video_id = bare[0].video_asset_id
    return enqueue(
        "cover_clips",
        CoverClips(video_id, sorted((clip.pk for clip in bare), key=str)),
        correlation_id=str(video_id),
    )


@dataclass(frozen=True)
class Covered:
    """Pictures that were stored for clips; none of it is in the database before `save`."""

    pictures: dict[Any, str]

    def save(self) -> dict[str, Any]:
        """Give the clips their pictures, where nobody was faster."""
        given = 0
        for pk, name in self.pictures.items():
            given += Clip.objects.filter(pk=pk, thumbnail="").update(thumbnail=name)
        return {"covered": given}


def cover_clips(job: Running[CoverClips]) -> Covered:
    """Find and store the picture of each clip of this job that has none. Raises VideoGone."""
    video = VideoAsset.objects.filter(pk=job.payload.video_asset_id).first()
    if video is None or not default_storage.exists(str(video.file.name)):
        raise VideoGone("The video is gone.", video_asset_id=str(job.payload.video_asset_id))
    clips = list(video.clips.filter(pk__in=job.payload.clip_ids, thumbnail="").order_by("start_ms"))
    if not clips:
        return Covered({})
    seen = queries.seen_of(video)
    pictures = {}
    with local_file(video.file) as path:
        for number, clip in enumerate(clips, start=1):
            pictures[clip.pk] = cover_span(path, video, seen, clip.start_ms, clip.end_ms)
            job.progress(number / len(clips))
    return Covered(pictures)
