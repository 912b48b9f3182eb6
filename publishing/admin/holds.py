"""Holds of accounts for operators: why nothing is posted there, since when, until when."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from ledger.trail import TrailMixin
from publishing.admin.pages import link_to
from publishing.models import AccountHold
from publishing.services.releasing import release_account
from stakazo.core.admin import ReadOnlyAdmin, act_on_each


@admin.register(AccountHold)
class AccountHoldAdmin(TrailMixin, ReadOnlyAdmin):
    """Each time in which an account's posts waited, because too much went wrong in a row."""

    list_display = ["created_at", "account", "state", "why", "retry_at", "times", "ended_at"]
    list_select_related = ["social_account"]
    list_filter = ["status", "social_account__platform", "social_account"]
    search_fields = ["why", "social_account__handle"]
    actions = ["let_post_again"]
    fields = [
        "account",
        "status",
        "why",
        "remedy",
        "by_platform",
        "times",
        "retry_at",
        "tried_by",
        "created_at",
        "ended_at",
        "ledger_trail",
    ]
    readonly_fields = fields

    @display(description="Account", ordering="social_account")
    def account(self, hold: AccountHold) -> SafeString | str:
        """A link up."""
        return link_to(hold.social_account)

    @display(
        description="Status",
        ordering="status",
        label={"held": "danger", "trying": "warning", "over": "success"},
    )
    def state(self, hold: AccountHold) -> tuple[str, str]:
        """The status, as a label."""
        return hold.status, hold.get_status_display()

    @admin.action(description="Let the account post again", permissions=["release"])
    def let_post_again(self, request: HttpRequest, rows: QuerySet[AccountHold]) -> None:
        """What waits goes out, one by one."""
        act_on_each(request, rows, lambda hold: release_account(hold.social_account), done="let go")

    def has_release_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may change accounts."""
        return request.user.has_perm("publishing.change_socialaccount")
