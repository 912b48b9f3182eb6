"""How rules, campaigns and choices look on the wire. Shape is checked here, meaning in the services."""

from typing import Any

from rest_framework import serializers

from campaigns.models import CAMPAIGN, RULE, Campaign, CampaignClip, PlatformRule
from media_assets.models import Clip, VideoAsset
from publishing.models import Publication


class PostOut(serializers.ModelSerializer[Publication]):
    """The publication of a chosen clip, in short."""

    url = serializers.CharField(source="external_url")

    class Meta:
        model = Publication
        fields = ["id", "status", "external_post_id", "url", "published_at"]
        read_only_fields = fields


class AlternativeOut(serializers.Serializer[dict[str, Any]]):
    """A clip that was not chosen."""

    clip_id = serializers.UUIDField()
    name = serializers.CharField()
    score = serializers.FloatField(help_text="0 to 1.")
    excluded = serializers.BooleanField(help_text="Out by a hard limit, whatever its score.")
    why = serializers.CharField(help_text="Why it was not chosen.")


class ChoiceOut(serializers.ModelSerializer[CampaignClip]):
    """The clip chosen for one platform of a campaign."""

    rule_version = serializers.IntegerField(source="rule.version")
    reasons = serializers.ListField(child=serializers.CharField())
    alternatives = AlternativeOut(many=True)
    publication = PostOut(allow_null=True)

    class Meta:
        model = CampaignClip
        fields = [
            "id",
            "platform",
            "clip",
            "rule",
            "rule_version",
            "score",
            "reasons",
            "alternatives",
            "publication",
            "created_at",
        ]
        read_only_fields = fields


class CampaignIn(serializers.Serializer[dict[str, Any]]):
    """A campaign to put together. Without a video its clips come from all videos."""

    name = serializers.CharField(max_length=200)
    platforms = serializers.ListField(child=serializers.CharField(max_length=32), max_length=16)
    goal = serializers.ChoiceField(choices=Campaign.Goal.choices, default=Campaign.Goal.AWARENESS)
    video_asset = serializers.PrimaryKeyRelatedField(
        queryset=VideoAsset.objects.all(), required=False, allow_null=True, default=None
    )
    budget_minor = serializers.IntegerField(
        default=0, help_text="In minor units of the currency, such as cents."
    )
    currency = serializers.CharField(default="EUR", max_length=3)
    starts_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    ends_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class CampaignOut(serializers.ModelSerializer[Campaign]):
    """A campaign with the clips chosen for it."""

    platforms = serializers.ListField(child=serializers.CharField())
    sentence = serializers.SerializerMethodField(help_text="What the state means.")
    choices = ChoiceOut(many=True)

    class Meta:
        model = Campaign
        fields = [
            "id",
            "name",
            "goal",
            "video_asset",
            "platforms",
            "status",
            "sentence",
            "budget_minor",
            "currency",
            "starts_at",
            "ends_at",
            "created_at",
            "started_at",
            "completed_at",
            "choices",
        ]
        read_only_fields = fields

    def get_sentence(self, campaign: Campaign) -> str:
        """What its state means."""
        return CAMPAIGN.sentences[campaign.status]


class RuleIn(serializers.Serializer[dict[str, Any]]):
    """Weights to propose for a platform. limits left out: those of the rule in use."""

    platform = serializers.CharField(max_length=32)
    weights = serializers.DictField(child=serializers.FloatField(), help_text="feature → weight")
    limits = serializers.DictField(required=False, allow_null=True, default=None)
    why = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)


class RuleOut(serializers.ModelSerializer[PlatformRule]):
    """A version of the rule of a platform."""

    weights = serializers.DictField(child=serializers.FloatField())
    limits = serializers.DictField()
    evidence = serializers.DictField(help_text="The figures behind weights that were learned.")
    sentence = serializers.SerializerMethodField(help_text="What the state means.")

    class Meta:
        model = PlatformRule
        fields = [
            "id",
            "platform",
            "version",
            "status",
            "sentence",
            "weights",
            "limits",
            "why",
            "evidence",
            "created_at",
            "activated_at",
            "retired_at",
        ]
        read_only_fields = fields

    def get_sentence(self, rule: PlatformRule) -> str:
        """What its state means."""
        return RULE.sentences[rule.status]


