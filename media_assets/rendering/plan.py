"""The recipe of a variant: everything that determines its bytes, and the hash of that."""

import hashlib
import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from media_assets.analysis.focus import focused
from media_assets.analysis.reading import Source
from media_assets.errors import OutsideFormat
from media_assets.formats import RenderFormat
from media_assets.models import Clip
from media_assets.rendering import ffmpeg
from media_assets.rendering.composition.composition import Composition
from media_assets.rendering.composition.timeline import SAMPLE_RATE_HZ, Timeline
from media_assets.rendering.copying import Copied, writer_version
from media_assets.rendering.encoders import AUDIO_BPS, Encoder, chosen_encoder

# 2: loudness settled after AAC; 3: composition; 4: one sound track for all formats; 5: made in
# stretches, every sound at our loudness
VERSION = 5
STANDARD_RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(48),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
]
SLOWEST_FPS = 23  # below, frames are shown two or three times
AAC_FRAME = 1024
NOTHING_MORE = Composition()
LEAST_RATE_BPS = 200_000  # of the picture; with less nobody would want to see it


@dataclass(frozen=True)
class Plan:
    """One variant to be made. recipe is canonical JSON data; recipe_hash names the bytes.

    rate_bps: of the picture, at its peak. copied: the picture of the source as it is, not encoded.
    """

    format: RenderFormat
    encoder: Encoder
    rate_bps: int
    window: dict[str, Any]
    bars: tuple[float, float, float, float]
    timeline: Timeline
    recipe: dict[str, Any]
    recipe_hash: str
    copied: Copied | None = None

    @property
    def rate(self) -> Fraction:
        """Frames per second."""
        return self.timeline.rate

    @property
    def frames(self) -> int:
        """Frames of the whole, intro and outro included."""
        return self.timeline.frames

    @property
    def duration_s(self) -> Fraction:
        """How long the file plays."""
        return self.frames / self.rate

    @property
    def samples(self) -> int:
        """Audio samples to encode: whole AAC frames that, with the one the encoder puts in front, end
        within a frame (21 ms) of the picture and never after it."""
        whole = int(self.duration_s * SAMPLE_RATE_HZ) // AAC_FRAME
        return max(1, whole - 1) * AAC_FRAME


def plan_variant(
    clip: Clip,
    source: Source,
    wanted: RenderFormat,
    composition: Composition = NOTHING_MORE,
    *,
    window: dict[str, Any] | None = None,
    copied: Copied | None = None,
) -> Plan:
    """Decide everything about one variant.

    window: for a format that the clip's framing does not know; centred where there is none. copied:
    the span of the source that can be taken over as it is. Raises OutsideFormat.
    """
    encoder = chosen_encoder()
    rate = standard_rate(source.steady_rate, most=wanted.max_fps)
    frames = max(1, round(Fraction(clip.duration_ms, 1000) * rate))
    line = composition.timeline(rate=rate, clip=frames)
    framing = clip.framing or {}
    top, bottom, left, right = framing.get("bars") or (0.0, 0.0, 0.0, 0.0)
    wanted = wanted.for_picture(
        round(source.shown_width_px * (1 - left - right)),
        round(source.shown_height_px * (1 - top - bottom)),
    )
    if wanted.keeps_ratio:
        window = {"mode": "whole"}
    window = framing.get("formats", {}).get(wanted.name) or window or centred(source, wanted)
    window = focused(window, clip.focus)
    rate_bps = _rate_within(wanted, line.frames / rate, stretches=len(line.stretches))
    recipe = {
        "version": VERSION,
        "source_sha256": clip.video_asset.sha256,
        "start_ms": clip.start_ms,
        "end_ms": clip.end_ms,
        "format": {
            "name": wanted.name,
            "width_px": wanted.width_px,
            "height_px": wanted.height_px,
            "crf": wanted.crf,
            "rate_bps": rate_bps,
        },
        "framing": {"bars": [top, bottom, left, right], "window": window},
        "rate": f"{rate.numerator}/{rate.denominator}",
        "frames": frames,
        "composition": composition.recipe(line),
        "encoder": copied.recipe if copied else encoder.recipe,
        "ffmpeg": ffmpeg.version(),
        "joined_by": writer_version() if composition.openers else None,
    }
    canonical = json.dumps(recipe, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Plan(
        format=wanted,
        encoder=encoder,
        rate_bps=rate_bps,
        window=window,
        bars=(top, bottom, left, right),
        timeline=line,
        recipe=recipe,
        recipe_hash=hashlib.sha256(canonical.encode()).hexdigest(),
        copied=copied,
    )


def check_length(wanted: RenderFormat, duration_ms: int) -> None:
    """Raises OutsideFormat when the format takes no clip of this length."""
    if not wanted.min_ms <= duration_ms <= wanted.max_ms:
        raise OutsideFormat(
            f"{wanted.name} takes {wanted.min_ms / 1000:g} to {wanted.max_ms / 1000:g} seconds; "
            f"the clip has {duration_ms / 1000:.1f}.",
            format=wanted.name,
            duration_ms=duration_ms,
        )


def _rate_within(wanted: RenderFormat, duration_s: Fraction, *, stretches: int) -> int:
    """Bits per second of the picture so that the file keeps below the format's most bytes.

    The encoder may use two seconds of rate more than its rate says (its buffer), in each stretch;
    three per cent are for the index.
    """
    whole_bps = wanted.max_bytes * 8 * 97 / 100
    rate_bps = int((whole_bps - AUDIO_BPS * duration_s * 21 / 20) / (duration_s + 2 * stretches))
    if rate_bps < LEAST_RATE_BPS:
        raise OutsideFormat(
            f"{float(duration_s):.0f} seconds do not fit into the {wanted.max_bytes} bytes of "
            f"{wanted.name}.",
            format=wanted.name,
        )
    return min(rate_bps, wanted.max_rate_bps)


def centred(source: Source, wanted: RenderFormat) -> dict[str, Any]:
    """A window in the middle, for clips whose framing nobody worked out."""
    ratio = source.shown_width_px / source.shown_height_px
    if abs(ratio / wanted.ratio - 1) < 0.01:
        return {"mode": "whole"}
    if ratio > wanted.ratio:
        return {
            "mode": "crop",
            "axis": "x",
            "window": round(wanted.ratio / ratio, 5),
            "keyframes": [[0, 0.5]],
        }
    window = ratio / wanted.ratio
    if window < 0.5:
        return {"mode": "fit"}
    return {"mode": "crop", "axis": "y", "window": round(window, 5), "keyframes": [[0, 0.5]]}


def standard_rate(rate: Fraction, *, most: int = 60) -> Fraction:
    """The constant frame rate to render at: the source's own where it is standard, else the nearest.

    Slow sources are shown two or more times per frame, fast ones halved, so that motion stays even.
    """
    value = rate if 1 <= rate <= 1000 else Fraction(25)
    while value < SLOWEST_FPS:
        value = rate * (int(value / rate) + 1)
    while value > most + Fraction(1, 2):
        value /= 2
    allowed = [each for each in STANDARD_RATES if each <= most]
    return min(allowed, key=lambda each: (abs(each / value - 1), each))
