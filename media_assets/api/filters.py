"""How lists of media are narrowed."""

from django_filters import rest_framework as filters

from media_assets.models import Clip, ClipVariant, VideoAsset


class VideoFilter(filters.FilterSet):
    """By state, and by words of the title."""

    status = filters.ChoiceFilter(choices=VideoAsset.Status.choices)
    title = filters.CharFilter(lookup_expr="icontains", label="Words of the title.")

    class Meta:
        model = VideoAsset
        fields = ("status", "title")


class ClipFilter(filters.FilterSet):
    """By video, state and score."""

    video_asset = filters.UUIDFilter(field_name="video_asset", label="Id of the video.")
    status = filters.ChoiceFilter(choices=Clip.Status.choices)
    min_score = filters.NumberFilter(
        field_name="visual_score", lookup_expr="gte", label="Lowest visual_score, 0 to 1."
    )

    class Meta:
        model = Clip
        fields = ("video_asset", "status", "min_score")


class VariantFilter(filters.FilterSet):
    """By clip, video and format."""

    clip = filters.UUIDFilter(field_name="clip", label="Id of the clip.")
    video_asset = filters.UUIDFilter(field_name="clip__video_asset", label="Id of the video.")
    # Not `format`: that word in the query chooses how DRF renders the answer.
    render_format = filters.CharFilter(field_name="format", label="Name of a format.")

    class Meta:
        model = ClipVariant
        fields = ("clip", "video_asset", "render_format")
