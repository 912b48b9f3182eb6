"""The recipe of a variant: everything that determines its bytes, and the hash of that."""

import hashlib
import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from media_assets.analysis.reading import Source
from media_assets.formats import RenderFormat
from media_assets.models import Clip
from media_assets.rendering import ffmpeg

VERSION = 2  # 2: loudness settled after AAC
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
SAMPLE_RATE_HZ = 48_000
AAC_FRAME = 1024

# One safe profile for every platform. superfast with the look-ahead of veryfast: measured on a
# 1080x1920 clip it gives the VMAF of veryfast (96.8) for a third less CPU and five per cent more bytes.
ENCODER: dict[str, Any] = {
    "preset": "superfast",
    "x264": "rc-lookahead=10:mbtree=1",
    "crf": 21,
    "b_frames": 2,
    "gop_s": 2,
    "audio_bps": 160_000,
    "loudness_lufs": -14.0,
    "true_peak_db": -1.5,
}


@dataclass(frozen=True)
class Plan:
    """One variant to be made. recipe is canonical JSON data; recipe_hash names the bytes."""

    format: RenderFormat
    window: dict[str, Any]
    bars: tuple[float, float, float, float]
    rate: Fraction
    frames: int
    title: str
    caption: str
    recipe: dict[str, Any]
    recipe_hash: str

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
    clip: Clip, source: Source, wanted: RenderFormat, *, title: str, caption: str, font: str
) -> Plan:
    """Decide everything about one variant. font: what identifies the font of title and caption."""
    rate = standard_rate(source.steady_rate, most=wanted.max_fps)
    frames = max(1, round(Fraction(clip.duration_ms, 1000) * rate))
    framing = clip.framing or {}
    top, bottom, left, right = framing.get("bars") or (0.0, 0.0, 0.0, 0.0)
    window = framing.get("formats", {}).get(wanted.name) or centred(source, wanted)
    recipe = {
        "version": VERSION,
        "source_sha256": clip.video_asset.sha256,
        "start_ms": clip.start_ms,
        "end_ms": clip.end_ms,
        "format": {
            "name": wanted.name,
            "width_px": wanted.width_px,
            "height_px": wanted.height_px,
            "max_rate_bps": wanted.max_rate_bps,
        },
        "framing": {"bars": [top, bottom, left, right], "window": window},
        "rate": f"{rate.numerator}/{rate.denominator}",
        "frames": frames,
        "text": {"title": title, "caption": caption, "font": font} if title or caption else None,
        "encoder": ENCODER,
        "ffmpeg": ffmpeg.version(),
    }
    canonical = json.dumps(recipe, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Plan(
        format=wanted,
        window=window,
        bars=(top, bottom, left, right),
        rate=rate,
        frames=frames,
        title=title,
        caption=caption,
        recipe=recipe,
        recipe_hash=hashlib.sha256(canonical.encode()).hexdigest(),
    )


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
