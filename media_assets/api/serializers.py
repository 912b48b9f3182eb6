"""What the API of media takes and gives."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobs.models import Job
from media_assets.files import media_link
from media_assets.formats import FORMATS
from media_assets.models import Clip, ClipVariant, VideoAsset


def _with_host(path: str, context: Mapping[str, Any]) -> str:
    request = context.get("request")
    return str(request.build_absolute_uri(path)) if request else path


@extend_schema_field({"type": ["string", "null"], "format": "uri"})
class MediaUrl(serializers.Field):  # type: ignore[type-arg]  # not generic at run time
    """The address of a stored file, with Range, for whoever is logged in; null where there is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Any) -> str | None:
        """The address, with host."""
        link = media_link(value)
        return _with_host(link, self.context) if link else None


@extend_schema_field({"type": "string", "format": "uri"})
class Address(serializers.Field):  # type: ignore[type-arg]  # not generic at run time
    """The address at which the API tells more: a path of ours that ends in the object's id."""

    def __init__(self, before_id: str, **options: Any) -> None:
        super().__init__(read_only=True, source="pk", **options)
        self.before_id = before_id

    def to_representation(self, value: Any) -> str:
        """The address, with host."""
        return _with_host(f"{self.before_id}{value}", self.context)


class JobRefOut(serializers.ModelSerializer[Job]):
    """A job, and where to follow it."""

    url = Address("/jobs/")
    status = serializers.CharField(read_only=True)

    class Meta:
        model = Job
        fields = ("id", "job_type", "status", "stage", "progress", "url")
        read_only_fields = fields


class VideoOut(serializers.ModelSerializer[VideoAsset]):
    """A video: what the file is, and how far its analysis has come."""

    file_url = MediaUrl(source="file")
    thumbnail_url = MediaUrl(source="thumbnail")
    url = Address("/videos/")
    clips_url = Address("/clips?video_asset=")

    class Meta:
        model = VideoAsset
        fields = (
            "id", "url", "title", "original_filename", "status", "error", "created_at", "ready_at",
            "sha256", "size_bytes", "container", "duration_ms", "width_px", "height_px", "fps",
            "rotation_deg", "video_codec", "audio_codec", "file_url", "thumbnail_url", "clips_url",
        )  # fmt: skip
        read_only_fields = fields


class VideoDetailOut(VideoOut):
    """A video with everything that its probe and its analysis found."""

    probe = serializers.DictField(read_only=True, help_text="Everything the probe found.")
    analysis = serializers.DictField(
        read_only=True, allow_null=True, help_text="Shots and curves, summarised."
    )

    class Meta(VideoOut.Meta):
        fields = (*VideoOut.Meta.fields, "probe", "analysis")  # type: ignore[assignment]  # longer
        read_only_fields = fields  # type: ignore[assignment]  # longer


class VariantOut(serializers.ModelSerializer[ClipVariant]):
    """A rendered file of a clip."""

    url = Address("/variants/")
    file_url = MediaUrl(source="file")
    thumbnail_url = MediaUrl(source="thumbnail")
    facts = serializers.DictField(read_only=True, help_text="What the check measured.")

    class Meta:
        model = ClipVariant
        fields = (
            "id", "url", "clip", "format", "width_px", "height_px", "duration_ms", "fps", "has_audio",
            "size_bytes", "sha256", "recipe_hash", "facts", "created_at", "file_url", "thumbnail_url",
        )  # fmt: skip
        read_only_fields = fields


class ClipOut(serializers.ModelSerializer[Clip]):
    """A clip: its span, its score, and why."""

    url = Address("/clips/")
    duration_ms = serializers.IntegerField(read_only=True)
    thumbnail_url = MediaUrl(source="thumbnail")
    reasons = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="Sentences that explain the score."
    )
    features = serializers.DictField(
        read_only=True, help_text="The numbers behind the score, each 0 to 1."
    )
    variants_url = Address("/variants?clip=")

    class Meta:
        model = Clip
        fields = (
            "id", "url", "video_asset", "start_ms", "end_ms", "duration_ms", "status", "rank",
            "visual_score", "reasons", "features", "created_at", "thumbnail_url", "variants_url",
        )  # fmt: skip
        read_only_fields = fields


class UploadIn(serializers.Serializer[dict[str, Any]]):
    """A video file, and a title for people."""

    file = serializers.FileField(allow_empty_file=True, help_text="MP4, MOV, MKV, WebM or AVI.")
    title = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
        help_text="Else the file's name.",
    )


class UploadOut(serializers.Serializer[Any]):
    """What became of an upload. created false: we had the same bytes already."""

    video = VideoOut()
    job = JobRefOut(allow_null=True)
    created = serializers.BooleanField()


class AnalyseIn(serializers.Serializer[dict[str, Any]]):
    """How many clips to look for; as the settings say when it is not given."""

    clip_count = serializers.IntegerField(min_value=1, max_value=20, required=False, default=None)


class VariantsIn(serializers.Serializer[dict[str, Any]]):
    """Which formats to render a clip in (all of them when none is named), and what to write over it."""

    formats = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        allow_empty=False,
        max_length=20,
        default=lambda: list(FORMATS),
        help_text=f"Of: {', '.join(FORMATS)}.",
    )
    title = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    caption = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ClipWhyIn(serializers.Serializer[dict[str, Any]]):
    """Why a clip is put aside or taken back."""

    why = serializers.CharField(max_length=200, required=False, default="asked for")


class JobStartedOut(serializers.Serializer[Any]):
    """The work was put in the queue; follow the job."""

    job = JobRefOut()
