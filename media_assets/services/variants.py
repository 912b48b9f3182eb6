"""Rendering clips into files."""

import hashlib
import json
from collections.abc import Sequence

from jobs.models import Job
from jobs.services import enqueue
from media_assets.formats import render_format
from media_assets.models import Clip, video_correlation
from media_assets.payloads import GenerateVariants


def request_variants(
    clip: Clip, *, formats: Sequence[str], title: str = "", caption: str = ""
) -> Job:
    """Put the rendering of a clip in the queue; the same one, waiting or running, is given back.

    Raises UnknownFormat.
    """
    names = sorted({render_format(name).name for name in formats})
    wanted = hashlib.sha256(json.dumps([names, title, caption]).encode()).hexdigest()[:16]
    return enqueue(
        "generate_variants",
        GenerateVariants(clip.pk, names, title, caption),
        dedup_key=f"generate_variants:{clip.pk}:{wanted}",
        correlation_id=video_correlation(clip.video_asset_id),
    )
