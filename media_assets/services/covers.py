"""The picture that stands for something: stored as JPEG and WebP, or taken out of a finished file."""

from pathlib import Path

from media_assets.analysis.covers import jpeg, picture_at, webp
from media_assets.analysis.reading import Plane
from media_assets.rendering.storing import store_bytes


def store_cover(picture: Plane, stem: str, *, work: Path) -> str:
    """Store a picture as `stem.jpg` and `stem.webp`; the name of the first. work: for a moment."""
    store_bytes(webp(picture), f"{stem}.webp", work=work)
    return store_bytes(jpeg(picture), f"{stem}.jpg", work=work)


def still_jpeg(path: Path, at_ms: int, *, longest_px: int = 1280) -> bytes:
    """The picture that a video shows at this time, as JPEG. Raises NothingToSee."""
    return jpeg(picture_at(path, at_ms, longest_px=longest_px))
