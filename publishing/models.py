"""Accounts on platforms, what is to be posted there, and each attempt to make it real."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

import publishing.outgoing.models  # noqa: F401  their tables belong to this app
from ledger.machine import Machine
from media_assets.models import ClipVariant
from publishing.errors import KIND_CHOICES
from publishing.plan_models import AccountPlan as AccountPlan
from publishing.plan_models import Approval as Approval
from publishing.step_models import STEP as STEP
from publishing.step_models import PublishStep as PublishStep
from publishing.step_models import StepKind as StepKind
from publishing.watch_models import FINDING as FINDING
from publishing.watch_models import PostFinding as PostFinding
from publishing.watch_models import ReconcileRun as ReconcileRun
from stakazo.core.ids import uuid7


class Platform(models.TextChoices):
    """Where we publish."""

    INSTAGRAM = "instagram", "Instagram"
    TIKTOK = "tiktok", "TikTok"
    YOUTUBE = "youtube", "YouTube"


class Login(models.TextChoices):
    """Another way to connect an account than the platform's own."""

    FACEBOOK = "facebook", "Facebook Login"


class SocialAccount(models.Model):
    """An account on a platform that somebody connected; its tokens are encrypted."""

    class Status(models.TextChoices):
        CONNECTED = "connected", "Connected"
        EXPIRED = "expired", "Needs reconnecting"
        DISCONNECTED = "disconnected", "Disconnected"

    class Mode(models.TextChoices):
        SIMULATOR = "simulator", "Simulator"
        LIVE = "live", "Live"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    platform = models.CharField(max_length=16, choices=Platform)
    mode = models.CharField(max_length=12, choices=Mode, default=Mode.SIMULATOR)
    external_id = models.CharField(max_length=128, help_text="The account's id on the platform.")
    handle = models.CharField(max_length=128, blank=True)
    login = models.CharField(
        max_length=16,
        blank=True,
        choices=Login,
        help_text="By which it was connected; empty: the platform's own.",
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.CONNECTED)
    scopes = models.JSONField(default=list, blank=True)
    access_token_sealed = models.TextField(blank=True, editable=False)
    refresh_token_sealed = models.TextField(blank=True, editable=False)
    token_expires_at = models.DateTimeField(null=True, blank=True)
    refresh_expires_at = models.DateTimeField(null=True, blank=True)
    former_refresh_sealed = models.TextField(
        blank=True,
        editable=False,
        help_text="Of before the last rotation, until the new one works.",
    )
    token_version = models.PositiveIntegerField(
        default=0, editable=False, help_text="Counts the tokens that the platform gave us."
    )
    renewed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the platform last gave us tokens."
    )
    warned_days = models.PositiveSmallIntegerField(
        null=True, blank=True, editable=False, help_text="Days before its end that people know of."
    )
    refreshing_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Somebody is refreshing the token."
    )
    profile = models.JSONField(default=dict, blank=True, help_text="What the platform says of it.")
    limits_told = models.JSONField(
        default=dict, blank=True, editable=False, help_text="Budgets as the platform told them."
    )
    troubles = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Failures in a row that were not the post's own."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "social_accounts"
        ordering = ["platform", "handle"]
        verbose_name = "social account"
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "mode", "external_id"], name="one_row_per_platform_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} {self.name}"

    @property
    def name(self) -> str:
        """What people call it: @handle, or its id where it has none. YouTube's handles bring the @."""
        return f"@{self.handle.removeprefix('@')}" if self.handle else self.external_id


