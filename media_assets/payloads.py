"""What the jobs of this room are told: ids and numbers, nothing else."""

import uuid
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CutAnalysis:
    """Find the best clips of a video. clip_count, min_ms, max_ms None: as the settings say.

    fresh: watch the video even where what an earlier pass saw of it is stored. preferred_ms None: by
    the length of the video. weights: feature → number, empty for our own; by_rule: whose they are,
    in words.
    """

    video_asset_id: uuid.UUID
    clip_count: int | None = None
    fresh: bool = False
    min_ms: int | None = None
    max_ms: int | None = None
    preferred_ms: int | None = None
    weights: dict = field(default_factory=dict)
    by_rule: str = ""


@dataclass(frozen=True)
class CoverClips:
    """Find the picture that stands for each of these clips of a video, where they have none."""

    video_asset_id: uuid.UUID
    clip_ids: list[uuid.UUID]


@dataclass(frozen=True)
class GenerateVariants:
    """Render a clip in these formats, and what to compose it with, where given.

    captions, watermark: ids of such rows. intro, outro: of a video or a card. caption_style: see
    CaptionStyle.
    """

    clip_id: uuid.UUID
    formats: list[str]
    title: str = ""
    caption: str = ""
    captions: uuid.UUID | None = None
    caption_style: dict = field(default_factory=dict)  # type: ignore[type-arg]  # payloads know dict
    watermark: uuid.UUID | None = None
    intro: uuid.UUID | None = None
    outro: uuid.UUID | None = None
    crossfade_ms: int = 0


@dataclass(frozen=True)
class TakeInUpload:
    """Put the parts of an upload together and take the video in."""

    upload_id: uuid.UUID


@dataclass(frozen=True)
class Transcribe:
    """Write captions of a video by hearing it. language: `und` where nobody knows."""

    video_asset_id: uuid.UUID
    language: str = "und"
    name: str = ""


@dataclass(frozen=True)
class SweepTemporaries:
    """Nothing needs to be said."""


@dataclass(frozen=True)
class SweepUploads:
    """Nothing needs to be said."""


@dataclass(frozen=True)
class SweepOrphans:
    """Nothing needs to be said."""
