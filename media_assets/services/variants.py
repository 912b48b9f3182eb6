"""Rendering clips into files."""

import contextlib
import hashlib
import json
import logging
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from jobs.models import Job
from jobs.running import Running
from jobs.services import enqueue
from media_assets.analysis.covers import best_moment, picture_at
from media_assets.analysis.framing import frame_clip
from media_assets.analysis.reading import Source, describe
from media_assets.cues import write_vtt
from media_assets.file_facts import FileFacts, facts_of_render, look
from media_assets.files import local_file
from media_assets.formats import RenderFormat
from media_assets.models import Clip, ClipVariant, variant_path, video_correlation
from media_assets.payloads import GenerateVariants
from media_assets.queries import render_format, seen_of
from media_assets.rendering import ffmpeg, graph, loudness
from media_assets.rendering.checking import Proof, prove
from media_assets.rendering.composition.composition import Composition
from media_assets.rendering.copying import copyable, write_copy
from media_assets.rendering.encoders import level_of
from media_assets.rendering.errors import ClipGone
from media_assets.rendering.plan import SAMPLE_RATE_HZ, Plan, check_length, plan_variant
from media_assets.rendering.sounds import ClipSound, Sound, sound_of
from media_assets.rendering.storing import store_bytes, store_file
from media_assets.rendering.stretches import Joined, Step
from media_assets.services.composing import (
    composition_of,
    ingredients_of,
    refuse_archived,
)
from media_assets.services.covers import store_cover
from stakazo.core.errors import StakazoError

logger = logging.getLogger(__name__)

WORK_NAME = re.compile(r"render-([0-9a-f-]{36})-(\d+)")
WALL_LIMIT_PER_S = 60.0  # a render that needs a minute for each second of output is stuck
WALL_LIMIT_LEAST_S = 300.0


def request_variants(clip: Clip, *, formats: Sequence[str], **composed: Any) -> Job:
    """Put the rendering of a clip in the queue; the same one, waiting or running, is given back.

    composed: title, caption, captions, … as in GenerateVariants. Raises UnknownFormat, TextTooLong,
    UnknownIngredient, OutsideFormat,
    InvalidInput.
    """
    known = [render_format(name) for name in formats]
    for each in known:
        check_length(each, clip.duration_ms)
    names = sorted({each.name for each in known})
    wanted = GenerateVariants(clip.pk, names, **composed)
    refuse_archived(ingredients_of(clip, wanted))
    said = json.dumps(asdict(wanted), sort_keys=True, default=str)
    return enqueue(
        "generate_variants",
        wanted,
        dedup_key=f"generate_variants:{clip.pk}:{hashlib.sha256(said.encode()).hexdigest()[:16]}",
        correlation_id=video_correlation(clip.video_asset_id),
    )


def file_facts_of(variant: ClipVariant) -> FileFacts:
    """What the variant's file is. Rendering writes it down; an older row is looked at once, and keeps it.

    Raises FileMissing, and what `media_assets.file_facts.look` raises.
    """
    known = FileFacts.from_json(variant.facts.get("file"))
    if known is not None:
        return known
    with local_file(variant.file) as path:
        found = look(path)
    variant.facts = {**variant.facts, "file": found.as_json()}
    ClipVariant.objects.filter(pk=variant.pk).update(facts=variant.facts)
    return found


