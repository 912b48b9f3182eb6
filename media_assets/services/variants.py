"""Rendering clips into files."""

import contextlib
import hashlib
import json
import logging
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from jobs.models import Job
from jobs.running import Running
from jobs.services import enqueue
from media_assets.analysis.covers import jpeg, picture_at
from media_assets.analysis.reading import Source, describe
from media_assets.files import local_file
from media_assets.formats import render_format
from media_assets.models import Clip, ClipVariant, variant_path, video_correlation
from media_assets.payloads import GenerateVariants
from media_assets.rendering import ffmpeg, graph, loudness
from media_assets.rendering.checking import Proof, prove
from media_assets.rendering.errors import ClipGone
from media_assets.rendering.plan import Plan, plan_variant
from media_assets.rendering.storing import store_bytes, store_file
from media_assets.rendering.text import check_text, draw_card, font_identity

logger = logging.getLogger(__name__)

WORK_NAME = re.compile(r"render-([0-9a-f-]{36})-(\d+)")
WALL_LIMIT_PER_S = 60.0  # a render that needs a minute for each second of output is stuck
WALL_LIMIT_LEAST_S = 300.0


def request_variants(
    clip: Clip, *, formats: Sequence[str], title: str = "", caption: str = ""
) -> Job:
    """Put the rendering of a clip in the queue; the same one, waiting or running, is given back.

    Raises UnknownFormat, TextTooLong.
    """
    names = sorted({render_format(name).name for name in formats})
    check_text(title, caption)
    wanted = hashlib.sha256(json.dumps([names, title, caption]).encode()).hexdigest()[:16]
    return enqueue(
        "generate_variants",
        GenerateVariants(clip.pk, names, title, caption),
        dedup_key=f"generate_variants:{clip.pk}:{wanted}",
        correlation_id=video_correlation(clip.video_asset_id),
    )


@dataclass(frozen=True)
class Rendered:
    """One finished, proved and stored file that has no row yet."""

    plan: Plan
    proof: Proof
    file: str
    thumbnail: str
    has_audio: bool
    facts: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class RenderedVariants:
    """What a rendering job made, and what was there already."""

    clip: Clip
    rendered: list[Rendered]
    there: list[ClipVariant]

    def save(self) -> dict[str, Any]:
        """Create the rows; runs in the completing transaction. One row per recipe, ever."""
        rows = [self._row(each) for each in self.rendered]
        return {
            "variant_ids": [str(row.pk) for row in [*self.there, *rows]],
            "rendered": len(rows),
            "reused": len(self.there),
        }

    def _row(self, each: Rendered) -> ClipVariant:
        row, _ = ClipVariant.objects.get_or_create(
            clip=self.clip,
            recipe_hash=each.plan.recipe_hash,
            defaults={
                "format": each.plan.format.name,
                "recipe": each.plan.recipe,
                "file": each.file,
                "thumbnail": each.thumbnail,
                "sha256": each.proof.sha256,
                "size_bytes": each.proof.size_bytes,
                "width_px": each.plan.format.width_px,
                "height_px": each.plan.format.height_px,
                "duration_ms": each.proof.duration_ms,
                "fps": each.proof.fps,
                "has_audio": each.has_audio,
                "facts": each.facts,
            },
        )
        return row


def render_variants(job: Running[GenerateVariants]) -> RenderedVariants:
    """Render the clip of this job in every format that is not there yet, from one decode.

    Raises ClipGone, UnknownFormat, TextTooLong, RenderFailed, BadRender and what the job raises when
    it must end; then no row and no file of this attempt remains.
    """
    wanted = job.payload
    check_text(wanted.title, wanted.caption)
    formats = [render_format(name) for name in dict.fromkeys(wanted.formats)]
    clip = Clip.objects.select_related("video_asset").filter(pk=wanted.clip_id).first()
    if clip is None:
        raise ClipGone("The clip is not there.", clip_id=str(wanted.clip_id))
    if not default_storage.exists(str(clip.video_asset.file.name)):
        raise ClipGone("The file of the video is gone.", video_asset_id=str(clip.video_asset_id))
    sweep_leftovers()
    with local_file(clip.video_asset.file) as path, _work_folder(job) as work:
        job.stage("planning")
        source = describe(path)
        font = font_identity() if wanted.title or wanted.caption else ""
        plans = [
            plan_variant(clip, source, each, title=wanted.title, caption=wanted.caption, font=font)
            for each in formats
        ]
        there = [row for plan in plans if (row := _finished(clip, plan))]
        known = {row.recipe_hash for row in there}
        missing = [plan for plan in plans if plan.recipe_hash not in known]
        rendered = _render(job, clip, path, source, missing, work) if missing else []
    return RenderedVariants(clip, rendered, there)


