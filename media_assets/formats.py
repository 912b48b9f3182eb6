"""The shapes that clips are rendered in. Formats know sizes and limits, never platforms.

A format is a row of `render_formats` that operators add and retire; here is the value that code works
with, and the standard ones that every installation begins with. Windows of the standard ones are
worked out while a video is analysed; those of rows added later when they are first rendered.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class RenderFormat:
    """A named output format with its limits.

    Sizes in pixels, even. keeps_ratio: width and height are a box that the picture fills without
    being cropped. max_rate_bps: bits per second of the picture, at its peak. crf: the constant
    quality of x264, lower is better. max_ms, max_bytes: what a file of it may not exceed.
    by_default: rendered when nobody names formats.
    """

    name: str
    width_px: int
    height_px: int
    max_fps: int = 60
    max_rate_bps: int = 12_000_000
    min_ms: int = 500
    max_ms: int = 600_000
    max_bytes: int = 512 * 1024 * 1024
    crf: int = 21
    codec: str = "h264"
    keeps_ratio: bool = False
    by_default: bool = True

    @property
    def ratio(self) -> float:
        """Width over height."""
        return self.width_px / self.height_px

    def for_picture(self, width_px: int, height_px: int) -> "RenderFormat":
        """This format at the size that a picture of this shape gets in it."""
        if not self.keeps_ratio:
            return self
        scale = min(self.width_px / width_px, self.height_px / height_px)
        return replace(self, width_px=_even(width_px * scale), height_px=_even(height_px * scale))


STANDARD = {
    each.name: each
    for each in [
        RenderFormat("vertical_1080x1920", 1080, 1920),
        RenderFormat("square_1080x1080", 1080, 1080),
        RenderFormat("landscape_1920x1080", 1920, 1080),
        RenderFormat("portrait_1080x1350", 1080, 1350, by_default=False),
        RenderFormat(
            "preview_640x640",
            640,
            640,
            max_fps=30,
            max_rate_bps=1_500_000,
            crf=28,
            keeps_ratio=True,
            by_default=False,
        ),
    ]
}
# Those with a shape of their own; a format that keeps the ratio needs no window.
FORMATS = {name: each for name, each in STANDARD.items() if not each.keeps_ratio}


def _even(value: float) -> int:
    return max(2, 2 * round(value / 2))
