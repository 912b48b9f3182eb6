"""Filmstrips: a sheet of small pictures of a whole video, for editors to see where they are.

Drawn from key frames alone where those lie close enough, so that it costs seconds for any length. Files
are named by the content of the video; nothing of it is in the database.
"""

import bisect
import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from media_assets.analysis.strips import Strip, draw_strip
from media_assets.files import work_folder
from media_assets.models import VideoAsset
from media_assets.rendering.storing import store_bytes
from stakazo.core.errors import StakazoError

logger = logging.getLogger(__name__)

VERSION = 1
MOST_JSON_BYTES = 100_000


@dataclass(frozen=True)
class Filmstrip:
    """A sheet of a video: small upright pictures, left to right, top to bottom.

    jpeg, webp: names in the storage of the same picture. width_px, height_px: of the sheet. times_ms:
    one per tile, the time its picture is really from.
    """

    jpeg: str
    webp: str
    width_px: int
    height_px: int
    tile_width_px: int
    tile_height_px: int
    columns: int
    times_ms: list[int]

    def tile_at(self, at_ms: int) -> int:
        """The number of the tile that is nearest in time."""
        after = bisect.bisect_left(self.times_ms, at_ms)
        near = [n for n in (after - 1, after) if 0 <= n < len(self.times_ms)]
        return min(near, key=lambda number: abs(self.times_ms[number] - at_ms))

    def place_of(self, number: int) -> tuple[int, int]:
        """(x, y) in pixels of the corner of a tile in the sheet."""
        return (
            number % self.columns * self.tile_width_px,
            number // self.columns * self.tile_height_px,
        )


def filmstrip_of(video: VideoAsset) -> Filmstrip | None:
    """The filmstrip that was stored for these bytes; None when none was drawn yet."""
    name = f"{_stem(video)}.json"
    if not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        facts: dict[str, Any] = json.loads(file.read(MOST_JSON_BYTES))
    return Filmstrip(**facts)


def store_filmstrip(video: VideoAsset, path: Path) -> Filmstrip:
    """Draw and store the filmstrip of the file at `path`; one that is there is given back.

    Raises NothingToSee when no picture can be decoded.
    """
    if there := filmstrip_of(video):
        return there
    strip, stem, work = draw_strip(path, video.duration_ms), _stem(video), work_folder()
    found = _described(strip, stem)
    store_bytes(strip.jpeg, found.jpeg, work=work)
    store_bytes(strip.webp, found.webp, work=work)
    # Last: what has a description is whole.
    store_bytes(json.dumps(asdict(found)).encode(), f"{stem}.json", work=work)
    return found


def try_filmstrip(video: VideoAsset, path: Path) -> bool:
    """As `store_filmstrip`, for work that can do without: whether it is there now."""
    try:
        store_filmstrip(video, path)
    except (StakazoError, OSError) as error:
        logger.info("No filmstrip of video %s: %s", video.pk, error)
        return False
    return True


def _described(strip: Strip, stem: str) -> Filmstrip:
    return Filmstrip(
        jpeg=f"{stem}.jpg",
        webp=f"{stem}.webp",
        width_px=strip.size[0],
        height_px=strip.size[1],
        tile_width_px=strip.tile[0],
        tile_height_px=strip.tile[1],
        columns=strip.columns,
        times_ms=strip.times_ms,
    )


def _stem(video: VideoAsset) -> str:
    return f"filmstrips/{video.sha256[:32]}-{VERSION}"
