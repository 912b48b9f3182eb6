"""Rate budgets, for operators."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from jobs.budgets import BudgetShown, budgets_shown
from jobs.models import RateBudget
from stakazo.core.admin import ReadOnlyAdmin


@admin.register(RateBudget)
class RateBudgetAdmin(ReadOnlyAdmin):
    """What is rationed among all workers: how much is used, and when some is free."""

    list_display = ["key", "used", "limit", "window", "gap_s", "next_free", "last_at"]
    search_fields = ["key"]
    ordering = ["key"]
    fields = ["key", "used", "limit", "window", "gap_s", "next_free", "last_at"]
    readonly_fields = fields

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With how each row of the page stands, asked for all of them at once."""
        page = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        for row, shown in zip(page.result_list, budgets_shown(page.result_list), strict=True):
            row.shown = shown
        return page

    @display(description="Used")
    def used(self, row: RateBudget) -> str:
        """Units that count now."""
        return f"{_shown(row).used} of {row.limit}"

    @display(description="Window")
    def window(self, row: RateBudget) -> str:
        """The stretch of time that the limit is for."""
        return f"{row.per_s:g} s"

    @display(description="Next free")
    def next_free(self, row: RateBudget) -> datetime | str:
        """When one unit can be taken."""
        return _shown(row).next_free_at or "now"


def _shown(row: RateBudget) -> BudgetShown:
    """As the list has asked for it; a page of one row asks by itself."""
    known: BudgetShown | None = getattr(row, "shown", None)
    return known or budgets_shown([row])[0]
