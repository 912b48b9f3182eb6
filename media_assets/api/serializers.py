"""What the API of media takes and gives."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobs.models import Job
from media_assets.files import media_link
from media_assets.models import Clip, ClipVariant, FormatRow, VideoAsset
from media_assets.services.asking import FEATURES


def with_host(path: str, context: Mapping[str, Any]) -> str:
    """The path with the host of the request, where there is one."""
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
        return with_host(link, self.context) if link else None


@extend_schema_field({"type": "string", "format": "uri"})
class Address(serializers.Field):  # type: ignore[type-arg]  # not generic at run time
    """The address at which the API tells more: a path of ours that ends in the object's id."""

    def __init__(self, before_id: str, **options: Any) -> None:
        super().__init__(read_only=True, source="pk", **options)
        self.before_id = before_id

    def to_representation(self, value: Any) -> str:
        """The address, with host."""
        return with_host(f"{self.before_id}{value}", self.context)


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
    captions_url = MediaUrl(source="captions_file")
    facts = serializers.DictField(read_only=True, help_text="What the check measured.")

    class Meta:
        model = ClipVariant
        fields = (
            "id", "url", "clip", "format", "width_px", "height_px", "duration_ms", "fps", "has_audio",
            "size_bytes", "sha256", "recipe_hash", "facts", "created_at", "file_url", "thumbnail_url",
            "captions_url",
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
            "id", "url", "video_asset", "start_ms", "end_ms", "duration_ms", "title", "made_by",
            "status", "rank", "visual_score", "reasons", "features", "created_at", "thumbnail_url", "variants_url",
        )  # fmt: skip
        read_only_fields = fields


class FormatOut(serializers.ModelSerializer[FormatRow]):
    """A shape that clips can be rendered in, and its limits."""

    class Meta:
        model = FormatRow
        fields = (
            "name", "width_px", "height_px", "keeps_ratio", "by_default", "codec", "crf", "max_fps",
            "max_rate_bps", "min_ms", "max_ms", "max_bytes",
        )  # fmt: skip
        read_only_fields = fields


class FilmstripOut(serializers.Serializer[Any]):
    """A sheet of small pictures of a video, left to right, top to bottom; a time for each."""

    jpeg_url = MediaUrl(source="jpeg")
    webp_url = MediaUrl(source="webp")
    width_px = serializers.IntegerField()
    height_px = serializers.IntegerField()
    tile_width_px = serializers.IntegerField()
    tile_height_px = serializers.IntegerField()
    columns = serializers.IntegerField(help_text="Tiles in a row.")
    times_ms = serializers.ListField(
        child=serializers.IntegerField(), help_text="When each tile is from; not quite even."
    )


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


class ChoiceIn(serializers.Serializer[dict[str, Any]]):
    """How many clips to choose, how long, by which weights; what is not given is as the settings say."""

    clip_count = serializers.IntegerField(min_value=1, max_value=20, required=False, default=None)
    min_ms = serializers.IntegerField(min_value=1, required=False, default=None)
    max_ms = serializers.IntegerField(min_value=1, required=False, default=None)
    preferred_ms = serializers.IntegerField(
        min_value=1,
        required=False,
        default=None,
        help_text="The length that is liked best; by the length of the video when not given.",
    )
    weights = serializers.DictField(
        child=serializers.FloatField(),
        required=False,
        default=None,
        help_text=f"How much each feature counts, of: {', '.join(FEATURES)}. Our own when not given.",
    )


class AnalyseIn(ChoiceIn):
    """What to look for in a search for clips."""


class ClipAlternativeIn(serializers.Serializer[dict[str, Any]]):
    """Which alternative: its span, exactly."""

    start_ms = serializers.IntegerField(min_value=0)
    end_ms = serializers.IntegerField(min_value=1)


class ClipAlternativeOut(serializers.Serializer[Any]):
    """A span that was weighed and left. clip: where it is a clip all the same."""

    start_ms = serializers.IntegerField(read_only=True)
    end_ms = serializers.IntegerField(read_only=True)
    duration_ms = serializers.IntegerField(read_only=True)
    visual_score = serializers.FloatField(read_only=True)
    features = serializers.DictField(read_only=True, help_text="Each 0 to 1.")
    reasons = serializers.ListField(child=serializers.CharField(), read_only=True)
    clip = serializers.UUIDField(source="clip_id", read_only=True, allow_null=True)


class ClipAlternativesOut(serializers.Serializer[Any]):
    """What else the clips of a video could be, best first."""

    alternatives = ClipAlternativeOut(many=True)


class ClipsChosenOut(serializers.Serializer[Any]):
    """The clips that were chosen, best first. Pictures of new ones follow in a moment."""

    clips = ClipOut(many=True)


class ClipWhyIn(serializers.Serializer[dict[str, Any]]):
    """Why a clip is put aside or taken back."""

    why = serializers.CharField(max_length=200, required=False, default="asked for")


class JobStartedOut(serializers.Serializer[Any]):
    """The work was put in the queue; follow the job."""

    job = JobRefOut()
