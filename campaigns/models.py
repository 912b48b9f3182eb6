"""Rules that choose clips, and the campaigns that the chosen clips serve."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.engine import Ruleset
from campaigns.features import Limits, read_weights
from ledger.machine import Machine
from media_assets.models import Clip, VideoAsset
from publishing.models import Platform, Publication
from stakazo.core.ids import uuid7


class PlatformRule(models.Model):
    """A versioned set of weights by which the clips for one platform are scored."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    platform = models.CharField(max_length=16, choices=Platform)
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=Status, default=Status.PROPOSED)
    weights = models.JSONField(help_text="feature → weight")
    limits = models.JSONField(default=dict, blank=True, help_text="min/max duration, format, …")
    why = models.TextField(blank=True, help_text="Why somebody proposed it.")
    evidence = models.JSONField(
        default=dict, blank=True, help_text="The figures behind weights that were learned."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    activated_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_rules"
        ordering = ["platform", "-version"]
        verbose_name = "platform rule"
        constraints = [
            models.UniqueConstraint(fields=["platform", "version"], name="rule_versions_count_up"),
            models.UniqueConstraint(
                fields=["platform"],
                name="one_active_rule_per_platform",
                condition=Q(status="active"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} v{self.version}"

    @property
    def ruleset(self) -> Ruleset:
        """What the engine reads. Raises BadRule when the row holds something it does not know."""
        return Ruleset(
            platform=self.get_platform_display(),
            weights=read_weights(self.weights),
            limits=Limits.read(self.limits, formats=None),
        )


class Campaign(models.Model):
    """Goal, platforms, budget, schedule and the clips that serve it."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        COMPLETED = "completed", "Completed"

    class Goal(models.TextChoices):
        AWARENESS = "awareness", "Awareness"
        ENGAGEMENT = "engagement", "Engagement"
        TRAFFIC = "traffic", "Traffic"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    goal = models.CharField(max_length=16, choices=Goal, default=Goal.AWARENESS)
    video_asset = models.ForeignKey(
        VideoAsset, on_delete=models.PROTECT, related_name="campaigns", null=True, blank=True
    )
    platforms = models.JSONField(default=list)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    budget_minor = models.BigIntegerField(default=0, help_text="In minor units of the currency.")
    currency = models.CharField(max_length=3, default="EUR")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "campaigns"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(budget_minor__gte=0), name="a_budget_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True)
                | Q(ends_at__isnull=True)
                | Q(ends_at__gt=models.F("starts_at")),
                name="a_campaign_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state_sentence(self) -> str:
        """What its state means, in words."""
        return CAMPAIGN.sentences[self.status]


class CampaignClip(models.Model):
    """A clip chosen for a platform of a campaign, with the score and why it won."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="choices")
    clip = models.ForeignKey(Clip, on_delete=models.PROTECT, related_name="choices")
    platform = models.CharField(max_length=16, choices=Platform)
    rule = models.ForeignKey(PlatformRule, on_delete=models.PROTECT, related_name="choices")
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    alternatives = models.JSONField(default=list, help_text="The other clips and their scores.")
    publication = models.ForeignKey(
        Publication, null=True, blank=True, on_delete=models.SET_NULL, related_name="choices"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "campaign_clips"
        ordering = ["campaign", "platform"]
        verbose_name = "chosen clip"
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "platform"], name="one_clip_per_platform_of_a_campaign"
            ),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=1), name="choice_score_from_0_to_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clip} for {self.platform}"


R = PlatformRule.Status
RULE: Machine[PlatformRule] = Machine(
    PlatformRule,
    {R.PROPOSED: {R.ACTIVE, R.RETIRED}, R.ACTIVE: {R.RETIRED}, R.RETIRED: {R.ACTIVE}},
    stamps={R.ACTIVE: "activated_at", R.RETIRED: "retired_at"},
    sentences={
        R.PROPOSED: "Waits for somebody to switch it on.",
        R.ACTIVE: "Decides which clips the platform gets.",
        R.RETIRED: "No longer decides.",
    },
)
C = Campaign.Status
CAMPAIGN: Machine[Campaign] = Machine(
    Campaign,
    {
        C.DRAFT: {C.ACTIVE},
        C.ACTIVE: {C.PAUSED, C.COMPLETED},
        C.PAUSED: {C.ACTIVE, C.COMPLETED},
        C.COMPLETED: set(),
    },
    stamps={C.ACTIVE: "started_at", C.COMPLETED: "completed_at"},
    sentences={
        C.DRAFT: "Being put together; nothing is spent.",
        C.ACTIVE: "Running.",
        C.PAUSED: "Held by somebody; nothing is spent.",
        C.COMPLETED: "Over.",
    },
)