class OrchestrateIn(serializers.Serializer[dict[str, Any]]):
    """A video or a campaign, exactly one. platforms left out: those of the campaign, or all."""

    video_id = serializers.PrimaryKeyRelatedField(
        queryset=VideoAsset.objects.all(), required=False, allow_null=True, default=None
    )
    campaign_id = serializers.PrimaryKeyRelatedField(
        queryset=Campaign.objects.select_related("video_asset"),
        required=False,
        allow_null=True,
        default=None,
    )
    platforms = serializers.ListField(
        child=serializers.CharField(max_length=32), required=False, allow_null=True, max_length=16
    )
    publish = serializers.BooleanField(
        default=False, help_text="Also post each chosen clip that is not out there yet."
    )
    dry_run = serializers.BooleanField(default=False, help_text="Say it, write nothing.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if bool(attrs["video_id"]) == bool(attrs["campaign_id"]):
            raise serializers.ValidationError("Name a video_id or a campaign_id, and only one.")
        return attrs


class AnalyseForIn(serializers.Serializer[dict[str, Any]]):
    """A video, and the platforms whose rules in use say what to look for."""

    video_id = serializers.PrimaryKeyRelatedField(queryset=VideoAsset.objects.all())
    platforms = serializers.ListField(
        child=serializers.CharField(max_length=32), allow_empty=False, max_length=16
    )
    clip_count = serializers.IntegerField(min_value=1, max_value=20, required=False, default=None)


class ChosenOut(serializers.Serializer[Any]):
    """What one platform gets, and what that changed."""

    platform = serializers.CharField()
    clip = serializers.UUIDField(source="clip.pk")
    clip_name = serializers.CharField(source="clip")
    rule_version = serializers.IntegerField(source="rule.version")
    score = serializers.FloatField(help_text="0 to 1.")
    reasons = serializers.ListField(child=serializers.CharField())
    alternatives = AlternativeOut(many=True)
    outcome = serializers.CharField(
        help_text=(
            "new, changed, unchanged, kept (its post is out or on its way) or, in a dry run, would be"
        )
    )
    choice = serializers.UUIDField(source="choice.pk", allow_null=True, default=None)
    publication = PostOut(allow_null=True)
    posted_now = serializers.BooleanField(help_text="Whether this call made the publication.")


class OrchestrationOut(serializers.Serializer[Any]):
    """What was chosen. campaign null: a dry run for a video without one."""

    campaign = serializers.UUIDField(source="campaign.pk", allow_null=True, default=None)
    dry_run = serializers.BooleanField()
    choices = ChosenOut(source="chosen", many=True)


class EvaluateIn(serializers.Serializer[dict[str, Any]]):
    """A clip, or the features of one, exactly one of the two; and the platform.

    rule_id left out: the rule in use. duration_ms, formats and visual_score go with features.
    """

    platform = serializers.CharField(max_length=32)
    clip_id = serializers.PrimaryKeyRelatedField(
        queryset=Clip.objects.select_related("video_asset").prefetch_related("variants"),
        required=False,
        allow_null=True,
        default=None,
    )
    features = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=1), required=False, allow_null=True
    )
    duration_ms = serializers.IntegerField(default=10_000, min_value=1, max_value=86_400_000)
    visual_score = serializers.FloatField(
        required=False, allow_null=True, default=None, min_value=0, max_value=1
    )
    formats = serializers.ListField(
        child=serializers.CharField(max_length=32), default=list, max_length=16
    )
    rule_id = serializers.PrimaryKeyRelatedField(
        queryset=PlatformRule.objects.all(), required=False, allow_null=True, default=None
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two."""
        if (attrs["clip_id"] is None) == (attrs.get("features") is None):
            raise serializers.ValidationError("Name a clip_id or features, and only one.")
        return attrs


class ContributionOut(serializers.Serializer[Any]):
    """What one feature did to the score."""

    feature = serializers.CharField()
    value = serializers.FloatField(help_text="0 to 1.")
    weight = serializers.FloatField(help_text="Below 0: the less, the better.")
    share = serializers.FloatField(help_text="What it gave.")
    most = serializers.FloatField(help_text="What it could have given; all of them sum to 1.")
    measured = serializers.BooleanField(help_text="false: unknown, counted as neutral.")


class ScoreOut(serializers.Serializer[Any]):
    """A score, explained."""

    platform = serializers.CharField(source="rule.platform")
    rule_version = serializers.IntegerField(source="rule.version")
    score = serializers.FloatField(source="score.value", help_text="0 to 1.")
    excluded = serializers.CharField(
        source="score.excluded", help_text="Why a hard limit keeps it out; empty: none does."
    )
    reasons = serializers.ListField(child=serializers.CharField(), source="score.sentences")
    contributions = ContributionOut(many=True, source="score.contributions")
    missing = serializers.ListField(child=serializers.CharField(), source="score.missing")


class TrainIn(serializers.Serializer[dict[str, Any]]):
    """Whose posts to learn from."""

    platform = serializers.CharField(max_length=32)
