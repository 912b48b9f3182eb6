"""What the jobs of this room are told: ids and numbers, nothing else."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class CutAnalysis:
    """Find the best clips of a video. clip_count None: as the settings say."""

    video_asset_id: uuid.UUID
    clip_count: int | None = None


@dataclass(frozen=True)
class GenerateVariants:
    """Render a clip in these formats, with a title and a caption over it where given."""

    clip_id: uuid.UUID
    formats: list[str]
    title: str = ""
    caption: str = ""
