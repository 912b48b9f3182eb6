"""What lists can be narrowed by."""

from django_filters import rest_framework as filters

from publishing.models import Platform, Publication


class PublicationFilter(filters.FilterSet):
    """`?status=`, `?platform=`, `?account=`, `?clip_variant=`, `?clip=`, `?video_asset=`."""

    status = filters.ChoiceFilter(choices=Publication.Status.choices)
    platform = filters.ChoiceFilter(field_name="social_account__platform", choices=Platform.choices)
    account = filters.UUIDFilter(field_name="social_account_id")
    clip_variant = filters.UUIDFilter(field_name="clip_variant_id")
    clip = filters.UUIDFilter(field_name="clip_variant__clip_id")
    video_asset = filters.UUIDFilter(field_name="clip_variant__clip__video_asset_id")

    class Meta:
        model = Publication
        fields: list[str] = []
