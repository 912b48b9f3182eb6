"""Where the jobs of this room enter."""

from jobs.registry import Done, Outcome, handles
from jobs.running import Running
from media_assets.payloads import CutAnalysis, GenerateVariants
from media_assets.services import clips, variants


@handles(
    "cut_analysis",
    payload=CutAnalysis,
    queue="cut",
    max_attempts=3,
    timeout_s=7200,
    on_buried=clips.end_search,
)
def cut_analysis(job: Running[CutAnalysis]) -> Outcome:
    """Find the best clips of one video."""
    found = clips.cut_clips(job)
    return Done(effect=found.save)


@handles(
    "generate_variants", payload=GenerateVariants, queue="render", max_attempts=3, timeout_s=7200
)
def generate_variants(job: Running[GenerateVariants]) -> Outcome:
    """Render one clip in the formats asked for, from one decode."""
    rendered = variants.render_variants(job)
    return Done(effect=rendered.save)
