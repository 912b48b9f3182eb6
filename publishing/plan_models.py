"""When posts go out: the plan of an account. Part of `publishing.models`, which everybody imports."""

from django.db import models
from django.utils import timezone

from stakazo.core.ids import uuid7


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
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "account_plans"
        verbose_name = "plan"

    def __str__(self) -> str:
        return f"plan of {self.social_account}"