class AccountHold(models.Model):
    """A time in which nothing is posted on an account, because too much went wrong there in a row."""

    class Status(models.TextChoices):
        HELD = "held", "Held"
        TRYING = "trying", "One post tries"
        OVER = "over", "Over"

    LIVE = (Status.HELD, Status.TRYING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    social_account = models.ForeignKey(
        SocialAccount, on_delete=models.PROTECT, related_name="holds"
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.HELD)
    why = models.TextField(help_text="The failure that began it.")
    remedy = models.TextField(blank=True)
    by_platform = models.BooleanField(
        default=False, help_text="The platform objects to the account itself."
    )
    times = models.PositiveSmallIntegerField(default=1, help_text="How often it was held in a row.")
    retry_at = models.DateTimeField(help_text="When one post may try.")
    tried_by = models.UUIDField(null=True, blank=True, help_text="The publication that tries.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "account_holds"
        ordering = ["-id"]
        verbose_name = "account hold"
        constraints = [
            models.UniqueConstraint(
                fields=["social_account"],
                name="one_hold_per_account",
                condition=Q(status__in=["held", "trying"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.social_account}: {self.why}"


class OAuthState(models.Model):
    """A consent page that we sent somebody to; good for one way back, in the same session.

    Where that leads to several accounts, it keeps the tokens, sealed, until somebody has chosen.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the state.")
    session_hash = models.CharField(max_length=64, help_text="SHA-256 of the session's secret.")
    platform = models.CharField(max_length=16, choices=Platform)
    mode = models.CharField(max_length=12, choices=SocialAccount.Mode)
    redirect_uri = models.URLField(max_length=500)
    login = models.CharField(max_length=16, blank=True, choices=Login)
    verifier_sealed = models.TextField(help_text="The PKCE verifier, sealed.")
    found = models.JSONField(
        default=list,
        blank=True,
        help_text="The accounts to choose from, as the platform shows them.",
    )
    tokens_sealed = models.TextField(
        blank=True, editable=False, help_text="What opens them, until somebody has chosen."
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "oauth_states"
        ordering = ["-id"]
        verbose_name = "OAuth state"

    def __str__(self) -> str:
        return f"{self.platform} until {self.expires_at}"


class Publication(models.Model):
    """The intent: this variant, on this account, with this text, at this time."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        AWAITING = "awaiting", "Awaiting approval"
        SCHEDULED = "scheduled", "Scheduled"
        PUBLISHING = "publishing", "Publishing"
        UNKNOWN = "unknown", "Outcome unknown"
        DELIVERED = "delivered", "In the creator's inbox"
        MISSED = "missed", "Missed its time"
        PUBLISHED = "published", "Published"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clip_variant = models.ForeignKey(
        ClipVariant, on_delete=models.PROTECT, related_name="publications"
    )
    social_account = models.ForeignKey(
        SocialAccount, on_delete=models.PROTECT, related_name="publications"
    )
    title = models.CharField(max_length=100, blank=True)
    caption = models.TextField(blank=True)
    privacy = models.CharField(max_length=32, default="public")
    options = models.JSONField(default=dict, blank=True, help_text="Per-platform settings.")
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    dedup_key = models.CharField(max_length=64, help_text="Same content, account and text.")
    scheduled_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The time it missed, if it was moved."
    )
    published_at = models.DateTimeField(null=True, blank=True)
    external_post_id = models.CharField(max_length=128, blank=True)
    external_url = models.URLField(max_length=500, blank=True)
    error = models.TextField(blank=True)
    preflight_version = models.CharField(
        max_length=64, blank=True, help_text="The schema that it was checked with last."
    )
    preflight_at = models.DateTimeField(null=True, blank=True)
    preflight_findings = models.JSONField(
        default=list, blank=True, help_text="What that check found."
    )
    repeat_allowed = models.BooleanField(
        default=False, help_text="It may go out though it repeats an earlier post."
    )
    written_by = models.JSONField(
        default=list, blank=True, editable=False, help_text="Users who wrote or changed it."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "publications"
        ordering = ["-id"]
        permissions = [
            ("approve_publication", "Can approve publications"),
            ("settle_publication", "Can settle publications whose outcome is unclear"),
        ]
        indexes = [
            models.Index(fields=["status", "scheduled_at"], name="publications_due"),
            models.Index(fields=["status", "-id"], name="publications_by_status"),
            models.Index(fields=["social_account", "scheduled_at"], name="publications_by_account"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dedup_key"],
                name="no_second_post_of_the_same",
                condition=~Q(status__in=["failed", "cancelled"]),
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | ~Q(external_post_id=""),
                name="published_means_a_post_exists",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.social_account}: {self.title or self.pk}"


class PublishLog(models.Model):
    """One attempt to make a Publication real, with the platform's handle on it."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        PROCESSING = "processing", "Processing"
        RETRY = "retry", "Retry"
        SUCCESS = "success", "Success"
        FAILED = "failed", "Failed"

    class Phase(models.TextChoices):
        INTENT = "intent", "Intent written"
        PREPARED = "prepared", "Handle known"
        COMMITTING = "committing", "Past the point of no return"
        ACCEPTED = "accepted", "Accepted by the platform"
        SETTLED = "settled", "Settled"

    OPEN = (Status.PENDING, Status.PROCESSING, Status.RETRY)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    publication = models.ForeignKey(
        Publication, on_delete=models.PROTECT, related_name="publish_logs"
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    phase = models.CharField(max_length=12, choices=Phase, default=Phase.INTENT)
    handle = models.JSONField(
        default=dict, blank=True, help_text="What the platform gave us to ask about it."
    )
    external_post_id = models.CharField(max_length=128, blank=True)
    external_url = models.URLField(max_length=500, blank=True)
    extra_metadata = models.JSONField(default=dict, blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_kind = models.CharField(
        max_length=12,
        blank=True,
        choices=KIND_CHOICES,
    )
    error = models.TextField(blank=True)
    remedy = models.TextField(blank=True, help_text="What a person does about it.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "publish_logs"
        ordering = ["-id"]
        indexes = [models.Index(fields=["status", "updated_at"], name="publish_logs_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["publication"],
                name="one_open_attempt_per_publication",
                condition=Q(status__in=["pending", "processing", "retry"]),
            ),
            models.CheckConstraint(
                condition=~Q(status="success") | ~Q(external_post_id=""),
                name="success_means_a_post_exists",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} ({self.status})"


class WebhookDelivery(models.Model):
    """What a platform told us: stored whole and verified before anything acts on it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    platform = models.CharField(max_length=16, choices=Platform)
    event_key = models.CharField(max_length=128, help_text="Tells a repeated delivery.")
    body = models.TextField()
    headers = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "webhook_deliveries"
        ordering = ["-id"]
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "event_key"], name="each_webhook_is_taken_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.event_key}"


class RefusedDelivery(models.Model):
    """What came to a webhook's door and was not taken; kept to look at, and only so many."""

    class Reason(models.TextChoices):
        SIGNATURE = "signature", "The signature does not hold"
        BODY = "body", "Signed, but cannot be read, or speaks of another channel"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    platform = models.CharField(max_length=16, choices=Platform)
    reason = models.CharField(max_length=16, choices=Reason)
    digest = models.CharField(
        max_length=64, help_text="Of body and signature; tells a repeated one."
    )
    body = models.BinaryField(help_text="Its beginning, to the byte.")
    size_bytes = models.PositiveIntegerField()
    headers = models.JSONField(default=dict)
    lease_id = models.UUIDField(null=True, blank=True, help_text="That its address named (WebSub).")
    count = models.PositiveIntegerField(
        default=1, help_text="How often it came; with what was too much to keep after it."
    )
    received_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "refused_deliveries"
        ordering = ["-id"]
        verbose_name_plural = "refused deliveries"
        indexes = [models.Index(fields=["platform", "-received_at"], name="refused_of_platform")]
        constraints = [
            models.UniqueConstraint(fields=["platform", "digest"], name="each_refused_is_kept_once")
        ]

    def __str__(self) -> str:
        return f"{self.platform}, {self.size_bytes} bytes"


class WebsubLease(models.Model):
    """A hub's promise to tell us about a channel, until a time; each has a secret of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    social_account = models.OneToOneField(
        SocialAccount, on_delete=models.CASCADE, related_name="websub_lease"
    )
    topic = models.CharField(max_length=300)
    callback_url = models.CharField(max_length=500, blank=True)
    secret_sealed = models.TextField(editable=False)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When we last asked the hub.")
    granted_at = models.DateTimeField(null=True, blank=True, help_text="When it last agreed.")
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "websub_leases"
        ordering = ["-id"]
        verbose_name = "WebSub lease"

    def __str__(self) -> str:
        return f"{self.social_account} until {self.lease_until or 'nobody knows'}"


class Numbers(models.Model):
    """What a platform counts for a post. Empty: it did not tell, which is not zero."""

    taken_at = models.DateTimeField()
    views = models.PositiveBigIntegerField(null=True, blank=True)
    likes = models.PositiveBigIntegerField(null=True, blank=True)
    comments = models.PositiveBigIntegerField(null=True, blank=True)
    shares = models.PositiveBigIntegerField(null=True, blank=True)
    watch_ms = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="How long it was watched, all views together."
    )
    others = models.JSONField(default=dict, blank=True, help_text="What else it counts.")

    class Meta:
        abstract = True


class PostMetric(Numbers):
    """What a platform counted for a post in one hour; the last look of the hour stands."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="metrics")
    hour = models.DateTimeField(help_text="The full hour that taken_at lies in.")

    class Meta:
        db_table = "post_metrics"
        ordering = ["-taken_at"]
        verbose_name = "post metric"
        indexes = [models.Index(fields=["publication", "-taken_at"], name="metrics_of_a_post")]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "hour"], name="one_metric_per_post_and_hour"
            )
        ]

    def __str__(self) -> str:
        return f"{self.publication} at {self.taken_at:%Y-%m-%d %H:%M}: {_told(self.views)} views"


class AgeMetric(Numbers):
    """What a platform counted for a post at a fixed age, so that posts can be compared; never changed."""

    class Age(models.IntegerChoices):
        HOUR = 1, "1 hour"
        DAY = 24, "24 hours"
        THREE_DAYS = 72, "72 hours"
        WEEK = 168, "7 days"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    publication = models.ForeignKey(
        Publication, on_delete=models.CASCADE, related_name="age_metrics"
    )
    age_h = models.PositiveSmallIntegerField(choices=Age)

    class Meta:
        db_table = "post_metrics_at_ages"
        ordering = ["publication", "age_h"]
        verbose_name = "post metric at an age"
        verbose_name_plural = "post metrics at ages"
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "age_h"], name="one_metric_per_post_and_age"
            )
        ]

    def __str__(self) -> str:
        return f"{self.publication} at {self.get_age_h_display()}: {_told(self.views)} views"


