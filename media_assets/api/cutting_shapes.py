"""What cutting by hand takes and gives."""

from typing import Any

from rest_framework import serializers

from media_assets.api.serializers import ClipOut, FilmstripOut, MediaUrl
from media_assets.files import content_type_of
from media_assets.models import Clip, VideoAsset

_LATEST_MS = (
    365 * 24 * 3_600_000
)  # beyond any film; what lies outside of the video, its service says


class SpanIn(serializers.Serializer[dict[str, Any]]):
    """The marks of a clip, and a name for it. Marks between two frames go to the nearer one."""

    start_ms = serializers.IntegerField(min_value=0, max_value=_LATEST_MS)
    end_ms = serializers.IntegerField(
        min_value=1, max_value=_LATEST_MS, help_text="The first moment that is not in the clip."
    )
    title = serializers.CharField(max_length=100, required=False, allow_blank=True)


class ClipIn(SpanIn):
    """A clip to be made."""

    video_asset = serializers.UUIDField(help_text="Id of the video.")


class CutOut(ClipOut):
    """The clip of the marks. kept: the clip that they were moved from, if it stays because it is used."""

    kept = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta(ClipOut.Meta):
        fields = (*ClipOut.Meta.fields, "kept")  # type: ignore[assignment]  # longer
        read_only_fields = fields  # type: ignore[assignment]  # longer


class TimelineVideoOut(serializers.ModelSerializer[VideoAsset]):
    """The video, as far as a player needs it."""

    file_url = MediaUrl(source="file")
    content_type = serializers.SerializerMethodField()

    class Meta:
        model = VideoAsset
        fields = ("id", "title", "duration_ms", "width_px", "height_px", "fps", "video_codec",
                  "audio_codec", "file_url", "content_type")  # fmt: skip
        read_only_fields = fields

    def get_content_type(self, video: VideoAsset) -> str:
        """By the file's name; empty when it says nothing."""
        return content_type_of(str(video.file.name)) or ""


class FramesOut(serializers.Serializer[Any]):
    """When each frame is shown, exact to the millisecond, in one of two forms.

    With `rate` [n, d], frame k is shown at floor(first_us / 1000 + k * 1000 * d / n + 0.5). With
    `gaps_ms`, each frame is shown so long after the one before, the first so long after 0.
    """

    count = serializers.IntegerField()
    first_us = serializers.IntegerField(required=False)
    rate = serializers.ListField(child=serializers.IntegerField(), required=False)
    gaps_ms = serializers.ListField(child=serializers.IntegerField(), required=False)


class ShotOut(serializers.Serializer[Any]):
    """A shot, and what it begins and ends with: start, end, cut, or a kind of transition."""

    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    begins = serializers.CharField()
    ends = serializers.CharField()


class TransitionOut(serializers.Serializer[Any]):
    """A boundary that takes time: dissolve, fade_in, fade_out and so on."""

    kind = serializers.CharField()
    at_ms = serializers.IntegerField()
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()


class WaveformOut(serializers.Serializer[Any]):
    """Loudness, 0 to 100, one value per step; none where there is no sound."""

    step_ms = serializers.IntegerField()
    peaks = serializers.ListField(child=serializers.IntegerField())


class AvoidOut(serializers.Serializer[Any]):
    """A stretch that is black, frozen or letterboxed."""

    kind = serializers.CharField()
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()


class LimitsOut(serializers.Serializer[Any]):
    """A clip outside of shortest and longest is refused; outside of the usual range it is unusual."""

    shortest_ms = serializers.IntegerField()
    longest_ms = serializers.IntegerField()
    usual_min_ms = serializers.IntegerField()
    usual_max_ms = serializers.IntegerField()


class TimelineClipOut(serializers.ModelSerializer[Clip]):
    """A clip of the video."""

    class Meta:
        model = Clip
        fields = ("id", "start_ms", "end_ms", "title", "made_by", "status", "rank", "visual_score",
                  "reasons")  # fmt: skip
        read_only_fields = fields


class TimelineAlternativeOut(serializers.Serializer[Any]):
    """A span that was weighed and not chosen."""

    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    visual_score = serializers.FloatField()
    reasons = serializers.ListField(child=serializers.CharField())


class TimelineOut(serializers.Serializer[Any]):
    """All that helps to set marks by hand. Every time counts from the start of the file."""

    video = TimelineVideoOut()
    limits = LimitsOut()
    end_ms = serializers.IntegerField(
        source="data.end_ms", help_text="When the last frame is over."
    )
    frames = FramesOut(source="data.frames")
    shots = ShotOut(source="data.shots", many=True)
    transitions = TransitionOut(source="data.transitions", many=True)
    beats_ms = serializers.ListField(source="data.beats_ms", child=serializers.IntegerField())
    tempo_bpm = serializers.FloatField(source="data.tempo_bpm", help_text="0: no pulse.")
    onsets_ms = serializers.ListField(source="data.onsets", child=serializers.IntegerField())
    pauses_ms = serializers.ListField(
        source="data.pauses_ms",
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Pairs of start and end in which nothing is said or heard.",
    )
    waveform = WaveformOut(source="data.waveform")
    curves = serializers.DictField(
        source="data.curves", help_text="step_ms, and by name values from 0 to 1."
    )
    avoid = AvoidOut(source="data.avoid", many=True)
    clips = TimelineClipOut(many=True)
    alternatives = TimelineAlternativeOut(many=True)
    filmstrip = FilmstripOut(allow_null=True)
