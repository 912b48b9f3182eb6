"""Where the jobs of this room enter."""

from jobs.registry import Done, Outcome, handles
from jobs.running import Running
from media_assets.fetching import sweep_halves
from media_assets.payloads import (
    CoverClips,
    CutAnalysis,
    GenerateVariants,
    SweepOrphans,
    SweepTemporaries,
    SweepUploads,
    TakeInUpload,
    Transcribe,
)
from media_assets.services import choices, clips, orphans, transcribing, upkeep, uploads, variants

STALL_S = 1800  # as long as a fetch of the largest video may take


@handles(
    "cut_analysis",
    payload=CutAnalysis,
    queue="cut",
    max_attempts=3,
    timeout_s=7200,
    stall_s=STALL_S,
    on_buried=clips.end_search,
)
def cut_analysis(job: Running[CutAnalysis]) -> Outcome:
    """Find the best clips of one video."""
    found = clips.cut_clips(job)
    return Done(effect=found.save)


@handles("cover_clips", payload=CoverClips, queue="cut", max_attempts=3, timeout_s=1800)
def cover_clips(job: Running[CoverClips]) -> Outcome:
    """Find the pictures of clips that were chosen without watching their video again."""
    covered = choices.cover_clips(job)
    return Done(effect=covered.save)


@handles(
    "generate_variants",
    payload=GenerateVariants,
    queue="render",
    max_attempts=3,
    timeout_s=7200,
    stall_s=STALL_S,
)
def generate_variants(job: Running[GenerateVariants]) -> Outcome:
    """Render one clip in the formats asked for, from one decode."""
    rendered = variants.render_variants(job)
    return Done(effect=rendered.save)


@handles(
    "take_in_upload",
    payload=TakeInUpload,
    queue="cut",
    max_attempts=5,
    timeout_s=7200,
    on_buried=uploads.end_check,
)
def take_in_upload(job: Running[TakeInUpload]) -> Outcome:
    """Put the parts of an upload together, check it, and take the video in."""
    return Done(effect=uploads.take_in(job))


@handles("transcribe", payload=Transcribe, queue="cut", max_attempts=2, timeout_s=4 * 3600)
def transcribe(job: Running[Transcribe]) -> Outcome:
    """Write captions of one video by hearing it."""
    heard = transcribing.transcribe_video(job)
    return Done(effect=heard.save)


@handles("sweep_temporaries", payload=SweepTemporaries, max_attempts=2, timeout_s=1800)
def sweep_temporaries(job: Running[SweepTemporaries]) -> Outcome:
    """Take away what crashes left in this machine's folders of work, uploads and fetches."""
    return Done({"temporaries": upkeep.sweep_temporaries(), "fetches": sweep_halves()})


@handles("sweep_uploads", payload=SweepUploads, max_attempts=2, timeout_s=1800)
def sweep_uploads(job: Running[SweepUploads]) -> Outcome:
    """End uploads that nobody finished, and take away parts that nobody wants."""
    return Done(dict(uploads.sweep_uploads()))


@handles("sweep_orphans", payload=SweepOrphans, max_attempts=2, timeout_s=4 * 3600)
def sweep_orphans(job: Running[SweepOrphans]) -> Outcome:
    """Take away stored files that no row names."""
    report = orphans.sweep_orphans()
    return Done(report | {"files": report["files"][:50]})