def _finished(clip: Clip, plan: Plan) -> ClipVariant | None:
    """The variant of this recipe, if it has a row and its file is where the row says."""
    row = ClipVariant.objects.filter(clip=clip, recipe_hash=plan.recipe_hash).first()
    return row if row is not None and default_storage.exists(str(row.file.name)) else None


def _render(
    job: Running[GenerateVariants],
    clip: Clip,
    path: Path,
    source: Source,
    plans: list[Plan],
    work: Path,
) -> list[Rendered]:
    wanted = job.payload
    span = {"start_ms": clip.start_ms, "samples": plans[0].samples}
    job.stage("loudness")
    gain = loudness.gain_for(path, source, **span, check=job.check)
    job.progress(0.08)
    cards: list[Path | None] = [
        draw_card(work / f"{i}.png", plan.format, title=wanted.title, caption=wanted.caption)
        if wanted.title or wanted.caption
        else None
        for i, plan in enumerate(plans)
    ]
    job.stage("rendering")
    outputs = [work / f"{i}.mp4" for i in range(len(plans))]
    length_s = float(plans[0].duration_s)
    ffmpeg.run_ffmpeg(
        graph.command(
            path,
            source,
            plans,
            outputs,
            start_ms=clip.start_ms,
            end_ms=clip.end_ms,
            gain=gain,
            cards=cards,
        ),
        check=job.check,
        on_time=lambda seconds: job.progress(0.1 + 0.75 * min(seconds / length_s, 1.0)),
        wall_limit_s=max(WALL_LIMIT_LEAST_S, WALL_LIMIT_PER_S * length_s * len(plans)),
    )
    job.stage("checking")
    proofs = [
        prove(output, plan, check=job.check) for output, plan in zip(outputs, plans, strict=True)
    ]
    heard = loudness.measure_file(outputs[0], check=job.check)  # the sound of all is the same
    job.progress(0.95)
    job.stage("storing")
    return [
        _stored(job, clip, source, plan, output, proof, heard, gain)
        for plan, output, proof in zip(plans, outputs, proofs, strict=True)
    ]


def _stored(
    job: Running[GenerateVariants],
    clip: Clip,
    source: Source,
    plan: Plan,
    output: Path,
    proof: Proof,
    heard: loudness.Loudness,
    gain: str,
) -> Rendered:
    """Put one file and its thumbnail where they belong; names follow from the recipe alone."""
    job.check()
    picture = jpeg(picture_at(output, proof.duration_ms // 3))
    name = variant_path(
        ClipVariant(clip=clip, format=plan.format.name, recipe_hash=plan.recipe_hash), ""
    )
    thumbnail = f"thumbnails/{plan.recipe_hash[:32]}.jpg"
    return Rendered(
        plan=plan,
        proof=proof,
        file=store_file(output, name),
        thumbnail=store_bytes(picture, thumbnail, work=output.parent),
        has_audio=source.audio_index is not None,
        facts={
            **proof.facts,
            "lufs": heard.lufs,
            "true_peak_db": heard.peak_db,
            "gain": gain,
            "framing": plan.window["mode"],
        },
    )


# --- Work in the making ---------------------------------------------------------------------------


@contextlib.contextmanager
def _work_folder(job: Running[GenerateVariants]) -> Iterator[Path]:
    """A folder named for this attempt alone; gone afterwards, however it ends."""
    work = Path(settings.WORK_DIR) / f"render-{job.job.pk}-{job.token}"
    work.mkdir(parents=True, exist_ok=True)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def sweep_leftovers() -> int:
    """Remove work folders of attempts that hold their job no more; how many there were."""
    root = Path(settings.WORK_DIR)
    found = {
        folder: (uuid.UUID(match.group(1)), int(match.group(2)))
        for folder in (root.iterdir() if root.is_dir() else ())
        if folder.is_dir() and (match := WORK_NAME.fullmatch(folder.name))
    }
    ids = {job_id for job_id, _ in found.values()}
    live = set(
        Job.objects.filter(pk__in=ids, status=Job.Status.PROCESSING).values_list(
            "pk", "fencing_token"
        )
    )
    dead = [folder for folder, attempt in found.items() if attempt not in live]
    for folder in dead:
        shutil.rmtree(folder, ignore_errors=True)
        logger.info("Removed %s, left behind by an attempt that ended early", folder.name)
    return len(dead)
