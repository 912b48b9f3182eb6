"""Videos, the clips found in them, and the files rendered from those."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ledger.machine import Machine
from stakazo.core.ids import uuid7


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

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    video_asset = models.ForeignKey(VideoAsset, on_delete=models.PROTECT, related_name="clips")
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=Status, default=Status.READY)
    rank = models.PositiveSmallIntegerField(default=0, help_text="1 is the best of its video.")
    visual_score = models.FloatField(help_text="0 to 1.")
    reasons = models.JSONField(default=list, help_text="Sentences that explain the score.")
    features = models.JSONField(
        default=dict, help_text="The numbers behind the score, each 0 to 1."
    )
    framing = models.JSONField(default=dict, blank=True, help_text="Where the subject is.")
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
