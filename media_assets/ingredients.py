"""What a render can be composed of beside the clip: captions, watermarks, cards.

Rows are what somebody brought and stay as they came; recipes name them by the hash of their content.
"""

import re

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.machine import Machine
from stakazo.core.ids import uuid7

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
COLOUR = r"^#[0-9a-fA-F]{6}\Z"


class Captions(models.Model):
    """What is said in a video, and when; WebVTT of our own writing."""

    class Source(models.TextChoices):
        UPLOADED = "uploaded", "Uploaded"
        TRANSCRIBED = "transcribed", "Transcribed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    video_asset = models.ForeignKey(
        "media_assets.VideoAsset", on_delete=models.PROTECT, related_name="captions"
    )
    name = models.CharField(max_length=100)
    language = models.CharField(max_length=35, help_text="Such as en or pt-BR; und: unknown.")
    source = models.CharField(max_length=12, choices=Source, default=Source.UPLOADED)
    original_filename = models.CharField(max_length=255, blank=True)
    file = models.FileField(upload_to="captions/", max_length=255)
    sha256 = models.CharField(max_length=64)
    cue_count = models.PositiveIntegerField()
    end_ms = models.BigIntegerField(help_text="When the last cue ends.")
    notes = models.JSONField(
        default=list, blank=True, help_text="Sentences about what was mended or left out."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "captions"
        ordering = ["-id"]
        verbose_name = verbose_name_plural = "captions"
        constraints = [
            models.UniqueConstraint(
                fields=["video_asset", "language", "sha256"], name="captions_once_per_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


class Graphic(models.Model):
    """Something drawn over or beside clips, for as long as it is in use."""

    class Status(models.TextChoices):
        READY = "ready", "Ready"
        ARCHIVED = "archived", "Archived"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    status = models.CharField(max_length=12, choices=Status, default=Status.READY)
    image = models.FileField(upload_to="graphics/", max_length=255)
    sha256 = models.CharField(max_length=64, help_text="Of the stored PNG.")
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class Watermark(Graphic):
    """A mark or logo in a corner of the picture."""

    class Position(models.TextChoices):
        TOP_LEFT = "top_left", "Top left"
        TOP_RIGHT = "top_right", "Top right"
        BOTTOM_LEFT = "bottom_left", "Bottom left"
        BOTTOM_RIGHT = "bottom_right", "Bottom right"

    position = models.CharField(max_length=12, choices=Position, default=Position.TOP_RIGHT)
    margin = models.FloatField(
        default=0.05,
        validators=[MinValueValidator(0), MaxValueValidator(0.3)],
        help_text="From the edges, as a share of the shorter side of the picture: 0 to 0.3.",
    )
    width_share = models.FloatField(
        default=0.16,
        validators=[MinValueValidator(0.02), MaxValueValidator(1)],
        help_text="Its width, as a share of the picture's: 0.02 to 1.",
    )
    opacity = models.FloatField(
        default=0.85,
        validators=[MinValueValidator(0.05), MaxValueValidator(1)],
        help_text="0.05, hardly there, to 1, as drawn.",
    )

    class Meta(Graphic.Meta):
        db_table = "watermarks"
        constraints = [
            models.CheckConstraint(
                condition=Q(margin__gte=0, margin__lte=0.3)
                & Q(width_share__gte=0.02, width_share__lte=1)
                & Q(opacity__gte=0.05, opacity__lte=1),
                name="a_watermark_is_on_the_picture",
            )
        ]


class Card(Graphic):
    """A still before or after a clip: a picture, words, or both, on a colour."""

    image = models.FileField(upload_to="graphics/", max_length=255, blank=True)
    text = models.CharField(max_length=300, blank=True)
    background = models.CharField(
        max_length=7,
        default="#101418",
        validators=[RegexValidator(COLOUR, "A colour such as #101418.")],
        help_text="Where there is no picture: a colour such as #101418.",
    )
    duration_ms = models.PositiveIntegerField(
        default=2500,
        validators=[MinValueValidator(500), MaxValueValidator(15_000)],
        help_text="How long it is shown: 500 to 15 000.",
    )

    class Meta(Graphic.Meta):
        db_table = "cards"
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_ms__gte=500, duration_ms__lte=15_000),
                name="a_card_is_shown_for_a_while",
            ),
            models.CheckConstraint(
                condition=~Q(image="", text=""), name="a_card_has_a_picture_or_words"
            ),
        ]


W = Watermark.Status
_SENTENCES: dict[str, str] = {
    W.READY: "Offered when variants are made.",
    W.ARCHIVED: "Put aside by somebody; not offered any more.",
}
_MOVES: dict[str, set[str]] = {W.READY: {W.ARCHIVED}, W.ARCHIVED: {W.READY}}
WATERMARK: Machine[Watermark] = Machine(Watermark, _MOVES, sentences=_SENTENCES)
CARD: Machine[Card] = Machine(Card, _MOVES, sentences=_SENTENCES)