def _told(number: int | None) -> str:
    return "untold" if number is None else str(number)


A = SocialAccount.Status
ACCOUNT: Machine[SocialAccount] = Machine(
    SocialAccount,
    {
        A.CONNECTED: {A.EXPIRED, A.DISCONNECTED},
        A.EXPIRED: {A.CONNECTED, A.DISCONNECTED},
        A.DISCONNECTED: {A.CONNECTED},
    },
    sentences={
        A.CONNECTED: "We may post there.",
        A.EXPIRED: "The platform no longer takes our token; somebody must connect it again.",
        A.DISCONNECTED: "Somebody took the account out.",
    },
)
H = AccountHold.Status
HOLD: Machine[AccountHold] = Machine(
    AccountHold,
    {
        H.HELD: {H.TRYING, H.OVER},
        H.TRYING: {H.HELD, H.OVER},
        H.OVER: set(),
    },
    stamps={H.OVER: "ended_at"},
    sentences={
        H.HELD: "Nothing is posted on the account until the time to try.",
        H.TRYING: "One post tries whether it works again; the others wait.",
        H.OVER: "Posts go out again.",
    },
)
P = Publication.Status
PUBLICATION: Machine[Publication] = Machine(
    Publication,
    {
        P.DRAFT: {P.SCHEDULED, P.AWAITING, P.CANCELLED},
        P.AWAITING: {P.SCHEDULED, P.CANCELLED},
        # SCHEDULED → PUBLISHED: an attempt taken for failed turns out to be live before the next.
        P.SCHEDULED: {
            P.PUBLISHING,
            P.AWAITING,
            P.MISSED,
            P.CANCELLED,
            P.FAILED,
            P.PUBLISHED,
        },
        P.MISSED: {P.SCHEDULED, P.AWAITING, P.CANCELLED},
        # PUBLISHING → AWAITING, CANCELLED: somebody stopped it before the point of no return.
        P.PUBLISHING: {
            P.PUBLISHED,
            P.FAILED,
            P.UNKNOWN,
            P.DELIVERED,
            P.SCHEDULED,
            P.AWAITING,
            P.CANCELLED,
        },
        P.UNKNOWN: {P.PUBLISHED, P.FAILED, P.PUBLISHING, P.SCHEDULED, P.DELIVERED},
        P.DELIVERED: {P.PUBLISHED, P.FAILED},
        P.FAILED: {P.SCHEDULED, P.AWAITING, P.PUBLISHED},
        P.PUBLISHED: set(),
        P.CANCELLED: set(),
    },
    stamps={P.PUBLISHED: "published_at"},
    sentences={
        P.DRAFT: "Being written; nothing happens yet.",
        P.AWAITING: "Somebody who may approve must say yes to what it says now.",
        P.SCHEDULED: "Will be posted at its time.",
        P.MISSED: "Its time passed while nothing ran; somebody must give it another.",
        P.PUBLISHING: "On its way to the platform.",
        P.UNKNOWN: "The platform may have it; we are asking.",
        P.DELIVERED: "In the creator's inbox, not live: the creator posts it in the app, or not.",
        P.PUBLISHED: "Live on the platform.",
        P.FAILED: "Not posted, proven; the error says why.",
        P.CANCELLED: "Taken back before it was sent.",
    },
)
L = PublishLog.Status
PUBLISH_LOG: Machine[PublishLog] = Machine(
    PublishLog,
    {
        L.PENDING: {L.PROCESSING, L.FAILED},
        L.PROCESSING: {L.SUCCESS, L.RETRY, L.FAILED},
        L.RETRY: {L.PROCESSING, L.SUCCESS, L.FAILED},
        L.SUCCESS: set(),
        L.FAILED: {L.SUCCESS},
    },
    stamps={L.SUCCESS: "settled_at", L.FAILED: "settled_at"},
    sentences={
        L.PENDING: "The intent is written; the platform knows nothing yet.",
        L.PROCESSING: "The platform has been given something.",
        L.RETRY: "Something failed that did not post anything; it will be tried again.",
        L.SUCCESS: "The platform shows the post.",
        L.FAILED: "Proven not to be posted.",
    },
)
