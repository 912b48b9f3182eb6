"""What lists can be narrowed by."""

from django_filters import rest_framework as filters

from campaigns.models import Campaign, PlatformRule
from media_assets.models import VideoAsset


class CampaignFilter(filters.FilterSet):
    """`?status=`, `?video_asset=`, `?goal=`."""

    status = filters.ChoiceFilter(choices=Campaign.Status.choices)
    goal = filters.ChoiceFilter(choices=Campaign.Goal.choices)
    video_asset = filters.ModelChoiceFilter(queryset=VideoAsset.objects.all())

    class Meta:
        model = Campaign
        fields: list[str] = []


class RuleFilter(filters.FilterSet):
    """`?platform=`, `?status=`."""

    platform = filters.CharFilter()
    status = filters.ChoiceFilter(choices=PlatformRule.Status.choices)

    class Meta:
        model = PlatformRule
        fields: list[str] = []
