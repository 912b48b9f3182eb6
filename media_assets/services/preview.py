"""How a variant would look, before anybody waits for it."""

import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from media_assets.analysis.reading import describe
from media_assets.files import local_file, work_folder
from media_assets.models import Clip
from media_assets.payloads import GenerateVariants
from media_assets.queries import render_format
from media_assets.rendering import ffmpeg
from media_assets.rendering.composition.openers import draw_card
from media_assets.rendering.plan import plan_variant
from media_assets.rendering.preview import WIDTH_PX, clip_frame_command, film_frame_command
from media_assets.services.composing import composition_of
from stakazo.core.errors import InvalidInput

PARTS = ("clip", "intro", "outro")
WALL_LIMIT_S = 60.0


def preview_frame(
    clip: Clip, *, format_name: str, at_ms: int = 0, part: str = "clip", **composed: Any
) -> bytes:
    """One frame of the variant as PNG, by the filters that would render it.

    at_ms: since the start of the clip. part: intro and outro show their middle. composed: as in
    GenerateVariants. Raises as request_variants, FileMissing, RenderFailed.
    """
    target = render_format(format_name)
    wanted = GenerateVariants(clip.pk, [format_name], **composed)
    with (
        local_file(clip.video_asset.file) as path,
        composition_of(clip, wanted) as composition,
        tempfile.TemporaryDirectory(prefix="preview-", dir=work_folder()) as made,
    ):
        folder, output = Path(made), Path(made) / "frame.png"
        source = describe(path)
        if part == "clip":
            composition = replace(composition, intro=None, outro=None)
        elif not composition.has_opener(part):
            raise InvalidInput(f"There is no {part} to look at.", field="part")
        plan = plan_variant(clip, source, target, composition)
        if part == "clip":
            drawn = composition.draw(folder, plan.format, plan.timeline)
            at_frame = min(round(at_ms * plan.rate / 1000), plan.timeline.clip - 1)
            command = clip_frame_command(
                path, source, plan, composition, drawn,
                start_ms=clip.start_ms, at_frame=max(at_frame, 0), output=output,
            )  # fmt: skip
        else:
            opener = composition.opener(part)
            if opener.still is not None:
                layer = draw_card(folder / "card.png", plan.format, opener.still)
                return _smaller(layer.path)
            command = film_frame_command(opener, plan, output)
        ffmpeg.run_ffmpeg(command, wall_limit_s=WALL_LIMIT_S)
        return output.read_bytes()


def _smaller(path: Path) -> bytes:
    with Image.open(path, formats=["PNG"]) as card:
        size = (WIDTH_PX, max(1, round(card.height * WIDTH_PX / card.width)))
        written = io.BytesIO()
        card.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(written, "PNG")
    return written.getvalue()
