"""`manage.py contact_sheet VIDEO_ID out.png`: the clips or variants of a video at a glance."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from media_assets.analysis.covers import picture_at
from media_assets.analysis.errors import VideoGone
from media_assets.analysis.reading import Plane
from media_assets.files import local_file
from media_assets.models import Clip, ClipVariant, VideoAsset
from stakazo.core.commands import StakazoCommand

ROW_PX = 200


class Command(StakazoCommand):
    """Rows of evenly spaced pictures: one row per clip, or per variant with --variants."""

    help = (
        "Write a picture with evenly spaced frames of a video's clips or variants. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The video, where to write, and what to show."""
        parser.add_argument("video_id")
        parser.add_argument("out", type=Path, help="A .png or .jpg file to write.")
        parser.add_argument("--variants", action="store_true", help="Show the rendered files.")
        parser.add_argument("--columns", type=int, default=8)

    def work(self, **options: Any) -> dict[str, Any]:
        """Draw the sheet."""
        video = VideoAsset.objects.filter(pk=options["video_id"]).first()
        if video is None:
            raise VideoGone("There is no such video.", video_asset_id=options["video_id"])
        columns = max(1, options["columns"])
        rows: list[Plane] = []
        if options["variants"]:
            shown = ClipVariant.objects.filter(clip__video_asset=video).order_by(
                "clip__rank", "format"
            )
            for variant in shown:
                with local_file(variant.file) as path:
                    rows.append(_row(path, 0, variant.duration_ms, columns))
        else:
            with local_file(video.file) as path:
                for clip in video.clips.filter(status=Clip.Status.READY).order_by("rank"):
                    rows.append(_row(path, clip.start_ms, clip.end_ms, columns))
        if not rows:
            raise VideoGone("The video has nothing to show yet.", video_asset_id=str(video.pk))
        width = max(row.shape[1] for row in rows)
        sheet = np.vstack(
            [np.pad(row, ((0, 4), (0, width - row.shape[1]), (0, 0))) for row in rows]
        )
        cv2.imwrite(str(options["out"]), sheet)
        return {"rows": len(rows), "out": str(options["out"])}


def _row(path: Path, start_ms: int, end_ms: int, columns: int) -> Plane:
    """Evenly spaced pictures of a span, side by side, ROW_PX high."""
    pictures = []
    for column in range(columns):
        at_ms = start_ms + int((end_ms - start_ms) * (column + 0.3) / columns)
        picture = picture_at(path, at_ms, longest_px=480)
        size = (max(1, round(picture.shape[1] * ROW_PX / picture.shape[0])), ROW_PX)
        pictures.append(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    return np.hstack(pictures).astype(np.uint8, copy=False)
