"""When posts go out: the plan of an account. Part of `publishing.models`, which everybody imports."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from stakazo.core.ids import uuid7


class ApprovalMode(models.TextChoices):
    """Whose yes a post needs before it goes out."""

    OFF = "off", "Nobody's"
    ONE = "one", "Somebody's"
    SECOND = "second", "A second person's"


class CatchUp(models.TextChoices):
    """What becomes of a post whose time passed while nothing ran."""

    LATE = "late", "Send it late, one after another"
    ASK = "ask", "Hold it and ask"
    SLOT = "slot", "Put it in the next free slot"


class AccountPlan(models.Model):
    """When posts of an account go out. An account without a row has the defaults of these columns."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    social_account = models.OneToOneField(
        "publishing.SocialAccount", on_delete=models.CASCADE, related_name="plan"
    )
    zone = models.CharField(
        max_length=64,
        default="UTC",
        verbose_name="time zone",
        help_text="By its IANA name, such as Europe/Madrid. Slots are times of its clocks.",
    )
    slots = models.JSONField(
        default=list, blank=True, help_text='Each {"weekday": 1…7, "at": "18:00"}; 1 is Monday.'
    )
    gap_min = models.PositiveSmallIntegerField(
        default=10,
        verbose_name="minutes between posts",
        help_text="At least, between two posts whose time we choose (slots, late ones).",
    )
    approval = models.CharField(
        max_length=8,
        blank=True,
        choices=ApprovalMode,
        help_text="Whose yes a post needs before it goes out; empty: as the setting says.",
    )
    catch_up = models.CharField(
        max_length=8,
        choices=CatchUp,
        default=CatchUp.LATE,
        verbose_name="after downtime",
        help_text="What becomes of a post whose time passed while nothing ran.",
    )
    catch_up_within_h = models.PositiveSmallIntegerField(
        default=24,
        verbose_name="late by at most, hours",
        help_text="A post that would go out later than that is held and asked about.",
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "account_plans"
        verbose_name = "plan"

    def __str__(self) -> str:
        return f"plan of {self.social_account}"


class Approval(models.Model):
    """Somebody's yes to a publication as it was then; any edit withdraws it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    publication = models.ForeignKey(
        "publishing.Publication", on_delete=models.PROTECT, related_name="approvals"
    )
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of what was approved.")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    why = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "publication_approvals"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication"],
                name="one_standing_approval",
                condition=models.Q(withdrawn_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.approved_by} at {self.created_at:%Y-%m-%d %H:%M}"