@dataclass(frozen=True)
class Rendered:
    """One finished, proved and stored file that has no row yet."""

    plan: Plan
    proof: Proof
    file: str
    thumbnail: str
    captions_file: str
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
                "captions_file": each.captions_file,
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

    Raises ClipGone, UnknownFormat, UnknownIngredient, TextTooLong, RenderFailed, BadRender and what
    the job raises when it must end; then no row and no file of this attempt remains.
    """
    wanted = job.payload
    formats = [render_format(name) for name in dict.fromkeys(wanted.formats)]
    clip = Clip.objects.select_related("video_asset").filter(pk=wanted.clip_id).first()
    if clip is None:
        raise ClipGone("The clip is not there.", clip_id=str(wanted.clip_id))
    if not default_storage.exists(str(clip.video_asset.file.name)):
        raise ClipGone("The file of the video is gone.", video_asset_id=str(clip.video_asset_id))
    sweep_leftovers()
    with (
        local_file(clip.video_asset.file) as path,
        composition_of(clip, wanted) as composition,
        _work_folder(job) as work,
    ):
        job.stage("planning")
        source = describe(path)
        plans = [_planned(clip, path, source, each, composition) for each in formats]
        there = [row for plan in plans if (row := _finished(clip, plan))]
        known = {row.recipe_hash for row in there}
        missing = [plan for plan in plans if plan.recipe_hash not in known]
        rendered = _render(job, clip, path, source, missing, composition, work) if missing else []
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
    composition: Composition,
    work: Path,
) -> list[Rendered]:
    """All plans, those of one frame rate from one decode; nearly always that is all of them."""
    rendered: list[Rendered] = []
    best_ms = _best_moment(clip)
    for number, rate in enumerate(dict.fromkeys(plan.rate for plan in plans)):
        batch = _Batch(job, clip, path, source, composition, work / str(number))
        batch.best_ms = best_ms
        rendered += batch.render(
            [plan for plan in plans if plan.rate == rate], done=len(rendered) / len(plans)
        )
    return rendered


@dataclass
class _Batch:
    """Plans of one frame rate, which share their sound and their decode."""

    job: Running[GenerateVariants]
    clip: Clip
    path: Path
    source: Source
    composition: Composition
    work: Path
    best_ms: int | None = None

    def render(self, plans: list[Plan], *, done: float) -> list[Rendered]:
        """Make, prove and store them. done: how much of the job was done before, 0 to 1."""
        job, self.done = self.job, done
        self.work.mkdir(parents=True, exist_ok=True)
        job.stage("loudness")
        sound = self._leveled(plans[0])
        settled = loudness.settle(sound, self.work, check=job.check)
        self._tell(0.08)
        outputs = {plan.recipe_hash: self.work / f"{i}.mp4" for i, plan in enumerate(plans)}
        job.stage("rendering")
        for plan in plans:
            if plan.copied:
                output = outputs[plan.recipe_hash]
                write_copy(self.path, plan.copied, plan.rate, sound=settled.path, to=output)
        self._encode([plan for plan in plans if not plan.copied], outputs, sound, settled)
        job.stage("checking")
        proofs = [
            prove(
                outputs[plan.recipe_hash], plan, settled,
                stills=self.best_ms is None, check=job.check,
            )
            for plan in plans
        ]  # fmt: skip
        self._tell(0.95)
        job.stage("storing")
        return [
            self._stored(plan, outputs[plan.recipe_hash], proof, audible=sound.audible)
            for plan, proof in zip(plans, proofs, strict=True)
        ]

    def _tell(self, fraction: float) -> None:
        self.job.progress(self.done + (1 - self.done) * fraction)

    def _encode(
        self,
        plans: list[Plan],
        outputs: dict[str, Path],
        sound: Sound,
        settled: loudness.Settled,
    ) -> None:
        if not plans:
            return
        drawn = [
            self.composition.draw(self.work / f"drawn-{i}", plan.format, plan.timeline)
            for i, plan in enumerate(plans)
        ]
        files = [outputs[plan.recipe_hash] for plan in plans]
        start_ms = self.clip.start_ms
        if self.composition.openers:
            joined = Joined(
                self.path, self.source, start_ms, plans, self.composition, drawn, self.work
            )
            self._run(joined.steps(), len(plans))
            joined.put_together(files, sound=settled.path)
            return
        arguments = graph.command(
            self.source, plans, files,
            start_ms=start_ms, inputs=sound.inputs, sound=settled.path, drawn=drawn,
        )  # fmt: skip
        self._run([Step(arguments, float(plans[0].duration_s))], len(plans))

    def _run(self, steps: list[Step], formats: int) -> None:
        whole_s = sum(step.seconds for step in steps)
        done_s = 0.0
        for step in steps:

            def on_time(seconds: float, step: Step = step, done_s: float = done_s) -> None:
                self._tell(0.1 + 0.75 * (done_s + min(seconds, step.seconds)) / whole_s)

            ffmpeg.run_ffmpeg(
                step.arguments,
                check=self.job.check,
                on_time=on_time,
                wall_limit_s=max(WALL_LIMIT_LEAST_S, WALL_LIMIT_PER_S * step.seconds * formats),
            )
            done_s += step.seconds

    def _leveled(self, plan: Plan) -> Sound:
        """The sound of all; where there is more than the clip, each part is as loud as the others."""
        composition, clip, source = self.composition, self.clip, self.source
        if not composition.openers:
            return sound_of(self.path, source, clip.start_ms, plan, composition)
        length = plan.timeline.samples(0, plan.timeline.clip)
        parts = [ClipSound(self.path, source, clip.start_ms, length)]
        for opener in composition.openers:
            if opener.path is None or opener.source is None:
                parts.append(ClipSound(self.path, replace(source, audio_index=None), 0, 1))
            else:
                length = opener.duration_ms * SAMPLE_RATE_HZ // 1000
                parts.append(ClipSound(opener.path, opener.source, 0, length))
        gains = [loudness.level_of(part, check=self.job.check) for part in parts]
        return sound_of(self.path, source, clip.start_ms, plan, composition, gains=gains)

    def _stored(self, plan: Plan, output: Path, proof: Proof, *, audible: bool) -> Rendered:
        """Put one file and its pictures where they belong; names follow from the recipe alone."""
        self.job.check()
        line, cues = plan.timeline, self.composition.cues
        best_ms = proof.best_ms if self.best_ms is None else line.clip_at_ms + self.best_ms
        picture = picture_at(output, min(best_ms, proof.duration_ms - 1))
        name = variant_path(
            ClipVariant(clip=self.clip, format=plan.format.name, recipe_hash=plan.recipe_hash), ""
        )
        captions = write_vtt(cues, shift_ms=line.clip_at_ms) if cues else ""
        stem = f"thumbnails/{plan.recipe_hash[:32]}"
        return Rendered(
            plan=plan,
            proof=proof,
            file=store_file(output, name),
            thumbnail=store_cover(picture, stem, work=self.work),
            captions_file=captions
            and store_bytes(captions.encode(), f"{name.removesuffix('.mp4')}.vtt", work=self.work),
            has_audio=audible,
            facts={
                **proof.facts,
                "file": facts_of_render(plan, proof).as_json(),
                "framing": plan.window["mode"],
                "copied": plan.copied is not None,
                "thumbnail_ms": best_ms,
            },
        )


def _best_moment(clip: Clip) -> int | None:
    """Of the clip, by what the analysis saw; None when that is not there any more."""
    try:
        seen = seen_of(clip.video_asset)
    except StakazoError:
        return None
    return best_moment(seen, clip.start_ms, clip.end_ms) - clip.start_ms


def _planned(
    clip: Clip, path: Path, source: Source, wanted: RenderFormat, composition: Composition
) -> Plan:
    """The plan of one variant: its window, and whether the picture can be taken over as it is."""
    window = None
    if wanted.name not in (clip.framing or {}).get("formats", {}):
        window = _late_window(clip, wanted)
    plan = plan_variant(clip, source, wanted, composition, window=window)
    plain = plan.window["mode"] == "whole" and not any(plan.bars)
    if not plain or plan.recipe["composition"] is not None:
        return plan
    copied = copyable(
        path,
        source,
        start_ms=clip.start_ms,
        frames=plan.frames,
        rate=plan.rate,
        size=(plan.format.width_px, plan.format.height_px),
        level=level_of(plan.format.width_px, plan.format.height_px, plan.rate),
        most_bps=plan.rate_bps,
    )
    if copied is None:
        return plan
    return plan_variant(clip, source, wanted, composition, window=window, copied=copied)


def _late_window(clip: Clip, wanted: RenderFormat) -> dict[str, Any] | None:
    """The window of a format that came after the analysis; None: the middle will do."""
    if wanted.keeps_ratio or not clip.framing:
        return None
    try:
        seen = seen_of(clip.video_asset)
    except StakazoError:
        return None
    found = frame_clip(seen, clip.start_ms, clip.end_ms, formats=[wanted])["formats"]
    return dict(found[wanted.name])


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
