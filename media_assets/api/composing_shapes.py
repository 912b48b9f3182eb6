"""What composition takes and gives: captions, watermarks, cards."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from media_assets.api.serializers import Address, MediaUrl, with_host
from media_assets.models import Captions, Card, Watermark
from media_assets.queries import default_formats
from media_assets.services.preview import PARTS


class CaptionsIn(serializers.Serializer[dict[str, Any]]):
    """An SRT or WebVTT file of at most 1 MiB."""

    file = serializers.FileField(allow_empty_file=True, help_text="SRT or WebVTT.")
    language = serializers.CharField(
        max_length=35, required=False, allow_blank=True, default="", help_text="Such as en, pt-BR."
    )
    name = serializers.CharField(
        max_length=100, required=False, allow_blank=True, default="", help_text="Else the file's."
    )


class TranscribeIn(serializers.Serializer[dict[str, Any]]):
    """What is spoken; left out where nobody knows."""

    language = serializers.CharField(max_length=35, required=False, allow_blank=True, default="")
    name = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


@extend_schema_field({"type": "string", "format": "uri"})
class VttUrl(serializers.Field):  # type: ignore[type-arg]  # not generic at run time
    """Where the captions are read as text/vtt."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, source="pk", **options)

    def to_representation(self, value: Any) -> str:
        """The address, with host."""
        return with_host(f"/captions/{value}.vtt", self.context)


class CaptionsOut(serializers.ModelSerializer[Captions]):
    """Captions of a video. notes: what was mended or left out when they came."""

    url = Address("/captions/")
    vtt_url = VttUrl()
    notes = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Captions
        fields = (
            "id", "url", "video_asset", "name", "language", "source", "original_filename", "cue_count",
            "end_ms", "notes", "sha256", "created_at", "vtt_url",
        )  # fmt: skip
        read_only_fields = fields


class VttIn(serializers.Serializer[dict[str, Any]]):
    """Which part of the captions: of one clip of the same video, from its start, or all."""

    clip = serializers.UUIDField(required=False, default=None, help_text="Id of a clip.")


class WatermarkIn(serializers.Serializer[dict[str, Any]]):
    """A PNG, WebP or JPEG of at most 8 MiB, and where it goes."""

    file = serializers.FileField(allow_empty_file=True, help_text="PNG, WebP or JPEG.")
    name = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    position = serializers.ChoiceField(
        choices=Watermark.Position.choices, required=False, default=Watermark.Position.TOP_RIGHT
    )
    margin = serializers.FloatField(
        required=False, default=0.05, help_text="Share of the picture's shorter side: 0 to 0.3."
    )
    width_share = serializers.FloatField(
        required=False, default=0.16, help_text="Share of the picture's width: 0.02 to 1."
    )
    opacity = serializers.FloatField(required=False, default=0.85, help_text="0.05 to 1.")


class WatermarkOut(serializers.ModelSerializer[Watermark]):
    """A mark or logo for a corner of the picture."""

    url = Address("/watermarks/")
    image_url = MediaUrl(source="image")

    class Meta:
        model = Watermark
        fields = (
            "id", "url", "name", "status", "position", "margin", "width_share", "opacity", "width_px",
            "height_px", "sha256", "created_at", "image_url",
        )  # fmt: skip
        read_only_fields = fields


class CardIn(serializers.Serializer[dict[str, Any]]):
    """A picture of at most 8 MiB, words, or both."""

    file = serializers.FileField(
        required=False, allow_empty_file=True, default=None, help_text="PNG, WebP or JPEG."
    )
    name = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    background = serializers.CharField(
        max_length=7, required=False, default="#101418", help_text="A colour such as #101418."
    )
    duration_ms = serializers.IntegerField(
        min_value=500, max_value=15_000, required=False, default=2500
    )


class CardOut(serializers.ModelSerializer[Card]):
    """A still for before or after a clip."""

    url = Address("/cards/")
    image_url = MediaUrl(source="image")

    class Meta:
        model = Card
        fields = (
            "id", "url", "name", "status", "text", "background", "duration_ms", "width_px", "height_px",
            "sha256", "created_at", "image_url",
        )  # fmt: skip
        read_only_fields = fields


class ComposedIn(serializers.Serializer[dict[str, Any]]):
    """What a variant is composed of beside its clip."""

    title = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    caption = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    captions = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Captions to burn in."
    )
    captions_size = serializers.FloatField(
        required=False, default=1.0, min_value=0.5, max_value=2.0, help_text="1 is usual."
    )
    captions_position = serializers.ChoiceField(
        choices=["bottom", "middle", "top"], required=False, default="bottom"
    )
    captions_box = serializers.BooleanField(
        required=False, default=True, help_text="On a dark box; else outlined."
    )
    watermark = serializers.UUIDField(required=False, allow_null=True, default=None)
    intro = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Id of a card or a video (30 s)."
    )
    outro = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Id of a card or a video (30 s)."
    )
    crossfade_ms = serializers.IntegerField(
        min_value=0, max_value=2000, required=False, default=0,
        help_text="Between intro, clip and outro.",
    )  # fmt: skip

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """With the style as the services take it: what is as usual is left out."""
        fields: dict[str, Any] = super().to_internal_value(data)
        usual = {"size": 1.0, "position": "bottom", "box": True}
        style = {name: fields.pop(f"captions_{name}") for name in usual}
        fields["caption_style"] = {k: v for k, v in style.items() if v != usual[k]}
        return fields


class VariantsIn(ComposedIn):
    """Which formats to render a clip in (the default ones when none is named), and what to compose it with."""

    formats = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        allow_empty=False,
        max_length=20,
        default=default_formats,
        help_text="Names from GET /formats.",
    )


class PreviewIn(ComposedIn):
    """Which frame of which format to look at."""

    render_format = serializers.CharField(max_length=64, help_text="A name from GET /formats.")
    at_ms = serializers.IntegerField(
        min_value=0, max_value=86_400_000, required=False, default=0,
        help_text="Since the start of the clip.",
    )  # fmt: skip
    part = serializers.ChoiceField(choices=PARTS, required=False, default="clip")
