"""Clips by hand: exactly the marks that somebody set, scored and framed as found ones are."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import transaction

from ledger.services import log_event
from media_assets.analysis.choosing import score_span
from media_assets.analysis.framing import frame_clip
from media_assets.analysis.watch import Seen
from media_assets.errors import BadSpan
from media_assets.models import Clip, VideoAsset
from media_assets.payloads import CutAnalysis
from media_assets.queries import is_in_use, seen_of
from media_assets.services.asking import choice_of
from media_assets.services.choices import request_covers
from media_assets.services.clips import archive_clip, restore_clip

SHORTEST_MS = 500  # less is a picture, not a clip
LONGEST_MS = 600_000  # more is the video itself
WANTED_AGAIN = "an operator wants its span"


@dataclass(frozen=True)
class Cut:
    """What came of a wish for a span. created False: that very span was a clip already.

    kept: the clip whose marks were moved, if it stays beside the new one; None when it was put aside
    or when nothing was moved.
    """

    clip: Clip
    created: bool
    kept: Clip | None = None


def make_clip(video: VideoAsset, *, start_ms: int, end_ms: int, title: str = "") -> Cut:
    """Make the clip [start_ms, end_ms) of a video, from real frame to real frame.

    Each mark goes to the nearest time at which a frame begins or the film ends, so it moves by half a
    frame at most. A span that is a clip already gives that clip back: taken in again if it was put
    aside, and from now on an operator's. Its
    picture comes from a job. Raises BadSpan, and what `seen_of` raises.
    """
    wanted = _prepared(video, start_ms, end_ms)
    with transaction.atomic():
        return _saved(wanted, title)


def adjust_clip(clip: Clip, *, start_ms: int, end_ms: int, title: str | None = None) -> Cut:
    """Move the marks of a clip: a clip of the new span stands instead of it.

    A clip's own span never changes, because files, posts and the ledger were made of it. One that is
    in use stays beside the new one; one that nothing refers to is put aside. title None: keep it.
    Raises what make_clip raises.
    """
    wanted = _prepared(clip.video_asset, start_ms, end_ms)
    with transaction.atomic():
        cut = _saved(wanted, clip.title if title is None else title)
        if cut.clip.pk == clip.pk:
            return cut
        log_event(
            "clip_adjusted",
            entity=cut.clip,
            clip_id=cut.clip.pk,
            correlation_id=clip.video_asset.correlation_id,
            of_change=True,
            metadata={
                "instead_of": clip.pk,
                "was_ms": [clip.start_ms, clip.end_ms],
                "is_ms": [cut.clip.start_ms, cut.clip.end_ms],
            },
        )
        if is_in_use(clip):
            return Cut(cut.clip, cut.created, kept=clip)
        if clip.status == Clip.Status.READY:
            archive_clip(clip, why=f"its marks were moved; clip {cut.clip.pk} stands instead")
    return cut


def marks_on_frames(seen: Seen, start_ms: int, end_ms: int) -> tuple[int, int]:
    """The span with both marks on real frames. Raises BadSpan, which says what would be right."""
    edges = frame_edges(seen)
    first_ms, last_ms = int(edges[0]), int(edges[-1])
    about = {"start_ms": start_ms, "end_ms": end_ms}
    if end_ms <= start_ms:
        raise BadSpan("The clip must end after it starts.", **about)
    for mark_ms, name in ((start_ms, "starts"), (end_ms, "ends")):
        if mark_ms < first_ms - _gap_at(edges, 0) or mark_ms > last_ms + _gap_at(edges, -1):
            raise BadSpan(
                f"The clip {name} at {_clock(mark_ms)}, but the pictures of the video run from "
                f"{_clock(first_ms)} to {_clock(last_ms)}.",
                first_ms=first_ms,
                last_ms=last_ms,
                **about,
            )
    start, end = _nearest(edges, start_ms), _nearest(edges, end_ms)
    if end - start < SHORTEST_MS:
        raise BadSpan(
            f"The clip would be {(end - start) / 1000:.2f} s long; {SHORTEST_MS / 1000:g} s is the "
            "shortest.",
            shortest_ms=SHORTEST_MS,
            **about,
        )
    if end - start > LONGEST_MS:
        raise BadSpan(
            f"The clip would be {_clock(end - start)} long; {_clock(LONGEST_MS)} is the longest.",
            longest_ms=LONGEST_MS,
            **about,
        )
    return start, end


def frame_edges(seen: Seen) -> npt.NDArray[Any]:
    """Milliseconds at which a clip may begin or end: where each frame begins, and the film's end."""
    times = seen.times_ms
    return np.append(times, max(seen.end_ms, int(times[-1]) + 1))


def _nearest(edges: npt.NDArray[Any], at_ms: int) -> int:
    return int(edges[int(np.argmin(np.abs(edges - at_ms)))])


def _gap_at(edges: npt.NDArray[Any], where: int) -> int:
    return int(np.diff(edges)[where]) if len(edges) > 1 else 0


def _clock(ms: int) -> str:
    return f"{ms // 60_000}:{ms % 60_000 / 1000:06.3f}"


def _prepared(video: VideoAsset, start_ms: int, end_ms: int) -> Clip:
    """The clip of the marks, not saved: everything that takes time, before the transaction."""
    seen = seen_of(video)
    start_ms, end_ms = marks_on_frames(seen, start_ms, end_ms)
    span = {"video_asset": video, "start_ms": start_ms, "end_ms": end_ms}
    if known := Clip.objects.filter(**span).first():
        return known
    facts = _facts_of_span(video, seen, start_ms, end_ms)
    return Clip(**span, **facts, made_by=Clip.MadeBy.OPERATOR)


def _saved(wanted: Clip, title: str) -> Cut:
    """The row of the marks: made, or kept where somebody was faster or it was there already."""
    facts = ("visual_score", "reasons", "features", "framing", "made_by")
    clip, created = Clip.objects.get_or_create(
        video_asset=wanted.video_asset,
        start_ms=wanted.start_ms,
        end_ms=wanted.end_ms,
        defaults={"title": title, **{name: getattr(wanted, name) for name in facts}},
    )
    if not created:
        _keep(clip, title)
    request_covers([clip])
    return Cut(clip, created)


def _facts_of_span(video: VideoAsset, seen: Seen, start_ms: int, end_ms: int) -> dict[str, Any]:
    """All that an analysis would know of this span as a clip."""
    window = score_span(seen, start_ms, end_ms, choice_of(CutAnalysis(video.pk)))
    return {
        "visual_score": window.score,
        "reasons": window.reasons,
        "features": window.features,
        "framing": frame_clip(seen, start_ms, end_ms),
    }


def _keep(clip: Clip, title: str) -> None:
    """The span was a clip already: it is wanted, so it is there, and stays."""
    if clip.status == Clip.Status.ARCHIVED:
        restore_clip(clip, why=WANTED_AGAIN)
    changed = {"title": title} if title and title != clip.title else {}
    if clip.made_by != Clip.MadeBy.OPERATOR:
        changed["made_by"] = Clip.MadeBy.OPERATOR
        log_event(
            "clip_kept",
            entity=clip,
            clip_id=clip.pk,
            correlation_id=str(clip.video_asset_id),
            of_change=True,
        )
    for name, value in changed.items():
        setattr(clip, name, value)
    if changed:
        clip.save(update_fields=list(changed))
