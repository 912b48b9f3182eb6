"""Videos, the clips found in them, and the files rendered from those."""

import uuid
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
    StepValueValidator,
)
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ledger.machine import Machine
from media_assets.formats import RenderFormat
from media_assets.ingredients import CARD, WATERMARK, Captions, Card, Watermark
from stakazo.core.ids import uuid7

__all__ = [
    "CARD",
    "CLIP",
    "FORMAT",
    "VIDEO",
    "WATERMARK",
    "Captions",
    "Card",
    "Clip",
    "ClipVariant",
    "FormatRow",
    "VideoAsset",
    "Watermark",
    "source_path",
    "variant_path",
    "video_correlation",
]


def source_path(video: "VideoAsset", filename: str) -> str:
    """Where an uploaded video lies: by its content, never by the name somebody gave it.

    The end of the id makes it one upload's own, so that the loser of two uploads of the same bytes
    can take its file away.
    """
    return f"videos/{video.sha256[:2]}/{video.sha256}-{video.pk.hex[-8:]}.{video.container}"


class VideoAsset(models.Model):
    """One uploaded source video."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "Uploaded"
        VALIDATED = "validated", "Validated"
        PROCESSING = "processing", "Being analysed"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=200)
    original_filename = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.UPLOADED)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(null=True, blank=True)

    file = models.FileField(upload_to=source_path, max_length=255)
    sha256 = models.CharField(max_length=64)
    dedup_key = models.CharField(max_length=80, unique=True)
    size_bytes = models.BigIntegerField()
    container = models.CharField(max_length=16, help_text="mp4, mov, mkv, webm, avi")

    duration_ms = models.BigIntegerField()
    width_px = models.PositiveIntegerField(help_text="As shown: after rotation, square pixels.")
    height_px = models.PositiveIntegerField()
    fps = models.FloatField(help_text="Average frames per second.")
    rotation_deg = models.SmallIntegerField(
        default=0, help_text="Clockwise, from the coded picture to the shown one: 0, 90, 180, 270."
    )
    video_codec = models.CharField(max_length=32)
    audio_codec = models.CharField(max_length=32, blank=True, help_text="Empty: no sound.")
    probe = models.JSONField(default=dict, blank=True, help_text="Everything the probe found.")

    analysis = models.JSONField(null=True, blank=True, help_text="Shots and curves, summarised.")
    analysis_file = models.FileField(
        upload_to="analyses/",
        max_length=255,
        blank=True,
        help_text="Everything that the analysis measured, for choosing again without decoding.",
    )
    thumbnail = models.FileField(upload_to="thumbnails/", max_length=255, blank=True)

    class Meta:
        db_table = "video_assets"
        ordering = ["-id"]
        verbose_name = "video"
        indexes = [models.Index(fields=["status", "-id"], name="videos_by_status")]
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_ms__gt=0, width_px__gt=0, height_px__gt=0, size_bytes__gt=0),
                name="a_video_has_time_and_size",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def correlation_id(self) -> str:
        """The id under which the ledger follows this video from upload to advert."""
        return str(self.pk)


class Clip(models.Model):
    """A span `[start_ms, end_ms)` of a video that is worth showing, and why."""

    class Status(models.TextChoices):
        READY = "ready", "Ready"
        ARCHIVED = "archived", "Archived"

    class MadeBy(models.TextChoices):
        ANALYSIS = "analysis", "Analysis"
        OPERATOR = "operator", "Operator"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    video_asset = models.ForeignKey(VideoAsset, on_delete=models.PROTECT, related_name="clips")
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=Status, default=Status.READY)
    made_by = models.CharField(
        max_length=8,
        choices=MadeBy,
        default=MadeBy.ANALYSIS,
        help_text="Who wants this span. No new analysis puts an operator's clip aside.",
    )
    title = models.CharField(
        max_length=100, blank=True, help_text="A name for people; may be empty."
    )
    rank = models.PositiveSmallIntegerField(default=0, help_text="1 is the best of its video.")
    visual_score = models.FloatField(help_text="0 to 1.")
    reasons = models.JSONField(default=list, help_text="Sentences that explain the score.")
    features = models.JSONField(
        default=dict, help_text="The numbers behind the score, each 0 to 1."
    )
    framing = models.JSONField(default=dict, blank=True, help_text="Where the subject is.")
    focus = models.JSONField(
        default=list, blank=True, help_text="Where an operator wants to look instead, per shot."
    )
    thumbnail = models.FileField(upload_to="thumbnails/", max_length=255, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "clips"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["video_asset", "start_ms", "end_ms"], name="one_clip_per_span"
            ),
            models.CheckConstraint(
                condition=Q(start_ms__gte=0) & Q(end_ms__gt=F("start_ms")),
                name="a_clip_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(visual_score__gte=0, visual_score__lte=1),
                name="clip_score_from_0_to_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.video_asset} {self.start_ms / 1000:.1f}–{self.end_ms / 1000:.1f} s"

    @property
    def duration_ms(self) -> int:
        """Length of the span."""
        return self.end_ms - self.start_ms


class FormatRow(models.Model):
    """A render format as operators keep it. Name and size are fixed once files may exist in it."""

    class Status(models.TextChoices):
        ACTIVE = "active", "In use"
        RETIRED = "retired", "Retired"

    class Codec(models.TextChoices):
        H264 = "h264", "H.264"

    _even: list[Callable[[Any], None]] = [
        MinValueValidator(64),
        MaxValueValidator(3840),
        StepValueValidator(2, "An even number, or the colours cannot be stored."),
    ]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(
        max_length=32,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", "Small letters, digits and underscores.")],
        help_text="Such as story_720x1280. It cannot be changed later.",
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    width_px = models.PositiveIntegerField(validators=_even)
    height_px = models.PositiveIntegerField(validators=_even)
    keeps_ratio = models.BooleanField(
        default=False, help_text="Width and height are the most; nothing is cropped."
    )
    by_default = models.BooleanField(
        default=False, help_text="Rendered when nobody names the formats."
    )
    codec = models.CharField(max_length=8, choices=Codec, default=Codec.H264)
    crf = models.PositiveSmallIntegerField(
        default=21,
        validators=[MinValueValidator(12), MaxValueValidator(36)],
        help_text="Quality: 18 is very good, 28 is a preview. Lower is better and larger.",
    )
    max_fps = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(24), MaxValueValidator(60)]
    )
    max_rate_bps = models.PositiveIntegerField(
        default=12_000_000,
        validators=[MinValueValidator(200_000), MaxValueValidator(50_000_000)],
        help_text="Bits per second of the picture, at its peak.",
    )
    min_ms = models.PositiveIntegerField(default=500, validators=[MinValueValidator(100)])
    max_ms = models.PositiveIntegerField(
        default=600_000, validators=[MinValueValidator(1_000), MaxValueValidator(6 * 3_600_000)]
    )
    max_bytes = models.BigIntegerField(
        default=512 * 1024 * 1024,
        validators=[MinValueValidator(1_000_000), MaxValueValidator(20 * 1024**3)],
        help_text="The bit rate is lowered for long clips so that files stay below this.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "render_formats"
        ordering = ["created_at", "id"]
        verbose_name = "format"
        constraints = [
            models.CheckConstraint(
                condition=Q(width_px__gt=0, height_px__gt=0, max_ms__gt=F("min_ms")),
                name="a_format_has_size_and_room",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def value(self) -> RenderFormat:
        """What the renderer works with."""
        return RenderFormat(
            **{each.name: getattr(self, each.name) for each in fields(RenderFormat)}
        )


def variant_path(variant: "ClipVariant", filename: str) -> str:
    """Where a rendered file lies: by clip and recipe, so that the same recipe is the same file."""
    return f"variants/{variant.clip_id}/{variant.format}-{variant.recipe_hash[:16]}.mp4"


class ClipVariant(models.Model):
    """A rendered file of a clip in one format. The row appears when the file is whole and checked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="variants")
    format = models.CharField(max_length=32, help_text="Name of a RenderFormat.")
    recipe = models.JSONField(help_text="Everything that determines the bytes.")
    recipe_hash = models.CharField(max_length=64)
    file = models.FileField(upload_to=variant_path, max_length=255)
    thumbnail = models.FileField(upload_to="thumbnails/", max_length=255, blank=True)
    captions_file = models.FileField(
        upload_to="variants/", max_length=255, blank=True, help_text="What is said, as WebVTT."
    )
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    duration_ms = models.BigIntegerField()
    fps = models.FloatField()
    has_audio = models.BooleanField(default=False)
    facts = models.JSONField(default=dict, blank=True, help_text="What the check measured.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "clip_variants"
        ordering = ["-id"]
        verbose_name = "variant"
        constraints = [
            models.UniqueConstraint(fields=["clip", "recipe_hash"], name="one_variant_per_recipe")
        ]

    def __str__(self) -> str:
        return f"{self.clip} {self.format}"


class Upload(models.Model):
    """A video on its way in, in parts that may come in any order, again, and after a break."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        CHECKING = "checking", "Being checked"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"
        ABORTED = "aborted", "Aborted"
        EXPIRED = "expired", "Expired"

    class Place(models.TextChoices):
        LOCAL = "local", "This machine"
        S3 = "s3", "S3"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    filename = models.CharField(max_length=255, blank=True)
    title = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size_bytes = models.BigIntegerField()
    part_bytes = models.PositiveIntegerField(help_text="Of each part but the last.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="As announced; may be empty.")
    place = models.CharField(max_length=8, choices=Place, help_text="Where the parts are kept.")
    handle = models.CharField(
        max_length=1024, blank=True, help_text="What the storage calls the upload."
    )
    video = models.ForeignKey(
        VideoAsset, null=True, blank=True, on_delete=models.SET_NULL, related_name="uploads"
    )
    created_video = models.BooleanField(null=True, help_text="No: we had the same bytes already.")
    error = models.TextField(blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "uploads"
        ordering = ["-id"]
        indexes = [models.Index(fields=["status", "expires_at"], name="uploads_by_expiry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(size_bytes__gt=0, part_bytes__gt=0), name="an_upload_has_a_size"
            )
        ]

    def __str__(self) -> str:
        return self.title or self.filename or "Upload"

    @property
    def takes_parts(self) -> bool:
        """Whether it is open, and still in its time."""
        return self.status == self.Status.OPEN and self.expires_at >= timezone.now()

    @property
    def part_sizes(self) -> dict[int, int]:
        """How many bytes each part must have, by its number from 1."""
        whole, rest = divmod(self.size_bytes, self.part_bytes)
        sizes = dict.fromkeys(range(1, whole + 1), self.part_bytes)
        return sizes | ({whole + 1: rest} if rest else {})


def video_correlation(video_id: uuid.UUID) -> str:
    """The correlation id of everything that comes of this video."""
    return str(video_id)


V = VideoAsset.Status
VIDEO: Machine[VideoAsset] = Machine(
    VideoAsset,
    {
        V.UPLOADED: {V.VALIDATED, V.FAILED},
        V.VALIDATED: {V.PROCESSING},
        V.PROCESSING: {V.READY, V.FAILED},
        V.READY: {V.PROCESSING},
        V.FAILED: {V.PROCESSING},
    },
    stamps={V.READY: "ready_at"},
    sentences={
        V.UPLOADED: "The file has arrived whole.",
        V.VALIDATED: "The file is a video that we can read.",
        V.PROCESSING: "Being searched for the best seconds.",
        V.READY: "Its clips are there.",
        V.FAILED: "It could not be analysed; the error says why.",
    },
)
C = Clip.Status
CLIP: Machine[Clip] = Machine(
    Clip,
    {C.READY: {C.ARCHIVED}, C.ARCHIVED: {C.READY}},
    sentences={
        C.READY: "Can be rendered and published.",
        C.ARCHIVED: "Put aside by somebody; not offered any more.",
    },
)
F_ = FormatRow.Status
FORMAT: Machine[FormatRow] = Machine(
    FormatRow,
    {F_.ACTIVE: {F_.RETIRED}, F_.RETIRED: {F_.ACTIVE}},
    sentences={
        F_.ACTIVE: "Clips can be rendered in it.",
        F_.RETIRED: "Nothing is rendered in it any more; its files stay.",
    },
)
U = Upload.Status
UPLOAD: Machine[Upload] = Machine(
    Upload,
    {
        U.OPEN: {U.CHECKING, U.ABORTED, U.EXPIRED},
        U.CHECKING: {U.DONE, U.REFUSED},
    },
    stamps=dict.fromkeys((U.DONE, U.REFUSED, U.ABORTED, U.EXPIRED), "ended_at"),
    sentences={
        U.OPEN: "Parts may come.",
        U.CHECKING: "All parts are here and are put together.",
        U.DONE: "The video is in.",
        U.REFUSED: "It was not a video for us; the error says why.",
        U.ABORTED: "Somebody called it off.",
        U.EXPIRED: "It was not finished in time.",
    },
)
