"""How much of what is rationed was used, and until when that counts."""

from django.db import models

from stakazo.core.ids import uuid7


class RateBudget(models.Model):
    """One key (a platform account, an endpoint) of which only so much may be used in a while.

    The numbers are those of the last take. The row is what takers lock.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=200, unique=True)
    limit = models.PositiveIntegerField(help_text="Units in any stretch of the window.")
    per_s = models.FloatField(help_text="Length of the window in seconds.")
    gap_s = models.FloatField(default=0.0, help_text="Seconds between two takes, at least.")
    last_at = models.DateTimeField(null=True, blank=True, help_text="When it was last taken from.")

    class Meta:
        db_table = "job_budgets"
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(limit__gt=0, per_s__gt=0, gap_s__gte=0),
                name="job_budget_numbers_make_sense",
            )
        ]

    def __str__(self) -> str:
        return self.key


class BudgetUse(models.Model):
    """Units that were taken, or of which the platform told us; they count before `until`."""

    budget = models.ForeignKey(RateBudget, on_delete=models.CASCADE, related_name="uses")
    at = models.DateTimeField()
    until = models.DateTimeField()
    cost = models.PositiveIntegerField()
    by = models.CharField(max_length=64, blank=True, help_text="Who took it: the job's id.")
    told = models.BooleanField(default=False, help_text="Used by others; the platform said so.")

    class Meta:
        db_table = "job_budget_uses"
        indexes = [models.Index(fields=["budget", "until"], name="job_budget_uses_by_end")]
        constraints = [
            models.UniqueConstraint(
                fields=["budget"],
                condition=models.Q(told=True),
                name="one_word_of_the_platform_per_budget",
            )
        ]

    def __str__(self) -> str:
        return f"{self.cost} of {self.budget_id}"
