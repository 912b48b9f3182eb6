"""Storing the picture that stands for something: as JPEG, and beside it as WebP."""

from pathlib import Path

from media_assets.analysis.covers import jpeg, webp
from media_assets.analysis.reading import Plane
from media_assets.rendering.storing import store_bytes


def store_cover(picture: Plane, stem: str, *, work: Path) -> str:
    """Store a picture as `stem.jpg` and `stem.webp`; the name of the first. work: for a moment."""
    store_bytes(webp(picture), f"{stem}.webp", work=work)
    return store_bytes(jpeg(picture), f"{stem}.jpg", work=work)
