"""The shapes that clips are rendered in. Formats know sizes and limits, never platforms."""

from dataclasses import dataclass

from media_assets.errors import UnknownFormat


@dataclass(frozen=True)
class RenderFormat:
    """A named output format. Sizes in pixels; max_rate in bits per second."""

    name: str
    width_px: int
    height_px: int
    max_fps: int = 60
    max_rate_bps: int = 12_000_000

    @property
    def ratio(self) -> float:
        """Width over height."""
        return self.width_px / self.height_px


FORMATS = {
    each.name: each
    for each in [
        RenderFormat("vertical_1080x1920", 1080, 1920),
        RenderFormat("square_1080x1080", 1080, 1080),
        RenderFormat("landscape_1920x1080", 1920, 1080),
    ]
}


def render_format(name: str) -> RenderFormat:
    """The format of this name. Raises UnknownFormat."""
    try:
        return FORMATS[name]
    except KeyError:
        raise UnknownFormat(
            f"There is no format called {name!r}.", format=name, known=sorted(FORMATS)
        ) from None
